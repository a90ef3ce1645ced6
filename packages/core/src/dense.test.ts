import { expect, test } from "vitest";
import { toDense } from "./dense.js";
import { type Attribute, floats, GraphBuilder } from "./network.js";

function graphOf(...layers: [op: string, attributes: Record<string, Attribute>][]) {
  const builder = new GraphBuilder();
  const kernel = builder.weight(floats(new Float32Array(9), [1, 1, 3, 3]));
  let at = "x";
  for (const [op, attributes] of layers)
    at = builder.add(op, op === "Conv" ? [at, kernel] : [at], attributes);
  return builder.build(
    [{ name: "x", shape: ["n", 1, 9, 9] }],
    [{ name: at, shape: ["n", 1, 1, 1] }],
  );
}

const pool: [string, Record<string, Attribute>] = [
  "MaxPool",
  { kernel_shape: [2, 2], strides: [2, 2] },
];

test("behind each pooling, layers reach twice as far and nothing moves by more than a pixel", () => {
  const dense = toDense(
    graphOf(["Conv", {}], pool, ["Conv", {}], ["Relu", {}], pool, ["Conv", { dilations: [3, 3] }]),
  );
  const dilations = dense.nodes.flatMap(({ attributes }) =>
    attributes.dilations ? [attributes.dilations] : [],
  );
  expect(dilations).toEqual([
    [1, 1],
    [1, 1],
    [2, 2],
    [2, 2],
    [12, 12],
  ]);
  expect(dense.nodes.some(({ attributes }) => "strides" in attributes)).toBe(false);
});

test("a strided convolution is spread like a pooling", () => {
  const dense = toDense(graphOf(["Conv", { strides: [3, 3] }], ["Conv", {}]));
  expect(dense.nodes.map(({ attributes }) => attributes.dilations)).toEqual([
    [1, 1],
    [3, 3],
  ]);
});

test("layers that have no dense form are refused", () => {
  expect(() => toDense(graphOf(["Conv", { pads: [1, 1, 1, 1] }]))).toThrow("pads its input");
  expect(() => toDense(graphOf(["Flatten", {}]))).toThrow("has no dense form");
  expect(() => toDense(graphOf(["Conv", { strides: [1, 2] }]))).toThrow(
    "as far along y as along x",
  );
  const mixed = new GraphBuilder();
  const half = mixed.add(pool[0], ["x"], pool[1]);
  const joined = mixed.add("Concat", [half, "x"], { axis: 1 });
  mixed.add(pool[0], [joined], pool[1], "y");
  const graph = mixed.build(
    [{ name: "x", shape: ["n", 1, 9, 9] }],
    [{ name: "y", shape: ["n", 1, 1, 1] }],
  );
  expect(() => toDense(graph)).toThrow("joins levels of different pixel sizes");
});
