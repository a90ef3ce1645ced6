import {
  type Attribute,
  checkGraph,
  type Engine,
  floats,
  type Graph,
  integers,
  type Port,
  referenceEngine,
  seeded,
  type Values,
} from "@cellwright/core";
import { describe, expect, test } from "vitest";
import { onnxEngine } from "./node.js";

/** One operator on some inputs; constants (axes, pads, scales, …) are weights, the rest comes in from outside. */
interface Example {
  readonly op: string;
  readonly inputs: readonly Values[];
  readonly constants?: readonly (Values | "")[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

const random = seeded(31);
/** Numbers from −1 to 1. */
const noise = (...shape: number[]) => filled(shape, () => 2 * random() - 1);
/** Numbers from 0.1 to 1.1. */
const positive = (...shape: number[]) => filled(shape, () => 0.1 + random());
/** Numbers of few kinds, so that some are equal. */
const coarse = (...shape: number[]) => filled(shape, () => Math.floor(random() * 3));
const coins = (...shape: number[]): Values => ({
  data: Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
    random() < 0.5 ? 0 : 1,
  ),
  shape,
});
const nearest = {
  mode: "nearest",
  coordinate_transformation_mode: "asymmetric",
  nearest_mode: "floor",
};

function filled(shape: number[], value: () => number): Values {
  return floats(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value), shape);
}

