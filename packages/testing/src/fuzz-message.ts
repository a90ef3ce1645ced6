/**
 * Messages to a service, damaged: each must be answered, by a result or by an error that says what the caller can do.
 *
 * @module
 */
import type { FuzzTarget } from "./fuzz.js";
import { readTree, writeTree } from "./message-tree.js";

/** An array as ImJoy and Hypha carry it. */
const ndarray = (shape: readonly number[], type: string, bytes: Uint8Array) => ({
  _rtype: "ndarray",
  ...{ _rvalue: bytes, _rshape: shape, _rdtype: type },
});
const image = ndarray([2, 3], "uint8", Uint8Array.of(0, 10, 20, 0, 0, 30));
const wide = ndarray(
  [2, 2, 3],
  ">u2",
  Uint8Array.from({ length: 24 }, (_, i) => i),
);
const labels = ndarray(
  [2, 3],
  "int32",
  Uint8Array.from({ length: 24 }, (_, i) => +(i % 8 === 0)),
);
const itk = {
  imageType: { dimension: 2, components: 1, componentType: "uint8", pixelType: "Scalar" },
  ...{ size: [3, 2], data: Uint8Array.of(1, 2, 3, 4, 5, 6), name: "image" },
};

/** Calls that are answered, each a verb with its arguments. */
const calls: readonly (readonly [string, readonly unknown[]])[] = [
  ["segment", [image]],
  ["segment", [{ image: wide, axes: "cyx", model: "nuclei", channels: [1], pixel_size: 0.5 }]],
  ["segment", [itk, { request_id: "a", diameter: 12, tile: 256 }]],
  ["segment", [{ url: "https://example.org/a.tif" }, { outputs: ["table"], diameter: 10 }]],
  ["measure", [labels, image]],
  ["measure", [{ labels, image, pixel_size: 0.5 }]],
  [
    "track",
    [
      ndarray(
        [2, 2, 3],
        "u4",
        Uint8Array.from({ length: 48 }, (_, i) => +(i % 8 === 0)),
      ),
    ],
  ],
  ["finetune", [{ examples: [{ image, labels }], model: "nuclei", epochs: 1 }]],
  ["open", [image, { axes: "yx", name: "a" }]],
  ["set_labels", [labels]],
  ["get_model_rdf", ["nuclei"]],
  ["infer", ["nuclei", image]],
  ["cancel", []],
  ["list_models", []],
];

/** The target; `call` asks a fresh service a verb with arguments and gives its answer. */
export function messageTarget(
  call: (verb: string, args: readonly unknown[]) => Promise<unknown>,
): FuzzTarget {
  return {
    name: "RPC messages",
    valid: calls.map((each) => new Map([["", writeTree(each)]])),
    read: async (files) => {
      const [verb, args] = messageOf(readTree(files.get("") as Uint8Array));
      const answer = await call(verb, args);
      const { error } = (answer ?? {}) as { error?: { code?: unknown; message?: unknown } };
      if (error === undefined) return;
      if (typeof error.message !== "string" || error.message.length > 1000)
        throw new Error("an error must say in a few words what is wrong");
      if (error.code === "internal") throw new Error(`not foreseen: ${error.message}`);
      throw Object.assign(new Error(error.message), { kind: "FormatError" });
    },
  };
}

function messageOf(tree: unknown): [string, readonly unknown[]] {
  const [verb, args] = Array.isArray(tree) ? tree : [tree, []];
  return [typeof verb === "string" ? verb : "segment", Array.isArray(args) ? args : [args]];
}
