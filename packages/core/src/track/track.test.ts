import { readFile } from "node:fs/promises";
import { dataPath, describeData } from "@cellwright/testing";
import { describe, expect, it } from "vitest";
import type { Labels } from "../image.js";
import { indexLabels, toLabels } from "../labels.js";
import { seeded, shuffled } from "../random.js";
import { readImage } from "../read-image.js";
import { scoreTracking } from "../score/ctc.js";
import { bytesSource } from "../source.js";
import { type SynthMovie, synthMovie } from "../synth/movie.js";
import { synthNuclei } from "../synth/nuclei.js";
import { spoil } from "../synth/spoil.js";
import { checkTracks, type Track } from "./lineage.js";
import type { TrackOptions } from "./options.js";
import { track, trackStream } from "./track.js";

/** A frame of discs, each `[label, y, x, radius]`; later ones lie over earlier ones. */
function discs(...list: [number, number, number, number][]): Labels {
  const data = new Uint32Array(80 * 80);
  for (const [label, y, x, radius] of list)
    for (let i = 0; i < data.length; i++)
      if (Math.hypot(Math.floor(i / 80) - y, (i % 80) - x) <= radius) data[i] = label;
  return { data, shape: [80, 80], axes: "yx" };
}

/** The same cells under other numbers in every frame, so that numbers tell nothing. */
function renumbered(frames: readonly Labels[]): Labels[] {
  return frames.map((frame, t) => {
    const { index, numbers } = indexLabels(frame);
    const others = [0, ...shuffled([...numbers], seeded(t, 9))];
    return { ...frame, data: index.map((i) => others[i]) };
  });
}

function labelAt(frame: Labels, y: number, x: number): number {
  return frame.data[y * frame.shape[1] + x];
}

