/** Damaged messages: each is answered, by a result or by an error that says what the caller can do. */
import { isCoreError, pyramidOf } from "@cellwright/core";
import { damagedFiles, messageTarget } from "@cellwright/testing/fuzz";
import { keptDamage } from "@cellwright/testing/fuzz-watch";
import { expect, test } from "vitest";
import type { ModelEntry, ServiceHost } from "./host.js";
import { MEMORY_FORMATS, memoryStages } from "./memory-stage.js";
import { createService } from "./service.js";

const model: ModelEntry = {
  ...{ id: "nuclei", name: "Nuclei", description: "Finds nothing." },
  ...{ channels: ["nuclear"], needs_seeds: false, can_learn: true, origin: "shipped" },
};

const hostOf = (): ServiceHost => ({
  ...{ form: "test", formats: MEMORY_FORMATS, ...memoryStages() },
  models: async () => [model],
  model: async (id) => {
    if (id === model.id) return model;
    throw Object.assign(new Error(`there is no model ${id}`), { kind: "ModelError", details: {} });
  },
  description: async () => new TextEncoder().encode("type: model\n"),
  find: async ({ image }) => {
    const [height, width] = image.shape.slice(-2);
    const labels = { data: new Uint32Array(height * width), shape: [height, width], axes: "yx" };
    return { labels, scales: { main: { zoom: 1, from: "none" } } };
  },
  track: async (frames) => ({ frames, tracks: [] }),
  learn: async () => ({ before: 0.5, after: 0.5, epochs: 1, best: 0, seconds: 0 }),
  open: async (address) => ({
    ...{ name: address, address },
    reader: pyramidOf({ data: Uint8Array.of(0, 9, 9, 0), shape: [2, 2], axes: "yx" }),
  }),
});

const target = messageTarget(async (verb, args) => {
  const service = createService(hostOf());
  try {
    return await service.call(verb, args, { id: "fuzz", wire: "buffer" });
  } finally {
    service.end();
  }
});

test("messages as they should be are answered", async () => {
  for (const files of target.valid) await expect(target.read(files)).resolves.toBeUndefined();
});

test("damaged messages are answered, or refused in words", async () => {
  let refused = 0;
  const first = Array.from({ length: 1000 }, (_, n) => [n] as const);
  for (const numbers of [...first, ...keptDamage()[target.name]]) {
    const files = damagedFiles(target, ...numbers);
    const error: unknown = await target.read(files).catch((reason) => reason);
    if (error === undefined) continue;
    expect(isCoreError(error), `${numbers}: ${(error as Error).stack}`).toBe(true);
    refused++;
  }
  expect(refused).toBeGreaterThan(200);
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});
