/**
 * A check every engine must pass: the gradient of each operator against finite differences.
 *
 * @module
 */
import {
  type Engine,
  floats,
  type Graph,
  gradientGraph,
  integers,
  seeded,
  type Values,
} from "@cellwright/core";
import { expect, test } from "vitest";

interface Case {
  readonly name: string;
  readonly network: Graph;
  readonly shape: readonly number[];
  /** Weights whose derivatives are checked beside the input's. */
  readonly weights?: readonly string[];
}

const NEAREST = {
  mode: "nearest",
  coordinate_transformation_mode: "asymmetric",
  nearest_mode: "floor",
};

/** A network of one node on the input `x`. */
function oneNode(
  op: string,
  attributes: Graph["nodes"][number]["attributes"] = {},
  weights: Record<string, Values> = {},
  inputs: readonly string[] = ["x", ...Object.keys(weights)],
): Graph {
  return {
    inputs: [{ name: "x", shape: ["n", "c", "y", "x"] }],
    nodes: [{ op, inputs, outputs: ["out"], attributes }],
    outputs: [{ name: "out", shape: ["n", "k", "y", "x"] }],
    weights,
  };
}

const random = seeded(7);
const noise = (shape: readonly number[]) =>
  floats(
    new Float32Array(shape.reduce((a, b) => a * b, 1)).map(() => 2 * random() - 1),
    shape,
  );

function convolution(kernel: number, dilation: number, pad: number): Case {
  const weights = { w: noise([3, 2, kernel, kernel]), b: noise([3]) };
  const attributes = {
    kernel_shape: [kernel, kernel],
    dilations: [dilation, dilation],
    pads: [pad, pad, pad, pad],
  };
  return {
    name: `Conv ${kernel}×${kernel}, dilation ${dilation}, padding ${pad}`,
    network: oneNode("Conv", attributes, weights),
    shape: [2, 2, 9, 8],
    weights: ["w", "b"],
  };
}

function pooling(op: string, kernel: number, stride: number, dilation: number): Case {
  return {
    name: `${op} ${kernel}×${kernel}, stride ${stride}, dilation ${dilation}`,
    network: oneNode(op, {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      ...(dilation > 1 && { dilations: [dilation, dilation] }),
    }),
    shape: [2, 2, 7, 9],
  };
}

function twice(op: string, attributes: Graph["nodes"][number]["attributes"] = {}): Graph {
  const squash = { op: "Sigmoid", inputs: ["x"], outputs: ["y"], attributes: {} };
  const network = oneNode(op, attributes, {}, ["x", "y", "x"].slice(0, op === "Add" ? 2 : 3));
  return { ...network, nodes: [squash, ...network.nodes] };
}

const statistics = {
  scale: noise([3]),
  shift: noise([3]),
  mean: noise([3]),
  variance: floats([1, 2, 3], [3]),
};

const cases: readonly Case[] = [
  convolution(1, 1, 0),
  convolution(3, 1, 1),
  convolution(3, 1, 0),
  convolution(4, 1, 0),
  convolution(4, 2, 0),
  convolution(3, 2, 2),
  convolution(3, 1, 3),
  pooling("MaxPool", 2, 2, 1),
  pooling("MaxPool", 2, 1, 1),
  pooling("MaxPool", 2, 1, 3),
  pooling("MaxPool", 3, 3, 1),
  pooling("AveragePool", 2, 2, 1),
  pooling("AveragePool", 3, 1, 1),
  {
    name: "BatchNormalization",
    network: oneNode("BatchNormalization", { epsilon: 1e-5 }, statistics),
    shape: [2, 3, 4, 5],
    weights: ["scale", "shift"],
  },
  { name: "Relu", network: oneNode("Relu"), shape: [1, 2, 4, 5] },
  { name: "Sigmoid", network: oneNode("Sigmoid"), shape: [1, 2, 4, 5] },
  { name: "Softmax over channels", network: oneNode("Softmax", { axis: 1 }), shape: [2, 3, 3, 4] },
  {
    name: "Resize ×2",
    network: oneNode("Resize", NEAREST, { scales: floats([1, 1, 2, 2], [4]) }, ["x", "", "scales"]),
    shape: [2, 2, 3, 4],
  },
  { name: "Concat", network: twice("Concat", { axis: 1 }), shape: [2, 2, 3, 4] },
  { name: "Add", network: twice("Add"), shape: [2, 2, 3, 4] },
  { name: "Mean", network: twice("Mean"), shape: [2, 2, 3, 4] },
  {
    name: "Slice",
    network: oneNode(
      "Slice",
      {},
      { starts: integers([1, -3]), ends: integers([5, -1]), axes: integers([2, 3]) },
    ),
    shape: [2, 2, 6, 5],
  },
  {
    name: "Pad",
    network: oneNode("Pad", { mode: "constant" }, { pads: integers([0, 0, 1, 2, 0, 0, 3, 0]) }),
    shape: [2, 2, 3, 4],
  },
];

