import { expect, test } from "vitest";
import { isCoreError } from "./errors.js";
import type { Field } from "./network.js";
import { groupTiles, planTiles, type Tile } from "./tile.js";

function field(halo: number, stride = 1, crop = 0): Field {
  const both = (n: number) => ({ before: n, after: n });
  return { receptiveField: 2 * halo + 1, halo: both(halo), stride, crop: both(crop) };
}

/** Whether a tile's answer holds its core, and its window all that the core depends on within the image. */
function isSound(
  { core, window, offset }: Tile,
  size: { readonly height: number; readonly width: number },
  { halo, stride, crop }: Field,
): boolean {
  const sides = [
    ["y", "height"],
    ["x", "width"],
  ] as const;
  return sides.every(([at, length]) => {
    const windowEnd = window[at] + window[length];
    const coreEnd = core[at] + core[length];
    const answer = window[length] - crop.before - crop.after;
    return (
      window[at] % stride === 0 &&
      window[length] % stride === 0 &&
      window[at] >= 0 &&
      windowEnd <= Math.ceil(size[length] / stride) * stride &&
      window[at] + crop.before + offset[at] === core[at] &&
      offset[at] >= 0 &&
      offset[at] + core[length] <= answer &&
      window[at] <= Math.max(0, core[at] - halo.before) &&
      windowEnd >= Math.min(size[length], coreEnd + halo.after)
    );
  });
}

/** How many cores each pixel is in, as digits. */
function coverage(tiles: readonly Tile[], height: number, width: number): string {
  const seen = new Uint8Array(height * width);
  for (const { core } of tiles)
    for (let y = core.y; y < core.y + core.height; y++)
      for (let x = core.x; x < core.x + core.width; x++) seen[y * width + x]++;
  return seen.join("");
}

/** Once within the frame that a cropping network leaves, never in it. */
function expectedCoverage(height: number, width: number, { crop }: Field): string {
  const inside = (i: number, n: number): number => Number(i >= crop.before && i < n - crop.after);
  return Array.from(
    { length: height * width },
    (_, i) => inside(Math.floor(i / width), height) * inside(i % width, width),
  ).join("");
}

const fields = [
  field(0),
  field(1),
  field(7),
  field(3, 2),
  field(9, 4),
  field(21, 8),
  field(2, 1, 2),
  field(5, 1, 3),
];

test.each(fields)(
  "cores cover every pixel that has an answer once, for all small images and tiles (%j)",
  (one) => {
    const least = one.crop.before + one.crop.after + 1;
    for (let height = least; height < 24; height++)
      for (const width of [least, 13, 20])
        for (const size of [1, 2, 3, 5, 8, 16, 100, Infinity]) {
          const { tiles } = planTiles(height, width, one, size);
          expect(tiles.every((tile) => isSound(tile, { height, width }, one))).toBe(true);
          expect(coverage(tiles, height, width)).toBe(expectedCoverage(height, width, one));
          if (size === Infinity) expect(tiles.length).toBe(1);
        }
  },
);

test("no side is longer than the tile, and tiles of an image are nearly equal", () => {
  const { tiles } = planTiles(1080, 1280, field(30), 512);
  const sides = tiles.map(({ core }) => [core.height, core.width]);
  expect(sides).toEqual(
    [360, 360, 360].flatMap((height) => [427, 427, 426].map((width) => [height, width])),
  );
});

test("tiles of one size are grouped up to the batch, each in one group", () => {
  const { tiles } = planTiles(40, 40, field(2), 10);
  const groups = groupTiles(tiles, 3);
  expect(groups.flat().length).toBe(16);
  expect(new Set(groups.flat())).toEqual(new Set(tiles));
  for (const group of groups) {
    expect(group.length).toBeLessThanOrEqual(3);
    const sizes = group.map(({ window }) => `${window.height} x ${window.width}`);
    expect(new Set(sizes).size).toBe(1);
  }
  expect(groupTiles(tiles, 1).flat()).toEqual(tiles);
  expect(groupTiles(tiles, 100).length).toBe(4);
});

test("images smaller than the receptive field, odd tiles and cropping networks with strides are refused", () => {
  expect(() => planTiles(61, 60, field(30, 1, 30), 512)).toThrow(
    "image must be at least 61 x 61 pixels for this network, got 61 x 60",
  );
  for (const tile of [0, -1, 1.5, Number.NaN])
    expect(() => planTiles(9, 9, field(1), tile)).toThrow(
      `tile must be a whole number of pixels from 1, or Infinity, got ${tile}`,
    );
  expect(() => groupTiles([], 0)).toThrow("batch must be a whole number of tiles from 1, got 0");
  try {
    planTiles(200, 200, field(30, 8, 30), 512);
    expect.unreachable();
  } catch (error) {
    expect(isCoreError(error, "UnsupportedError")).toBe(true);
  }
});
