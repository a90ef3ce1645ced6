import { expect, test } from "vitest";
import type { Labels } from "../image.js";
import { synthMovieLabels } from "../synth/movie.js";
import { daughtersOf, type Track } from "./lineage.js";
import { measureLineages } from "./lineage-table.js";
import { measureMovie, measureStream, rowsOf, type SeriesFrame } from "./series.js";
import { track } from "./track.js";

/** A bar one pixel high of so many pixels, from x = 2 on, for each label; a row of the image each. */
function bars(lengths: Readonly<Record<number, number>>, t?: number): SeriesFrame {
  const data = new Uint32Array(12 * 80);
  let y = 1;
  for (const [label, length] of Object.entries(lengths)) {
    data.fill(Number(label), y * 80 + 2, y * 80 + 2 + length);
    y += 2;
  }
  const spacing = t === undefined ? {} : { spacing: { t, y: 0.5, x: 0.5 } };
  return { labels: { data, shape: [12, 80], axes: "yx", ...spacing } };
}

/** Cell 1 doubles in 4 frames and divides; 2 and 3 go on; 2 divides again. */
const lengthsOfFrames: Readonly<Record<number, number>>[] = [
  { 1: 16 },
  { 1: 19 },
  { 1: 23 },
  { 1: 27 },
  { 2: 16, 3: 16 },
  { 2: 19, 3: 15 },
  { 2: 23, 3: 14 },
  { 4: 13, 5: 13, 3: 13 },
];
const frames = lengthsOfFrames.map((lengths) => bars(lengths, 300));
const tracks: Track[] = [
  { label: 1, begin: 0, end: 3, parent: 0 },
  { label: 2, begin: 4, end: 6, parent: 1 },
  { label: 3, begin: 4, end: 7, parent: 1 },
  { label: 4, begin: 7, end: 7, parent: 2 },
  { label: 5, begin: 7, end: 7, parent: 2 },
];

test("a row a cell and frame, with time, parent and generation", async () => {
  const table = measureMovie(frames, { tracks });
  expect(Object.keys(table).slice(0, 7)).toEqual([
    ...["track_id", "frame", "time_s", "parent_id", "generation", "on_border", "area"],
  ]);
  expect(table).not.toHaveProperty("label");
  expect(Array.from(table.track_id)).toEqual([1, 1, 1, 1, 2, 3, 2, 3, 2, 3, 3, 4, 5]);
  expect(Array.from(table.time_s.slice(3, 6))).toEqual([900, 1200, 1200]);
  expect(Array.from(table.generation)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2]);
  expect(Array.from(rowsOf(table, 3).area)).toEqual([16, 15, 14, 13]);
  expect(Array.from(rowsOf(table, 4).parent_id)).toEqual([2]);
  const streamed = [];
  for await (const part of measureStream(frames, { tracks })) streamed.push(...part.area);
  expect(streamed).toEqual(Array.from(table.area));
  const bare = measureMovie([bars({ 7: 3 })]);
  expect(Object.keys(bare).slice(0, 3)).toEqual(["track_id", "frame", "on_border"]);
});

test("labels and tracks that contradict each other are refused", () => {
  expect(() => measureMovie([bars({ 9: 3 })], { tracks })).toThrow(
    "frame 0 has the label 9, which no track has",
  );
  expect(() => measureMovie([bars({ 2: 3 })], { tracks })).toThrow(
    "frame 0 has the label 2, whose track must be in frames 4 to 6",
  );
  const series = measureMovie(frames, { tracks });
  expect(() => measureLineages({ ...series, frame: series.frame.map(() => 1) }, tracks)).toThrow(
    "frames of track 1 must rise, go from 1 to 1",
  );
  expect(() => measureLineages(series, tracks, { size: "length" })).toThrow(
    "the table must have a column length: measure with rods",
  );
});

