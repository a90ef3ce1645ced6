import { track } from "@cellwright/core";
import { expect, test } from "vitest";
import { bindService } from "../service/bind.js";
import { hostOf } from "../service/host.fixture.js";
import { createService } from "../service/service.js";
import { checkContract, contract, reportContract } from "./contract.js";

const subjectOf = (wire: "buffer" | "bytes") => ({
  wire,
  verbs: bindService(createService({ ...hostOf().host, track: async (frames) => track(frames) }), {
    wire,
  }),
});

test("the service keeps the contract, over ImJoy's wire and over Hypha's", async () => {
  for (const wire of ["buffer", "bytes"] as const) {
    const { held } = await checkContract(subjectOf(wire));
    expect(held).toEqual(contract.map(({ name }) => name));
  }
});

test("a wrapper that errs is told where", async () => {
  const { wire, verbs } = subjectOf("buffer");
  const broken = {
    ...verbs,
    // Labels that are cut to 8 bits, errors that are thrown, requests that cannot be cancelled.
    get_labels: async () => {
      const answer = (await verbs.get_labels({ labels: "uint16" })) as { labels: object };
      return { ...answer, labels: { ...answer.labels, _rdtype: "uint8" } };
    },
    export: async (format: unknown) => {
      if (format === "exe") throw new Error("no such format");
      return verbs.export(format);
    },
    cancel: async () => ({ cancelled: 0 }),
  };
  const report = await reportContract({ wire, verbs: broken });
  expect(report.broken.map(({ name }) => name)).toEqual([
    "set_labels, get_labels: the same numbers come back",
    "an error is an answer: a format that there is not",
    "cancel: the call answers that it was cancelled, and the service goes on",
  ]);
  await expect(checkContract({ wire, verbs: broken })).rejects.toThrow("no such format");
});
