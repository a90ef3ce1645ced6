/**
 * Cells over time, and their numbers.
 *
 * @module
 */
import { writeNdArray } from "../service/wire.js";
import {
  type ContractPart,
  countOf,
  fine,
  type KnownSubject,
  must,
  mustEqual,
  numbersOf,
} from "./subject.js";

/** Two frames of 8 x 8 pixels: a square moves by a pixel, a smaller one stays, and numbers change places. */
function frames(wire: KnownSubject["wire"]) {
  const data = new Uint16Array(2 * 64);
  for (let y = 1; y < 5; y++)
    for (let x = 1; x < 5; x++) {
      data[8 * y + x] = 1;
      data[64 + 8 * y + x + 1] = 2;
    }
  for (const y of [6, 7])
    for (const x of [6, 7]) {
      data[8 * y + x] = 2;
      data[64 + 8 * y + x] = 1;
    }
  return { data, array: writeNdArray(data, [2, 8, 8], wire) };
}

/** What is promised of `track` and `measure`. */
export const following: readonly ContractPart[] = [
  {
    name: "track: frames of the same shape, and a track for each number in them",
    check: async ({ call, wire }) => {
      const answer = fine(await call("track", frames(wire).array));
      mustEqual(answer.axes, "tyx", "axes");
      const labels = numbersOf(answer.labels, "labels", [2, 8, 8], "uint16");
      const tracks = answer.tracks as Record<string, number>[];
      must(Array.isArray(tracks), "tracks is a list", tracks);
      for (const { label, begin, end, parent } of tracks)
        must(
          label > 0 && begin >= 0 && end >= begin && end < 2 && parent >= 0,
          "a track has label, begin, end and parent",
          { label, begin, end, parent },
        );
      const known = new Set([0, ...tracks.map(({ label }) => label)]);
      must(
        Array.from(labels).every((label) => known.has(label)),
        "every number in the frames must be that of a track",
      );
    },
  },
  {
    name: "measure: a row a cell, areas in pixels, brightness of the image",
    check: async ({ call, wire }) => {
      const { data } = frames(wire);
      const first = data.subarray(0, 64);
      const labels = writeNdArray(first, [8, 8], wire);
      const image = writeNdArray(new Uint8Array(64).fill(7), [8, 8], wire);
      const answer = fine(await call("measure", labels, image));
      mustEqual(answer.rows, countOf(first), "rows");
      const table = answer.table as Record<string, number[]>;
      mustEqual(table.label, [1, 2], "the column label");
      mustEqual(table.area, [16, 4], "the column area");
      mustEqual(table.intensity_mean, [7, 7], "the column intensity_mean");
    },
  },
];
