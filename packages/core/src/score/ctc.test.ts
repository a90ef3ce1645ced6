import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { dataPath, describeData } from "@cellwright/testing";
import { describe, expect, test } from "vitest";
import { readTracks } from "../format/ctc.js";
import type { Labels } from "../image.js";
import { toLabels } from "../labels.js";
import { readImage } from "../read-image.js";
import { bytesSource } from "../source.js";
import type { Track } from "../track/lineage.js";
import {
  scoreTracking,
  startTrackingScore,
  sumTracking,
  type TrackedMovie,
  type TrackingCounts,
  trackingScore,
} from "./ctc.js";

/** A frame drawn as a row of letters and digits, a cell each; "." is background. */
function row(text: string): Labels {
  const data = Uint32Array.from(text, (sign) => (sign === "." ? 0 : Number.parseInt(sign, 36)));
  return { data, shape: [1, text.length], axes: "yx" };
}

/** A movie: frames as rows, tracks as lines of `L B E P`. */
function movie(frames: readonly string[], tracks: string): TrackedMovie {
  return { frames: frames.map(row), tracks: readTracks(tracks.replaceAll(",", "\n")) };
}

/** Two cells; the first divides after frame 1. */
const truth = movie(
  ["111111.222", "111111.222", "333.44.222", "333.44.222"],
  "1 0 1 0, 2 0 3 0, 3 2 3 1, 4 2 3 1",
);

describe("a perfect result", () => {
  test("scores 1 whatever the numbers of its tracks are", () => {
    const found = movie(
      ["999999.777", "999999.777", "555.66.777", "555.66.777"],
      "9 0 1 0, 7 0 3 0, 5 2 3 9, 6 2 3 9",
    );
    const score = scoreTracking(truth, found);
    expect(score).toMatchObject({ seg: 1, det: 1, tra: 1, trueCells: 10, trueLinks: 8 });
    expect(score.divisions.map(({ f1 }) => f1)).toEqual([1, 1]);
  });
});

describe("each kind of mistake is counted once and costs what the challenge says", () => {
  const cost = (score: TrackingCounts & { tra: number }) =>
    (1 - score.tra) * (10 * score.trueCells + 1.5 * score.trueLinks);

  test("a cell that is missed, and its links", () => {
    const found = movie(
      ["111111.222", "111111....", "333.44.555", "333.44.555"],
      "1 0 1 0, 2 0 0 0, 5 2 3 0, 3 2 3 1, 4 2 3 1",
    );
    const score = scoreTracking(truth, found);
    expect(score).toMatchObject({ missed: 1, spurious: 0, splits: 0 });
    expect(score).toMatchObject({ missingLinks: 2, redundantLinks: 0, wrongLinks: 0 });
    expect(cost(score)).toBeCloseTo(10 + 2 * 1.5, 9);
    expect(score.det).toBeCloseTo(0.9, 12);
    expect(score.seg).toBeCloseTo(0.9, 12);
  });

  test("a cell made up, or one that covers just half of a true one", () => {
    const half = movie(["2222", "2222"], "2 0 1 0");
    const score = scoreTracking(half, movie(["22..", "222."], "2 0 1 0"));
    expect(score).toMatchObject({ missed: 1, spurious: 1, missingLinks: 1 });
    expect(score.seg).toBeCloseTo(0.75 / 2, 12);
  });

  test("two cells grown together: a cut, and the links of both are drawn anew", () => {
    const found = movie(
      ["111111.555", "1111111111", "333.44.222", "333.44.222"],
      "1 0 1 0, 2 2 3 0, 5 0 0 0, 3 2 3 1, 4 2 3 1",
    );
    const score = scoreTracking(truth, found);
    expect(score).toMatchObject({ splits: 1, missed: 0, spurious: 0 });
    expect(score).toMatchObject({ missingLinks: 5, redundantLinks: 0, wrongLinks: 0 });
    expect(cost(score)).toBeCloseTo(5 + 5 * 1.5, 9);
  });

  test("identities swapped: two links out, two in", () => {
    const both = movie(["11.22", "11.22"], "1 0 1 0, 2 0 1 0");
    const score = scoreTracking(both, movie(["11.22", "22.11"], "1 0 1 0, 2 0 1 0"));
    expect(score).toMatchObject({ redundantLinks: 2, missingLinks: 2, wrongLinks: 0 });
  });

  test("a daughter that keeps her mother's number is a link of the wrong kind", () => {
    const found = movie(
      ["111111.222", "111111.222", "111.44.222", "111.44.222"],
      "1 0 3 0, 2 0 3 0, 4 2 3 0",
    );
    const score = scoreTracking(truth, found);
    expect(score).toMatchObject({ redundantLinks: 0, missingLinks: 1, wrongLinks: 1 });
    expect(score.divisions[1]).toMatchObject({ truePositives: 0, falseNegatives: 1 });
  });
});