const examples: Example[] = [
  ...["Relu", "Sigmoid", "Neg", "Exp", "Sign", "Abs", "Identity"].map((op) => ({
    op,
    inputs: [noise(2, 3, 4)],
  })),
  ...["Sqrt", "Log"].map((op) => ({ op, inputs: [positive(2, 3, 4)] })),
  ...["Add", "Sub", "Mul", "Max", "Min", "Mean"].map((op) => ({
    op,
    inputs: [noise(2, 3, 1, 5), noise(3, 4, 1)],
  })),
  ...["Max", "Min", "Mean"].map((op) => ({ op, inputs: [noise(2, 3), noise(3), noise(2, 1)] })),
  ...["Div", "Pow"].map((op) => ({ op, inputs: [positive(2, 3, 4), positive(4)] })),
  ...["Equal", "Greater", "Less"].map((op) => ({ op, inputs: [coarse(3, 5), coarse(3, 1)] })),
  { op: "Not", inputs: [coins(7)] },
  { op: "Where", inputs: [coins(3, 1), noise(3, 4), noise(4)] },
  { op: "Cast", inputs: [coins(5)], attributes: { to: 1 } },
  { op: "Cast", inputs: [coarse(5)], attributes: { to: 9 } },
  { op: "Cast", inputs: [filled([9], () => 8 * random() - 4)], attributes: { to: 7 } },
  { op: "Clip", inputs: [noise(9)], constants: [floats([-0.5], []), floats([0.2], [])] },
  { op: "Clip", inputs: [noise(9)], constants: ["", floats([0.2], [])] },
  { op: "Softmax", inputs: [noise(2, 3, 4, 5)], attributes: { axis: 1 } },
  { op: "Softmax", inputs: [noise(2, 3, 4)] },
  {
    op: "BatchNormalization",
    inputs: [noise(2, 3, 4, 5), positive(3), noise(3), noise(3), positive(3)],
  },
  { op: "Conv", inputs: [noise(2, 3, 9, 8), noise(4, 3, 3, 2), noise(4)] },
  {
    op: "Conv",
    inputs: [noise(2, 3, 9, 8), noise(4, 3, 3, 3)],
    attributes: { pads: [1, 0, 2, 1], dilations: [2, 3] },
  },
  {
    op: "Conv",
    inputs: [noise(1, 3, 9, 9), noise(4, 3, 3, 3)],
    attributes: { strides: [2, 3], pads: [1, 1, 1, 1] },
  },
  {
    op: "Conv",
    inputs: [noise(1, 2, 9, 9), noise(1, 2, 4, 4)],
    attributes: { auto_pad: "SAME_UPPER" },
  },
  {
    op: "Conv",
    inputs: [noise(1, 2, 9, 9), noise(1, 2, 4, 4)],
    attributes: { auto_pad: "SAME_LOWER" },
  },
  {
    op: "MaxPool",
    inputs: [noise(2, 3, 9, 8)],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
  {
    op: "MaxPool",
    inputs: [noise(2, 3, 9, 8)],
    attributes: { kernel_shape: [2, 3], dilations: [4, 2] },
  },
  {
    op: "MaxPool",
    inputs: [noise(2, 3, 9, 8)],
    attributes: { kernel_shape: [3, 3], strides: [2, 1], pads: [1, 1, 1, 1] },
  },
  {
    op: "AveragePool",
    inputs: [noise(2, 3, 9, 8)],
    attributes: { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] },
  },
  {
    op: "AveragePool",
    inputs: [noise(2, 3, 9, 8)],
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 },
  },
  {
    op: "Resize",
    inputs: [noise(2, 3, 4, 5)],
    constants: ["", floats([1, 1, 2, 3], [4])],
    attributes: nearest,
  },
  {
    op: "Concat",
    inputs: [noise(2, 3, 4), noise(2, 1, 4), noise(2, 2, 4)],
    attributes: { axis: 1 },
  },
  { op: "Concat", inputs: [noise(2, 3), noise(2, 1)], attributes: { axis: -1 } },
  {
    op: "Slice",
    inputs: [noise(4, 5, 6)],
    constants: [
      [1, -3],
      [100, -1],
      [0, 2],
      [2, 1],
    ].map(integers),
  },
  {
    op: "Slice",
    inputs: [noise(4, 5)],
    constants: [
      [-1, 3],
      [-100, 0],
      [0, 1],
      [-2, -1],
    ].map(integers),
  },
  { op: "Slice", inputs: [noise(4, 5)], constants: [[1], [3]].map(integers) },
  { op: "Pad", inputs: [noise(2, 3, 4)], constants: [integers([0, 1, 2, 1, 0, 3])] },
  { op: "Pad", inputs: [noise(2, 5)], constants: [integers([1, -1, 0, -2]), floats([7], [])] },
  { op: "ReduceSum", inputs: [noise(2, 3, 4, 5)], constants: [integers([0, 2, -1])] },
  {
    op: "ReduceSum",
    inputs: [noise(2, 3, 4)],
    constants: [integers([1])],
    attributes: { keepdims: 0 },
  },
  { op: "ReduceSum", inputs: [noise(2, 3, 4)], attributes: { keepdims: 0 } },
  { op: "ReduceMean", inputs: [noise(2, 3, 4, 5)], attributes: { axes: [-1, 0] } },
  { op: "ReduceMean", inputs: [noise(2, 3, 4)], attributes: { axes: [1], keepdims: 0 } },
  { op: "Reshape", inputs: [noise(2, 3, 4)], constants: [integers([0, -1, 2])] },
  { op: "Transpose", inputs: [noise(2, 3, 4, 5)], attributes: { perm: [2, 0, 3, 1] } },
  { op: "Transpose", inputs: [noise(2, 3, 4)] },
  { op: "MatMul", inputs: [noise(5, 1, 2, 3), noise(4, 3, 6)] },
  { op: "MatMul", inputs: [noise(2, 3), noise(3, 6)] },
  {
    op: "FusedMatMul",
    inputs: [noise(4, 3, 2), noise(4, 3, 6)],
    attributes: { transA: 1, alpha: 0.5 },
  },
  { op: "FusedMatMul", inputs: [noise(4, 2, 3), noise(4, 6, 3)], attributes: { transB: 1 } },
  {
    op: "FusedMatMul",
    inputs: [noise(3, 2), noise(6, 3)],
    attributes: { transA: 1, transB: 1, alpha: 2 },
  },
  { op: "Expand", inputs: [noise(3, 1)], constants: [integers([2, 1, 4])] },
  { op: "Unsqueeze", inputs: [noise(3, 2)], constants: [integers([-1, 0])] },
  { op: "Squeeze", inputs: [noise(1, 3, 1)], constants: [integers([0])] },
  { op: "Squeeze", inputs: [noise(1, 3, 1)] },
];

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

describe("ONNX Runtime and the reference engine agree", () => {
  test.each(
    examples.map(
      (example) => [`${example.op} ${JSON.stringify(example.attributes ?? {})}`, example] as const,
    ),
  )("%s", async (_, example) => {
    const graph = graphOf(example);
    const [found, expected] = [
      await run(onnxEngine({ threads: 1 }), graph, example),
      await run(referenceEngine, graph, example),
    ];
    expect(found.shape).toEqual(expected.shape);
    for (let i = 0; i < expected.data.length; i++)
      expect(Number(found.data[i])).toBeCloseTo(Number(expected.data[i]), 5);
  });
});
