import fc from "fast-check";
import { expect, test } from "vitest";
import type { Labels } from "../image.js";
import {
  averageMatches,
  countMatches,
  iouThresholds,
  matchCells,
  scoreMatches,
  sumMatches,
} from "./average-precision.js";
import { overlapOf } from "./overlap.js";

function labels(...rows: readonly string[]): Labels {
  const data = Uint32Array.from(rows.join(""), (digit) => Number(digit));
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

const size = 4;
const anyLabels = fc
  .array(fc.integer({ min: 0, max: 4 }), { minLength: size * size, maxLength: size * size })
  .map((list): Labels => ({ data: Uint32Array.from(list), shape: [size, size], axes: "yx" }));

/** IoU of two labels, by looking at each pixel. */
function iouOf(truth: Labels, t: number, found: Labels, f: number): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < truth.data.length; i++) {
    both += Number(truth.data[i] === t && found.data[i] === f);
    either += Number(truth.data[i] === t || found.data[i] === f);
  }
  return both / either;
}

/** The best number of matches and, among those, the best summed IoU, over all ways to pair cells. */
function bestMatching(truth: Labels, found: Labels, threshold: number): [number, number] {
  const trueLabels = [...new Set(truth.data)].filter((label) => label > 0);
  const foundLabels = [...new Set(found.data)].filter((label) => label > 0);
  const visit = (at: number, free: readonly number[]): [number, number] => {
    if (at === trueLabels.length) return [0, 0];
    let best = visit(at + 1, free);
    for (const f of free) {
      const iou = iouOf(truth, trueLabels[at], found, f);
      if (iou < threshold || iou === 0) continue;
      const [pairs, sum] = visit(
        at + 1,
        free.filter((other) => other !== f),
      );
      if (pairs + 1 > best[0] || (pairs + 1 === best[0] && sum + iou > best[1]))
        best = [pairs + 1, sum + iou];
    }
    return best;
  };
  return visit(0, foundLabels);
}

test("average precision equals the best of all ways to match, at every threshold", () => {
  const thresholds = [0.1, 0.25, 1 / 3, ...iouThresholds];
  fc.assert(
    fc.property(anyLabels, anyLabels, (truth, found) => {
      const trueCount = new Set(truth.data).size - Number(truth.data.includes(0));
      const foundCount = new Set(found.data).size - Number(found.data.includes(0));
      for (const score of scoreMatches(countMatches(truth, found, thresholds))) {
        const [pairs, sum] = bestMatching(truth, found, score.threshold);
        expect(score.truePositives).toBe(pairs);
        expect(score.falsePositives).toBe(foundCount - pairs);
        expect(score.falseNegatives).toBe(trueCount - pairs);
        expect(score.matchedIou).toBeCloseTo(sum, 9);
        const all = trueCount + foundCount - pairs;
        expect(score.averagePrecision).toBeCloseTo(all === 0 ? 1 : pairs / all, 12);
      }
    }),
    { numRuns: 300 },
  );
});

const truth = labels(
  "11110222", //
  "11110222",
  "00000000",
  "33330444",
);
const found = labels(
  "77700555", // 7 covers 6 of the 8 pixels of 1; 5 is 2 exactly
  "77700555",
  "00000000",
  "00330006", // 3 covers 2 of 4 pixels; 6 covers 1 of 3
);

test("scores of a drawn example are what one counts by hand", () => {
  const [half, better] = scoreMatches(countMatches(truth, found, [0.5, 0.8]));
  expect(half).toMatchObject({ truePositives: 3, falsePositives: 1, falseNegatives: 1 });
  expect(half.matchedIou).toBeCloseTo(0.75 + 1 + 0.5, 12);
  expect(half.averagePrecision).toBeCloseTo(3 / 5, 12);
  expect(half.precision).toBeCloseTo(3 / 4, 12);
  expect(half.recall).toBeCloseTo(3 / 4, 12);
  expect(half.f1).toBeCloseTo(3 / 4, 12);
  expect(half.meanMatchedIou).toBeCloseTo(2.25 / 3, 12);
  expect(half.meanTrueIou).toBeCloseTo(2.25 / 4, 12);
  expect(half.panopticQuality).toBeCloseTo(2.25 / 4, 12);
  expect(better).toMatchObject({ truePositives: 1, averagePrecision: 1 / 7 });
});

test("the default thresholds are 0.5 to 0.95 and an IoU that equals one counts", () => {
  expect(iouThresholds).toEqual([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]);
  const eleven = labels("11111111111000000000");
  const twenty = labels("22222222222222222222");
  const counts = countMatches(eleven, twenty);
  expect(counts.map(({ truePositives }) => truePositives)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test("matching prefers two pairs to one better pair", () => {
  const overlap = overlapOf(labels("111222"), labels("330003"));
  expect(matchCells(overlap, 0.1).map(({ truth: t, found: f }) => [t, f])).toEqual([[0, 0]]);
  const chain = overlapOf(labels("11112222"), labels("55666600"));
  expect(matchCells(chain, 0.3).length).toBe(2);
});

test("no cells anywhere is perfect, cells on one side only is worthless", () => {
  const none = labels("000");
  const one = labels("010");
  expect(scoreMatches(countMatches(none, none, [0.5]))[0]).toMatchObject({
    averagePrecision: 1,
    precision: 1,
    recall: 1,
    f1: 1,
    meanMatchedIou: 1,
    meanTrueIou: 1,
    panopticQuality: 1,
  });
  for (const counts of [countMatches(none, one, [0.5]), countMatches(one, none, [0.5])])
    expect(scoreMatches(counts)[0]).toMatchObject({
      averagePrecision: 0,
      precision: 0,
      recall: 0,
      f1: 0,
      meanMatchedIou: 0,
      meanTrueIou: 0,
      panopticQuality: 0,
    });
});

test("pooling weighs by cells, averaging by images", () => {
  const images = [countMatches(truth, found, [0.5]), countMatches(labels("1"), labels("1"), [0.5])];
  const [pooled] = scoreMatches(sumMatches(images));
  expect(pooled).toMatchObject({ truePositives: 4, falsePositives: 1, falseNegatives: 1 });
  expect(pooled.averagePrecision).toBeCloseTo(4 / 6, 12);
  const [averaged] = averageMatches(images);
  expect(averaged).toMatchObject({ threshold: 0.5, truePositives: 4 });
  expect(averaged.averagePrecision).toBeCloseTo((3 / 5 + 1) / 2, 12);
  expect(averaged.panopticQuality).toBeCloseTo((2.25 / 4 + 1) / 2, 12);
});

test("images of other sizes and scores of other thresholds are refused", () => {
  expect(() => countMatches(labels("11"), labels("1", "1"))).toThrow(
    "found labels size must be 1 x 2 like the truth, got 2 x 1",
  );
  const one = labels("1");
  expect(() => sumMatches([countMatches(one, one, [0.5]), countMatches(one, one, [0.6])])).toThrow(
    "IoU thresholds must be 0.5 for all images, got 0.6",
  );
  expect(() => sumMatches([])).toThrow("scored images must be at least one, got none");
});
