/**
 * A check every engine must pass: each operator gives what it gives on the reference engine, on inputs of lengths and
 * values drawn at random from a seed.
 *
 * @module
 */
import {
  type Attribute,
  checkGraph,
  type Engine,
  floats,
  type Graph,
  integers,
  type Port,
  type Random,
  referenceEngine,
  seeded,
  type Values,
} from "@cellwright/core";
import { describe, expect, test } from "vitest";

/** One operator on some inputs; constants (axes, pads, scales, …) are weights, the rest comes in from outside. */
interface Example {
  readonly op: string;
  readonly inputs: readonly Values[];
  readonly constants?: readonly (Values | "")[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** Draws examples: lengths, and arrays of different kinds of numbers. */
interface Draw {
  /** A whole number from `least` to `most`. */
  length(least: number, most: number): number;
  /** Numbers from −1 to 1. */
  noise(...shape: number[]): Values;
  /** Numbers from 0.1 to 1.1. */
  positive(...shape: number[]): Values;
  /** 0, 1 and 2, so that some are equal. */
  coarse(...shape: number[]): Values;
  /** Booleans. */
  coins(...shape: number[]): Values;
}

function drawing(random: Random): Draw {
  const filled = (shape: number[], value: () => number) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return floats(Float32Array.from({ length }, value), shape);
  };
  return {
    length: (least, most) => least + Math.floor(random() * (most - least + 1)),
    noise: (...shape) => filled(shape, () => 2 * random() - 1),
    positive: (...shape) => filled(shape, () => 0.1 + random()),
    coarse: (...shape) => filled(shape, () => Math.floor(random() * 3)),
    coins: (...shape) => ({
      data: Uint8Array.from(filled(shape, () => (random() < 0.5 ? 0 : 1)).data as Float32Array),
      shape,
    }),
  };
}

const one = (op: string, input: Values, attributes: Example["attributes"] = {}): Example => ({
  op,
  inputs: [input],
  attributes,
});

function pointwise({ length, noise, positive, coarse, coins }: Draw): Example[] {
  const [n, c, y, x] = [length(1, 3), length(1, 5), length(2, 9), length(2, 9)];
  return [
    ...["Relu", "Sigmoid", "Neg", "Exp", "Sign", "Abs", "Identity"].map((op) =>
      one(op, noise(n, c, y, x)),
    ),
    ...["Sqrt", "Log"].map((op) => one(op, positive(n, c, x))),
    ...["Add", "Sub", "Mul", "Max", "Min", "Mean"].flatMap((op) => [
      { op, inputs: [noise(n, c, 1, x), noise(c, y, 1)] },
      { op, inputs: [noise(n, c, y, x), noise(1, c, 1, 1)] },
      { op, inputs: [noise(n, c, y, x), noise()] },
    ]),
    ...["Max", "Min", "Mean"].map((op) => ({ op, inputs: [noise(n, x), noise(x), noise(n, 1)] })),
    ...["Div", "Pow"].map((op) => ({ op, inputs: [positive(n, c, x), positive(x)] })),
    ...["Equal", "Greater", "Less"].map((op) => ({ op, inputs: [coarse(y, x), coarse(y, 1)] })),
    one("Not", coins(7)),
    { op: "Where", inputs: [coins(y, 1), noise(y, x), noise(x)] },
    { op: "Where", inputs: [coins(n, c, y, x), noise(n, c, y, x), noise(1)] },
    one("Cast", coins(n, x), { to: 1 }),
    one("Cast", coarse(n, x), { to: 9 }),
    one(
      "Cast",
      { ...noise(9), data: (noise(9).data as Float32Array).map((v) => 4 * v) },
      { to: 7 },
    ),
    { op: "Clip", inputs: [noise(9)], constants: [floats([-0.5], []), floats([0.2], [])] },
    { op: "Clip", inputs: [noise(n, c, y, x)], constants: ["", floats([0.2], [])] },
  ];
}

function windows({ length, noise, positive }: Draw): Example[] {
  const [n, c, k, y, x] = [length(1, 3), length(1, 4), length(1, 6), length(8, 14), length(8, 14)];
  const image = () => noise(n, c, y, x);
  const conv = (kernel: [number, number], attributes: Example["attributes"], bias = true) => ({
    op: "Conv",
    inputs: [image(), noise(k, c, ...kernel), ...(bias ? [noise(k)] : [])],
    attributes,
  });
  const pads = [length(0, 1), length(0, 1), length(0, 1), length(0, 1)];
  return [
    conv([3, 2], {}),
    conv([1, 1], {}),
    conv([3, 3], { pads: [1, 1, 1, 1] }),
    conv([3, 3], { pads: [1, 0, 2, 1], dilations: [2, 3] }, false),
    conv([3, 3], { strides: [2, 3], pads }, false),
    conv([2, 2], { strides: [2, 1], dilations: [1, 2], pads }),
    conv([4, 4], { auto_pad: "SAME_UPPER" }),
    conv([4, 3], { auto_pad: "SAME_LOWER" }, false),
    one("MaxPool", image(), { kernel_shape: [2, 2], strides: [2, 2] }),
    one("MaxPool", image(), { kernel_shape: [2, 3], dilations: [4, 2] }),
    one("MaxPool", image(), { kernel_shape: [2, 2], dilations: [2, 2], strides: [2, 1] }),
    one("MaxPool", image(), { kernel_shape: [3, 3], strides: [2, 1], pads: [1, 1, 1, 1] }),
    one("MaxPool", image(), { kernel_shape: [1, 1], strides: [2, 2] }),
    one("AveragePool", image(), { kernel_shape: [2, 2], strides: [2, 2] }),
    one("AveragePool", image(), { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] }),
    one("AveragePool", image(), {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      count_include_pad: 1,
    }),
    {
      op: "BatchNormalization",
      inputs: [image(), positive(c), noise(c), noise(c), positive(c)],
    },
    {
      op: "BatchNormalization",
      inputs: [noise(n, c), positive(c), noise(c), noise(c), positive(c)],
      attributes: { epsilon: 0.01 },
    },
  ];
}

