import { expect, test } from "vitest";
import { type Attribute, floats, GraphBuilder, integers, type Values } from "../network.js";
import { referenceEngine } from "./engine.js";

/** Runs one node; the first input is the graph's, the others are constants. */
async function run(
  op: string,
  [first, ...rest]: readonly Values[],
  attributes: Record<string, Attribute> = {},
): Promise<Values> {
  const builder = new GraphBuilder();
  const names = rest.map((value) => builder.weight(value));
  builder.add(op, ["x", ...names], attributes, "y");
  const graph = builder.build([{ name: "x", shape: first.shape }], [{ name: "y", shape: [] }]);
  const program = await referenceEngine.load(graph);
  return (await program.run({ x: first })).y;
}

const numbers = ({ data }: Values): number[] => Array.from(data as ArrayLike<number>, Number);
const row = (...data: number[]) => floats(data, [data.length]);
const bytes = (...data: number[]): Values => ({
  data: Uint8Array.from(data),
  shape: [data.length],
});

test("functions of one number", async () => {
  const x = row(-2, -0.5, 0, 4);
  expect(numbers(await run("Relu", [x]))).toEqual([0, 0, 0, 4]);
  expect(numbers(await run("Neg", [x]))).toEqual([2, 0.5, -0, -4]);
  expect(numbers(await run("Abs", [x]))).toEqual([2, 0.5, 0, 4]);
  expect(numbers(await run("Sign", [x]))).toEqual([-1, -1, 0, 1]);
  expect(numbers(await run("Sqrt", [x]))).toEqual([Number.NaN, Number.NaN, 0, 2]);
  expect(numbers(await run("Exp", [row(0, 1)]))).toEqual([1, Math.fround(Math.E)]);
  expect(numbers(await run("Log", [row(1, 0)]))).toEqual([0, Number.NEGATIVE_INFINITY]);
  expect(numbers(await run("Sigmoid", [row(-1000, 0, 1000)]))).toEqual([0, 0.5, 1]);
  expect(numbers(await run("Clip", [x, floats([-1], []), floats([1], [])]))).toEqual([
    -1, -0.5, 0, 1,
  ]);
  expect(numbers(await run("Relu", [row(Number.NaN)]))).toEqual([Number.NaN]);
});

test("functions of several numbers stretch their inputs", async () => {
  const table = floats([1, 2, 3, 4, 5, 6], [2, 3]);
  const column = floats([10, 20], [2, 1]);
  expect(numbers(await run("Add", [table, column]))).toEqual([11, 12, 13, 24, 25, 26]);
  expect(numbers(await run("Sub", [column, table]))).toEqual([9, 8, 7, 16, 15, 14]);
  expect(numbers(await run("Mul", [table, row(1, 0, -1)]))).toEqual([1, 0, -3, 4, 0, -6]);
  expect(numbers(await run("Div", [column, floats([4], [])]))).toEqual([2.5, 5]);
  expect(numbers(await run("Pow", [row(2, 9), row(3, 0.5)]))).toEqual([8, 3]);
  expect(numbers(await run("Max", [row(1, 5, 3), row(2, 2, 2), row(0, 0, 9)]))).toEqual([2, 5, 9]);
  expect(numbers(await run("Min", [row(1, 5, 3), row(2, 2, 2)]))).toEqual([1, 2, 2]);
  expect(numbers(await run("Mean", [row(1, 5), row(2, 2), floats([3], [])]))).toEqual([
    2,
    Math.fround(10 / 3),
  ]);
});

