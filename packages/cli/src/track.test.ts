import { existsSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  bytesSource,
  type Labels,
  readImage,
  readTable,
  readTracks,
  readTrk,
  referenceEngine,
  writeTable,
  writeTiff,
} from "@cellwright/core";
import { commandFolder, spotFiles } from "@cellwright/testing";
import { beforeAll, expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";
import { writeModelFolder } from "./model-folder.js";
import { publish } from "./track-output.js";

const here = commandFolder<MemoryContext>({
  run,
  context: (changes) => memoryContext({ openEngine: async () => referenceEngine, ...changes }),
});
const { cellwright, put } = here;
const spots = join(here.root, "spots");
beforeAll(async () => writeModelFolder(spots, await spotFiles("spots", {})));

const track = (...argv: string[]) => cellwright(["track", "-o", "out", ...argv]);
const outputs = (folder = "out") => here.list(folder);
const bytes = (name: string) => here.bytes(join("out", name));
const read = (name: string) => readImage(bytesSource(name, bytes(name)));
const text = (name: string) => here.text(join("out", name));
const report = () => JSON.parse(text("track.json"));
/** What a run left beside its output folder. */
const leftOver = () => readdirSync(here.cwd).filter((name) => name.endsWith(".tmp"));

/** Discs `[label, y, x, radius]` on 60 x 80 pixels. */
function draw(...discs: [number, number, number, number][]): Labels {
  const data = new Uint32Array(60 * 80);
  for (const [label, cy, cx, radius] of discs)
    for (let y = 0; y < 60; y++)
      for (let x = 0; x < 80; x++)
        if ((y - cy) ** 2 + (x - cx) ** 2 <= radius * radius) data[y * 80 + x] = label;
  return { data, shape: [60, 80], axes: "yx" };
}

const tiff = ({ data, ...rest }: Labels) => writeTiff({ ...rest, data: Uint16Array.from(data) });

/** One cell walks right; another divides between frames 2 and 3. Numbers change from frame to frame. */
const movie = [0, 1, 2, 3, 4, 5].map((t) => {
  const walker: [number, number, number, number] = [1 + ((t * 3) % 5), 12, 10 + 3 * t, 6];
  const apart = 6 + 1.5 * (t - 3);
  return t < 3
    ? draw(walker, [9 - t, 42, 40, 9])
    : draw(walker, [11, 42, 40 - apart, 6], [10 - t, 42, 40 + apart, 6]);
});

const putMovie = (folder = "cells") => {
  for (const [t, labels] of movie.entries()) put(`${folder}/a${t}_masks.tif`, tiff(labels));
};

test("a folder of labels gives a challenge folder, a table and a report", async () => {
  putMovie();
  const { code, out, err } = await track("cells");
  expect({ code, out }).toEqual({ code: 0, out: "out\n" });
  expect(err).toMatch(/^cells: 4 tracks, 1 division, 6 frames, /);
  const masks = movie.map((_, t) => `mask00${t}.tif`);
  expect(outputs()).toEqual([...masks, "res_track.txt", "track.json", "tracks.csv"].sort());
  expect(leftOver()).toEqual([]);

  const tracks = readTracks(text("res_track.txt"));
  const daughters = tracks.filter(({ parent }) => parent !== 0);
  expect(daughters.map(({ begin, end }) => [begin, end])).toEqual([
    [3, 5],
    [3, 5],
  ]);
  const mother = tracks.find(({ label }) => label === daughters[0].parent);
  expect(mother).toMatchObject({ begin: 0, end: 2, parent: 0 });
  // Pixels are those of the input, with the numbers of tracks.
  const walker = tracks.find(({ parent, end }) => parent === 0 && end === 5)?.label;
  for (const [t, labels] of movie.entries()) {
    const mask = await read(masks[t]);
    expect(mask.data).toBeInstanceOf(Uint16Array);
    expect([...mask.data].map((label) => label > 0)).toEqual(
      [...labels.data].map((label) => label > 0),
    );
    expect(mask.data[12 * 80 + 10 + 3 * t]).toBe(walker);
  }

  const table = readTable(text("tracks.csv"));
  expect(Object.keys(table)).toEqual(["track_id", "t", "y", "x", "parent", "label", "area"]);
  expect(table.track_id).toHaveLength(3 * 2 + 3 * 3);
  const last = [...table.track_id].findIndex((id, i) => id === walker && table.t[i] === 5);
  expect([table.y[last], table.x[last]]).toEqual([12, 25]);

  expect(report()).toMatchObject({
    input: { name: "cells", frames: 6, height: 60, width: 80 },
    options: { method: "motion", format: ["ctc", "csv"] },
    tracks: 4,
    divisions: 1,
    cells: 15,
    warnings: [],
  });
});

test("a stack gives the same as its frames, and so does what was tracked before", async () => {
  putMovie();
  const data = Uint16Array.from(movie.flatMap((labels) => [...labels.data]));
  put("stack.tif", writeTiff({ data, shape: [6, 60, 80], axes: "tyx" }));
  await track("cells");
  const expected = text("res_track.txt");
  expect((await cellwright(["track", "stack.tif", "-o", "stack"])).code).toBe(0);
  expect(here.text(join("stack", "res_track.txt"))).toBe(expected);
  expect((await cellwright(["track", "out", "-o", "again"])).code).toBe(0);
  expect(here.text(join("again", "res_track.txt"))).toBe(expected);
});

test("options reach the tracker", async () => {
  putMovie();
  expect((await track("cells", "--no-divisions")).err).toMatch(/ 0 divisions/);
  expect(report().options["no-divisions"]).toBe(true);
  const near = await cellwright(["track", "cells", "-o", "near", "--max-distance", "0.5"]);
  expect(near.code).toBe(0);
  expect(here.text(join("near", "res_track.txt"))).not.toBe(text("res_track.txt"));
  const paper = await cellwright(["track", "cells", "-o", "paper", "--method", "paper"]);
  expect(paper.code).toBe(0);
  const both = await track("cells", "--method", "paper", "--max-gap", "3");
  expect(both.code).toBe(2);
  expect(both.err).toMatch(/--max-gap means nothing to --method paper/);
});

test("json has a line at the start and one at the end", async () => {
  putMovie();
  const { out, err } = await track("cells", "--json", "--quiet");
  const lines = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ type }) => type)).toEqual(["start", "movie"]);
  expect(lines[1]).toMatchObject({ status: "done", tracks: 4, divisions: 1, frames: 6 });
  expect(lines[1].outputs).toContain(join("out", "mask000.tif"));
  expect(err).toBe("");
});

