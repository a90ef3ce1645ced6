/**
 * A model's own test: its network, run by some engine on the tensor that came with it, gives the maps that came with it.
 *
 * @module
 */
import type { Program } from "./engine.js";
import { ModelError } from "./errors.js";
import type { Model } from "./model.js";
import type { ModelTest } from "./model-read.js";
import type { Values } from "./network.js";
import { normalize } from "./normalize.js";

/** How a model's test went. */
export interface ModelCheck {
  readonly passed: boolean;
  /** The largest difference between an expected number and the one that came out. */
  readonly worst: number;
  /** How many numbers are off by more than the model tolerates, of how many, and how many may be. */
  readonly mismatches: number;
  readonly count: number;
  readonly tolerated: number;
}

/** Runs a model's test on the program made of its graph. Throws {@link ModelError} where the maps have another size. */
export async function checkModel(
  model: Model,
  test: ModelTest,
  program: Program,
): Promise<ModelCheck> {
  const [input] = model.graph.inputs;
  const [output] = model.graph.outputs;
  const values = test.preprocess ? preprocessed(model, test.input) : test.input;
  const found = (await program.run({ [input.name]: values }))[output.name];
  if (found.shape.join() !== test.output.shape.join())
    throw new ModelError(
      `the network's maps must be [${test.output.shape}] for the model's test input, are [${found.shape}]`,
    );
  return compare(found.data as Float32Array, test);
}

function preprocessed(model: Model, { data, shape }: Values<Float32Array>): Values<Float32Array> {
  if (shape[0] !== 1)
    throw new ModelError(`the model's test input must hold one image, holds ${shape[0]}`);
  const image = { data, shape: shape.slice(1), axes: "cyx" };
  return { data: normalize(image, model.normalization).data, shape };
}

function compare(found: Float32Array, test: ModelTest): ModelCheck {
  const expected = test.output.data;
  let worst = 0;
  let mismatches = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(found[i] - expected[i]);
    // Written so that NaN counts as wrong.
    if (!(difference <= test.absolute + test.relative * Math.abs(expected[i]))) mismatches++;
    worst = Math.max(worst, difference);
  }
  const count = expected.length;
  const tolerated = Math.floor((test.mismatches * count) / 1e6);
  return { passed: mismatches <= tolerated, worst, mismatches, count, tolerated };
}
