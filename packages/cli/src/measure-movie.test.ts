import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bytesSource,
  type Image,
  type Labels,
  readImage,
  readTable,
  writeTiff,
  writeTracks,
} from "@cellwright/core";
import { parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "./index.js";
import { memoryContext } from "./memory-context.js";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "cellwright-measure-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function cellwright(...argv: string[]) {
  const context = memoryContext({ cwd });
  const code = await run(argv, context);
  return { code, out: context.out(), err: context.err() };
}

const text = (name: string) => readFileSync(join(cwd, name), "utf8");

/** A rod of six rows that grows by a tenth a frame, and two daughters from frame 6 on; 3 is lost after frame 8. */
function frameOf(t: number): { labels: Labels; image: Image<Uint16Array> } {
  const data = new Uint32Array(40 * 64);
  const draw = (label: number, x: number, y: number, length: number) => {
    for (let row = y; row < y + 6; row++) data.fill(label, row * 64 + x, row * 64 + x + length);
  };
  const length = (age: number) => Math.round(20 * 1.1 ** age);
  if (t < 6) draw(1, 10, 8, length(t));
  else {
    draw(2, 10, 8, length(t - 6));
    if (t < 9) draw(3, 10, 20, length(t - 6));
  }
  const shape = [40, 64];
  const bright = Uint16Array.from(data, (label) => 100 + 50 * label);
  return { labels: { data, shape, axes: "yx" }, image: { data: bright, shape, axes: "yx" } };
}

const tracks = [
  { label: 1, begin: 0, end: 5, parent: 0 },
  { label: 2, begin: 6, end: 11, parent: 1 },
  { label: 3, begin: 6, end: 8, parent: 1 },
];

function writeMovie(): void {
  mkdirSync(join(cwd, "tracks"));
  mkdirSync(join(cwd, "images"));
  for (let t = 0; t < 12; t++) {
    const { labels, image } = frameOf(t);
    const number = String(t).padStart(3, "0");
    writeFileSync(join(cwd, "tracks", `mask${number}.tif`), writeTiff(labels));
    writeFileSync(join(cwd, "images", `t${number}.tif`), writeTiff(image));
  }
  writeFileSync(join(cwd, "tracks", "res_track.txt"), writeTracks(tracks));
}

test("a tracked movie gives cells, tracks and population, in units", async () => {
  writeMovie();
  const argv = ["measure", "tracks", "images", "-o", "out/cells.csv"];
  const done = await cellwright(
    ...argv,
    "--interval",
    "600",
    "--pixel-size",
    "0.5",
    "--background",
    "median",
  );
  expect(done).toEqual({ code: 0, out: "", err: "" });
  expect(readdirSync(join(cwd, "out")).sort()).toEqual([
    ...["cells.csv", "cells.csv.json", "cells_population.csv", "cells_tracks.csv"],
  ]);
  const cells = readTable(text("out/cells.csv"));
  expect(cells.track_id).toHaveLength(6 + 6 + 3);
  expect(cells.time_s.at(-1)).toBe(6600);
  expect(cells.area_um2[0]).toBe(30);
  expect(cells.length_um[0]).toBeCloseTo(10, 0);
  expect(cells.background[0]).toBe(100);
  expect(cells.intensity_mean[0]).toBe(50);
  const lineages = readTable(text("out/cells_tracks.csv"), ["birth", "fate"]);
  expect(lineages.fate).toEqual(["divided", "end of movie", "lost"]);
  expect(lineages.begin_time_s[1]).toBe(3600);
  expect(lineages.growth_rate_per_h[0]).toBeCloseTo(6 * Math.log(1.1), 1);
  const population = readTable(text("out/cells_population.csv"));
  expect(Array.from(population.cells)).toEqual([1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1]);
  expect(Array.from(population.lost)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
  const again = await cellwright(...argv);
  expect(again).toMatchObject({
    code: 1,
    err: expect.stringMatching(/cells.csv is there already/),
  });
  expect((await cellwright(...argv, "--overwrite")).code).toBe(0);
  expect(text("out/cells_tracks.csv")).not.toMatch(/per_h|time_s/);
});

test("Parquet has the same numbers with types", async () => {
  writeMovie();
  await cellwright("measure", "tracks", "-o", "cells.csv", "--interval", "600");
  const done = await cellwright("measure", "tracks", "-o", "cells.parquet", "--interval", "600");
  expect(done).toEqual({ code: 0, out: "", err: "" });
  for (const name of ["cells", "cells_tracks", "cells_population"]) {
    const bytes = new Uint8Array(readFileSync(join(cwd, `${name}.parquet`)));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const csv = readTable(text(`${name}.csv`), ["birth", "fate"]);
    const rows = await parquetReadObjects({ file });
    expect(Object.keys(rows[0])).toEqual(Object.keys(csv));
    for (const [column, values] of Object.entries(csv))
      expect(rows.map((row) => row[column])).toEqual(Array.from<unknown>(values));
    const types = new Map(
      parquetSchema(parquetMetadata(file)).children.map(({ element }) => [
        element.name,
        element.type,
      ]),
    );
    if (name === "population") continue;
    expect(types.get("track_id") ?? types.get("frame")).toBe("INT32");
    expect(types.get("fate") ?? "BYTE_ARRAY").toBe("BYTE_ARRAY");
    expect(types.get("growth_rate_per_h") ?? "DOUBLE").toBe("DOUBLE");
  }
  const one = await cellwright("measure", "tracks/mask000.tif", "-o", "one.parquet");
  expect(one.code).toBe(0);
  expect(readFileSync(join(cwd, "one.parquet")).subarray(0, 4).toString()).toBe("PAR1");
});

test("plots are drawn of growth, lineages and population, and of a cell with its mother", async () => {
  writeMovie();
  const argv = [
    "measure",
    "tracks",
    "images",
    "-o",
    "cells.csv",
    "--plots",
    "plots",
    "--cell",
    "3",
  ];
  expect(await cellwright(...argv)).toMatchObject({ code: 0, err: "" });
  expect(readdirSync(join(cwd, "plots")).sort()).toEqual([
    ...["growth.svg", "kymograph-3.png", "lineages.svg", "population.svg"],
  ]);
  expect(text("plots/growth.svg").match(/class="line s\d thin"/g)).toHaveLength(3);
  expect(text("plots/lineages.svg")).toMatch(/track 3: frames 6 to 8, lost/);
  const strip = await readImage(
    bytesSource("k.png", readFileSync(join(cwd, "plots/kymograph-3.png"))),
  );
  // Nine frames of 3 × 20 pixels with a pixel between them, twice.
  expect(strip.shape).toEqual([3, 121, 9 * 61 - 1]);
  const refused = await cellwright(...argv.with(4, "more.csv"));
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/growth.svg is there/) });
  rmSync(join(cwd, "plots", "growth.svg"));
  const other = await cellwright(...argv.with(4, "more.csv"));
  expect(other).toMatchObject({ code: 1, err: expect.stringMatching(/lineages.svg is there/) });
  // Pictures that are there are found before the tables are written, and no other is drawn beside them.
  expect(readdirSync(cwd)).not.toContain("more.csv");
  expect(readdirSync(join(cwd, "plots"))).not.toContain("growth.svg");
  writeFileSync(join(cwd, "tracks", "types.csv"), "track_id,type\r\nx,a\r\n");
  const types = await cellwright(...argv.with(4, "more.csv").with(6, "new"));
  expect(types).toMatchObject({
    code: 1,
    err: expect.stringMatching(/types.csv: row 1, track_id/),
  });
  expect(readdirSync(cwd)).not.toContain("more.csv");
  rmSync(join(cwd, "tracks", "types.csv"));
  const nobody = await cellwright(...argv.with(4, "x.csv").with(-1, "9"));
  expect(nobody).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--cell must be one of the/),
  });
  const [blind, idle] = [
    argv.toSpliced(2, 1).with(3, "x.csv"),
    argv.toSpliced(5, 2).with(4, "x.csv"),
  ];
  expect(await cellwright(...blind)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--cell wants an image/),
  });
  expect(await cellwright(...idle)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--cell is for --plots/),
  });
});

