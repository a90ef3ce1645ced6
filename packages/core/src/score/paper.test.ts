import { readFile } from "node:fs/promises";
import { dataPath, describeData } from "@cellwright/testing";
import { expect, test } from "vitest";
import type { Image } from "../image.js";
import { readImage } from "../read-image.js";
import { bytesSource } from "../source.js";
import { scorePaper } from "./paper.js";

function image(...rows: readonly string[]): Image {
  const data = Uint8Array.from(rows.join(""), (digit) => Number(digit));
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

const truth = image(
  "1111100000",
  "1111100333",
  "1111100333",
  "0000000333",
  "0000000000",
  "2220000444",
);

test("the annotation is eroded, but not along the border, and the best piece is scored", () => {
  // Erosion leaves of cell 1 its rows 0 and 1 in columns 0 to 3, of 3 its two last columns in one row, of 2 and 4
  // nothing: they lie along the border, but are one row thick.
  const found = image(
    "1110000000",
    "1110000000",
    "0000000000",
    "0000000000",
    "0000000000",
    "0000000000",
  );
  const score = scorePaper(found, truth);
  expect(score.cells).toEqual([{ jaccard: 6 / 8, dice: 12 / 14 }]);
  expect(score.jaccard).toBeCloseTo(0.75, 12);
  expect(score.jaccardDeviation).toBe(0);
});

test("two true cells may be scored by one piece, and cells that share nothing are left out", () => {
  const found = image(
    "1111111111",
    "1111111111",
    "1111111111",
    "0000000000",
    "0000000000",
    "0000000000",
  );
  const { cells, jaccard, jaccardDeviation } = scorePaper(found, truth);
  expect(cells.map((cell) => cell.jaccard)).toEqual([8 / 30, 2 / 30]);
  expect(jaccard).toBeCloseTo(5 / 30, 12);
  expect(jaccardDeviation).toBeCloseTo(3 / 30, 12);
});

test("only cells that a nucleus touches are scored, and the border is cropped", () => {
  const whole = image("11111011", "11111011", "11111011");
  const nuclei = image("10000000", "00000000", "00000000");
  expect(scorePaper(whole, whole, { nuclei }).cells.length).toBe(1);
  expect(scorePaper(whole, whole, { nuclei, crop: 1 }).cells.length).toBe(0);
  expect(scorePaper(whole, whole, { nuclei, crop: 1 }).jaccard).toBeNaN();
});

test("images of other sizes and crops that leave nothing are refused", () => {
  expect(() => scorePaper(image("11"), image("1", "1"))).toThrow(
    "found size must be 2 x 1 like the truth, got 1 x 2",
  );
  expect(() => scorePaper(image("11"), image("11"), { crop: 1 })).toThrow(
    "crop must be a whole number from 0 that leaves pixels of 1 x 2, got 1",
  );
});

describeData("the paper's HeLa field", () => {
  async function field(name: string): Promise<Image> {
    const bytes = await readFile(dataPath(`deepcell2016/parity-hela/${name}.tif`));
    return readImage(bytesSource(name, bytes));
  }

  test("the authors' masks score what the authors printed", async () => {
    const found = await field("authors-mask-cytoplasm");
    const nuclei = await field("authors-mask-nuclear");
    const score = scorePaper(found, await field("labels"), { nuclei, crop: 30 });
    expect(score.cells.length).toBe(28);
    expect(score.jaccard).toBeCloseTo(0.8340906, 7);
    expect(score.dice).toBeCloseTo(0.9069042, 7);
    expect(score.jaccardDeviation).toBeCloseTo(0.084, 3);
  });
});

test("cells that share a side are parted, so that each is scored for itself", () => {
  const width = 20;
  const labels = (left: number, right: number) => ({
    data: Uint32Array.from({ length: 10 * width }, (_, i) => {
      const [y, x] = [Math.floor(i / width), i % width];
      if (y < 1 || y > 8 || x < 1 || x > 18) return 0;
      return x < 10 ? left : right;
    }),
    shape: [10, width],
    axes: "yx",
  });
  const { cells, jaccard } = scorePaper(labels(1, 2), labels(1, 2));
  expect(cells.length).toBe(2);
  expect(jaccard).toBeGreaterThan(0.5);
  // One found for two: both are scored by it.
  const merged = scorePaper(labels(1, 1), labels(1, 2));
  expect(merged.cells.length).toBe(2);
  expect(merged.jaccard).toBeLessThan(0.5);
});
