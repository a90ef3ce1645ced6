import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { synthNuclei, writeTiff } from "@cellwright/core";
import { commandFolder } from "@cellwright/testing";
import { expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";

const modelFolder = fileURLToPath(new URL("../../models/nuclei", import.meta.url));
const here = commandFolder<MemoryContext>({ run, context: (changes) => memoryContext(changes) });
const { put, cellwright } = here;
const at = (...names: string[]) => join(here.cwd, ...names);

function images(): void {
  for (const [n, name] of ["a", "b"].entries()) {
    const { image } = synthNuclei({ height: 96, width: 128, seed: 3 + n });
    put(`in/${name}.tif`, writeTiff(image));
  }
}

const rows = (out: string) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("what segment wrote comes out the same again, and the folder is left as it was", async () => {
  images();
  const words = ["--format", "tif,ome-zarr,geojson,roi,npy", "--preview", "--diameter", "24"];
  expect((await cellwright(["segment", "in", "-o", "out", ...words])).code).toBe(0);
  const before = readdirSync(at("out"), { recursive: true });
  const { code, out, err } = await cellwright(["verify", "out"]);
  expect(code, err).toBe(0);
  expect(out).toBe("out/a.json: the same\nout/b.json: the same\n");
  expect(readdirSync(at("out"), { recursive: true })).toEqual(before);
  // On one thread too, and from another place.
  const report = JSON.parse(readFileSync(at("out/a.json"), "utf8"));
  expect(report.run.files).toEqual(["../in/a.tif"]);
  writeFileSync(
    at("out/a.json"),
    JSON.stringify({ ...report, run: { engine: "onnx", threads: 1 } }),
  );
  expect((await cellwright(["verify", "out/a.json", "--input", "in"])).out).toBe(
    "out/a.json: the same\n",
  );
});

test("a file that was changed is named, and so is what cannot be repeated", async () => {
  images();
  expect(
    (await cellwright(["segment", "in", "-o", "out", "--model", "classical-nuclei"])).code,
  ).toBe(0);
  // A file is enough to find its report by.
  expect((await cellwright(["verify", "out/b_masks.tif"])).out).toBe("out/b.json: the same\n");
  appendFileSync(at("out/a_cells.csv"), "\n");
  put("out/notes.json", "{}");
  const some = await cellwright(["verify", "out", "--json"]);
  expect(some.code).toBe(3);
  expect(rows(some.out)).toEqual([
    { type: "verified", report: "out/a.json", same: false, others: ["a_cells.csv"] },
    { type: "verified", report: "out/b.json", same: true, others: [] },
  ]);
  appendFileSync(at("in/b.tif"), "x");
  const none = await cellwright(["verify", "out/b.json"]);
  expect(none.code).toBe(1);
  expect(none.err).toMatch(/b\.tif must be the image that was segmented, of \d+ bytes, has \d+/);
  const report = JSON.parse(readFileSync(at("out/b.json"), "utf8"));
  writeFileSync(at("out/b.json"), JSON.stringify({ ...report, cellwright: "0.0.1" }));
  expect((await cellwright(["verify", "out/b.json"])).err).toMatch(
    /was done with another version of Cellwright \(0\.0\.1\) than there is here/,
  );
  expect((await cellwright(["verify", "in"])).err).toMatch(/must hold reports/);
});

test("a model in a folder is found again from anywhere, though its name looks like that of a shipped one", async () => {
  images();
  cpSync(modelFolder, at("mine"), { recursive: true });
  expect((await cellwright(["segment", "in", "-o", "deep/out", "-m", "mine"])).code).toBe(0);
  const report = JSON.parse(readFileSync(at("deep/out/a.json"), "utf8"));
  expect(report.run.model).toBe("../../mine");
  const { code, err } = await cellwright(["verify", at("deep/out")]);
  expect(code, err).toBe(0);
});
