import { expect, test } from "vitest";
import { components } from "../components.js";
import type { Labels } from "../image.js";
import { checkTracks, daughtersOf } from "../track/lineage.js";
import { synthMovie, synthMovieFrames, synthMovieLabels } from "./movie.js";
import type { MovieOptions } from "./movie-options.js";

const kinds = ["nuclei", "bacteria"] as const;

const small = { height: 120, width: 140, frames: 6, seed: 5, density: 0.3, diameter: 14, count: 9 };

/** The pixels of each track in each frame, as counted in the labels. */
function areasOf(frames: readonly Labels[]): Map<number, Map<number, number>> {
  const areas = new Map<number, Map<number, number>>();
  for (const [frame, { data }] of frames.entries())
    for (const label of data) {
      if (label === 0) continue;
      const own = areas.get(label) ?? new Map<number, number>();
      areas.set(label, own.set(frame, (own.get(frame) ?? 0) + 1));
    }
  return areas;
}

/** The slope of the logarithm of area over frames, by least squares. */
function slopeOf(areas: ReadonlyMap<number, number>): number {
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const frames = [...areas.keys()];
  const logs = [...areas.values()].map(Math.log);
  const [middle, level] = [mean(frames), mean(logs)];
  const rise = frames.reduce((sum, t, i) => sum + (t - middle) * (logs[i] - level), 0);
  return rise / frames.reduce((sum, t) => sum + (t - middle) ** 2, 0);
}

test.each(kinds)("%s: the same options make the same movie, all at once or bit by bit", (kind) => {
  const options: MovieOptions = { ...small, kind, drift: 1 };
  const one = synthMovie(options);
  expect(one.frames.length).toBe(6);
  expect(one.frames[5].image.shape).toEqual([120, 140]);
  const again = synthMovie(options);
  expect(again.tracks).toEqual(one.tracks);
  const shown = one.frames.map(({ image, labels }) => `${image.data} ${labels.data}`);
  expect(again.frames.map(({ image, labels }) => `${image.data} ${labels.data}`)).toEqual(shown);
  const bits = [...synthMovieFrames(options)];
  expect(bits.map(({ image, labels }) => `${image.data} ${labels.data}`)).toEqual(shown);
  const numbers = one.frames.map(({ labels }) => `${labels.data}`);
  expect([...synthMovieLabels(options)].map(({ data }) => `${data}`)).toEqual(numbers);
  expect(`${synthMovie({ ...options, seed: 6 }).frames[0].labels.data}`).not.toBe(numbers[0]);
  const quiet = synthMovie({ ...options, noise: 0 }).frames[3];
  expect(`${quiet.labels.data}`).toBe(numbers[3]);
  expect(`${quiet.image.data} ${quiet.labels.data}`).not.toBe(shown[3]);
});

test.each(kinds)("%s: tracks are what the labels show, and each cell is one piece", (kind) => {
  const options = { ...small, kind, doubling: 10, frames: 25, drift: 3, density: 0.2 } as const;
  const movie = synthMovie(options);
  checkTracks(movie.tracks);
  const areas = areasOf(movie.frames.map(({ labels }) => labels));
  expect([...areas.keys()].sort((a, b) => a - b)).toEqual(movie.tracks.map(({ label }) => label));
  for (const { label, begin, end } of movie.tracks) {
    const frames = [...(areas.get(label)?.keys() ?? [])];
    expect(frames).toEqual(Array.from({ length: end - begin + 1 }, (_, i) => begin + i));
  }
  for (const { labels } of movie.frames)
    expect(Math.max(...components(labels).data)).toBe(new Set(labels.data).size - 1);
  const daughters = daughtersOf(movie.tracks);
  expect(daughters.size).toBeGreaterThan(4);
  for (const [mother, sisters] of daughters) {
    expect(sisters.length).toBeLessThanOrEqual(2);
    for (const { begin } of sisters) expect(begin).toBe(movie.tracks[mother - 1].end + 1);
  }
});

test("a micro-colony grows at the rate asked for, cell by cell and as a whole", () => {
  const options = { kind: "bacteria", frames: 100, height: 256, width: 256, seed: 2 } as const;
  const frames: Labels[] = [];
  const film = synthMovieLabels({ ...options, doubling: 20, spread: 0.1 });
  let next = film.next();
  for (; !next.done; next = film.next()) frames.push(next.value);
  const areas = areasOf(frames);
  const whole = next.value.tracks.filter(({ begin, end }) => end - begin >= 8 && end < 99);
  expect(whole.length).toBeGreaterThan(20);
  const ratios = whole.map(({ label, rate }) => slopeOf(areas.get(label) ?? new Map()) / rate);
  const mean = ratios.reduce((a, b) => a + b, 0) / ratios.length;
  expect(Math.abs(mean - 1)).toBeLessThan(0.015);
  const rates = whole.map(({ rate }) => (rate * 20) / Math.LN2);
  const typical = rates.reduce((a, b) => a + b, 0) / rates.length;
  expect(Math.abs(typical - 1)).toBeLessThan(0.05);
  const spread = Math.sqrt(rates.reduce((sum, r) => sum + (r - typical) ** 2, 0) / rates.length);
  expect(spread).toBeGreaterThan(0.06);
  expect(spread).toBeLessThan(0.14);
  const total = frames.map(({ data }) => data.filter((label) => label > 0).length);
  expect(Math.log(total[99] / total[0]) / 99 / (Math.LN2 / 20)).toBeCloseTo(1, 1);
});