test("what is there is not replaced without being asked to, and then without leftovers", async () => {
  putMovie();
  await track("cells");
  const again = await track("cells");
  expect(again.code).toBe(1);
  expect(again.err).toMatch(
    /^error: out.mask000\.tif is there already: use --overwrite, --resume or/,
  );
  put("out/notes.txt", "mine");
  rmSync(join(here.cwd, "cells", "a5_masks.tif"));
  expect((await track("cells", "--overwrite", "--format", "ctc")).code).toBe(0);
  expect(outputs()).toEqual([
    ...["mask000.tif", "mask001.tif", "mask002.tif", "mask003.tif", "mask004.tif"],
    ...["notes.txt", "res_track.txt", "track.json"],
  ]);
  put("foreign/mask007.tif", tiff(movie[0]));
  const foreign = await cellwright(["track", "cells", "-o", "foreign", "--overwrite"]);
  expect(foreign.code).toBe(1);
  expect(foreign.err).toMatch(/foreign holds mask007\.tif, which no earlier "cellwright track"/);
  expect(outputs("foreign")).toEqual(["mask007.tif"]);
  const itself = await cellwright(["track", "out", "-o", "out", "--overwrite"]);
  expect(itself.code).toBe(2);
  expect(itself.err).toMatch(/out lies in out: write the tracks to another folder/);
  put("busy/notes.txt", "mine");
  expect((await cellwright(["track", "cells", "-o", "busy", "--format", "csv"])).code).toBe(0);
  expect(outputs("busy")).toEqual(["notes.txt", "track.json", "tracks.csv"]);
});