test("a movie without tracks is measured frame by frame; a stack takes its tracks by name", async () => {
  writeMovie();
  rmSync(join(cwd, "tracks", "res_track.txt"));
  const { code, out, err } = await cellwright("measure", "tracks");
  expect({ code, lines: out.trim().split("\r\n").length }).toEqual({ code: 0, lines: 16 });
  expect(out).toMatch(/^label,frame,on_border/);
  expect(err).toMatch(/has no res_track.txt/);
  expect(await cellwright("measure", "tracks", "--plots", "p")).toMatchObject({ code: 2 });
  const data = new Uint16Array(12 * 40 * 64);
  for (let t = 0; t < 12; t++) data.set(frameOf(t).labels.data, t * 40 * 64);
  writeFileSync(join(cwd, "stack.tif"), writeTiff({ data, shape: [12, 40, 64], axes: "tyx" }));
  writeFileSync(join(cwd, "tracks.txt"), writeTracks(tracks));
  await cellwright("measure", "stack.tif", "--tracks", "tracks.txt", "-o", "stack.csv");
  expect(readTable(text("stack_tracks.csv"), ["birth", "fate"]).fate[2]).toBe("lost");
  writeFileSync(join(cwd, "tracks.txt"), "1 0 5 0\n2 6 11 7\n");
  const wrong = await cellwright("measure", "stack.tif", "--tracks", "tracks.txt", "-o", "x.csv");
  expect(wrong).toMatchObject({ code: 1, err: expect.stringMatching(/tracks.txt.*parent 7/) });
  expect(readdirSync(cwd)).not.toContain("x.csv");
});

test("a table goes to a table's name, so that no labels are written over", async () => {
  const { code, err } = await cellwright(
    "measure",
    "tracks",
    "-o",
    "tracks/res_track.txt",
    "--overwrite",
  );
  expect(code).toBe(2);
  expect(err).toMatch(/-o must name a table, FILE\.csv or FILE\.parquet/);
});

test("what does not fit together is named", async () => {
  writeMovie();
  rmSync(join(cwd, "images", "t011.tif"));
  const short = await cellwright("measure", "tracks", "images", "-o", "x.csv");
  expect(short).toMatchObject({
    code: 2,
    err: expect.stringMatching(/must have 12 frames.*has 11/),
  });
  const blind = await cellwright("measure", "tracks", "--ring", "3");
  expect(blind).toMatchObject({ code: 2, err: expect.stringMatching(/--ring wants an image/) });
  const dim = await cellwright("measure", "tracks", "images", "--background", "dim");
  expect(dim).toMatchObject({ code: 2, err: expect.stringMatching(/a number or "median"/) });
});