test("comparisons give booleans, and Where and Cast read them", async () => {
  const less = await run("Less", [row(1, 2, 3), row(2, 2, 2)]);
  expect(less.data).toEqual(Uint8Array.of(1, 0, 0));
  expect(numbers(await run("Greater", [row(1, 2, 3), row(2, 2, 2)]))).toEqual([0, 0, 1]);
  expect(numbers(await run("Equal", [row(1, 2, 3), row(2, 2, 2)]))).toEqual([0, 1, 0]);
  expect(numbers(await run("Not", [bytes(1, 0)]))).toEqual([0, 1]);
  expect(numbers(await run("Where", [bytes(1, 0, 1), row(1, 2, 3), row(-1, -2, -3)]))).toEqual([
    1, -2, 3,
  ]);
  expect((await run("Cast", [bytes(1, 0)], { to: 1 })).data).toEqual(Float32Array.of(1, 0));
  expect((await run("Cast", [row(0.5, 0, -2)], { to: 9 })).data).toEqual(Uint8Array.of(1, 0, 1));
  expect((await run("Cast", [row(1.9, -1.9)], { to: 7 })).data).toEqual(BigInt64Array.of(1n, -1n));
});

test("slices, pads and joins", async () => {
  const image = floats([1, 2, 3, 4, 5, 6], [1, 1, 2, 3]);
  const axis = integers([3]);
  expect(numbers(await run("Slice", [image, integers([1]), integers([3]), axis]))).toEqual([
    2, 3, 5, 6,
  ]);
  const reversed = [image, integers([-1]), integers([-9]), axis, integers([-2])];
  expect(numbers(await run("Slice", reversed))).toEqual([3, 1, 6, 4]);
  const padded = await run("Pad", [image, integers([0, 0, 1, 0, 0, 0, 0, 1]), floats([9], [])]);
  expect(padded).toEqual(floats([9, 9, 9, 9, 1, 2, 3, 9, 4, 5, 6, 9], [1, 1, 3, 4]));
  const cropped = await run("Pad", [image, integers([0, 0, 0, -1, 0, 0, 0, 1])]);
  expect(cropped).toEqual(floats([2, 3, 0, 5, 6, 0], [1, 1, 2, 3]));
  const joined = await run("Concat", [image, floats([7, 8], [1, 1, 2, 1])], { axis: -1 });
  expect(numbers(joined)).toEqual([1, 2, 3, 7, 4, 5, 6, 8]);
});

test("turns, repeats and new shapes", async () => {
  const table = floats([1, 2, 3, 4, 5, 6], [2, 3]);
  expect(numbers(await run("Transpose", [table]))).toEqual([1, 4, 2, 5, 3, 6]);
  const cube = floats([0, 1, 2, 3, 4, 5, 6, 7], [2, 2, 2]);
  expect(numbers(await run("Transpose", [cube], { perm: [1, 2, 0] }))).toEqual([
    0, 4, 1, 5, 2, 6, 3, 7,
  ]);
  expect(numbers(await run("Expand", [floats([1, 2], [2, 1]), integers([2, 3])]))).toEqual([
    1, 1, 1, 2, 2, 2,
  ]);
  expect(await run("Reshape", [table, integers([3, -1])])).toEqual(
    floats([1, 2, 3, 4, 5, 6], [3, 2]),
  );
  expect((await run("Unsqueeze", [table, integers([1])])).shape).toEqual([2, 1, 3]);
  expect((await run("Squeeze", [floats([1, 2], [1, 2])])).shape).toEqual([2]);
  const image = floats([1, 2, 3, 4], [1, 1, 2, 2]);
  const resized = {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  };
  expect(await run("Resize", [image, floats([], [0]), floats([1, 1, 2, 3], [4])], resized)).toEqual(
    floats(
      [
        [1, 1, 1, 2, 2, 2],
        [1, 1, 1, 2, 2, 2],
        [3, 3, 3, 4, 4, 4],
        [3, 3, 3, 4, 4, 4],
      ].flat(),
      [1, 1, 4, 6],
    ),
  );
});

