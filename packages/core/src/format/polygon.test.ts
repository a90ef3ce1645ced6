import { expect, test } from "vitest";
import { labelsFromRois } from "../annotation/roi-set.js";
import type { Labels } from "../image.js";
import { seeded } from "../random.js";
import { doubleArea, outlinePolygons, type Polygon } from "./polygon.js";

function picture(...rows: string[]): Labels {
  const data = Uint32Array.from(rows.join(""), (sign) => (sign === "." ? 0 : Number(sign)));
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

const flat = ({ outer, holes }: Polygon) => [[...outer], ...holes.map((hole) => [...hole])];

/** Fills the polygons, by code that knows nothing of how they were made. */
function redrawn(labels: Labels): Uint32Array {
  const [height, width] = labels.shape;
  const cells = outlinePolygons(labels);
  const rois = cells.map(({ label, parts }) => ({
    name: `${label}`,
    paths: parts.flatMap(({ outer, holes }) => [outer, ...holes]),
    position: { channel: 0, slice: 0, frame: 0 },
  }));
  const { data } = labelsFromRois(rois, height, width);
  return data.map((n) => (n === 0 ? 0 : cells[n - 1].label));
}

test("a pixel, a row and an L have their corners alone", () => {
  const cells = outlinePolygons(picture("7.....", "......", ".333..", ".3...."));
  expect(cells.map(({ label }) => label)).toEqual([3, 7]);
  expect(cells[1].parts.map(flat)).toEqual([[[0, 1, 1, 1, 1, 0, 0, 0]]]);
  expect(cells[0].parts.map(flat)).toEqual([[[2, 4, 3, 4, 3, 2, 4, 2, 4, 1, 2, 1]]]);
  expect(doubleArea(cells[0].parts[0].outer)).toBe(8);
});

test("holes, islands in holes, and cells in holes", () => {
  const cells = outlinePolygons(
    picture("11111", "1...1", "1.1.1", "1...1", "11111", "22222", "23332", "22222"),
  );
  expect(cells.map(({ parts }) => parts.map(({ holes }) => holes.length))).toEqual([
    [1, 0],
    [1],
    [0],
  ]);
  for (const { parts } of cells)
    for (const { outer, holes } of parts) {
      expect(doubleArea(outer)).toBeGreaterThan(0);
      for (const hole of holes) expect(doubleArea(hole)).toBeLessThan(0);
    }
});

test("pixels that meet at a corner are two parts; a ring that would touch itself becomes a ring and a hole", () => {
  const [diagonal] = outlinePolygons(picture("1.", ".1"));
  expect(diagonal.parts.map(flat)).toEqual([
    [[0, 1, 1, 1, 1, 0, 0, 0]],
    [[1, 2, 2, 2, 2, 1, 1, 1]],
  ]);
  // The bay opens to the outside over a corner only.
  const [curled] = outlinePolygons(picture("111.", "1.1.", "11.."));
  expect(curled.parts).toHaveLength(1);
  expect(curled.parts[0].holes).toHaveLength(1);
  // Two holes that meet at a corner.
  const [pierced] = outlinePolygons(picture("1111", "1.11", "11.1", "1111"));
  expect(pierced.parts[0].holes).toHaveLength(2);
});

test("no cells give no outlines; a cell that is the whole image has its border", () => {
  expect(outlinePolygons(picture("...", "..."))).toEqual([]);
  const [all] = outlinePolygons(picture("99", "99"));
  expect(all.parts.map(flat)).toEqual([[[0, 2, 2, 2, 2, 0, 0, 0]]]);
});

test("drawn again they give the labels: noise, blocks, large numbers", () => {
  const random = seeded(5);
  for (const [height, width, kinds] of [
    [1, 1, 2],
    [1, 40, 3],
    [40, 1, 3],
    [37, 53, 2],
    [64, 64, 4],
    [50, 50, 40],
  ])
    for (let turn = 0; turn < 20; turn++) {
      const data = Uint32Array.from({ length: height * width }, () => Math.floor(random() * kinds));
      const labels = {
        data: data.map((n) => n && 4294967000 + n),
        shape: [height, width],
        axes: "yx",
      };
      expect(redrawn(labels)).toEqual(labels.data);
    }
});

test("rings are simple: no corner twice, none on a straight line", () => {
  const random = seeded(8);
  for (let turn = 0; turn < 30; turn++) {
    const data = Uint32Array.from({ length: 900 }, () => (random() < 0.6 ? 1 : 0));
    const [cell] = outlinePolygons({ data, shape: [30, 30], axes: "yx" });
    for (const { outer, holes } of cell.parts)
      for (const ring of [outer, ...holes]) {
        const corners = new Set<string>();
        for (let i = 0; i < ring.length; i += 2) {
          corners.add(`${ring[i]} ${ring[i + 1]}`);
          const [before, after] = [(i + ring.length - 2) % ring.length, (i + 2) % ring.length];
          const straight =
            (ring[before] === ring[i] && ring[i] === ring[after]) ||
            (ring[before + 1] === ring[i + 1] && ring[i + 1] === ring[after + 1]);
          expect(straight).toBe(false);
        }
        expect(corners.size).toBe(ring.length / 2);
      }
    const pixels = cell.parts
      .flatMap(({ outer, holes }) => [outer, ...holes])
      .reduce((sum, ring) => sum + doubleArea(ring) / 2, 0);
    expect(pixels).toBe(data.reduce((a, b) => a + b));
  }
});
