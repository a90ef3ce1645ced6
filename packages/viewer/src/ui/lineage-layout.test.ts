import type { Track } from "@cellwright/core";
import { expect, test } from "vitest";
import { layOutLineage, rootOf } from "./lineage-layout.js";

const tracks: readonly Track[] = [
  { label: 1, begin: 0, end: 4, parent: 0 },
  { label: 2, begin: 0, end: 9, parent: 0 },
  { label: 3, begin: 5, end: 7, parent: 1 },
  { label: 4, begin: 5, end: 9, parent: 1 },
  { label: 5, begin: 8, end: 9, parent: 3 },
  { label: 6, begin: 8, end: 9, parent: 3 },
  { label: 7, begin: 2, end: 3, parent: 0 },
];

test("the largest family comes first, each mother between her daughters", () => {
  const { branches, rows, families, allFamilies } = layOutLineage(tracks);
  expect(branches.map(({ track, row, depth }) => [track.label, row, depth])).toEqual([
    [1, 1.25, 0],
    [3, 0.5, 1],
    [5, 0, 2],
    [6, 1, 2],
    [4, 2, 1],
    [2, 3, 0],
    [7, 4, 0],
  ]);
  expect({ rows, families, allFamilies }).toEqual({ rows: 5, families: 3, allFamilies: 3 });
  expect(branches[0].daughters).toEqual([3, 4]);
});

test("no two leaves share a row, and rows of a family lie together", () => {
  const { branches, rows } = layOutLineage(tracks);
  const leaves = branches.filter(({ daughters }) => daughters.length === 0).map(({ row }) => row);
  expect(new Set(leaves).size).toBe(rows);
  expect(Math.max(...branches.map(({ row }) => row))).toBe(rows - 1);
});

test("the family of a chosen track stands at the top, whatever its size", () => {
  expect(layOutLineage(tracks, { first: 7 }).branches[0].track.label).toBe(7);
  expect(layOutLineage(tracks, { first: 6 }).branches[0].track.label).toBe(1);
  expect(layOutLineage(tracks, { first: 99 }).branches[0].track.label).toBe(1);
});

test("families without a division can be left out, and the number of branches is held", () => {
  const some = layOutLineage(tracks, { dividing: true });
  expect(some.branches.map(({ track }) => track.label)).toEqual([1, 3, 5, 6, 4]);
  expect(layOutLineage(tracks, { dividing: true, first: 2 }).branches[0].track.label).toBe(2);
  const few = layOutLineage(tracks, { most: 6 });
  expect([few.branches.length, few.families]).toEqual([6, 2]);
  expect(layOutLineage(tracks, { most: 1 }).branches).toHaveLength(5);
});

test("a chain of a hundred thousand divisions is laid out too", () => {
  const chain = Array.from({ length: 100_000 }, (_, i) => ({
    label: i + 1,
    begin: i,
    end: i,
    parent: i,
  }));
  expect(layOutLineage(chain).branches).toHaveLength(chain.length);
  expect(rootOf(100_000, new Map(chain.map((track) => [track.label, track])))).toBe(1);
});

test("no tracks, no drawing; a mother who is not there is no mother", () => {
  expect(layOutLineage([])).toMatchObject({ branches: [], rows: 0, allFamilies: 0 });
  expect(layOutLineage([{ label: 3, begin: 0, end: 1, parent: 2 }]).branches).toHaveLength(1);
});
