/**
 * A model's own test: its network, run by some engine on the tensors that came with it, gives those that came with it,
 * with everything done before and after it that its description asks for.
 *
 * @module
 */
import type { Program } from "./engine.js";
import { ModelError } from "./errors.js";
import { decode } from "./instance/decode.js";
import type { ModelTest, TestTensor } from "./model-expected.js";
import type { Values } from "./network.js";
import { applyOperations, type References } from "./operation/apply.js";
import type { NamedTensor } from "./operation/operation.js";

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

/**
 * Runs a model's test on the program made of its network. Throws {@link ModelError} where what comes out has another size than
 * what must.
 */
export async function checkModel(test: ModelTest, program: Program): Promise<ModelCheck> {
  const { inputs, outputs } = program.graph;
  if (test.inputs.length !== inputs.length || test.outputs.length > outputs.length)
    throw new ModelError(
      `the network has ${inputs.length} inputs and ${outputs.length} outputs, the description ${test.inputs.length} and ${test.outputs.length}`,
    );
  const seen: Record<string, NamedTensor> = {};
  for (const { id, tensor, operations } of test.inputs)
    seen[id] = applyOperations(tensor, operations, references(test));
  const feeds = inputs.map(({ name }, i) => [name, placed(name, i, test.inputs, seen)]);
  const found = await program.run(Object.fromEntries(feeds));
  const checks = test.outputs.map((expected, i) => {
    const port = outputs.find(({ name }) => name === expected.id) ?? outputs[i];
    const answer = finished(found[port.name], expected, seen);
    const { shape } = expected.tensor;
    if (answer.shape.join() !== shape.join())
      throw new ModelError(
        `the network's ${expected.id} must be [${shape}] for the model's test input, are [${answer.shape}]`,
      );
    return compare(answer.data, expected.tensor.data, test);
  });
  return checks.reduce((a, b) => ({
    passed: a.passed && b.passed,
    worst: Math.max(a.worst, b.worst),
    mismatches: a.mismatches + b.mismatches,
    count: a.count + b.count,
    tolerated: a.tolerated + b.tolerated,
  }));
}

/** Inputs as they come: what an operation on an input may look at. */
function references({ inputs }: ModelTest): References {
  return Object.fromEntries(inputs.map(({ id, tensor }) => [id, tensor]));
}

/** The tensor for an input of the network: that of its name, else the one in its place. */
function placed(
  name: string,
  i: number,
  inputs: readonly TestTensor[],
  seen: Readonly<Record<string, NamedTensor>>,
): Values {
  const { data, shape } = seen[name] ?? seen[inputs[i].id];
  return { data, shape };
}

/** What the description makes of an output of the network. */
function finished(answer: Values, expected: TestTensor, seen: References): NamedTensor {
  const { axes } = expected.tensor;
  const data =
    answer.data instanceof Float32Array ? answer.data : Float32Array.from(answer.data, Number);
  if (answer.shape.length !== axes.length)
    throw new ModelError(
      `the network's ${expected.id} must have ${axes.length} axes, has ${answer.shape.length}`,
    );
  const maps = applyOperations({ data, shape: answer.shape, axes }, expected.operations, seen);
  return expected.decoder ? cellsIn(maps, expected) : maps;
}

/** Labels of each image of a batch, as one channel. */
function cellsIn(maps: NamedTensor, { decoder, tensor }: TestTensor): NamedTensor {
  if (!decoder || maps.axes.join() !== "batch,channel,y,x")
    throw new ModelError(
      `maps of cells must have the axes batch, channel, y, x, have ${maps.axes}`,
    );
  const [count, channels, height, width] = maps.shape;
  const size = channels * height * width;
  const [rows, columns] = tensor.shape.slice(2);
  const labels = Array.from({ length: count }, (_, n) => {
    const data = maps.data.subarray(n * size, (n + 1) * size);
    const image = { data, shape: [channels, height, width], axes: "cyx" };
    return decode(image, decoder, { size: [rows, columns] }).data;
  });
  const data = new Float32Array(count * rows * columns);
  for (const [n, plane] of labels.entries()) data.set(plane, n * rows * columns);
  return { data, shape: [count, 1, rows, columns], axes: maps.axes };
}

function compare(found: Float32Array, expected: Float32Array, test: ModelTest): ModelCheck {
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
