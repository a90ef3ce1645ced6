// Messages to the service of the plugin, for fuzz.mjs: a service of its own for each, on a host without networks.
import { pyramidOf } from "@cellwright/core";
import { createService, MEMORY_FORMATS, memoryStages } from "@cellwright/imjoy-plugin";
import { messageTarget } from "@cellwright/testing/fuzz";

const model = {
  ...{ id: "nuclei", name: "Nuclei", description: "Finds a cell in each bright pixel." },
  ...{ channels: ["nuclear"], needs_seeds: false, can_learn: true, origin: "shipped" },
};

/** The messages, each to a service that has just begun. */
export function serviceTargets() {
  return [
    messageTarget(async (verb, args) => {
      const service = createService(hostOf());
      try {
        return await service.call(verb, args, { id: "fuzz", wire: "buffer" });
      } finally {
        service.end();
      }
    }),
  ];
}

function hostOf() {
  return {
    ...{ form: "fuzz", formats: MEMORY_FORMATS, ...memoryStages() },
    models: async () => [model],
    model: async (id) => {
      if (id === model.id) return model;
      throw Object.assign(new Error(`there is no model ${id}`), {
        kind: "ModelError",
        details: {},
      });
    },
    description: async () => new TextEncoder().encode("name: Nuclei\ntype: model\n"),
    find: async ({ image }) => {
      const [height, width] = image.shape.slice(-2);
      let count = 0;
      const data = Uint32Array.from(image.data.subarray(0, height * width), (v) =>
        v > 9 ? ++count : 0,
      );
      const labels = { data, shape: [height, width], axes: "yx" };
      return { labels, scales: { main: { zoom: 1, from: "none" } } };
    },
    track: async (frames) => ({ frames, tracks: [] }),
    learn: async () => ({ before: 0.5, after: 0.5, epochs: 1, best: 0, seconds: 0 }),
    open: async (address) => ({
      ...{ name: address, address },
      reader: pyramidOf({ data: Uint8Array.of(0, 10, 20, 0), shape: [2, 2], axes: "yx" }),
    }),
  };
}
