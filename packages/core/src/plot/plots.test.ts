import { expect, test } from "vitest";
import type { Image, Labels } from "../image.js";
import type { Track } from "../track/lineage.js";
import { type Lineages, measureLineages } from "../track/lineage-table.js";
import { measureMovie } from "../track/series.js";
import { plotGrowth, plotPopulation } from "./growth.js";
import { histogram } from "./histogram.js";
import { ancestryOf, longestAncestry, startKymograph } from "./kymograph.js";
import { plotPanels } from "./panels.js";
import { logTicks, ticks } from "./svg.js";
import { plotTrees } from "./tree.js";

/** A family of three generations over nine frames, and a cell by itself that is lost. */
const tracks: Track[] = [
  { label: 1, begin: 0, end: 2, parent: 0 },
  { label: 2, begin: 3, end: 5, parent: 1 },
  { label: 3, begin: 3, end: 8, parent: 1 },
  { label: 4, begin: 6, end: 8, parent: 2 },
  { label: 5, begin: 6, end: 8, parent: 2 },
  { label: 6, begin: 1, end: 4, parent: 0 },
];

/** Each cell is a row of pixels that grows by one a frame. */
function frameOf(t: number): Labels {
  const data = new Uint32Array(16 * 30);
  for (const { label, begin, end } of tracks)
    if (t >= begin && t <= end)
      data.fill(label, 2 * label * 30 + 3, 2 * label * 30 + 8 + t - begin);
  return { data, shape: [16, 30], axes: "yx" };
}

const movie = Array.from({ length: 9 }, (_, t) => ({ labels: frameOf(t) }));

function lineages(): Lineages {
  return measureLineages(measureMovie(movie, { tracks }), tracks, { interval: 3600 });
}

/** The places of all path commands in pixels: they must lie on the page. */
function checkOnPage(svg: string): void {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)?.map(Number) ?? [];
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  for (const [, path] of svg.matchAll(/ d="M([^"hVHlm]*)/g))
    for (const point of path.split("L")) {
      const [x, y] = point.split(" ").map(Number);
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(width);
      if (y !== undefined) expect(y).toBeLessThanOrEqual(height);
    }
}

test("growth: a line a cell, a colour a generation, sizes on a logarithmic scale", () => {
  const svg = plotGrowth(lineages(), { interval: 3600 });
  checkOnPage(svg);
  expect(svg.match(/<path class="line s\d thin"/g)).toHaveLength(6);
  expect(svg.match(/<path class="line s2 thin"/g)).toHaveLength(2);
  expect(svg).toMatch(/track 4, generation 2/);
  expect(svg).toMatch(/time \(h\)/);
  const fewer = plotGrowth(lineages(), { most: 2 });
  expect(fewer).toMatch(/2 of 6 cells/);
  expect(fewer).toMatch(/>frame</);
});

test("trees: daughters branch off where their mother ends, the largest family first", () => {
  const svg = plotTrees(lineages(), { interval: 3600 });
  checkOnPage(svg);
  const branch = (track: number) => {
    const found = new RegExp(`d="M([\\d.]+) ([\\d.]+)H([\\d.]+)"><title>track ${track}:`).exec(svg);
    return (found ?? []).slice(1).map(Number);
  };
  const [one, two, three, four, six] = [1, 2, 3, 4, 6].map(branch);
  expect(two[0]).toBe(one[2]);
  expect(one[1]).toBe((two[1] + three[1]) / 2);
  expect(four[0]).toBe(two[2]);
  expect(six[1]).toBeGreaterThan(three[1]);
  expect(plotTrees(lineages(), { most: 5 })).toMatch(/the largest 1 of 2 families/);
  const types = plotTrees(lineages(), {
    types: new Map([
      [1, "a<b"],
      [2, "c"],
    ]),
  });
  expect(types).toMatch(/a&lt;b/);
});

test("population: counts over time and distributions with their median", () => {
  const svg = plotPopulation(lineages(), { interval: 3600 });
  checkOnPage(svg);
  // Of six rates only one goes by five frames.
  expect(svg).not.toMatch(/growth rate/);
  expect(svg).toMatch(/area at birth \(px²\)/);
  const panel = histogram([1, 2, 2, 3, Number.NaN, 4], "size");
  expect(panel?.mark?.label).toBe("median 2 (n = 5)");
  expect(panel?.bars?.reduce((sum, { y }) => sum + y, 0)).toBe(5);
  expect(histogram([1], "size")).toBeUndefined();
  expect(histogram([3, 3, 3], "size")?.bars?.filter(({ y }) => y > 0)).toHaveLength(1);
  const many = histogram(
    Array.from({ length: 1000 }, (_, i) => (i % 100) ** 2),
    "size",
  );
  expect(many?.bars?.length).toBeGreaterThan(5);
  expect(many?.bars?.length).toBeLessThanOrEqual(130);
});

test("empty plots are plots", () => {
  const none = measureLineages(measureMovie([]), []);
  for (const svg of [plotGrowth(none), plotTrees(none), plotPopulation(none)]) checkOnPage(svg);
  checkOnPage(
    plotPanels({ title: "t", label: "x", range: [0, 1], panels: [{ label: "y", lines: [] }] }),
  );
});

test("ticks are round, on logarithmic scales too", () => {
  expect(ticks([0, 10])).toEqual([0, 2, 4, 6, 8, 10]);
  expect(logTicks([9, 120])).toEqual([10, 20, 50, 100]);
  expect(logTicks([210, 390])).toEqual([250, 300, 350]);
});

test("a kymograph shows a cell and its mothers, outlined below", () => {
  expect(ancestryOf(tracks, 4).map(({ label }) => label)).toEqual([1, 2, 4]);
  expect(longestAncestry(tracks)?.map(({ label }) => label)).toEqual([1, 3]);
  expect(longestAncestry([])).toBeUndefined();
  expect(() => ancestryOf(tracks, 9)).toThrow("track must be one of the movie's, got 9");
  const strip = startKymograph(ancestryOf(tracks, 4), { size: 24 });
  for (const { labels } of movie) {
    const image: Image = { ...labels, data: Float32Array.from(labels.data, (label) => 10 * label) };
    strip.add(image, labels);
  }
  const picture = strip.finish();
  expect(picture?.shape).toEqual([3, 49, 9 * 25 - 1]);
  const [height, width] = [49, 224];
  const at = (c: number, y: number, x: number) => picture?.data[c * height * width + y * width + x];
  // In the middle of each crop is the cell; right above it, in the lower half, the outline.
  expect(at(0, 11, 12)).toBeGreaterThan(0);
  expect([at(0, 11 + 25 - 1, 12), at(2, 11 + 25 - 1, 12)]).toEqual([240, 0]);
  expect(at(0, 11 + 25, 12)).toBe(at(0, 11, 12));
  expect(startKymograph([]).finish()).toBeUndefined();
});