const repeating = {
  mode: "nearest",
  coordinate_transformation_mode: "asymmetric",
  nearest_mode: "floor",
};

function rearranging({ length, noise }: Draw): Example[] {
  const [n, c, y, x] = [length(1, 3), length(2, 4), length(4, 8), length(4, 8)];
  const withLists = (op: string, input: Values, ...lists: number[][]) => ({
    op,
    inputs: [input],
    constants: lists.map(integers),
  });
  const resized = (...scales: number[]) => ({
    op: "Resize",
    inputs: [noise(n, c, y, x)],
    constants: ["" as const, floats(scales, [4])],
    attributes: repeating,
  });
  return [
    resized(1, 1, 2, 2),
    resized(1, 1, 2, 3),
    resized(1, 2, 1, 4),
    {
      op: "Concat",
      inputs: [noise(n, c, x), noise(n, 1, x), noise(n, 2, x)],
      attributes: { axis: 1 },
    },
    { op: "Concat", inputs: [noise(n, c, y, x), noise(n, 1, y, x)], attributes: { axis: 1 } },
    { op: "Concat", inputs: [noise(n, 3), noise(n, 1)], attributes: { axis: -1 } },
    withLists("Slice", noise(n, y, x), [1, -3], [100, -1], [1, 2], [2, 1]),
    withLists("Slice", noise(y, x), [-1, 3], [-100, 0], [0, 1], [-2, -1]),
    withLists("Slice", noise(y, x), [1], [3]),
    withLists("Slice", noise(n, c, y, x), [1, 0], [3, -1], [2, 3]),
    withLists("Pad", noise(n, c, y, x), [0, 0, 1, 2, 0, 0, 0, 3]),
    withLists("Pad", noise(n, c, x), [0, 1, 2, 1, 0, 3]),
    {
      op: "Pad",
      inputs: [noise(n, x)],
      constants: [integers([1, -1, 0, -2]), floats([7], [])],
    },
    withLists("Reshape", noise(2, n, 4), [0, -1, 2]),
    one("Transpose", noise(n, c, y, x), { perm: [2, 0, 3, 1] }),
    one("Transpose", noise(n, c, y, x), { perm: [0, 3, 1, 2] }),
    one("Transpose", noise(n, c, y, x), { perm: [0, 2, 3, 1] }),
    one("Transpose", noise(n, c, x)),
    withLists("Expand", noise(y, 1), [2, 1, 4]),
    withLists("Unsqueeze", noise(y, x), [-1, 0]),
    withLists("Squeeze", noise(1, y, 1), [0]),
    one("Squeeze", noise(1, y, 1)),
  ];
}

