import { statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { type Labels, writePng, writeTable, writeTiff } from "@cellwright/core";
import { commandFolder } from "@cellwright/testing";
import { expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import { readLabels } from "./labels-file.js";
import type { MemoryContext } from "./memory-context.js";

const here = commandFolder<MemoryContext>({ run, context: (changes) => memoryContext(changes) });
const { put } = here;
const convert = (...argv: string[]) => here.cellwright(["convert", ...argv]);
const at = (name: string) => join(here.cwd, name);

function squares(height: number, width: number): Labels {
  const data = Uint32Array.from({ length: height * width }, (_, i) => (((i * i) >> 3) % 4) * 7);
  return { data, shape: [height, width], axes: "yx" };
}

test("a folder is converted file by file; a bad one does not stop it, and --resume does the rest", async () => {
  const labels: Labels = squares(8, 9);
  put("in/a.tif", writeTiff(labels));
  put("in/b_masks.tif", writeTiff(labels));
  put("in/broken.tif", "II*\0 not a TIFF");
  put("in/c.png", writePng({ ...labels, data: Uint8Array.from(labels.data) }));
  put("in/notes.txt", "passed over");
  const first = await convert("in", "-o", "out", "--format", "ome-tiff");
  expect(first.code).toBe(3);
  expect(first.out).toBe("out/a.ome.tif\nout/b_masks.ome.tif\nout/c.ome.tif\n");
  expect(first.err).toMatch(/error: in\/broken\.tif.*\n(.*\n)*3 inputs converted, 1 failed\n$/);
  const made = ["a.ome.tif", "b_masks.ome.tif", "c.ome.tif"];
  expect(here.list("out")).toEqual(made.flatMap((name) => [name, `${name}.json`]));
  const before = statSync(at("out/a.ome.tif")).mtimeMs;
  put("in/broken.tif", writeTiff(labels));
  const { code, out } = await convert(
    "in",
    "-o",
    "out",
    "--format",
    "ome-tiff",
    "--resume",
    "--json",
  );
  expect(code).toBe(0);
  const events = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events[0]).toEqual({ type: "start", inputs: 4, output: "out" });
  expect(events.slice(1, 5).map(({ input, status }) => [input, status])).toEqual([
    ["in/a.tif", "skipped"],
    ["in/b_masks.tif", "skipped"],
    ["in/broken.tif", "done"],
    ["in/c.png", "skipped"],
  ]);
  expect(events[5]).toEqual({
    type: "summary",
    done: 1,
    skipped: 3,
    failed: 0,
    interrupted: false,
  });
  expect(statSync(at("out/a.ome.tif")).mtimeMs).toBe(before);
  utimesSync(at("in/a.tif"), new Date(), new Date(Date.now() + 60_000));
  const late = await convert("in", "-o", "out", "--format", "ome-tiff", "--resume");
  expect(late.err).toMatch(/out\/a\.ome\.tif is older than in\/a\.tif: use --overwrite/);
  const again = await convert("in", "-o", "out", "--format", "ome-tiff", "--on-error", "stop");
  expect(again.code).toBe(1);
  expect(again.err).toMatch(/is there already.*\n.*1 failed, 3 not begun/);
});

test("a COCO file of several images becomes a file each", async () => {
  put("a_masks.tif", writeTiff(squares(8, 9)));
  put("b_masks.tif", writeTiff(squares(5, 4)));
  await convert("a_masks.tif", "b_masks.tif", "-o", "one", "--format", "coco");
  const [a, b] = ["a", "b"].map((name) => JSON.parse(here.text(`one/${name}_coco.json`)));
  b.images[0].id = 2;
  for (const cell of b.annotations) cell.image_id = 2;
  const images = [...a.images, ...b.images];
  put("all.json", JSON.stringify({ images, annotations: [...a.annotations, ...b.annotations] }));
  expect((await convert("all.json", "-o", "x.tif")).err).toMatch(/all\.json holds 2 images/);
  expect((await convert("all.json", "-o", "out", "--format", "tif")).code).toBe(0);
  const made = ["a_masks.tif", "b_masks.tif"];
  expect(here.list("out")).toEqual(made.flatMap((name) => [name, `${name}.json`]));
  expect((await here.cellwright(["verify", "out"])).out.match(/: the same\n/g)).toHaveLength(2);
  expect((await readLabels(at("out/b_masks.tif"))).data).toEqual(squares(5, 4).data);
});

test("tables go from CSV to Parquet and back", async () => {
  const table = {
    label: Float64Array.of(1, 2, 3),
    area: Float64Array.of(10, 20, 30),
    intensity_mean: Float64Array.of(0.5, Number.NaN, 1e-7),
    type: ["round", 'a "b", c', ""],
  };
  put("a.csv", writeTable(table));
  expect((await convert("a.csv", "-o", "a.parquet")).code).toBe(0);
  expect((await convert("a.parquet", "-o", "b.csv")).code).toBe(0);
  expect(here.text("b.csv")).toBe(here.text("a.csv"));
  expect((await convert("a.parquet", "-o", "c.tif")).err).toMatch(
    /is a table: it can be brought to/,
  );
});