test("nuclei that grow divide into two halves beside each other, bright at that moment", () => {
  const options = { kind: "nuclei", frames: 30, height: 200, width: 200, seed: 1 } as const;
  const movie = synthMovie({ ...options, doubling: 25, density: 0.15, noise: 0 });
  const areas = areasOf(movie.frames.map(({ labels }) => labels));
  const light = (frame: number, label: number): number => {
    const { image, labels } = movie.frames[frame];
    const values = [...image.data].filter((_, i) => labels.data[i] === label);
    return values.reduce((a, b) => a + b, 0) / values.length;
  };
  const ripe = [...daughtersOf(movie.tracks)].filter(([mother, sisters]) => {
    const { begin, end } = movie.tracks[mother - 1];
    return sisters.length === 2 && end - begin >= 6;
  });
  expect(ripe.length).toBeGreaterThan(3);
  const brighter = ripe.filter(([mother]) => {
    const { end } = movie.tracks[mother - 1];
    return light(end, mother) > 1.4 * light(end - 6, mother);
  });
  expect(brighter.length).toBeGreaterThan(0.8 * ripe.length);
  for (const [mother, sisters] of ripe) {
    const { end } = movie.tracks[mother - 1];
    const together = sisters.reduce((sum, { label, begin }) => {
      return sum + (areas.get(label)?.get(begin) ?? 0);
    }, 0);
    const before = areas.get(mother)?.get(end) ?? 0;
    expect(together / before).toBeLessThan(1.4);
  }
});

test("without growth and motion all stay where they are; the stage alone moves them all", () => {
  const still = { ...small, kind: "nuclei", doubling: Infinity, speed: 0, count: 40 } as const;
  const fixed = synthMovie(still);
  for (const { parent } of fixed.tracks) expect(parent).toBe(0);
  expect(fixed.stage).toEqual(fixed.stage.map(() => ({ y: 0, x: 0 })));
  const { tracks, stage, frames } = synthMovie({ ...still, drift: 4 });
  expect(Math.hypot(stage[5].y - stage[0].y, stage[5].x - stage[0].x)).toBeGreaterThan(2);
  const middle = (frame: number, label: number): [number, number] => {
    let [y, x, n] = [0, 0, 0];
    for (const [i, value] of frames[frame].labels.data.entries())
      if (value === label) [y, x, n] = [y + Math.floor(i / 140), x + (i % 140), n + 1];
    return [y / n, x / n];
  };
  const inside = tracks.filter(({ label, begin, end }) => {
    if (begin > 0 || end < 5) return false;
    return [0, 5].every((frame) => {
      const [y, x] = middle(frame, label);
      return y > 14 && x > 14 && y < 106 && x < 126;
    });
  });
  expect(inside.length).toBeGreaterThan(2);
  for (const { label } of inside) {
    const [from, to] = [middle(0, label), middle(5, label)];
    // Nuclei turn a little by themselves.
    expect(Math.abs(to[0] - from[0] + stage[5].y - stage[0].y)).toBeLessThan(1);
    expect(Math.abs(to[1] - from[1] + stage[5].x - stage[0].x)).toBeLessThan(1);
  }
});

test("a cell that leaves the view and comes back has a new number", () => {
  const movie = synthMovie({ ...small, kind: "nuclei", frames: 30, drift: 8, density: 0.2 });
  const late = movie.tracks.filter(({ begin, parent }) => begin > 0 && parent === 0);
  const early = movie.tracks.filter(({ end }) => end < 29);
  expect(late.length).toBeGreaterThan(3);
  expect(early.length).toBeGreaterThan(3);
});

test("options that cannot be are said", () => {
  const film = (options: object) => () => synthMovie({ kind: "nuclei", ...options });
  expect(film({ frames: 0 })).toThrow("frames must be a whole number from 1, got 0");
  expect(film({ kind: "yeast" })).toThrow("kind must be nuclei or bacteria, got yeast");
  expect(film({ doubling: 1 })).toThrow("doubling must be 4 frames or more, got 1");
  expect(film({ spread: 1 })).toThrow("spread must be from 0 to 0.5, got 1");
  expect(film({ drift: -1 })).toThrow("drift must be from 0 to 1000 pixels a frame, got -1");
  expect(film({ density: 0.9 })).toThrow("density of a movie must be from 0 to 0.7, got 0.9");
  expect(film({ width: 0 })).toThrow("width must be a whole number of pixels from 1, got 0");
});
