import { describe, expect, test } from "vitest";
import type { Labels } from "../image.js";
import { checkTracks } from "../track/lineage.js";
import { readTracks, writeTracks } from "./ctc.js";
import { mendTracks } from "./ctc-mend.js";

const tracks = [
  { label: 7, begin: 0, end: 3, parent: 0 },
  { label: 65536, begin: 4, end: 9, parent: 7 },
  { label: 2, begin: 4, end: 4, parent: 7 },
];

describe("the text of tracks", () => {
  test("is a line a track, and is read back as it was", () => {
    expect(writeTracks(tracks)).toBe("7 0 3 0\n65536 4 9 7\n2 4 4 7\n");
    expect(readTracks(writeTracks(tracks))).toEqual(tracks);
    expect(readTracks(writeTracks([]))).toEqual([]);
  });

  test("may have other line ends, tabs, blank lines and a byte order mark", () => {
    expect(readTracks("\ufeff7\t0  3 0 \r\n\r\n65536 4 9 7\r2 4 4 7")).toEqual(tracks);
  });

  test.each([
    ["1 0 3", /line 1 must be four whole numbers .* is "1 0 3"/],
    ["1 0 3 0\n2 0 -1 0", /line 2/],
    ["1 0 3 0 5", /line 1/],
    ["1 0 3.5 0", /line 1/],
    ["1 0 0x3 0", /line 1/],
    ["1 0 4294967296 0", /line 1/],
    ["__proto__ 0 1 0", /line 1/],
    ["0 0 1 0", /track must have a number from 1/],
    ["1 3 2 0", /track 1 must not end \(2\) before it begins \(3\)/],
    ["1 0 1 0\n1 2 3 0", /track 1 is there twice/],
    ["1 0 1 9", /track 1 has the parent 9, which is not there/],
    ["1 0 3 0\n2 3 4 1", /track 2 must begin after its parent 1 ends \(3\)/],
  ])("%j is refused", (text, message) => {
    expect(() => readTracks(text)).toThrow(message);
  });

  test("unsound tracks are not written", () => {
    expect(() => writeTracks([{ label: 1, begin: 0, end: 1, parent: 5 }])).toThrow(/parent 5/);
  });
});

describe("mending", () => {
  const row = (...data: number[]): Labels => ({
    data: Uint32Array.from(data),
    shape: [1, data.length],
    axes: "yx",
  });

  test("what agrees stays", () => {
    const frames = [[1], [1], [2, 3]];
    const sound = readTracks("1 0 1 0\n2 2 2 1\n3 2 2 1");
    const mended = mendTracks(sound, frames);
    expect(mended.tracks).toEqual(sound);
    expect(mended.changes).toEqual([]);
    const frame = row(2, 0, 3);
    expect(mended.renumber(frame, 2)).toBe(frame);
  });

  test("frames are believed: ends, missing tracks, made-up ones, lost parents", () => {
    const text = "1 0 5 0\n2 2 2 1\n3 2 2 9\n4 0 1 0\n1 0 0 0\n6 2 2 6";
    const wrong = readTracks(text, { check: false });
    const mended = mendTracks(wrong, [[1], [1], [2, 3, 5, 6]]);
    expect(mended.tracks).toEqual(readTracks("1 0 1 0\n2 2 2 1\n3 2 2 0\n5 2 2 0\n6 2 2 0"));
    expect(mended.changes).toHaveLength(6);
    expect(mended.changes.join("\n")).toMatch(/track 1 is in frames 0 to 1, not 0 to 5/);
    expect(mended.changes.join("\n")).toMatch(/label 5 has no track/);
  });

  test("after a gap a cell goes on under a new number, and its daughters are that one's", () => {
    const wrong = readTracks("1 0 3 0\n2 4 4 1\n3 4 4 1");
    const mended = mendTracks(wrong, [[1], [1], [], [1], [2, 3]]);
    expect(mended.tracks).toEqual(readTracks("1 0 1 0\n4 3 3 1\n2 4 4 4\n3 4 4 4"));
    expect(() => checkTracks(mended.tracks)).not.toThrow();
    expect([...mended.renumber(row(1, 0), 3).data]).toEqual([4, 0]);
    expect([...mended.renumber(row(1, 0), 1).data]).toEqual([1, 0]);
  });
});