test("the folder of the movie is known by any name", async () => {
  putMovie();
  await track("cells");
  symlinkSync("out", join(here.cwd, "link"));
  const { code, err } = await cellwright(["track", "out", "-o", "link", "--overwrite"]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/out lies in link/) });
});

test("where a file cannot be moved to its place, the earlier ones are put back", async () => {
  putMovie();
  await track("cells", "--format", "csv");
  const before = text("tracks.csv");
  put("out/work/tracks.csv", "new");
  const folder = join(here.cwd, "out");
  const made = { ...report(), outputs: ["tracks.csv", "missing.tif"] };
  await expect(publish(join(folder, "work"), folder, made, report())).rejects.toThrow(/ENOENT/);
  expect(text("tracks.csv")).toBe(before);
});

test("what another run wrote meanwhile is not mixed with", async () => {
  putMovie();
  await track("cells", "--format", "csv");
  const before = text("tracks.csv");
  put("made/tracks.csv", "new");
  const late = publish(join(here.cwd, "made"), join(here.cwd, "out"), report(), undefined);
  await expect(late).rejects.toThrow(/is another run at work/);
  expect(text("tracks.csv")).toBe(before);
});

test("resume does nothing twice, does again what changed, and keeps results of other options", async () => {
  putMovie();
  await track("cells");
  expect(await track("cells", "--resume")).toMatchObject({ code: 0, err: "cells: done before\n" });
  const other = await track("cells", "--resume", "--max-gap", "0");
  expect(other.code).toBe(1);
  expect(other.err).toMatch(/was made before with another --max-gap: use --overwrite, or another/);
  rmSync(join(here.cwd, "cells", "a5_masks.tif"));
  expect((await track("cells", "--resume")).err).toMatch(/ 5 frames/);
  expect(existsSync(join(here.cwd, "out", "mask005.tif"))).toBe(false);
  rmSync(join(here.cwd, "out", "res_track.txt"));
  expect((await track("cells", "--resume")).err).toMatch(/ 5 frames/);
  expect(existsSync(join(here.cwd, "out", "res_track.txt"))).toBe(true);
});

test("a run that was killed while it replaced files is done again", async () => {
  putMovie();
  await track("cells");
  put("out/track.json", JSON.stringify({ ...report(), begun: true }));
  rmSync(join(here.cwd, "out", "mask004.tif"));
  const { code, err } = await track("cells", "--resume");
  expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/ 6 frames/) });
  expect(report().begun).toBeUndefined();
  expect(existsSync(join(here.cwd, "out", "mask004.tif"))).toBe(true);
});

test("a report that names files elsewhere is no report of ours", async () => {
  putMovie();
  put("precious.txt", "mine");
  put("out/track.json", JSON.stringify({ cellwright: "0.0.0", outputs: ["../precious.txt"] }));
  const { code, err } = await track("cells", "--overwrite");
  expect(code).toBe(1);
  expect(err).toMatch(/is not a report of "cellwright track"/);
  expect(existsSync(join(here.cwd, "precious.txt"))).toBe(true);
});

test("an interrupted run leaves nothing, and what was there before", async () => {
  putMovie();
  const stop = new AbortController();
  const stopping = { signal: stop.signal, isTTY: true, stderr: () => stop.abort() };
  expect((await cellwright(["track", "cells", "-o", "out"], stopping)).code).toBe(130);
  expect(readdirSync(here.cwd)).toEqual(["cells"]);
  await track("cells");
  const before = outputs();
  const again = new AbortController();
  const { code } = await cellwright(["track", "cells", "-o", "out", "--overwrite"], {
    signal: again.signal,
    isTTY: true,
    stderr: () => again.abort(),
  });
  expect(code).toBe(130);
  expect(outputs()).toEqual(before);
  expect(leftOver()).toEqual([]);
});

test("a bad frame is named, and nothing is left of the run", async () => {
  putMovie();
  put("cells/a3_masks.tif", writeTiff({ data: new Uint16Array(9), shape: [3, 3], axes: "yx" }));
  const size = await track("cells");
  expect(size.code).toBe(1);
  expect(size.err).toMatch(/a3_masks\.tif: a frame must be 60 x 80 like .*, got 3 x 3/);
  rmSync(join(here.cwd, "cells", "a3_masks.tif"));
  const gap = await track("cells");
  expect(gap.err).toMatch(/frame 3 is missing between a2_masks\.tif and a4_masks\.tif/);
  expect(readdirSync(here.cwd)).toEqual(["cells"]);
  expect((await track("cells", "--allow-gaps")).code).toBe(0);
  expect(report().frames).toBe(6);
});

