import { join } from "node:path";
import {
  type Labels,
  readTracks,
  readTrk,
  type Track,
  trackedCells,
  writeGeff,
  writePng,
  writeTiff,
  writeTrackmate,
  writeTracks,
  writeTracksTable,
  writeTrk,
} from "@cellwright/core";
import { commandFolder } from "@cellwright/testing";
import { expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";
import { openMovie } from "./movie.js";
import { readTracksFile } from "./track-formats.js";

const here = commandFolder<MemoryContext>({ run, context: (changes) => memoryContext(changes) });
const { put } = here;
const convert = (...argv: string[]) => here.cellwright(["convert", ...argv]);

/** Rows of digits, a label each; a hook whose centre lies outside of it stands beside a cell that divides. */
const rows = [
  ["1110022200", "1110020000", "0000022200"],
  ["1110022200", "1110020000", "0000022200"],
  ["3304422200", "3304420000", "0000022200"],
];
const frames = rows.map((frame) => labelsOf(frame));
const tracks = readTracks("1 0 1 0\n2 0 2 0\n3 2 2 1\n4 2 2 1");
const cells = trackedCells(frames, tracks);

function labelsOf(frame: readonly string[]): Labels {
  return { data: Uint32Array.from(frame.join(""), Number), shape: [3, 10], axes: "yx" };
}

/** The movie as a result of the challenge, under other labels where `rename` says so. */
function putMasks(folder: string, rename = (label: number, _: number) => label, own?: Track[]) {
  for (const [t, { data, ...rest }] of frames.entries()) {
    const renamed = Uint16Array.from(data, (label) => (label === 0 ? 0 : rename(label, t)));
    put(`${folder}/mask00${t}.tif`, writeTiff({ ...rest, data: renamed }));
  }
  if (own) put(`${folder}/res_track.txt`, writeTracks(own));
}

function putGeff(folder: string): void {
  for (const [name, bytes] of writeGeff(cells, { pixelSize: 0.5, interval: 60 }))
    put(`${folder}/${name}`, bytes);
}

async function framesOf(name: string): Promise<number[][]> {
  const movie = await openMovie([name], { cwd: here.cwd });
  const found: number[][] = [];
  for (let t = 0; t < movie.frames; t++) found.push([...(await movie.readFrame(t)).data]);
  return found;
}

const pixels = frames.map(({ data }) => [...data]);

test("masks with their tracks go to every format, from a folder and from a .trk", async () => {
  putMasks("in", undefined, tracks);
  put("in.trk", writeTrk({ frames, tracks }));
  for (const input of ["in", "in.trk"]) {
    const made = async (name: string) => {
      const output = join(`from-${input}`, name);
      const err = `${input}: 4 tracks, 1 division, 7 cells\n`;
      expect(await convert(input, "-o", output)).toEqual({ code: 0, out: `${output}\n`, err });
      return output;
    };
    for (const name of ["t.csv", "t.xml", "t.geff"])
      expect(await readTracksFile(await made(name), here.cwd)).toEqual({ ...cells, merges: 0 });
    const [movie] = readTrk(here.bytes(await made("t.trk")));
    expect(movie).toMatchObject({ tracks, frames, changes: [] });
    const folder = await made("t");
    expect(here.list(folder)).toEqual([
      ...["mask000.tif", "mask001.tif", "mask002.tif", "res_track.txt"],
    ]);
    expect(here.text(join(folder, "res_track.txt"))).toBe(writeTracks(tracks));
    expect(await framesOf(folder)).toEqual(pixels);
  }
});

test("cells without masks are given the labels at their places, whatever those are called", async () => {
  put("t.csv", writeTracksTable(cells));
  put("t.xml", writeTrackmate(cells, { pixelSize: 0.5, interval: 60 }));
  putGeff("t.geff");
  putMasks("masks", (label, t) => 100 + ((label * 7 + t) % 11));
  for (const [t, { data, ...rest }] of frames.entries())
    put(`raw/t${t}.png`, writePng({ ...rest, data: Uint8Array.from(data, (n) => 50 * n) }));
  for (const input of ["t.csv", "t.xml", "t.geff"]) {
    const argv = ["--labels", "masks", "--overwrite"];
    expect((await convert(input, "-o", "out", ...argv)).err).toBe(
      `${input}: 4 tracks, 1 division, 7 cells\n`,
    );
    expect(await framesOf("out")).toEqual(pixels);
    expect(readTracks(here.text("out/res_track.txt"))).toEqual(tracks);
    expect((await convert(input, "-o", "out.trk", "--image", "raw", ...argv)).code).toBe(0);
    const [movie] = readTrk(here.bytes("out.trk"));
    expect(movie).toMatchObject({ tracks, frames });
    expect(Math.max(...movie.raw.data)).toBe(200);
  }
});

test("the size of a pixel and the time of a frame come along, or are named", async () => {
  putGeff("t.geff");
  await convert("t.geff", "-o", "a.xml");
  expect(here.text("a.xml")).toMatch(/pixelwidth="0\.5" .*timeinterval="60"/);
  await convert("a.xml", "-o", "b.geff", "--pixel-size", "0.25");
  const { spacing, ...same } = await readTracksFile("b.geff", here.cwd);
  expect(same).toEqual({ ...cells, merges: 0 });
  expect(spacing).toEqual({ y: 0.25, x: 0.25, t: 60 });
});

test("labels that are no tracked cell are left out, and it is said how many", async () => {
  putMasks("masks");
  const only = { ...tracks[1] };
  const own = frames.map((frame) => ({ ...frame, data: frame.data.map((n) => (n === 2 ? 2 : 0)) }));
  put("t.csv", writeTracksTable(trackedCells(own, [only])));
  const { code, err } = await convert("t.csv", "-o", "out", "--labels", "masks");
  expect({ code, err }).toEqual({
    code: 0,
    err: "warning: t.csv: 4 labels of masks are no tracked cell and were left out\nt.csv: 1 track, 0 divisions, 3 cells\n",
  });
  expect(await framesOf("out")).toEqual(own.map(({ data }) => [...data]));
});

test("masks that do not fit their cells are refused, and nothing is left behind", async () => {
  putMasks("masks");
  const table = (...lines: string[]) => put("t.csv", `track_id,t,y,x\n${lines.join("\n")}\n`);
  const refused = async () => {
    const { code, err } = await convert("t.csv", "-o", "out", "--labels", "masks");
    expect(code).toBe(1);
    expect(here.list(".")).toEqual(["masks", "t.csv"]);
    return err;
  };
  table("1,0,0,1", "2,0,2,0");
  expect(await refused()).toMatch(/t\.csv: track 2 at y 2, x 0 of frame 0 must lie in a labelled/);
  table("1,0,0,0", "2,0,0,2");
  expect(await refused()).toMatch(/track 2 at .* lies in one cell with track 1 \(label 1\)/);
  table("1,0,0,1", "1,1,0,1", "1,2,0,1", "1,3,0,1");
  expect(await refused()).toMatch(/tracks go to frame 3, the labels have 3 frames/);
  table("1,0,0,99");
  expect(await refused()).toMatch(/x 99 of frame 0 must lie in a labelled cell/);
});

test("masks and a list that contradict each other are refused", async () => {
  putMasks("in", undefined, readTracks("1 0 1 0\n2 0 2 0\n3 2 2 1"));
  const { code, err } = await convert("in", "-o", "out.csv");
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(/in: a cell of frame 2 has track 4, which is not there/),
  });
});

