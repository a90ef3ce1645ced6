import { expect, test } from "vitest";
import { operationsOf, recipeOf } from "./model-operation.js";
import type { Normalization } from "./normalize.js";

const field = (value: unknown) => ({ file: "f.yaml", path: "inputs[0].preprocessing", value });
const scale = (kwargs: object) => field([{ id: "scale_range", kwargs }]);

test("recipes with a name at bioimage.io come back from their operations", () => {
  const recipes: Normalization[] = [
    { kind: "none" },
    { kind: "percentile", low: 1, high: 99.8 },
    { kind: "zero-mean-unit-variance" },
  ];
  for (const recipe of recipes)
    for (const channels of [1, 2])
      expect(recipeOf(field(operationsOf(recipe)), channels)).toEqual(recipe);
});

test("the paper's recipe has no name at bioimage.io", () => {
  expect(operationsOf({ kind: "deepcell2016", window: 61 })).toBeUndefined();
});

test("what others leave out has the meaning bioimage.io gives it", () => {
  expect(recipeOf(field(undefined), 3)).toEqual({ kind: "none" });
  expect(recipeOf(field([{ id: "zero_mean_unit_variance" }]), 1)).toEqual({
    kind: "zero-mean-unit-variance",
  });
  expect(recipeOf(scale({}), 1)).toEqual({ kind: "percentile", low: 0, high: 100 });
});

test("casts to float32 around an operation change nothing", () => {
  const cast = { id: "ensure_dtype", kwargs: { dtype: "float32" } };
  const list = field([cast, { id: "zero_mean_unit_variance", kwargs: { axes: ["x", "y"] } }, cast]);
  expect(recipeOf(list, 2)).toEqual({ kind: "zero-mean-unit-variance" });
});

test("operations whose numbers would differ from ours are refused, saying which", () => {
  const cases: [ReturnType<typeof field>, RegExp][] = [
    [field([{ id: "binarize", kwargs: { threshold: 1 } }]), /preprocessing\[0\] asks for binarize/],
    [field([{ id: "ensure_dtype", kwargs: { dtype: "uint8" } }]), /asks for ensure_dtype/],
    [scale({ axes: ["channel", "y", "x"] }), /asks for scale_range over the axes channel, y, x/],
    [scale({}), /asks for scale_range over the axes channel/],
    [scale({ axes: ["x"] }), /over the axes x/],
    [scale({ axes: ["y", "x"], eps: 0.1 }), /with another eps than 0.000001/],
    [scale({ axes: ["y", "x"], reference_tensor: "other" }), /by another tensor/],
    [
      field([
        { id: "zero_mean_unit_variance", kwargs: { axes: ["y", "x"] } },
        { id: "scale_range" },
      ]),
      /scale_range after another/,
    ],
  ];
  for (const [list, message] of cases)
    expect(() => recipeOf(list, 2), `${message}`).toThrow(message);
  expect(() =>
    recipeOf(scale({ axes: ["y", "x"], min_percentile: 50, max_percentile: 50 }), 1),
  ).toThrow(/max_percentile must be above min_percentile, 50/);
});