describe("track", () => {
  it("follows cells under changing numbers", () => {
    const frames = [0, 1, 2, 3].map((t) => discs([9 - t, 20 + 3 * t, 20, 6], [1 + t, 50, 50, 7]));
    const { frames: tracked, tracks } = track(frames);
    expect(tracks).toEqual([
      { label: 1, begin: 0, end: 3, parent: 0 },
      { label: 2, begin: 0, end: 3, parent: 0 },
    ]);
    const [first, second] = [labelAt(tracked[0], 20, 20), labelAt(tracked[0], 50, 50)];
    expect(labelAt(tracked[3], 29, 20)).toBe(first);
    expect(labelAt(tracked[3], 50, 50)).toBe(second);
  });

  it("ends a mother and begins two daughters", () => {
    const mother = discs([1, 40, 40, 8]);
    const pair = discs([1, 40, 34, 5.6], [2, 40, 46, 5.6]);
    const { tracks, frames } = track([mother, mother, pair, pair, pair]);
    expect(tracks).toEqual([
      { label: 1, begin: 0, end: 1, parent: 0 },
      { label: 2, begin: 2, end: 4, parent: 1 },
      { label: 3, begin: 2, end: 4, parent: 1 },
    ]);
    expect(new Set([labelAt(frames[4], 40, 34), labelAt(frames[4], 40, 46)])).toEqual(
      new Set([2, 3]),
    );
    const undivided = track([mother, mother, pair, pair, pair], { divisions: false });
    expect(undivided.tracks.every(({ parent }) => parent === 0)).toBe(true);
  });

  it("fills in a cell that was missed, on background", () => {
    const both = discs([1, 20, 20, 6], [2, 50, 50, 7]);
    const one = discs([2, 50, 50, 7]);
    const { frames, tracks } = track([both, both, one, one, both]);
    expect(tracks.map(({ begin, end }) => [begin, end])).toEqual([
      [0, 4],
      [0, 4],
    ]);
    expect(labelAt(frames[2], 20, 20)).toBe(labelAt(frames[0], 20, 20));
    expect(frames[3].data).toEqual(frames[0].data);
    const strict = track([both, both, one, one, both], { maxGap: 1 });
    expect(strict.tracks.length).toBe(3);
    expect(labelAt(strict.frames[2], 20, 20)).toBe(0);
  });

  it("cuts cells that were one for a frame, and joins a cell that was two", () => {
    const whole = discs([1, 30, 30, 9], [2, 30, 49, 9]);
    const merged = discs([3, 30, 30, 9], [3, 30, 49, 9]);
    const apart = track([whole, whole, merged, whole, whole]);
    expect(apart.tracks.map(({ end, parent }) => [end, parent])).toEqual([
      [4, 0],
      [4, 0],
    ]);
    expect(apart.frames[2].data).toEqual(apart.frames[1].data);
    const torn = { ...whole, data: whole.data.slice() };
    for (let i = 0; i < 80 * 30; i++) if (torn.data[i] === 1) torn.data[i] = 7;
    const joined = track([whole, whole, torn, whole, whole]);
    expect(joined.tracks.length).toBe(2);
    expect(joined.frames[2].data).toEqual(joined.frames[1].data);
    expect(track([whole, whole, torn, whole, whole], { repair: false }).tracks.length).not.toBe(2);
  });

  it("follows a stage that jumps by more than a cell", () => {
    const places = [
      [15, 15],
      [20, 52],
      [45, 30],
      [55, 60],
    ];
    const frames = [0, 13, 0, 13].map((jump) =>
      discs(
        ...places.map(([y, x], i): [number, number, number, number] => [
          i + 1,
          y,
          x + jump,
          5 + i / 2,
        ]),
      ),
    );
    expect(track(renumbered(frames)).tracks.map(({ end }) => end)).toEqual([3, 3, 3, 3]);
  });

  it("follows a stage that jumps farther than any cell could", () => {
    const scene = synthNuclei({ height: 480, width: 480, seed: 3, diameter: 16 }).labels;
    const view = (top: number, left: number): Labels => {
      const data = new Uint32Array(300 * 300);
      for (let y = 0; y < 300; y++)
        data.set(scene.data.subarray((top + y) * 480 + left).subarray(0, 300), 300 * y);
      return { data, shape: [300, 300], axes: "yx" };
    };
    const path = [
      [90, 90],
      [90, 90],
      [10, 170],
      [10, 170],
    ];
    const frames = path.map(([top, left]) => view(top, left));
    const later = new Set(frames[2].data);
    const shared = new Set(frames[0].data.filter((label) => label > 0 && later.has(label)));
    /** The part of the cells seen all the time that have one number all the time. */
    const kept = (options?: TrackOptions) => {
      const { frames: tracked } = track(renumbered(frames), options);
      const at = (t: number, label: number) => tracked[t].data[frames[t].data.indexOf(label)];
      return [...shared].filter((label) => at(0, label) === at(3, label)).length / shared.size;
    };
    expect(shared.size).toBeGreaterThan(50);
    expect(kept()).toBe(1);
    expect(kept({ drift: false })).toBeLessThan(0.2);
  });

  it("takes empty frames, one frame and no frame", () => {
    const [empty, cell] = [discs(), discs([5, 40, 40, 4])];
    expect(track([])).toEqual({ frames: [], tracks: [] });
    expect(track([empty, empty]).tracks).toEqual([]);
    const late = track([empty, cell]);
    expect(late.tracks).toEqual([{ label: 1, begin: 1, end: 1, parent: 0 }]);
    expect(labelAt(late.frames[1], 40, 40)).toBe(1);
    expect(track([cell]).tracks.length).toBe(1);
    // Too long away: another track.
    expect(track([cell, empty, empty, empty, cell]).tracks.length).toBe(2);
  });

  it("says which frame has another size, and which option is wrong", () => {
    const odd = { data: new Uint32Array(6), shape: [2, 3], axes: "yx" };
    expect(() => track([discs(), discs(), odd])).toThrow(/frame 2 size must be 80 x 80.*2 x 3/);
    expect(() => track([], { maxGap: -1 })).toThrow(/maxGap/);
    expect(() => track([], { maxDistance: 0 })).toThrow(/maxDistance/);
    expect(() => track([], { method: "best" } as unknown as TrackOptions)).toThrow(/method/);
  });

  it("stops when told and says how far it is", () => {
    const heard: number[] = [];
    track([discs(), discs()], { onProgress: (done, total) => heard.push(done, total) });
    expect(heard).toEqual([1, 2, 2, 2]);
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    expect(() => track([discs()], { signal: stop.signal })).toThrow("enough");
  });
});