describe("divisions", () => {
  const late = movie(
    ["111111.222", "111111.222", "111111.222", "333.44.222"],
    "1 0 2 0, 2 0 3 0, 3 3 3 1, 4 3 3 1",
  );
  test("a frame late is forgiven where the tolerance says so", () => {
    const { divisions } = scoreTracking(truth, late, { tolerances: [0, 1, 2] });
    expect(divisions.map(({ f1 }) => f1)).toEqual([0, 1, 1]);
    expect(divisions[0]).toMatchObject({ precision: 0, recall: 0, falsePositives: 1 });
    const early = scoreTracking(late, truth).divisions;
    expect(early.map(({ f1 }) => f1)).toEqual([0, 1]);
  });

  test("daughters must be those of the mother", () => {
    const wrong = movie(
      ["111111.222", "111111.222", "333.44.555", "333.44.555"],
      "1 0 1 0, 2 0 1 0, 5 2 3 1, 3 2 3 1, 4 2 3 0",
    );
    expect(scoreTracking(truth, wrong).divisions[1]).toMatchObject({
      truePositives: 0,
      falsePositives: 1,
      falseNegatives: 1,
    });
  });

  test("without any there is no score, and a cell found again is none", () => {
    const gap = movie(["11", "..", "33"], "1 0 0 0, 3 2 2 1");
    const score = scoreTracking(gap, gap);
    expect(score.tra).toBe(1);
    expect(score.divisions[0]).toMatchObject({ f1: Number.NaN, recall: Number.NaN });
    expect(() => scoreTracking(gap, gap, { tolerances: [0.5] })).toThrow(/whole number/);
  });
});