test("sums and means over axes", async () => {
  const cube = floats([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
  expect(await run("ReduceSum", [cube, integers([0, 2])])).toEqual(floats([14, 22], [1, 2, 1]));
  expect(await run("ReduceMean", [cube], { axes: [1], keepdims: 0 })).toEqual(
    floats([2, 3, 6, 7], [2, 2]),
  );
  expect(await run("ReduceSum", [cube], { keepdims: 0 })).toEqual(floats([36], []));
});

test("matrix products, turned and in batches", async () => {
  const a = floats([1, 2, 3, 4, 5, 6], [2, 3]);
  const b = floats([1, 0, 0, 1, 1, 1], [3, 2]);
  expect(numbers(await run("MatMul", [a, b]))).toEqual([4, 5, 10, 11]);
  expect(numbers(await run("FusedMatMul", [b, a], { transA: 1, transB: 1, alpha: 2 }))).toEqual([
    8, 20, 10, 22,
  ]);
  const batch = floats([1, 0, 0, 1, 0, 1, 1, 0], [2, 2, 2]);
  expect(await run("MatMul", [batch, a])).toEqual(
    floats([1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3], [2, 2, 3]),
  );
});

test("batch normalisation and softmax work along their channels", async () => {
  const image = floats([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 1, 2]);
  const statistics = [row(2, 1), row(0, 10), row(1, 0), row(0.75, 3.75)];
  expect(await run("BatchNormalization", [image, ...statistics], { epsilon: 0.25 })).toEqual(
    floats([0, 2, 11.5, 12, 8, 10, 13.5, 14], [2, 2, 1, 2]),
  );
  const scores = floats([0, 1000, Math.log(3), 1000], [1, 2, 1, 2]);
  const shares = await run("Softmax", [scores], { axis: 1 });
  expect(numbers(shares).map((share) => Math.round(share * 1e6) / 1e6)).toEqual([
    0.25, 0.5, 0.75, 0.5,
  ]);
});

test("inputs and weights stay as they were, and runs repeat", async () => {
  const builder = new GraphBuilder();
  const weight = builder.weight(row(1, 2));
  const sum = builder.add("Add", ["x", weight]);
  builder.add("Identity", [builder.add("Mul", [sum, "x"])], {}, "y");
  const graph = builder.build(
    [{ name: "x", shape: ["n"] }],
    [
      { name: "y", shape: ["n"] },
      { name: sum, shape: ["n"] },
    ],
  );
  const program = await referenceEngine.load(graph);
  const x = row(3, 4);
  const first = await program.run({ x });
  expect(await program.run({ x })).toEqual(first);
  expect(numbers(first.y)).toEqual([12, 24]);
  expect(numbers(first[sum])).toEqual([4, 6]);
  expect(numbers(x)).toEqual([3, 4]);
  expect(numbers(graph.weights[weight])).toEqual([1, 2]);
});

test("unknown operators are all named, and a missing weight is found before anything runs", async () => {
  const builder = new GraphBuilder();
  builder.add("Loop", [builder.add("Magic", ["x"])], {}, "y");
  const ports = [[{ name: "x", shape: [1] }], [{ name: "y", shape: [1] }]] as const;
  const odd = builder.build(...ports);
  await expect(referenceEngine.load(odd)).rejects.toThrow(
    "the reference engine lacks the operators Magic, Loop",
  );
  const bare = {
    inputs: ports[0],
    outputs: ports[1],
    weights: {},
    nodes: [{ op: "Add", inputs: ["x", "bias"], outputs: ["y"], attributes: {} }],
  };
  await expect(referenceEngine.load(bare)).rejects.toThrow('Add needs "bias"');
});

test("what the reference engine cannot do is refused by name", async () => {
  const image = floats([1, 2, 3, 4], [1, 1, 2, 2]);
  const scales = floats([1, 1, 2, 2], [4]);
  await expect(run("Resize", [image, floats([], [0]), scales], { mode: "linear" })).rejects.toThrow(
    "Resize",
  );
  await expect(
    run("Pad", [image, integers([0, 0, 1, 1, 0, 0, 1, 1])], { mode: "reflect" }),
  ).rejects.toThrow('mode "reflect" is not supported');
  await expect(run("Add", [integers([1]), integers([2])])).rejects.toThrow("float32 numbers alone");
  const short = floats([1, 2, 3], [2, 2]);
  await expect(run("Relu", [short])).rejects.toThrow("4 values for [2,2], got 3");
});
