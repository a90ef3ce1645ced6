import type { Labels } from "@cellwright/core";
import { expect, test } from "vitest";
import type { LayerTypes } from "../workspace.js";
import { countTypesOf, keepTypes, typeOf } from "./types.js";

const at = { t: 1, z: 0 };
const plane = (...data: number[]): Labels => ({
  data: Uint32Array.from(data),
  shape: [1, data.length],
  axes: "yx",
});
const found = {
  names: ["round", "long"],
  labels: Uint32Array.of(1, 2, 3),
  type: Int8Array.of(0, 1, -1),
  probability: Float32Array.of(0.5, 0.75, Number.NaN),
};

test("types follow their cells to the numbers that those get, and stay where others come", () => {
  const types = new Map<string, LayerTypes>();
  const keep = (placed: Labels, first: number, where = at) =>
    keepTypes({ types }, "a", {
      ...{ at: where, found: plane(1, 0, 2, 2, 3), placed, first, types: found },
    });
  keep(plane(1, 0, 2, 2, 3), 1);
  expect(typeOf(types.get("a"), at, 2)).toEqual({ name: "long", probability: 0.75 });
  expect(typeOf(types.get("a"), at, 3)).toBeUndefined();
  expect(typeOf(types.get("a"), { t: 0, z: 0 }, 2)).toBeUndefined();
  // Cell 1 stays over what was found there, 2 comes as 7.
  keep(plane(1, 0, 7, 7, 0), 7);
  const kept = types.get("a") as LayerTypes;
  expect(typeOf(kept, at, 1)).toEqual({ name: "round", probability: 0.5 });
  expect(typeOf(kept, at, 7)).toEqual({ name: "long", probability: 0.75 });
  expect(countTypesOf(kept, at, [1, 2, 7, 9])).toEqual([
    { name: "round", count: 1 },
    { name: "long", count: 2 },
  ]);
  const other = { ...found, names: ["live", "dead"] };
  keepTypes({ types }, "a", {
    ...{ at, found: plane(2), placed: plane(8), first: 8, types: other },
  });
  expect(typeOf(types.get("a"), at, 7)).toBeUndefined();
  expect(typeOf(types.get("a"), at, 8)?.name).toBe("dead");
});
