import { expect, test } from "vitest";
import { operationsOf, recipeOf } from "./model-operation.js";
import type { Normalization } from "./normalize.js";
import { readOperations } from "./operation/read.js";

const field = (value: unknown) => ({ file: "f.yaml", path: "inputs[0].preprocessing", value });
const recipe = (list: unknown, channels: number) =>
  recipeOf(readOperations(field(list)).operations, channels);
const scale = (kwargs: object) => [{ id: "scale_range", kwargs }];

test("recipes come back from the operations that bioimage.io has for them", () => {
  const recipes: Normalization[] = [
    { kind: "none" },
    { kind: "percentile", low: 1, high: 99.8 },
    { kind: "zero-mean-unit-variance" },
    {
      kind: "operations",
      operations: [
        { id: "clip", min: 1, maxPercentile: 99, axes: ["y", "x"] },
        { id: "scale_linear", gain: [2, 3], offset: [0, 1], axis: "channel" },
        { id: "scale_linear", gain: [2], offset: [0] },
        { id: "binarize", threshold: [0.5] },
        { id: "softmax", axis: "channel" },
        { id: "ensure_dtype", type: "uint8" },
        { id: "sigmoid" },
      ],
    },
  ];
  for (const one of recipes)
    for (const channels of [1, 2]) expect(recipe(operationsOf(one), channels)).toEqual(one);
});

test("the paper's recipe has no name at bioimage.io", () => {
  expect(operationsOf({ kind: "deepcell2016", window: 61 })).toBeUndefined();
});

test("what others leave out has the meaning bioimage.io gives it", () => {
  expect(recipe(undefined, 3)).toEqual({ kind: "none" });
  expect(recipe([{ id: "zero_mean_unit_variance" }], 1)).toEqual({
    kind: "zero-mean-unit-variance",
  });
  expect(recipe(scale({}), 1)).toEqual({ kind: "percentile", low: 0, high: 100 });
});

test("casts to float32 around an operation change nothing", () => {
  const cast = { id: "ensure_dtype", kwargs: { dtype: "float32" } };
  const list = [cast, { id: "zero_mean_unit_variance", kwargs: { axes: ["x", "y"] } }, cast];
  expect(recipe(list, 2)).toEqual({ kind: "zero-mean-unit-variance" });
});

test("operations whose numbers differ from those of our recipes stay what they are", () => {
  for (const list of [
    scale({ axes: ["channel", "y", "x"] }),
    scale({}),
    scale({ axes: ["x"] }),
    scale({ axes: ["y", "x"], eps: 0.1 }),
    scale({ axes: ["y", "x"], reference_tensor: "other" }),
    [{ id: "zero_mean_unit_variance", kwargs: { axes: ["y", "x"] } }, { id: "scale_range" }],
  ])
    expect(recipe(list, 2).kind).toBe("operations");
});

test("wrong fields are named", () => {
  const cases: [unknown, RegExp][] = [
    [[{ id: "ensure_dtype", kwargs: { dtype: "complex" } }], /\[0\]\.kwargs\.dtype must be one of/],
    [[{ id: "binarize" }], /kwargs\.threshold must be a number/],
    [[{ id: "clip" }], /kwargs must be min, max or their percentiles/],
    [[{ id: "scale_mean_variance" }], /reference_tensor must be a text/],
    [
      scale({ min_percentile: 50, max_percentile: 50 }),
      /max_percentile must be above min_percentile, 50/,
    ],
  ];
  for (const [list, message] of cases) expect(() => recipe(list, 1), `${message}`).toThrow(message);
});
