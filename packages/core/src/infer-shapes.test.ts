import { expect, test } from "vitest";
import { countMultiplyAdds, inferShapes } from "./infer-shapes.js";
import {
  type Attribute,
  floats,
  type Graph,
  GraphBuilder,
  integers,
  type Values,
} from "./network.js";

/** A graph of one node over inputs of any shape; constants are given as values. */
function single(
  op: string,
  inputs: readonly (readonly number[] | Values)[],
  attributes: Record<string, Attribute> = {},
): { graph: Graph; shapes: Record<string, readonly number[]> } {
  const builder = new GraphBuilder();
  const shapes: Record<string, readonly number[]> = {};
  const names = inputs.map((input, i) => {
    if ("data" in input) return builder.weight(input);
    shapes[`in${i}`] = input;
    return `in${i}`;
  });
  builder.add(op, names, attributes, "out");
  const ports = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
  return { graph: builder.build(ports, [{ name: "out", shape: [] }]), shapes };
}

function outOf(...args: Parameters<typeof single>): readonly number[] {
  const { graph, shapes } = single(...args);
  return inferShapes(graph, shapes).out;
}

const zeros = (...shape: number[]) =>
  floats(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

test("a convolution loses its kernel's reach, keeps what pads give back, and steps by its stride", () => {
  expect(outOf("Conv", [[1, 2, 10, 12], zeros(5, 2, 3, 4)])).toEqual([1, 5, 8, 9]);
  expect(outOf("Conv", [[1, 2, 10, 12], zeros(5, 2, 3, 3)], { dilations: [2, 4] })).toEqual([
    1, 5, 6, 4,
  ]);
  expect(outOf("Conv", [[1, 2, 10, 12], zeros(5, 2, 3, 3)], { pads: [1, 1, 1, 1] })).toEqual([
    1, 5, 10, 12,
  ]);
  expect(outOf("Conv", [[1, 2, 10, 11], zeros(5, 2, 3, 3)], { strides: [2, 2] })).toEqual([
    1, 5, 4, 5,
  ]);
  expect(outOf("Conv", [[1, 2, 9, 9], zeros(5, 2, 4, 3)], { auto_pad: "SAME_UPPER" })).toEqual([
    1, 5, 9, 9,
  ]);
});

test("pooling, resizing, padding and slicing change lengths as ONNX says", () => {
  expect(outOf("MaxPool", [[2, 3, 7, 8]], { kernel_shape: [2, 2], strides: [2, 2] })).toEqual([
    2, 3, 3, 4,
  ]);
  expect(outOf("MaxPool", [[2, 3, 7, 8]], { kernel_shape: [2, 2], dilations: [4, 4] })).toEqual([
    2, 3, 3, 4,
  ]);
  expect(outOf("AveragePool", [[2, 3, 6, 8]], { kernel_shape: [2, 4], strides: [2, 4] })).toEqual([
    2, 3, 3, 2,
  ]);
  const scales = floats([1, 1, 2, 3], [4]);
  expect(outOf("Resize", [[1, 2, 3, 4], floats([], [0]), scales])).toEqual([1, 2, 6, 12]);
  expect(outOf("Pad", [[1, 2, 3, 4], integers([0, 0, 1, 2, 0, 0, 3, -1])])).toEqual([1, 2, 7, 5]);
  const ends = integers([-1, 1000]);
  expect(outOf("Slice", [[1, 2, 9, 9], integers([2, -3]), ends, integers([2, 3])])).toEqual([
    1, 2, 6, 3,
  ]);
  expect(
    outOf("Slice", [[7], integers([-1]), integers([-1000]), integers([0]), integers([-3])]),
  ).toEqual([3]);
});

test("shapes stretch together as in numpy", () => {
  expect(
    outOf("Add", [
      [2, 3, 1, 5],
      [3, 4, 1],
    ]),
  ).toEqual([2, 3, 4, 5]);
  expect(outOf("Where", [[4], [3, 1], []])).toEqual([3, 4]);
  expect(
    outOf("Mean", [
      [2, 1],
      [1, 3],
      [2, 3],
    ]),
  ).toEqual([2, 3]);
  expect(outOf("Expand", [[3, 1], integers([2, 1, 4])])).toEqual([2, 3, 4]);
  expect(() => outOf("Add", [[2, 3], [4]])).toThrow(
    'inputs of Add "out" must be of equal lengths (or 1) on each axis, got [2,3] and [4]',
  );
});

test("axes are joined, dropped, moved and regrouped", () => {
  expect(
    outOf(
      "Concat",
      [
        [1, 2, 4],
        [1, 3, 4],
      ],
      { axis: -2 },
    ),
  ).toEqual([1, 5, 4]);
  expect(outOf("ReduceSum", [[2, 3, 4], integers([0, -1])])).toEqual([1, 3, 1]);
  expect(outOf("ReduceMean", [[2, 3, 4]], { axes: [1], keepdims: 0 })).toEqual([2, 4]);
  expect(outOf("ReduceSum", [[2, 3]], { keepdims: 0 })).toEqual([]);
  expect(outOf("Reshape", [[2, 3, 4], integers([0, -1])])).toEqual([2, 12]);
  expect(outOf("Transpose", [[2, 3, 4]], { perm: [1, 2, 0] })).toEqual([3, 4, 2]);
  expect(outOf("Unsqueeze", [[2, 3], integers([0, 3])])).toEqual([1, 2, 3, 1]);
  expect(outOf("Squeeze", [[1, 2, 1], integers([-1])])).toEqual([1, 2]);
  expect(
    outOf(
      "FusedMatMul",
      [
        [5, 4, 2],
        [1, 4, 3],
      ],
      { transA: 1 },
    ),
  ).toEqual([5, 2, 3]);
  expect(
    outOf("MatMul", [
      [2, 4],
      [7, 4, 3],
    ]),
  ).toEqual([7, 2, 3]);
});

test("what does not fit is refused, naming the operator", () => {
  expect(() => outOf("Conv", [[1, 3, 9, 9], zeros(5, 2, 3, 3)])).toThrow(
    'input of Conv "out" must be 4 axes, 2 channels (axis 1), got [1,3,9,9]',
  );
  expect(() => outOf("Conv", [[1, 2, 9, 4], zeros(5, 2, 3, 3)], { dilations: [2, 2] })).toThrow(
    'input of Conv "out" must be at least as large as its window of 5 x 5, got [1,2,9,4]',
  );
  expect(() =>
    outOf(
      "Concat",
      [
        [1, 2, 4],
        [1, 2, 5],
      ],
      { axis: 1 },
    ),
  ).toThrow("axis 1");
  expect(() => outOf("Reshape", [[2, 3], integers([4])])).toThrow("as many values as [4]");
  expect(() =>
    outOf("MatMul", [
      [2, 3],
      [2, 3],
    ]),
  ).toThrow('inputs of MatMul "out"');
  expect(() => outOf("Magic", [[2, 3]])).toThrow("no shape is known for the operator Magic");
  expect(() => outOf("MaxPool", [[1, 1, 4, 4]])).toThrow("must say its kernel_shape");
  const { graph } = single("Relu", [[2, 3]]);
  expect(() => inferShapes(graph, { in0: [2, 4] })).toThrow(
    'input "in0" must be of shape [2,3], got [2,4]',
  );
  expect(() => inferShapes(graph, {})).toThrow("got nothing");
});

test("multiply-adds count a kernel for every output value", () => {
  const conv = single("Conv", [[1, 2, 10, 10], zeros(5, 2, 3, 3)]);
  expect(countMultiplyAdds(conv.graph, conv.shapes)).toBe(5 * 8 * 8 * 2 * 9);
  const matrix = single(
    "FusedMatMul",
    [
      [6, 4, 2],
      [6, 4, 3],
    ],
    { transA: 1 },
  );
  expect(countMultiplyAdds(matrix.graph, matrix.shapes)).toBe(6 * 2 * 3 * 4);
});
