/**
 * A host that finds a cell in each bright pixel: it stands in for networks.
 *
 * @module
 */
import { type Labels, pyramidOf } from "@cellwright/core";
import type { FindQuestion, ModelEntry, Patience, ServiceHost } from "./host.js";
import { MEMORY_FORMATS, memoryStages } from "./memory-stage.js";

/** A model of nuclei. */
export const nuclei: ModelEntry = {
  id: "nuclei",
  name: "Nuclei",
  description: "Bright pixels.",
  channels: ["nuclear"],
  needs_seeds: false,
  can_learn: true,
  origin: "shipped",
};
/** One whose cells grow from nuclei. */
export const cells: ModelEntry = {
  ...nuclei,
  id: "cells",
  channels: ["phase", "nuclear"],
  needs_seeds: true,
};

/** A host whose work can be held up, and what it was asked to find. */
export function hostOf(hold: (patience: Patience) => Promise<void> = async () => undefined): {
  readonly host: ServiceHost;
  readonly questions: FindQuestion[];
} {
  const questions: FindQuestion[] = [];
  const host: ServiceHost = {
    form: "test",
    formats: MEMORY_FORMATS,
    ...memoryStages(),
    models: async () => [nuclei, cells],
    model: async (id) => {
      const found = [nuclei, cells].find((model) => model.id === id);
      if (!found)
        throw Object.assign(new Error(`there is no model ${id}`), {
          kind: "ModelError",
          details: {},
        });
      return found;
    },
    description: async () => new TextEncoder().encode("name: Nuclei\ntype: model\n"),
    find: async (question, patience) => {
      questions.push(question);
      for (const share of [0.25, 0.5, 1]) {
        patience.onProgress(share);
        await hold(patience);
      }
      const { image } = question;
      const [, height, width] = image.shape;
      let count = 0;
      const data = Uint32Array.from(image.data.subarray(0, height * width), (v) =>
        v > 9 ? ++count : 0,
      );
      const labels: Labels = { data, shape: [height, width], axes: "yx" };
      return { labels, scales: { main: { zoom: 1, from: "none" } } };
    },
    track: async (frames) => ({
      frames,
      tracks: [{ label: 1, begin: 0, end: frames.length - 1, parent: 0 }],
    }),
    learn: async ({ examples }) => ({
      model: { ...nuclei, id: "learnt-1", origin: "learnt" },
      before: 0.5,
      after: 0.75,
      epochs: examples.length,
      best: 1,
      seconds: 1,
    }),
    open: async (address) => ({
      name: address,
      reader: pyramidOf({ data: Uint8Array.of(0, 10, 20, 0), shape: [2, 2], axes: "yx" }),
      address,
    }),
  };
  return { host, questions };
}
