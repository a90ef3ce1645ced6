/**
 * A model so simple that a test knows what it must find, and pictures for it: squares on black.
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  floats,
  type Image,
  type Model,
  normalize,
  predict,
  referenceEngine,
  type WatershedDecoder,
  writeModelFiles,
  writeOnnx,
} from "@cellwright/core";

/** How the plain spot model reads cells from its maps. */
export const spotDecoder: WatershedDecoder = {
  kind: "watershed",
  threshold: 0.5,
  prominence: 0.1,
  minHeight: 0.3,
  smoothing: 1,
  minArea: 4,
};

/** What differs from the plain spot model. */
export interface SpotOptions extends Partial<Model> {
  /** How much a map takes of a channel; by default every map is the last channel's brightness, 1 at 200. */
  readonly weight?: (map: number, channel: number) => number;
}

/** The files of a model that says "cell" where the image is at 200: a threshold, as a 1 x 1 convolution. */
export async function spotFiles(
  name: string,
  options: SpotOptions = {},
): Promise<Record<string, Uint8Array>> {
  const { weight, ...changes } = options;
  const { channels = ["nuclear"], maps: names = ["probability", "distance"] } = changes;
  const count = channels.length;
  const share = weight ?? ((_, channel) => (channel === count - 1 ? 1 / 200 : 0));
  const weights = Float32Array.from({ length: names.length * count }, (_, i) =>
    share(Math.floor(i / count), i % count),
  );
  const model: Model = {
    name: name.padEnd(5, "_"),
    description: "finds bright spots",
    channels,
    maps: names,
    normalization: { kind: "none" },
    decoder: spotDecoder,
    graph: {
      inputs: [{ name: "image", shape: ["n", count, "y", "x"] }],
      nodes: [
        {
          op: "Conv",
          inputs: ["image", "weight"],
          outputs: ["maps"],
          attributes: { kernel_shape: [1, 1] },
        },
      ],
      outputs: [{ name: "maps", shape: ["n", names.length, "y", "x"] }],
      weights: { weight: floats(weights, [names.length, count, 1, 1]) },
    },
    ...changes,
  };
  const image: Image = { data: new Uint8Array(64 * count), shape: [count, 8, 8], axes: "cyx" };
  const maps = await predict(
    normalize(image, { kind: "none" }),
    await referenceEngine.load(model.graph),
  );
  return writeModelFiles(model, {
    weights: writeOnnx(model.graph),
    testInput: floats(Float32Array.from(image.data), [1, ...image.shape]),
    testOutput: { data: maps.data, shape: [1, ...maps.shape] },
    readme: "# Spots\n\n## Validation\nnone\n",
    sha256: (bytes) => createHash("sha256").update(bytes).digest("hex"),
  });
}

/** Squares of 5 x 5 pixels of brightness 200 on black, 8 pixels apart, eight in a row; all `size` times as large. */
export function squares(count: number, height = 24, width = 64, size = 1): Image<Uint8Array> {
  const [rows, columns] = [height * size, width * size];
  const data = new Uint8Array(rows * columns);
  for (let n = 0; n < count; n++)
    for (let y = 2 * size; y < 7 * size; y++)
      for (let x = 2 * size; x < 7 * size; x++)
        data[(y + 8 * size * Math.floor(n / 8)) * columns + x + 8 * size * (n % 8)] = 200;
  return { data, shape: [rows, columns], axes: "yx" };
}