describe("track on made-up movies", () => {
  const score = (movie: SynthMovie, found: readonly Labels[], options?: TrackOptions) => {
    const truth = { frames: movie.frames.map(({ labels }) => labels), tracks: movie.tracks };
    const result = track(renumbered(found), options);
    checkTracks(result.tracks);
    return scoreTracking(truth, result);
  };
  const nuclei = synthMovie({
    kind: "nuclei",
    frames: 16,
    height: 256,
    width: 256,
    density: 0.3,
    speed: 3,
    drift: 2,
    doubling: 25,
    seed: 3,
  });
  const rods = synthMovie({
    kind: "bacteria",
    frames: 40,
    height: 200,
    width: 200,
    count: 3,
    doubling: 14,
    seed: 4,
  });

  it.each([
    ["nuclei", nuclei],
    ["bacteria", rods],
  ])("finds %s again, no worse than the paper's method", (_, movie) => {
    const frames = movie.frames.map(({ labels }) => labels);
    const { tra, divisions } = score(movie, frames);
    expect(tra).toBeGreaterThan(0.995);
    expect(divisions[1].f1).toBeGreaterThan(0.9);
    const paper = score(movie, frames, { method: "paper" });
    expect(paper.tra).toBeGreaterThan(0.9);
    expect(tra).toBeGreaterThanOrEqual(paper.tra);
  });

  it.each([0, 3, 12])(
    "is better than the paper's method at a drift of %s pixels a frame",
    (drift) => {
      let [ours, paper] = [0, 0];
      for (const seed of [7, 8, 9, 10]) {
        const size = { frames: 14, height: 200, width: 200 };
        const movement = { density: 0.3, speed: 3, drift, doubling: 25 };
        const movie = synthMovie({ kind: "nuclei", ...size, ...movement, seed });
        const frames = movie.frames.map(({ labels }) => labels);
        ours += score(movie, frames).tra / 4;
        paper += score(movie, frames, { method: "paper" }).tra / 4;
      }
      expect(ours).toBeGreaterThan(0.995);
      expect(ours).toBeGreaterThan(paper);
    },
  );

  it("stands missed, merged and split cells", () => {
    const frames = nuclei.frames.map(({ labels }) => labels);
    for (const error of ["missed", "merged", "split"]) {
      const spoiled = spoil(frames, { [error]: 0.03, seed: 2 });
      expect(spoiled.errors.length).toBeGreaterThan(5);
      const { tra } = score(nuclei, spoiled.frames);
      expect(tra).toBeGreaterThan(0.985);
      expect(tra).toBeGreaterThan(score(nuclei, spoiled.frames, { method: "paper" }).tra);
    }
  });

  it("gives the same as a stream, and holds back only a few frames", async () => {
    const frames = rods.frames.map(({ labels }) => labels);
    const whole = track(frames);
    let read = 0;
    const source = function* () {
      for (const frame of frames) {
        read++;
        yield frame;
      }
    };
    const stream = trackStream(source());
    for (let t = 0; ; t++) {
      const next = await stream.next();
      if (next.done) {
        expect(next.value).toEqual(whole.tracks);
        expect(t).toBe(frames.length);
        break;
      }
      const { data } = whole.frames[t];
      expect(next.value.data.every((label, i) => label === data[i])).toBe(true);
      expect(read - t).toBeLessThanOrEqual(6);
    }
  });
});

describeData("track on the challenge's simulated nuclei", () => {
  it("finds every link and all six divisions", async () => {
    const folder = "tracking-sim10/01_GT/TRA";
    const frames: Labels[] = [];
    for (let t = 0; t < 10; t++) {
      const name = `man_track00${t}.tif`;
      const bytes = await readFile(dataPath(`${folder}/${name}`));
      frames.push(toLabels(await readImage(bytesSource(name, bytes))));
    }
    const text = await readFile(dataPath(`${folder}/man_track.txt`), "utf8");
    const tracks: Track[] = text
      .trim()
      .split("\n")
      .map((line) => {
        const [label, begin, end, parent] = line.split(" ").map(Number);
        return { label, begin, end, parent };
      });
    const { tra, divisions } = scoreTracking({ frames, tracks }, track(renumbered(frames)));
    expect(tra).toBe(1);
    expect(divisions[0]).toMatchObject({ truePositives: 6, falsePositives: 0, falseNegatives: 0 });
  });
});
