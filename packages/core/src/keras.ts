/**
 * The networks published with the 2016 paper, as they lie in their Keras files, brought to today's terms.
 * In: named arrays of one file. Out: the dense graph that gives the authors' own maps.
 *
 * @module
 */
import {
  buildFeatureNet,
  type PatchSize,
  type Plan,
  plainPlans,
  type Supply,
} from "./architecture/feature-net.js";
import { toDense } from "./dense.js";
import { ModelError, UnsupportedError } from "./errors.js";
import type { Graph } from "./network.js";

/** The arrays of a Keras file by name, such as `convolution2d_1_W`; C order. */
export type KerasArrays = Readonly<
  Record<string, Readonly<{ data: Float32Array; shape: readonly number[] }>>
>;

/** How to read a Keras file's arrays. */
export interface KerasOptions {
  /**
   * What the array called `running_std` holds: a standard deviation in the files of 2016, a variance in those of 2017.
   * (The nuclear maps stored with the paper's HeLa field were made with 2016 networks read as `variance`.)
   */
  readonly runningStd: "deviation" | "variance";
}

/** What Keras added to the denominator of a batch normalisation. */
const kerasEpsilon = 1e-6;

/**
 * A published network as a dense graph: input `image` `[n, channels, y, x]`, output `maps` `[n, classes, …]`, smaller by
 * the patch less one pixel; classes are edge, interior (one for each cell type), background.
 * Kernels are turned by half a turn (Theano convolves where ONNX correlates), dense layers become convolutions of one
 * pixel. Throws {@link ModelError} where an array is missing or misshapen, {@link UnsupportedError} where the layers are
 * none of the paper's plain networks.
 */
export function kerasNetwork(arrays: KerasArrays, options: KerasOptions): Graph {
  const [patch, plan] = findPlan(arrays);
  const deviation = options.runningStd === "deviation";
  const graph = buildFeatureNet(
    plan,
    {
      inputs: arrayOf(arrays, "convolution2d_1_W").shape[1],
      outputs: arrayOf(arrays, "dense_2_b").shape[0],
      patch,
      batchNorm: "batchnormalization_1_gamma" in arrays,
      epsilon: deviation ? 0 : kerasEpsilon,
    },
    supplyFrom(arrays, plan, deviation),
  );
  return toDense(graph);
}

/** The paper's network whose kernels are as large and as many as the file's. */
function findPlan(arrays: KerasArrays): [PatchSize, Plan] {
  const found: string[] = [];
  for (let i = 1; arrays[`convolution2d_${i}_W`]; i++) {
    const [width, , size] = arrays[`convolution2d_${i}_W`].shape;
    found.push(`${size}x${size} to ${width}`);
  }
  for (const [patch, plan] of Object.entries(plainPlans)) {
    const layers = plan.steps.flatMap((step) =>
      step === "pool" ? [] : [`${step[1]}x${step[1]} to ${step[2]}`],
    );
    if (layers.join() === found.join()) return [Number(patch) as PatchSize, plan];
  }
  throw new UnsupportedError(
    `the file must hold one of the 2016 paper's networks, its convolutions are: ${found.join(", ") || "none"}`,
    { found },
  );
}

function supplyFrom(arrays: KerasArrays, plan: Plan, deviation: boolean): Supply {
  const convolutions = plan.steps.filter((step) => step !== "pool").length;
  return (layer, part, shape) => {
    const [kind, number] = layer.split("_");
    const norm = `batchnormalization_${kind === "conv" ? number : convolutions + Number(number)}`;
    const name = (what: string) =>
      kind === "conv" ? `convolution2d_${number}_${what}` : `dense_${number}_${what}`;
    if (part === "kernel") {
      const isDense = kind === "dense";
      const array = checked(arrays, name("W"), isDense ? [shape[1], shape[0]] : shape);
      return isDense ? transposed(array, shape[1], shape[0]) : turned(array, shape[2] * shape[3]);
    }
    if (part === "bias") return checked(arrays, name("b"), shape);
    if (part === "scale") return checked(arrays, `${norm}_gamma`, shape);
    if (part === "shift") return checked(arrays, `${norm}_beta`, shape);
    if (part === "mean") return checked(arrays, `${norm}_running_mean`, shape);
    const spread = checked(arrays, `${norm}_running_std`, shape);
    return deviation ? spread.map((value) => (value + kerasEpsilon) ** 2) : spread;
  };
}

function arrayOf(arrays: KerasArrays, name: string): KerasArrays[string] {
  const array = arrays[name];
  if (!array) throw new ModelError(`the network lacks the array "${name}"`, { name });
  return array;
}

function checked(arrays: KerasArrays, name: string, shape: readonly number[]): Float32Array {
  const array = arrayOf(arrays, name);
  const count = shape.reduce((a, b) => a * b, 1);
  if (array.shape.join() !== shape.join() || array.data.length !== count)
    throw new ModelError(
      `the network's array "${name}" must be of shape [${shape}], is [${array.shape}]`,
      { name },
    );
  return array.data;
}

/** Each kernel plane of `size` values read backwards: a half turn. */
function turned(data: Float32Array, size: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += size)
    for (let k = 0; k < size; k++) out[i + k] = data[i + size - 1 - k];
  return out;
}

/** A matrix of `rows` x `columns` as `columns` x `rows`. */
function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) out[x * rows + y] = data[y * columns + x];
  return out;
}
