import { expect, test } from "vitest";
import { cellTypes, countTypes } from "./cell-types.js";
import { measure } from "./measure.js";

const maps = { maps: ["inside", "nih3t3", "mcf10a"], types: ["nih3t3", "mcf10a"] };

/** A row of labels, and the maps after "inside" as rows. */
function scene(numbers: number[], ...rows: number[][]) {
  const width = numbers.length;
  const inside = numbers.map((label) => (label > 0 ? 1 : 0));
  return {
    labels: { data: Uint32Array.from(numbers), shape: [1, width], axes: "yx" },
    maps: {
      data: Float32Array.from([inside, ...rows].flat()),
      shape: [rows.length + 1, 1, width],
      axes: "cyx",
    },
  };
}

test("a cell's probability is the mean of the type's map as a share of all types", () => {
  // Cell 70000 comes after cell 3 though it stands first, as in measure().
  const { labels, maps: values } = scene(
    [70000, 70000, 0, 3, 3, 3],
    [0.25, 0.25, 1, 0.75, 0.5, 0.25],
    [0.75, 0.75, 1, 0, 0.25, 0.25],
  );
  const table = cellTypes(labels, values, maps);
  expect(Object.keys(table)).toEqual([
    "type",
    "type_probability",
    "probability_nih3t3",
    "probability_mcf10a",
  ]);
  expect([...measure(labels).label]).toEqual([3, 70000]);
  expect(table).toEqual({
    type: ["nih3t3", "mcf10a"],
    type_probability: Float64Array.from([0.75, 0.75]),
    probability_nih3t3: Float64Array.from([0.75, 0.25]),
    probability_mcf10a: Float64Array.from([0.25, 0.75]),
  });
  expect(countTypes(table, maps.types)).toEqual({ nih3t3: 1, mcf10a: 1 });
});

test("the paper's share: the sum of one interior over the sum of all", () => {
  const { labels, maps: values } = scene([1, 1], [0.5, 0.25], [0.125, 0.125]);
  const names = { maps: ["edge", "interior_1", "interior_2"], types: ["interior_1", "interior_2"] };
  const table = cellTypes(labels, values, names);
  expect(table.type).toEqual(["interior_1"]);
  expect(table.probability_interior_2).toEqual(Float64Array.of(0.25));
});

test("a cell that all maps leave at 0 has no type; equal ones take the first", () => {
  const { labels, maps: values } = scene([1, 2], [0, 0.5], [-1, 0.5]);
  const table = cellTypes(labels, values, maps);
  expect(table.type).toEqual(["", "nih3t3"]);
  expect(table.type_probability).toEqual(Float64Array.of(Number.NaN, 0.5));
  expect(countTypes(table, maps.types)).toEqual({ nih3t3: 1, mcf10a: 0 });
});

test("no cells leave empty columns, no types leave none", () => {
  const { labels, maps: values } = scene([0], [0], [0]);
  expect(cellTypes(labels, values, maps)).toMatchObject({
    type: [],
    probability_mcf10a: new Float64Array(0),
  });
  expect(cellTypes(labels, values, { maps: maps.maps })).toEqual({});
});

test("what does not fit is said", () => {
  const { labels, maps: values } = scene([1, 1], [1, 1], [1, 1]);
  expect(() => cellTypes(labels, values, { ...maps, types: ["hela"] })).toThrow(
    "type hela must be one of the maps (inside, nih3t3, mcf10a)",
  );
  expect(() => cellTypes(labels, values, { maps: ["nih3t3"], types: ["nih3t3"] })).toThrow(
    "maps must be 1, one a name, got 3",
  );
  const other = { ...labels, data: new Uint32Array(3), shape: [1, 3] };
  expect(() => cellTypes(other, values, maps)).toThrow("labels size must be 1 x 2 like the maps");
});