test("what a format cannot hold, or nobody can read, is said before anything is done", async () => {
  putMasks("in", undefined, tracks);
  put("t.csv", writeTracksTable(cells));
  put("image.tif", writeTiff(frames[0]));
  put("notes.md", "# no tracks\n");
  put("empty/x", "");
  for (const [argv, code, message] of [
    [["t.csv", "-o", "out"], 2, /--format ctc holds the outlines of cells, t\.csv only where/],
    [["t.csv", "-o", "o.trk"], 2, /name the masks with --labels/],
    [["t.csv", "-o", "o.xml", "--labels", "in"], 2, /--labels is for --format ctc and trk/],
    [["in", "-o", "out", "--labels", "in"], 2, /in has its own/],
    [["in", "-o", "o.csv", "--format", "geff"], 2, /o\.csv is a name for --format csv, not geff/],
    [["in", "-o", "o.csv", "--image", "in"], 2, /--image is for --format trk/],
    [["in/res_track.txt", "-o", "o.csv"], 2, /tells no places of cells: name the folder/],
    [["image.tif", "-o", "o.csv"], 2, /image\.tif must be tracks as a table/],
    [["empty", "-o", "o.csv"], 1, /empty: holds nothing that can be converted/],
    [["notes.md", "-o", "o.csv"], 1, /notes\.md: must have the column track_id/],
    [["gone.csv", "-o", "o.csv"], 1, /gone\.csv: no such file/],
  ] as const) {
    const done = await convert(...argv);
    expect({ argv, code: done.code }).toEqual({ argv, code });
    expect(done.err).toMatch(message);
  }
  expect(here.list(".")).toEqual(["empty", "image.tif", "in", "notes.md", "t.csv"]);
});

test("what is there is replaced only when asked for, and only where it is a conversion's", async () => {
  putMasks("in", undefined, tracks);
  put("o.csv", "mine");
  expect((await convert("in", "-o", "o.csv")).err).toMatch(/o\.csv is there already/);
  expect(here.text("o.csv")).toBe("mine");
  expect((await convert("in", "-o", "o.csv", "--overwrite")).code).toBe(0);
  expect(here.text("o.csv")).toBe(writeTracksTable(cells));
  for (const [name, format] of [
    ["out", "ctc"],
    ["out.geff", "geff"],
  ]) {
    for (const more of [[], ["--overwrite"]])
      expect((await convert("in", "-o", name, ...more)).code).toBe(0);
    put(`${name}/precious.txt`, "mine");
    const { code, err } = await convert("in", "-o", name, "--overwrite");
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(
        new RegExp(`holds precious\\.txt, which is no part of a ${format}`),
      ),
    });
    expect(here.text(`${name}/precious.txt`)).toBe("mine");
  }
  put("file", "mine");
  expect((await convert("in", "-o", "file", "--overwrite")).err).toMatch(/is a file, must be a f/);
  expect((await convert("in", "-o", "in/x.csv", "-q")).err).toBe("");
});

test("an interrupted conversion leaves nothing", async () => {
  putMasks("in", undefined, tracks);
  const stop = new AbortController();
  stop.abort();
  const { code } = await here.cellwright(["convert", "in", "-o", "out"], { signal: stop.signal });
  expect(code).toBe(130);
  expect(here.list(".")).toEqual(["in"]);
});
