import { expect, test } from "vitest";
import { checkDecoder, decode } from "./decode.js";
import { type Disc, discLabels, starMaps } from "./fixture.js";
import { sharedArea, sharedByCircles } from "./star-shape.js";
import type { StardistDecoder } from "./stardist.js";

const decoder = checkDecoder({ kind: "stardist", rays: 128 }) as StardistDecoder;

/** Which pixels two labelled images see differently, numbers aside. */
function differences(a: Uint32Array, b: Uint32Array): number {
  const names = new Map<number, number>();
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    if (!names.has(a[i])) names.set(a[i], b[i]);
    if (names.get(a[i]) !== b[i]) count++;
  }
  return count;
}

test("discs, apart and touching, are found to the pixel", () => {
  const discs: Disc[] = [
    { y: 20, x: 20, radius: 9.5 },
    { y: 20, x: 39, radius: 9.5 },
    { y: 50, x: 30, radius: 14.5 },
    { y: 52, x: 80, radius: 6.5 },
  ];
  const truth = discLabels(discs, 72, 96);
  const found = decode(starMaps(truth, discs, decoder.rays), decoder);
  expect(new Set(found.data).size).toBe(5);
  expect(differences(truth.data, found.data)).toBe(0);
});

test("maps of a coarser grid give labels of the image's size", () => {
  const discs: Disc[] = [
    { y: 20, x: 20, radius: 9.5 },
    { y: 40, x: 50, radius: 12.5 },
  ];
  const truth = discLabels(discs, 61, 77);
  const maps = starMaps(truth, discs, decoder.rays, 2);
  expect(maps.shape).toEqual([129, 31, 39]);
  const found = decode(maps, { ...decoder, grid: 2 }, { size: [61, 77] });
  expect(found.shape).toEqual([61, 77]);
  expect(differences(truth.data, found.data)).toBe(0);
  expect(decode(maps, { ...decoder, grid: 2 }).shape).toEqual([62, 78]);
});

/** A star at one pixel of 60 x 60, with the same distance along all rays. */
const starsAt = (stars: readonly { y: number; x: number; r: number; p: number }[]) => {
  const data = new Float32Array(33 * 3600);
  for (const { y, x, r, p } of stars)
    for (let k = 0; k <= 32; k++) data[k * 3600 + y * 60 + x] = k === 0 ? p : r;
  return { data, shape: [33, 60, 60], axes: "cyx" };
};
const stars32: StardistDecoder = { ...decoder, rays: 32, overlap: 0.4 };

test("of stars that overlap the surest stays, measured by the smaller of the two", () => {
  const one = { y: 30, x: 25, r: 10, p: 0.9 };
  const counts = (x: number, r: number, overlap: number) =>
    new Set(decode(starsAt([one, { y: 30, x, r, p: 0.8 }]), { ...stars32, overlap }).data).size - 1;
  // Two circles of radius 10 share 0.39 of one at a distance of 10; so do, within one in a hundred, polygons of 32 corners.
  expect(counts(35, 10, 0.4)).toBe(2);
  expect(counts(35, 10, 0.38)).toBe(1);
  // A small star inside a large one is covered as a whole, however little of the large one it is.
  expect(counts(28, 3, 0.9)).toBe(1);
  expect(counts(46, 10, 0)).toBe(2);
});

test("the number 1 is the surest, and gets the pixels that two cover", () => {
  const { data } = decode(
    starsAt([
      { y: 30, x: 25, r: 10, p: 0.7 },
      { y: 30, x: 41, r: 10, p: 0.9 },
    ]),
    stars32,
  );
  expect(data[30 * 60 + 33]).toBe(1);
  expect(data[30 * 60 + 25]).toBe(2);
});

test("a probability at the threshold and pixels at the border suggest nothing", () => {
  const count = (y: number, p: number, border = 2) =>
    new Set(decode(starsAt([{ y, x: 30, r: 5, p }]), { ...stars32, border }).data).size - 1;
  expect(count(30, 0.5)).toBe(0);
  expect(count(1, 0.9)).toBe(0);
  expect(count(2, 0.9)).toBe(1);
  expect(count(0, 0.9, 0)).toBe(1);
});

test("the area that two polygons share is exact, also where one has dents", () => {
  // A square of side 10 and one moved by 4 and 3.
  const square = (x: number, y: number, r: number) =>
    Float64Array.of(x + r, y + r, x - r, y + r, x - r, y - r, x + r, y - r);
  expect(sharedArea(square(0, 0, 5), square(4, 3, 5), 4, 3)).toBeCloseTo(42, 10);
  expect(sharedArea(square(0, 0, 5), square(20, 3, 5), 20, 3)).toBe(0);
  expect(sharedArea(square(0, 0, 2), square(0, 0, 5), 0, 0)).toBeCloseTo(16, 10);
  // A star with four points of length 10 on the axes and dents at 2 on the diagonals, in a square of side 8: by hand.
  const cross = Float64Array.from({ length: 16 }, (_, i) => {
    const k = i >> 1;
    const r = k % 2 === 0 ? 10 : 2 * Math.SQRT2;
    return r * (i % 2 === 0 ? Math.cos((k * Math.PI) / 4) : Math.sin((k * Math.PI) / 4));
  });
  // Each point is a triangle from (2, ±2) to (10, 0), cut at 4: what is left of it to the middle.
  const point = (2 * 2 * 8) / 2 - (1.5 * 2 * 6) / 2;
  expect(sharedArea(cross, square(0, 0, 4), 0, 0)).toBeCloseTo(16 + 4 * point, 9);
  expect(sharedArea(square(0, 0, 4), cross, 0, 0)).toBeCloseTo(16 + 4 * point, 9);
});

test("the area that two circles share", () => {
  expect(sharedByCircles(10, 10, 20)).toBe(0);
  expect(sharedByCircles(3, 10, 5)).toBeCloseTo(9 * Math.PI, 10);
  expect(sharedByCircles(10, 10, 10) / (100 * Math.PI)).toBeCloseTo(0.391, 3);
});