test("lineages: families, fates, division times and rates, with their units", () => {
  const series = measureMovie(frames, { tracks, rods: true });
  const { tracks: table, population, lives } = measureLineages(series, tracks, { interval: 300 });
  expect(table).toMatchObject({
    track_id: Float64Array.of(1, 2, 3, 4, 5),
    root_id: Float64Array.of(1, 1, 1, 1, 1),
    generation: Float64Array.of(0, 1, 1, 2, 2),
    birth: ["start", "division", "division", "division", "division"],
    fate: ["divided", "divided", "end of movie", "end of movie", "end of movie"],
    daughter_1_id: Float64Array.of(2, 4, 0, 0, 0),
    daughter_2_id: Float64Array.of(3, 5, 0, 0, 0),
    lifetime_frames: Float64Array.of(4, 3, 4, 1, 1),
    complete: Float64Array.of(0, 1, 0, 0, 0),
    division_time_min: Float64Array.of(Number.NaN, 15, Number.NaN, Number.NaN, Number.NaN),
    birth_area_um2: Float64Array.of(4, 4, 4, 3.25, 3.25),
    end_area: Float64Array.of(27, 23, 13, 13, 13),
    growth_points: Float64Array.of(4, 3, 4, 1, 1),
  });
  const rates = table.growth_rate_per_frame as Float64Array;
  expect(rates[0]).toBeCloseTo(Math.log(27 / 16) / 3, 2);
  expect((table.growth_rate_per_h as Float64Array)[0]).toBeCloseTo(12 * rates[0], 12);
  expect((table.doubling_time_min as Float64Array)[0]).toBeCloseTo((5 * Math.LN2) / rates[0], 9);
  expect((table.growth_rate_low_per_frame as Float64Array)[0]).toBeLessThan(rates[0]);
  expect(rates[2]).toBeLessThan(0);
  expect(rates[3]).toBeNaN();
  expect((table.elongation as Float64Array)[0]).toBeGreaterThan(1.5);
  expect(population).toMatchObject({
    cells: Float64Array.of(1, 1, 1, 1, 2, 2, 2, 3),
    area: Float64Array.of(16, 19, 23, 27, 32, 34, 37, 39),
    divisions: Float64Array.of(0, 0, 0, 0, 1, 0, 0, 1),
    time_s: Float64Array.of(0, 300, 600, 900, 1200, 1500, 1800, 2100),
  });
  expect(lives.get(2)?.sizes).toEqual([16, 19, 23]);
});

test("cells at the border came in or left, and their sizes there do not count", () => {
  const strip = (from: number, length: number): SeriesFrame => {
    const data = new Uint32Array(3 * 20);
    data.fill(1, 20 + from, 20 + from + length);
    return { labels: { data, shape: [3, 20], axes: "yx" } };
  };
  const empty: Labels = { data: new Uint32Array(60), shape: [3, 20], axes: "yx" };
  const movie = [
    { labels: empty },
    strip(0, 2),
    strip(2, 8),
    strip(4, 8),
    strip(8, 8),
    strip(16, 4),
  ];
  const own = [{ label: 1, begin: 1, end: 5, parent: 0 }];
  const series = measureMovie([...movie, { labels: empty }], { tracks: own });
  const { tracks: table, population } = measureLineages(series, own, { frames: 7 });
  expect(table).toMatchObject({ birth: ["entered"], fate: ["left"] });
  expect(Array.from(table.growth_points as Float64Array)).toEqual([3]);
  expect((table.growth_rate_per_frame as Float64Array)[0]).toBeCloseTo(0, 12);
  expect(table).not.toHaveProperty("growth_rate_per_h");
  expect(Array.from(population.left)).toEqual([0, 0, 0, 0, 0, 0, 1]);
  expect(Array.from(population.appeared)).toEqual([0, 1, 0, 0, 0, 0, 0]);
});

test("in a growing micro-colony the cells' rates and division times come out as they were", () => {
  const options = { kind: "bacteria", height: 200, width: 200, seed: 4, doubling: 20 } as const;
  const film = synthMovieLabels({ ...options, frames: 85 });
  const masks: Labels[] = [];
  let next = film.next();
  for (; !next.done; next = film.next()) masks.push(next.value);
  const truth = next.value.tracks;
  const found = track(
    masks.map((mask, t) => ({ ...mask, data: mask.data.map((n) => n && 90 - n + t) })),
  );
  const series = measureMovie(
    found.frames.map((labels) => ({ labels })),
    { tracks: found.tracks, rods: true },
  );
  const { tracks: table } = measureLineages(series, found.tracks, { frames: 85 });
  const column = (name: string) => table[name] as Float64Array;
  const daughters = daughtersOf(truth);
  const ratios: number[] = [];
  for (const { label, begin, parent, rate } of truth) {
    const sisters = daughters.get(label);
    if (parent === 0 || !sisters) continue;
    const pixel = masks[begin].data.indexOf(label);
    const row = column("track_id").indexOf(found.frames[begin].data[pixel]);
    const time = column("division_time_frames")[row];
    expect(Math.abs(time - (sisters[0].begin - begin))).toBeLessThanOrEqual(1);
    ratios.push(column("growth_rate_per_frame")[row] / rate);
  }
  expect(ratios.length).toBeGreaterThan(8);
  const mean = ratios.reduce((sum, ratio) => sum + ratio / ratios.length, 0);
  expect(Math.abs(mean - 1)).toBeLessThan(0.02);
});
