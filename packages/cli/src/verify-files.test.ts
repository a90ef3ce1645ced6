// What track, measure and convert wrote is made again from its report; what was changed is named, and so is why something
// cannot be repeated.
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Labels, synthMovie, synthNuclei, writeTiff } from "@cellwright/core";
import { commandFolder } from "@cellwright/testing";
import { expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";
import { version } from "./version.js";

const here = commandFolder<MemoryContext>({ run, context: (changes) => memoryContext(changes) });
const { put, cellwright } = here;
const at = (...names: string[]) => join(here.cwd, ...names);
const numbers = (labels: Labels) => writeTiff({ ...labels, data: Uint16Array.from(labels.data) });
const json = (name: string) => JSON.parse(readFileSync(at(name), "utf8"));
const all = () => readdirSync(here.cwd, { recursive: true }).sort();

async function well(words: string): Promise<string> {
  const { code, out, err } = await cellwright(words.split(" "));
  expect(code, `${words}\n${err}`).toBe(0);
  return out;
}

function images(): void {
  const { image, labels } = synthNuclei({ height: 48, width: 64, seed: 5, diameter: 14 });
  put("in/a.tif", writeTiff(image));
  put("in/a_masks.tif", numbers(labels));
}

function movie(): void {
  const { frames } = synthMovie({ kind: "nuclei", frames: 4, height: 48, width: 64, seed: 2 });
  for (const [t, frame] of frames.entries()) {
    put(`movie/t${t}.tif`, writeTiff(frame.image));
    put(`cells/t${t}_masks.tif`, numbers(frame.labels));
  }
}

test("a table and its report are made again, from the table, the report or the folder", async () => {
  images();
  await well("measure in/a_masks.tif in/a.tif -o out/a.csv --ring 3 --pixel-size 0.5");
  const report = json("out/a.csv.json");
  expect(report).toMatchObject({
    ...{ cellwright: version(), verb: "measure" },
    options: { ring: 3, gap: 1, growth: "area", "pixel-size": 0.5 },
    outputs: [{ name: "a.csv", bytes: here.text("out/a.csv").length }],
  });
  const [labels, image] = report.inputs;
  expect(labels).toMatchObject({ as: "labels", name: "a_masks.tif", path: "../in/a_masks.tif" });
  expect([image.bytes, image.sha256]).toEqual([
    readFileSync(at("in/a.tif")).length,
    expect.stringMatching(/^[0-9a-f]{64}$/),
  ]);
  await well("measure in/a_masks.tif in/a.tif -o out/a.parquet --background median");
  const before = all();
  const same = "out/a.csv.json: the same\n";
  for (const name of ["out/a.csv", "out/a.csv.json"])
    expect(await well(`verify ${name}`)).toBe(same);
  expect(await well("verify out")).toBe(`${same}out/a.parquet.json: the same\n`);
  expect(all()).toEqual(before);
  // A name that has no room for five letters more.
  const long = `long/${"n".repeat(251)}.csv`;
  await well(`measure in/a_masks.tif -o ${long}`);
  expect(await well(`verify ${long}`)).toMatch(/^long\/n{40}-[0-9a-f]{12}\.json: the same\n$/);
  // Both moved, and the inputs elsewhere.
  cpSync(at("in"), at("far/in"), { recursive: true });
  rmSync(at("in"), { recursive: true });
  expect((await cellwright(["verify", "out/a.csv"])).err).toMatch(/a_masks\.tif.*no such file/i);
  expect(await well("verify out/a.csv --input far/in")).toBe(same);
});

test("a movie's tables and plots, and its tracks, are made again; of what was changed the name is told", async () => {
  movie();
  await well("track cells -o tracks -q --image movie --format ctc,csv,geff,trk --preview");
  expect(json("tracks/track.json")).toMatchObject({
    cellwright: version(),
    input: { name: "cells", frames: 4, bytes: expect.any(Number) },
    options: { format: ["ctc", "csv", "geff", "trk"] },
    run: { inputs: ["../cells"], image: "../movie" },
  });
  await well("track movie -o found -q -m classical-nuclei");
  const found = json("found/track.json");
  expect(found.run).toEqual({ inputs: ["../movie"], model: "classical-nuclei" });
  expect(found.options.model.sha256).toMatch(/^[0-9a-f]{64}$/);
  await well("measure tracks movie -o tables/cells.csv --plots plots --interval 60");
  const names = json("tables/cells.csv.json").outputs.map(({ name }: { name: string }) => name);
  expect(names.slice(0, 4)).toEqual([
    ...["cells.csv", "cells_tracks.csv", "cells_population.csv", "../plots/growth.svg"],
  ]);
  const before = all();
  expect(await well("verify .")).toBe(
    [...["found/track.json", "tables/cells.csv.json", "tracks/track.json"], ""].join(
      ": the same\n",
    ),
  );
  expect(all()).toEqual(before);
  appendFileSync(at("plots/growth.svg"), "\n");
  rmSync(at("tracks/res_track.txt"));
  const some = await cellwright(["verify", "."]);
  expect(some.code).toBe(3);
  expect(some.out).toContain("tracks/track.json: other res_track.txt\n");
  // The table was made of tracks that are gone: that is no other table, but none to compare with.
  expect(some.err).toMatch(
    /tables\/cells\.csv\.json: .*tracks must be what was measured, of \d+ b/,
  );
  appendFileSync(at("movie/t1.tif"), "\n");
  expect((await cellwright(["verify", "found"])).err).toMatch(
    /movie must be the movie that was tracked, 4 frames of \d+ bytes, is 4 of \d+/,
  );
});

test("what convert wrote is made again in every format, each output with its report", async () => {
  images();
  movie();
  await well("track cells -o tracks -q");
  const formats = ["tif", "ome-tiff", "ome-zarr", "png", "npy", "npz", "geojson", "roi", "coco"];
  for (const format of formats)
    await well(`convert in/a_masks.tif -o out --format ${format} --pixel-size 0.25 -q`);
  await well("convert out/a_cells.geojson -o out/back.ome.zarr --image in --zarr-version 0.4 -q");
  await well("convert in/a.tif -o out/pair.npz --labels in/a_masks.tif -q");
  await well("convert tracks -o out/tracks.geff -q");
  await well("convert out/tracks.geff -o out/result --labels cells -q");
  await well("convert tracks/tracks.csv -o out/table.parquet -q");
  await well("convert in -o many --format png -q");
  const reports = readdirSync(at("out")).filter((name) => name.endsWith(".json.json"));
  expect(reports).toEqual(["a_coco.json.json"]);
  expect(json("out/back.ome.zarr.json").inputs).toMatchObject([
    { as: "input", path: "a_cells.geojson" },
    { as: "image", path: "../in/a.tif" },
  ]);
  const lines = (await well("verify out")).trim().split("\n");
  expect(lines).toHaveLength(formats.length + 5);
  expect(lines.filter((line) => !line.endsWith(": the same"))).toEqual([]);
  expect(await well("verify out/back.ome.zarr")).toBe("out/back.ome.zarr.json: the same\n");
  expect(await well("verify many")).toMatch(/^many\/a\.png\.json.*\nmany\/a_masks\.png\.json.*\n$/);
  // A folder of outputs is an input too: its reports are none.
  expect((await cellwright(["convert", "many", "-o", "again", "--format", "npy"])).code).toBe(0);
});

test("reports keep to --overwrite and --resume, and what was begun is done again", async () => {
  images();
  put("a.csv.json", '{"mine": true}');
  const words = ["measure", "in/a_masks.tif", "-o", "a.csv", "--overwrite"];
  expect((await cellwright(words)).err).toMatch(/a\.csv\.json is not a report of "cellwright m/);
  rmSync(at("a.csv.json"));
  await well("measure in/a_masks.tif -o a.csv");
  rmSync(at("a.csv"));
  expect((await cellwright(words.slice(0, 4))).err).toMatch(/a\.csv\.json is there already: use/);
  await well(words.join(" "));
  await well("convert in/a.tif -o a.png -q");
  const whole = readFileSync(at("a.png"));
  const report = json("a.png.json");
  writeFileSync(at("a.png.json"), JSON.stringify({ ...report, begun: true }));
  appendFileSync(at("a.png"), "half");
  expect((await cellwright(["verify", "a.png"])).err).toMatch(/was begun and not finished/);
  await well("convert in/a.tif -o a.png -q --resume");
  expect(readFileSync(at("a.png")).equals(whole)).toBe(true);
  expect(json("a.png.json")).toEqual(report);
  // What fails leaves the report of what is still there.
  put("in/a.tif", "II*\0 not a TIFF");
  expect((await cellwright(["convert", "in/a.tif", "-o", "a.png", "--overwrite"])).code).toBe(1);
  expect(json("a.png.json")).toEqual(report);
  expect((await cellwright(["convert", "in/a.tif", "-o", "new.png"])).code).toBe(1);
  expect(readdirSync(here.cwd).sort()).toEqual([
    "a.csv",
    "a.csv.json",
    "a.png",
    "a.png.json",
    "in",
  ]);
  const none = await cellwright(["verify", "a.png"]);
  expect([none.code, none.err]).toEqual([
    1,
    expect.stringMatching(
      /in\/a\.tif must be what was converted, of \d+ bytes and SHA-256 .*, has/,
    ),
  ]);
  writeFileSync(at("a.png.json"), JSON.stringify({ ...report, cellwright: "0.0.1" }));
  expect((await cellwright(["verify", "a.png"])).err).toMatch(/another version of Cellwright \(0/);
});
