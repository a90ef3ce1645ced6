import { expect, test } from "vitest";
import type { Labels } from "./image.js";
import { findContacts, makeTarget } from "./target.js";

function labels(...rows: number[][]): Labels {
  return { data: Uint32Array.from(rows.flat()), shape: [rows.length, rows[0].length], axes: "yx" };
}

test("the distance map has one peak of 1 a cell, large or small, and cells that touch are each other's edge", () => {
  const target = makeTarget(
    labels([0, 0, 0, 0, 0, 0, 0], [0, 1, 1, 1, 2, 2, 0], [0, 0, 0, 0, 0, 0, 0]),
    "distance",
  );
  expect(target.shape).toEqual([2, 3, 7]);
  expect([...target.data.subarray(7, 14)]).toEqual([0, 255, 255, 255, 255, 255, 0]);
  expect([...target.data.subarray(28, 35)]).toEqual([0, 255, 255, 255, 255, 255, 0]);
});

test("distances are shares of the largest in the cell", () => {
  const five = Array.from({ length: 7 }, (_, y) =>
    Array.from({ length: 7 }, (_, x) => (y > 0 && y < 6 && x > 0 && x < 6 ? 1 : 0)),
  );
  const row = [...makeTarget(labels(...five), "distance").data.subarray(49 + 21, 49 + 28)];
  expect(row).toEqual([0, 85, 170, 255, 170, 85, 0]);
});

test("a cell cut by the image's border does not end there", () => {
  const row = [...makeTarget(labels([1, 1, 1, 0]), "distance").data.subarray(4)];
  expect(row).toEqual([255, 170, 85, 0]);
});

test("a cell that fills the image is inside everywhere", () => {
  expect([...makeTarget(labels([3, 3], [3, 3]), "distance").data]).toEqual(new Array(8).fill(255));
});

test("edge, interior and background share the pixels out among them", () => {
  const target = makeTarget(
    labels([1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 2], [0, 0, 0, 2]),
    "classes",
  );
  const of = (map: number) =>
    [...target.data.subarray(16 * map, 16 * map + 16)].map((v) => v / 255);
  expect(of(0)).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1, 0]);
  expect(of(1)).toEqual([1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1]);
  expect(of(0).map((v, i) => v + of(1)[i] + of(2)[i])).toEqual(new Array(16).fill(1));
});

test("contacts are the pixels that see two cells within two pixels", () => {
  const row = [...findContacts(labels([1, 1, 1, 1, 2, 2, 0, 0, 0, 0, 3])).data].map((v) => v / 255);
  expect(row).toEqual([0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
  const gap = [...findContacts(labels([1], [0], [0], [0], [2])).data].map((v) => v / 255);
  expect(gap).toEqual([0, 0, 1, 0, 0]);
  expect(findContacts(labels([0, 0], [0, 0])).data.every((v) => v === 0)).toBe(true);
});

test("the outline lies around a cell, two pixels wide, so that the interior is the whole cell", () => {
  const target = makeTarget(labels([0, 0, 0, 0, 5, 5, 0, 0, 0]), "classes");
  expect([...target.data].map((v) => v / 255)).toEqual([
    ...[0, 0, 1, 1, 0, 0, 1, 1, 0],
    ...[0, 0, 0, 0, 1, 1, 0, 0, 0],
    ...[1, 1, 0, 0, 0, 0, 0, 0, 1],
  ]);
});

test("cells of several types have a map for each type; one of no type has none", () => {
  const types = {
    count: 2,
    of: new Map([
      [1, 0],
      [2, 1],
    ]),
  };
  const row = labels([1, 0, 2, 0, 3]);
  const distance = makeTarget(row, "distance", types);
  expect(distance.shape).toEqual([4, 1, 5]);
  expect([...distance.data.subarray(0, 5)].map((v) => v / 255)).toEqual([1, 0, 1, 0, 1]);
  expect([...distance.data.subarray(10)].map((v) => v / 255)).toEqual([
    1, 0, 0, 0, 0, 0, 0, 1, 0, 0,
  ]);
  const classes = makeTarget(labels([1, 0, 0, 0, 0, 2]), "classes", types);
  expect([...classes.data.subarray(6, 18)].map((v) => v / 255)).toEqual([
    ...[1, 0, 0, 0, 0, 0],
    ...[0, 0, 0, 0, 0, 1],
  ]);
});