test("images are told from labels with exit code 2, and are segmented with --model", async () => {
  const images = movie.slice(0, 2).map((labels) => ({
    ...labels,
    data: Uint16Array.from(labels.data, (label, i) => (label > 0 ? 900 : 100) + ((i * 7919) % 13)),
  }));
  for (const [t, image] of images.entries()) put(`raw/t${t}.tif`, writeTiff(image));
  const { code, err } = await track("raw");
  expect(code).toBe(2);
  expect(err).toMatch(/looks like an image, not like labels: .*cellwright segment/);
  const done = await track("raw", "--model", spots);
  expect(done).toMatchObject({ code: 0 });
  expect(report().options.model.name).toBe("spots");
  expect((await track("raw", "--diameter", "20")).code).toBe(2);
});

test("types are pooled over tracks, from tables beside the labels", async () => {
  putMovie();
  const walkers: number[] = [];
  for (const [t, labels] of movie.entries()) {
    const found = [...new Set(labels.data)].filter((label) => label > 0).sort((a, b) => a - b);
    const walker = labels.data[12 * 80 + 10 + 3 * t];
    walkers.push(walker);
    // One frame says the opposite of all others.
    const a = found.map((label) => ((label === walker) !== (t === 4) ? 0.75 : 0.25));
    put(
      `cells/a${t}_cells.csv`,
      writeTable({
        label: Float64Array.from(found),
        type: a.map((value) => (value > 0.5 ? "round" : "long")),
        probability_round: Float64Array.from(a),
        probability_long: Float64Array.from(a, (value) => 1 - value),
      }),
    );
  }
  const { code, err } = await track("cells");
  expect(code).toBe(0);
  expect(err).toMatch(/4 tracks \(1 round, 3 long\)/);
  const table = readTable(text("types.csv"), ["type"]);
  expect([...(table.type as string[])].sort()).toEqual(["long", "long", "long", "round"]);
  const round = (table.type as string[]).indexOf("round");
  expect(table.type_probability[round]).toBeCloseTo((5 * 0.75 + 0.25) / 6, 12);
  await cellwright(["track", "cells", "-o", "plain", "--no-types"]);
  expect(outputs("plain")).not.toContain("types.csv");
});

test("of a stack, one table tells the types of all frames, wherever it lies", async () => {
  const data = Uint16Array.from(movie.slice(0, 3).flatMap((labels) => [...labels.data]));
  put("a_masks.tif", writeTiff({ data, shape: [3, 60, 80], axes: "tyx" }));
  const rows = movie.slice(0, 3).flatMap(({ data: labels }, t) => {
    const found = [...new Set(labels)].filter((label) => label > 0);
    return found.map((label) => [t, label, label === labels[12 * 80 + 10 + 3 * t] ? 0.9 : 0.2]);
  });
  const column = (k: number) => Float64Array.from(rows, (row) => row[k]);
  const named = { probability_x: column(2), probability_y: column(2).map((value) => 1 - value) };
  put("tables/a_cells.csv", writeTable({ t: column(0), label: column(1), ...named }));
  put("plain.csv", writeTable({ t: column(0), label: column(1) }));
  put("timeless.csv", writeTable({ label: column(1), ...named }));
  for (const types of ["tables", join("tables", "a_cells.csv")]) {
    expect((await track("a_masks.tif", "--types", types, "--overwrite")).code).toBe(0);
    const table = readTable(text("types.csv"), ["type"]);
    expect(table.type).toHaveLength(2);
    expect(new Set(table.type as string[])).toEqual(new Set(["x", "y"]));
  }
  const plain = await track("a_masks.tif", "--types", "plain.csv", "--overwrite");
  expect(plain.code).toBe(2);
  expect(plain.err).toMatch(/plain\.csv has no columns probability_/);
  const timeless = await track("a_masks.tif", "--types", "timeless.csv", "--overwrite");
  expect(timeless.err).toMatch(/timeless\.csv: must have a column t/);
});