/** The operators that {@link testGradients} covers. */
export const testedOperators: readonly string[] = [
  ...new Set(cases.flatMap(({ network }) => network.nodes.map(({ op }) => op))),
].sort();

/**
 * Declares a test an operator: derivatives by the input and by each weight equal (f(x + h) − f(x − h)) / 2h, in double
 * precision of the sum, within 2 % of the largest derivative plus rounding.
 */
export function testGradients(engine: Engine): void {
  for (const { name, network, shape, weights = [] } of cases)
    test(`gradient of ${name} equals finite differences`, async () => {
      const wanted = ["x", ...weights];
      const graph = gradientGraph(network, { x: shape }, wanted);
      const program = await engine.load(graph);
      const seed = graph.inputs.find((port) => port.name === "seed")?.shape as number[];
      const inputs: Record<string, Values> = { x: distinct(shape), seed: noise(seed) };
      for (const weight of weights) inputs[weight] = network.weights[weight];
      const outputs = await program.run(inputs);
      const value = async (changed: Record<string, Values>) => {
        const { out } = await program.run({ ...inputs, ...changed });
        return weightedSum(out, inputs.seed);
      };
      for (const target of wanted) {
        const found = outputs[`d_${target}`];
        expect(found.shape).toEqual(inputs[target].shape);
        const expected = await differences(inputs[target], (v) => value({ [target]: v }));
        const largest = Math.max(...expected.map(Math.abs));
        for (const [i, slope] of expected.entries())
          expect(Math.abs(Number(found.data[i]) - slope), `${target}[${i}]`).toBeLessThan(
            0.02 * largest + 1e-3,
          );
      }
      await program.dispose();
    });
}

/** Σ a · b in double precision. */
function weightedSum(a: Values, b: Values): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Number(a.data[i]) * Number(b.data[i]);
  return sum;
}

/** Values at least 0.02 apart and away from 0, so that no small step changes which is the largest or the sign. */
function distinct(shape: readonly number[]): Values {
  const count = shape.reduce((a, b) => a * b, 1);
  const order = Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => ((a * 7919) % 1009) - ((b * 7919) % 1009),
  );
  return floats(
    Float32Array.from(order, (rank) => (rank - count / 2 + 0.5) * 0.02),
    shape,
  );
}

async function differences(
  values: Values,
  f: (values: Values) => Promise<number>,
): Promise<number[]> {
  const step = 4e-3;
  const slopes: number[] = [];
  const moved = Float32Array.from(values.data, Number);
  for (let i = 0; i < moved.length; i++) {
    const [kept] = [moved[i]];
    moved[i] = kept + step;
    const above = await f({ ...values, data: moved.slice() });
    moved[i] = kept - step;
    const below = await f({ ...values, data: moved.slice() });
    moved[i] = kept;
    slopes.push((above - below) / (2 * step));
  }
  return slopes;
}