function reducing({ length, noise }: Draw): Example[] {
  const [n, c, y, x] = [length(1, 3), length(1, 4), length(2, 8), length(2, 8)];
  const product = (a: Values, b: Values, attributes: Example["attributes"]) => ({
    op: "FusedMatMul",
    inputs: [a, b],
    attributes,
  });
  return [
    { op: "ReduceSum", inputs: [noise(n, c, y, x)], constants: [integers([0, 2, -1])] },
    {
      op: "ReduceSum",
      inputs: [noise(n, c, x)],
      constants: [integers([1])],
      attributes: { keepdims: 0 },
    },
    one("ReduceSum", noise(n, c, x), { keepdims: 0 }),
    one("ReduceMean", noise(n, c, y, x), { axes: [-1, 0] }),
    one("ReduceMean", noise(n, c, x), { axes: [1], keepdims: 0 }),
    { op: "MatMul", inputs: [noise(5, 1, y, x), noise(n, x, 6)] },
    { op: "MatMul", inputs: [noise(y, x), noise(x, c)] },
    { op: "MatMul", inputs: [noise(n, 2, y, x), noise(x, c)] },
    { op: "MatMul", inputs: [noise(y, x), noise(3, x, c)] },
    product(noise(n, x, y), noise(n, x, c), { transA: 1, alpha: 0.5 }),
    product(noise(n, y, x), noise(n, c, x), { transB: 1 }),
    product(noise(x, y), noise(c, x), { transA: 1, transB: 1, alpha: 2 }),
    one("Softmax", noise(n, c, y, x), { axis: 1 }),
    one("Softmax", noise(n, c, x), { axis: 1 }),
    one("Softmax", noise(n, c, x)),
  ];
}

const families = [pointwise, windows, rearranging, reducing];

function examplesOf(seed: number): Example[] {
  const draw = drawing(seeded(seed));
  return families.flatMap((family) => family(draw));
}

/** The operators that {@link testOperators} covers. */
export const parityOperators: readonly string[] = [
  ...new Set(examplesOf(0).map(({ op }) => op)),
].sort();

/** The operator and, since networks take and give float32, its result cast to that. Other inputs become constants. */
function graphOf({ op, inputs, constants = [], attributes = {} }: Example): Graph {
  const weights: Record<string, Values> = {};
  const ports: Port[] = [];
  for (const [i, value] of inputs.entries())
    if (value.data instanceof Float32Array) ports.push({ name: `x${i}`, shape: value.shape });
    else weights[`x${i}`] = value;
  for (const [i, value] of constants.entries()) if (value !== "") weights[`constant_${i}`] = value;
  const names = [
    ...inputs.map((_, i) => `x${i}`),
    ...constants.map((value, i) => (value === "" ? "" : `constant_${i}`)),
  ];
  const nodes = [
    { op, inputs: names, outputs: ["result"], attributes },
    { op: "Cast", inputs: ["result"], outputs: ["y"], attributes: { to: 1 } },
  ];
  const graph = { inputs: ports, outputs: [{ name: "y", shape: [] }], nodes, weights };
  checkGraph(graph);
  return graph;
}

async function run(engine: Engine, graph: Graph, { inputs }: Example): Promise<Values> {
  const program = await engine.load(graph);
  const given = graph.inputs.map(({ name }) => [name, inputs[Number(name.slice(1))]]);
  const { y } = await program.run(Object.fromEntries(given));
  await program.dispose();
  return y;
}

/** How strictly {@link testOperators} looks. */
export interface ParityOptions {
  /** The largest difference of a value from the reference engine's; default 1e-4. */
  readonly tolerance?: number;
  /** One set of random lengths and values each; default 31, 32 and 33. */
  readonly seeds?: readonly number[];
}

/** Declares a test an operator and seed: the engine's result has the reference engine's shape and values. */
export function testOperators(
  open: () => Promise<Engine> | Engine,
  options: ParityOptions = {},
): void {
  const { tolerance = 1e-4, seeds = [31, 32, 33] } = options;
  describe.each(seeds)("operators give what the reference engine gives, seed %i", (seed) => {
    test.each(
      examplesOf(seed).map(
        (example) =>
          [
            `${example.op} ${JSON.stringify(example.attributes ?? {})} ${example.inputs.map(({ shape }) => `[${shape}]`).join(" ")}`,
            example,
          ] as const,
      ),
    )("%s", async (_, example) => {
      const graph = graphOf(example);
      const found = await run(await open(), graph, example);
      const expected = await run(referenceEngine, graph, example);
      expect(found.shape).toEqual(expected.shape);
      for (let i = 0; i < expected.data.length; i++)
        expect(Math.abs(Number(found.data[i]) - Number(expected.data[i]))).toBeLessThanOrEqual(
          tolerance,
        );
    });
  });
}