describe("frames and tracks must agree", () => {
  test.each([
    ["a label without track", ["11.2", "11.."], "1 0 1 0", /^found: frame 0 has label 2, which no/],
    ["a frame too many", ["11..", "11.."], "1 0 0 0", /frame 1 has label 1, .* frames 0 to 0 only/],
    ["a frame too few", ["11..", "...."], "1 0 1 0", /track 1 must be in .*, is not in frame 1/],
    ["the end of the movie", ["11..", "11.."], "1 0 2 0", /must end within the 2 frames .* at 2/],
    ["no such parent", ["11..", "11.."], "1 0 1 7", /^found: track 1 has the parent 7/],
  ])("%s", (_, frames, tracks, message) => {
    const sound = movie(["11.2", "11.2"], "1 0 1 0, 2 0 1 0");
    expect(() => {
      const found = { frames: frames.map(row), tracks: readTracks(tracks, { check: false }) };
      scoreTracking(sound, found);
    }).toThrow(message);
  });

  test("numbers of frames and their sizes", () => {
    const one = movie(["11"], "1 0 0 0");
    const two = movie(["11", "11"], "1 0 1 0");
    expect(() => scoreTracking(two, one)).toThrow(/found frames must be 2 like the truth's, got 1/);
    const scorer = startTrackingScore(two.tracks, two.tracks);
    scorer.add(row("11"), row("11"));
    expect(() => scorer.add(row("111"), row("111"))).toThrow(
      /frame 1 must be 1 x 2 like the first/,
    );
    expect(() => scorer.add(row("11"), row("111"))).toThrow(/found labels size/);
  });
});

test("several movies as one", () => {
  const blank = movie(["..........", "..........", "..........", ".........."], "");
  const nothing = scoreTracking(truth, blank);
  expect(nothing).toMatchObject({ seg: 0, det: 0, tra: 0, missed: 10 });
  const all = trackingScore(sumTracking([scoreTracking(truth, truth), nothing]));
  expect(all).toMatchObject({ seg: 0.5, det: 0.5, tra: 0.5, frames: 8 });
  expect(all.divisions[0]).toMatchObject({ precision: 1, recall: 0.5 });
  expect(scoreTracking(blank, blank)).toMatchObject({ det: 1, tra: 1, seg: Number.NaN });
  expect(scoreTracking(blank, truth)).toMatchObject({ det: 0, tra: 0 });
});

/** A folder of the challenge, a frame at a time. */
async function folderOf(name: string, prefix: string, text: string) {
  const folder = dataPath(name);
  const files = (await readdir(folder)).filter((file) => /^[a-z_]+\d+\.tif$/.test(file)).sort();
  const tracks: Track[] = readTracks(await readFile(join(folder, text), "utf8"));
  const frame = async (i: number) => {
    const bytes = await readFile(join(folder, files[i]));
    return toLabels(await readImage(bytesSource(files[i], bytes)));
  };
  expect(files.every((file) => file.startsWith(prefix))).toBe(true);
  return { tracks, frame, count: files.length };
}

describeData("published movies", () => {
  test("ipsc-02 gets the numbers of the challenge's own program", {
    timeout: 120_000,
  }, async () => {
    const expected = JSON.parse(await readFile(dataPath("ctc-metrics/expected.json"), "utf8"));
    let scored = 0;
    for (const movie of ["01", "02", "03"]) {
      const base = `ctc-metrics/ipsc-02/${movie}`;
      if (!existsSync(dataPath(`${base}_RES`))) continue;
      const truth = await folderOf(`${base}_GT/TRA`, "man_track", "man_track.txt");
      const found = await folderOf(`${base}_RES`, "mask", "res_track.txt");
      const scorer = startTrackingScore(truth.tracks, found.tracks);
      for (let i = 0; i < truth.count; i++)
        scorer.add(await truth.frame(i), await found.frame(i), null);
      const score = trackingScore(scorer.finish());
      expect(Math.abs(score.det - expected[`ipsc-02/${movie}/DET`])).toBeLessThan(1e-6);
      expect(Math.abs(score.tra - expected[`ipsc-02/${movie}/TRA`])).toBeLessThan(1e-6);
      expect(score.seg).toBeNaN();
      if (movie === "02")
        // The lines of the program's own log, by kind.
        expect(score).toMatchObject({
          splits: 122,
          missed: 135,
          spurious: 864,
          redundantLinks: 7,
          missingLinks: 412,
          wrongLinks: 30,
        });
      scored++;
    }
    expect(scored).toBeGreaterThan(0);
  });

  test("exact truth of simulated nuclei scores 1", async () => {
    const truth = await folderOf("tracking-sim10/01_GT/TRA", "man_track", "man_track.txt");
    const scorer = startTrackingScore(truth.tracks, truth.tracks);
    for (let i = 0; i < truth.count; i++) {
      const name = `man_seg${String(i).padStart(3, "0")}.tif`;
      const bytes = await readFile(dataPath(`tracking-sim10/01_GT/SEG/${name}`));
      const outlines = toLabels(await readImage(bytesSource(name, bytes)));
      scorer.add(await truth.frame(i), outlines, outlines);
    }
    const score = trackingScore(scorer.finish());
    expect(score).toMatchObject({ seg: 1, det: 1, tra: 1 });
    expect(score.divisions[0]).toMatchObject({ truePositives: 6, falsePositives: 0, f1: 1 });
  });
});
