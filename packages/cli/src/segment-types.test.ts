import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bytesSource,
  readImage,
  readTable,
  referenceEngine,
  stackPlanes,
  writeTiff,
} from "@cellwright/core";
import { spotFiles, squares } from "@cellwright/testing";
import { beforeAll, expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import { writeModelFolder } from "./model-folder.js";

const cwd = mkdtempSync(join(tmpdir(), "cellwright-"));
const model = join(cwd, "coculture");

async function cellwright(...argv: string[]) {
  const context = memoryContext({ cwd, openEngine: async () => referenceEngine });
  const code = await run(argv, context);
  return { code, out: context.out(), err: context.err() };
}

const textOf = (name: string) => readFileSync(join(cwd, "out", name), "utf8");
const tableOf = (name: string) => readTable(textOf(name), ["type"]);

/** Squares of a nuclear channel; in the first `fat` of them the phase channel is bright too. */
function culture(count: number, fat: number) {
  const phase = Float32Array.from(squares(fat).data, (value) => 0.75 * value);
  return stackPlanes([
    { ...squares(0), data: phase },
    { ...squares(count), data: Float32Array.from(squares(count).data) },
  ]);
}

// Cells lie where the nuclear channel is bright; the phase channel makes them fat.
beforeAll(async () => {
  const files = await spotFiles("coculture", {
    channels: ["phase", "nuclear"],
    maps: ["inside", "distance", "fat", "thin"],
    types: ["fat", "thin"],
    weight: (map, channel) =>
      [
        [0, 1],
        [0, 1],
        [1, 0],
        [-0.5, 0.5],
      ][map][channel] / 200,
  });
  await writeModelFolder(model, files);
});

test("the table, the report, the line and the picture tell the types of cells", async () => {
  writeFileSync(join(cwd, "a.tif"), writeTiff(culture(3, 1)));
  const { code, out, err } = await cellwright(
    ...["segment", "a.tif", "-o", "out", "-m", model, "--phase", "0", "--nuclear", "1"],
    ...["--preview", "--json"],
  );
  expect({ code, err }).toMatchObject({ code: 0 });
  const table = tableOf("a_cells.csv");
  expect(Object.keys(table).slice(-4)).toEqual([
    "type",
    "type_probability",
    "probability_fat",
    "probability_thin",
  ]);
  expect(table.type).toEqual(["fat", "thin", "thin"]);
  // Maps of the first cell: fat 0.75, thin 0.5 - 0.375.
  expect(table.type_probability[0]).toBeCloseTo(0.75 / 0.875, 5);
  expect(table.probability_thin[0]).toBeCloseTo(0.125 / 0.875, 5);
  expect(table.type_probability[1]).toBe(1);
  const types = { fat: 1, thin: 2 };
  expect(JSON.parse(textOf("a.json"))).toMatchObject({ types, model: { types: ["fat", "thin"] } });
  expect(err).toMatch(/a\.tif: 3 cells \(1 fat, 2 thin\), /);
  expect(out).toContain('"types":{"fat":1,"thin":2}');
  const picture = await readImage(
    bytesSource("a_preview.png", new Uint8Array(readFileSync(join(cwd, "out", "a_preview.png")))),
  );
  const [, height, width] = picture.shape;
  const at = (y: number, x: number) =>
    [0, 1, 2].map((c) => picture.data[(c * height + y) * width + x]);
  expect(height).toBeGreaterThan(24);
  expect(at(2, 2)).not.toEqual(at(2, 10));
  expect(at(2, 10)).toEqual(at(2, 18));
  // The first square of the legend has the colour of the first type.
  expect(at(24 + 5, 5)).toEqual(at(2, 2));
});

test("planes without cells leave no gap in the columns of a movie", async () => {
  const frames = [culture(0, 0), culture(2, 0), culture(1, 1)];
  const data = Float32Array.from(frames.flatMap(({ data }) => [...data]));
  writeFileSync(join(cwd, "movie.tif"), writeTiff({ data, shape: [3, 2, 24, 64], axes: "tcyx" }));
  await cellwright(
    ...["segment", "movie.tif", "-o", "out", "-m", model, "--phase", "0", "--nuclear", "1"],
  );
  const table = tableOf("movie_cells.csv");
  expect([...table.t]).toEqual([1, 1, 2]);
  expect(table.type).toEqual(["thin", "thin", "fat"]);
  expect(JSON.parse(textOf("movie.json")).types).toEqual({ fat: 1, thin: 2 });
});

test("models show names the types and the diameter", async () => {
  const { out } = await cellwright("models", "show", model);
  expect(out).toMatch(/^types {7}fat, thin$/m);
  expect(out).not.toMatch(/^diameter/m);
});