test("every format is written by its name, and read back has the same cells", async () => {
  const { readTracksFile } = await import("./track-formats.js");
  putMovie();
  for (const [t, { data, ...rest }] of movie.entries()) {
    const image = Uint8Array.from(data, (label) => (label > 0 ? 200 : 5));
    put(`raw/t${t}.tif`, writeTiff({ ...rest, data: image, spacing: { y: 0.5, x: 0.5 } }));
  }
  const formats = ["csv", "trk", "trackmate", "geff"].join();
  const { code, out } = await track("cells", "--format", formats, "--image", "raw", "--json");
  expect(code).toBe(0);
  const files = ["track.json", "tracks.csv", "tracks.geff", "tracks.trk", "tracks.xml"];
  expect(outputs()).toEqual(files);
  expect(JSON.parse(out.trim().split("\n")[1]).outputs).toHaveLength(4);
  const table = await readTracksFile(join("out", "tracks.csv"), here.cwd);
  for (const name of ["tracks.xml", "tracks.geff"]) {
    const cells = await readTracksFile(join("out", name), here.cwd);
    expect(cells.tracks).toEqual(table.tracks);
    expect(cells.frame).toEqual(table.frame);
  }
  const [trk] = readTrk(bytes("tracks.trk"));
  expect(trk.tracks).toEqual(table.tracks);
  expect(Math.max(...trk.raw.data)).toBe(200);
  expect(text("tracks.xml")).toMatch(/pixelwidth="0\.5"/);
  // A later run without them leaves none of these behind.
  expect((await track("cells", "--overwrite", "--format", "csv")).code).toBe(0);
  expect(outputs()).toEqual(["track.json", "tracks.csv"]);
  const unknown = await track("cells", "--overwrite", "--format", "xlsx");
  expect(unknown.code).toBe(2);
  expect(unknown.err).toMatch(/There is ctc, csv, trk, trackmate, geff; not "xlsx"/);
});

test("a preview shows the paths, with the image where it is given", async () => {
  putMovie();
  for (const [t, { data, ...rest }] of movie.entries())
    put(`raw/t${t}.tif`, writeTiff({ ...rest, data: Uint8Array.from(data, (label) => +!!label) }));
  expect((await track("cells", "--preview", "--image", "raw")).code).toBe(0);
  const preview = await read("preview.png");
  expect(preview.shape).toEqual([3, 60, 80]);
  expect(text("lineages.svg")).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
  // On the walker's way lies colour, where the last frame is black.
  const at = (y: number, x: number) => [0, 1, 2].map((c) => preview.data[(c * 60 + y) * 80 + x]);
  expect(new Set(at(12, 12)).size).toBeGreaterThan(1);
  expect(at(30, 12)).toEqual([0, 0, 0]);
  rmSync(join(here.cwd, "raw", "t5.tif"));
  const short = await track("cells", "--overwrite", "--image", "raw");
  expect(short.code).toBe(2);
  expect(short.err).toMatch(/--image must be 6 frames of 60 x 80 like cells, raw is 5 frames/);
});

test("more tracks than 16 bits hold give frames of 32 bits, all of them", async () => {
  const masks = (await import("./track-output.js")).startMasks(here.cwd, 1200);
  await masks.write(draw([7, 10, 10, 3]));
  await masks.write(draw([70000, 10, 10, 3]));
  expect(await masks.end()).toEqual({ names: ["mask0000.tif", "mask0001.tif"], wide: true });
  for (const name of ["mask0000.tif", "mask0001.tif"]) {
    const source = bytesSource(name, here.bytes(name));
    expect((await readImage(source)).data).toBeInstanceOf(Uint32Array);
  }
});

test("an empty movie has no tracks, and says so", async () => {
  put("cells/t0.tif", tiff(draw()));
  put("cells/t1.tif", tiff(draw()));
  const { code, err } = await track("cells");
  expect(code).toBe(0);
  expect(err).toMatch(/^warning: there is no cell in any frame\ncells: 0 tracks/);
  expect(text("res_track.txt")).toBe("");
});
