/**
 * Calls under way: to be cancelled, and to be asked after.
 *
 * @module
 */
import { writeNdArray } from "../service/wire.js";
import { type ContractPart, fine, must, mustEqual } from "./subject.js";

/** Longer than any network takes for a small image. */
const PATIENCE = 600;

/** What is promised of `cancel`, `infer` and `get_infer_status`. */
export const openingRequests: readonly ContractPart[] = [
  {
    name: "cancel: the call answers that it was cancelled, and the service goes on",
    check: async ({ call, image, given, model, wire }) => {
      const [height, width] = image.shape;
      const planes = 8;
      const data = new Uint8Array(planes * image.data.length);
      for (let plane = 0; plane < planes; plane++) data.set(image.data, plane * image.data.length);
      const stack = writeNdArray(data, [planes, height, width], wire);
      const running = call("segment", stack, { model, request_id: "to cancel" });
      mustEqual(await call("cancel", "to cancel"), { cancelled: 1 }, "what cancel answers");
      const { error } = (await running) as { error?: { code: string } };
      mustEqual(error?.code, "cancelled", "the code of the call");
      const again = (await call("cancel", "to cancel")) as { error?: { code: string } };
      mustEqual(again.error?.code, "missing", "the code of cancelling what is over");
      fine(await call("segment", given, { model }));
    },
  },
  {
    name: "infer, get_infer_status: an id at once, the result when it is done",
    check: async ({ call, verbs, given, model }) => {
      const id = await verbs.infer(model, given);
      must(typeof id === "string", "infer must answer an id", id);
      let status = await call("get_infer_status", id);
      for (let n = 0; n < PATIENCE && ["queued", "running"].includes(`${status.state}`); n++) {
        await pause();
        status = await call("get_infer_status", id);
      }
      mustEqual(status.state, "completed", "the state");
      must(
        Number((status.result as { count: number }).count) >= 2,
        "the result has the cells",
        status,
      );
    },
  },
];

/** A tenth of a second. */
function pause(): Promise<void> {
  return new Promise((done) => setTimeout(done, 100));
}
