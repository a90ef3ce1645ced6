/**
 * The test that a model brings along: an image, and what the network itself makes of it.
 *
 * @module
 */
import type { Program } from "./engine.js";
import type { Image } from "./image.js";
import type { Model } from "./model.js";
import { inputSizes, type ModelParts } from "./model-write.js";
import { floats, type Graph } from "./network.js";
import { normalize } from "./normalize.js";

/**
 * The test of a model on an image with its channels. Where bioimage.io has no name for the normalisation (the paper's), it
 * is applied already. Sizes must suit the network.
 */
export async function makeModelTest(
  model: Pick<Model, "normalization" | "graph">,
  image: Image,
  program: Program,
): Promise<Pick<ModelParts, "testInput" | "testOutput">> {
  const tensor = normalize(image, model.normalization);
  const shape = [1, ...tensor.shape];
  const seen = floats(tensor.data, shape);
  const [input, output] = [model.graph.inputs[0].name, model.graph.outputs[0].name];
  const maps = (await program.run({ [input]: seen }))[output];
  return {
    testInput:
      model.normalization.kind === "deepcell2016"
        ? seen
        : floats(Float32Array.from(image.data), shape),
    testOutput: floats(maps.data as Float32Array, maps.shape),
  };
}

/** The side of an image for a network's test: 128 pixels of maps, more where it takes no image so small. */
export function testSize(graph: Graph): number {
  const { least, step, crop } = inputSizes(graph);
  return least + step * Math.max(0, Math.ceil((128 + crop - least) / step));
}
