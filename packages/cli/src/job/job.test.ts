import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import {
  type Image,
  lengthOf,
  openZarr,
  referenceEngine,
  synthNuclei,
  writeOmeTiff,
  writeOmeZarr,
  writeTiff,
} from "@cellwright/core";
import { commandFolder, type SpotOptions, spotFiles } from "@cellwright/testing";
import { beforeAll, expect, test } from "vitest";
import { memoryContext, openEngine, run } from "../index.js";
import type { MemoryContext } from "../memory-context.js";
import { writeModelFolder } from "../model-folder.js";
import { folderStore } from "../zarr-store.js";

const here = commandFolder<MemoryContext>({
  run,
  context: (changes) => memoryContext({ openEngine: async () => referenceEngine, ...changes }),
});
const { cellwright, put, text } = here;
const spots = join(here.root, "spots");
const typed = join(here.root, "typed");

/** Says "cell" where a pixel is bright for its whole image. */
const writeModel = async (folder: string, options: SpotOptions = {}) =>
  writeModelFolder(
    folder,
    await spotFiles(basename(folder), {
      normalization: { kind: "percentile", low: 1, high: 99 },
      weight: (_, channel) => (channel === 0 ? 1 : 0),
      ...options,
    }),
  );

beforeAll(async () => {
  await writeModel(spots);
  await writeModel(typed, {
    channels: ["phase", "nuclear"],
    maps: ["probability", "distance", "round", "long"],
    types: ["round", "long"],
    weight: (map, channel) => (map < 2 ? (channel === 1 ? 1 : 0) : map === 2 + channel ? 1 : 0),
  });
});

/** Blobs of all sizes up to 20 pixels wide, some touching, brighter towards the right: a block alone would see it otherwise. */
function blobs(height: number, width: number, seed = 1): Image<Uint16Array> {
  const data = new Uint16Array(height * width).fill(100);
  let state = seed;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
  for (let n = 0; n < (height * width) / 500; n++) {
    const [cy, cx, r] = [next() * height, next() * width, 3 + 7 * next()];
    for (let y = Math.max(0, Math.ceil(cy - r)); y < Math.min(height, cy + r); y++)
      for (let x = Math.max(0, Math.ceil(cx - r)); x < Math.min(width, cx + r); x++) {
        const d = ((y - cy) ** 2 + (x - cx) ** 2) / r ** 2;
        if (d >= 1) continue;
        const light = 100 + (700 + x) * (1 - d) ** 0.5;
        data[y * width + x] = Math.max(data[y * width + x], light);
      }
  }
  return { data, shape: [height, width], axes: "yx" };
}

const writeZarr = (name: string, image: Image, options = {}) =>
  writeOmeZarr(
    image,
    { set: (key, bytes) => put(join(name, key), bytes) },
    { chunk: 64, ...options },
  );

/** All pixels of labels, plane after plane. */
async function labelsOf(name: string): Promise<Uint32Array> {
  const { reader } = await openZarr(folderStore(join(here.cwd, name)), { shows: "labels" });
  const box = { y: 0, x: 0, height: lengthOf(reader, "y"), width: lengthOf(reader, "x") };
  const found = new Uint32Array(lengthOf(reader, "t") * box.height * box.width);
  for (let t = 0; t < lengthOf(reader, "t"); t++)
    found.set((await reader.readRegion({ box, index: { t } })).data, t * box.height * box.width);
  return found;
}

/** Whether two arrays of labels hold the same numbers; told in one word, as they are long. */
const same = (a: Uint32Array, b: Uint32Array) =>
  a.length === b.length && a.every((label, i) => label === b[i]);

/** A host that gives the files of the folder, each at the second time it is asked. */
async function serve(): Promise<{ address: string; asked: string[]; close: () => Promise<void> }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = `${request.url}`;
    asked.push(path);
    if (/\/c\//.test(path) && asked.indexOf(path) === asked.length - 1) {
      response.writeHead(503).end();
      return;
    }
    try {
      response.end(readFileSync(join(here.cwd, path)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((closed) => void server.close(() => closed()));
  return { address: `http://127.0.0.1:${port}`, asked, close };
}

/** Does all of a job, its shards in an order that is not theirs. */
async function whole(job: string, shards = 1): Promise<void> {
  const order = Array.from({ length: shards }, (_, i) => (i * 5 + 3) % shards);
  for (const i of order) await done("segment", "--job", job, "--shard", `${i}/${shards}`);
  await done("merge", job);
  for (const i of order) await done("finalize", job, "--shard", `${i}/${shards}`);
}

async function done(...argv: string[]): Promise<string> {
  const { code, out, err } = await cellwright(argv);
  expect(code, err).toBe(0);
  return out + err;
}

const plan = (input: string, job: string, ...more: string[]) =>
  cellwright(["plan", input, "-o", job, "--model", spots, "--block", "64", ...halo(more)]);

/** Nobody says how large the cells of the spot model are: blobs are no wider than this. */
const halo = (more: string[]) => (more.includes("--halo") ? more : ["--halo", "32", ...more]);

test("64 blocks give the cells of one process, number by number and row by row, in any shards", async () => {
  await writeZarr("a.zarr", blobs(500, 490));
  await done("segment", "a.zarr", "-o", "one", "--model", spots, "--format", "ome-zarr");
  const truth = await labelsOf("one/a_masks.ome.zarr");
  expect(new Set(truth).size).toBeGreaterThan(200);
  for (const shards of [1, 3, 8]) {
    await plan("a.zarr", `job${shards}`, "--halo", "48");
    await whole(`job${shards}`, shards);
    expect(same(await labelsOf(`job${shards}/labels.zarr`), truth)).toBe(true);
    expect(text(`job${shards}/cells.csv`)).toBe(text("one/a_cells.csv"));
  }
  const pieces = JSON.parse(text("job1/parts/0/3/3.json"));
  expect(pieces.cells).toBeGreaterThan(0);
}, 300_000);

test("with a network that pools, at another size than the image's, and maps averaged over turns", async () => {
  const { image } = synthNuclei({ seed: 3, height: 300, width: 280, diameter: 26 });
  await writeZarr("a.zarr", image);
  const onnx = { openEngine: () => openEngine({ engine: "onnx", device: "cpu" }) };
  const options = ["--model", "nuclei", "--diameter", "24"];
  for (const more of [[], ["--average-turns"]]) {
    const name = `job${more.length}`;
    for (const argv of [
      ["segment", "a.zarr", "-o", name, "--format", "ome-zarr", ...options, ...more],
      ["plan", "a.zarr", "-o", `${name}/job`, "--block", "128", ...options, ...more],
      ["segment", "--job", `${name}/job`],
      ["merge", `${name}/job`],
      ["finalize", `${name}/job`],
    ])
      expect(await cellwright(argv, onnx)).toMatchObject({ code: 0 });
    const truth = await labelsOf(`${name}/a_masks.ome.zarr`);
    expect(new Set(truth).size).toBeGreaterThan(20);
    expect(same(await labelsOf(`${name}/job/labels.zarr`), truth)).toBe(true);
    expect(text(`${name}/job/cells.csv`)).toBe(text(`${name}/a_cells.csv`));
  }
});

test("a cell across four blocks is one cell", async () => {
  const image = blobs(128, 128);
  image.data.fill(100);
  for (let y = 58; y < 71; y++) image.data.fill(900, y * 128 + 57, y * 128 + 72);
  await writeZarr("a.zarr", image);
  await plan("a.zarr", "job");
  await whole("job");
  expect(new Set(await labelsOf("job/labels.zarr"))).toEqual(new Set([0, 1]));
  const [names, row, end] = text("job/cells.csv").split("\r\n");
  const cell = Object.fromEntries(names.split(",").map((name, i) => [name, row.split(",")[i]]));
  expect(cell).toMatchObject({ label: "1", area: "195", "bbox-0": "58", "bbox-3": "72" });
  expect(end).toBe("");
  for (const place of ["0/0", "0/1", "1/0", "1/1"])
    expect(JSON.parse(text(`job/parts/0/${place}.json`)).cells).toBe(1);
});

test("Zarr of both versions, in shards, on the web, TIFF in tiles: the same cells", async () => {
  const image = blobs(200, 200, 7);
  await writeZarr("a3.zarr", image);
  await writeZarr("a2.zarr", image, { version: "0.4" });
  await writeZarr("as.zarr", image, { shard: 2 });
  const tiff = Buffer.alloc(2 ** 20);
  const write = (position: number, bytes: Uint8Array) => tiff.set(bytes, position);
  const size = await writeOmeTiff(image, { write }, { tile: 64 });
  put("a.ome.tif", tiff.subarray(0, size));
  const found: Uint32Array[] = [];
  const { address, asked, close } = await serve();
  try {
    const web = `${address}/a3.zarr`;
    for (const [n, input] of ["a3.zarr", "a2.zarr", "as.zarr", "a.ome.tif", web].entries()) {
      expect(await plan(input, `job${n}`)).toMatchObject({ code: 0 });
      await whole(`job${n}`);
      found.push(await labelsOf(`job${n}/labels.zarr`));
    }
  } finally {
    await close();
  }
  // The first answer of the host to each chunk is that it is busy.
  expect(asked.filter((path) => path === "/a3.zarr/0/c/1/1").length).toBeGreaterThan(1);
  expect(new Set(found[0]).size).toBeGreaterThan(30);
  for (const other of found.slice(1)) expect(same(other, found[0])).toBe(true);
});

test("a movie of two channels whose cells are of types", async () => {
  const planes = [blobs(100, 120, 1), blobs(100, 120, 2), blobs(100, 120, 3), blobs(100, 120, 4)];
  const data = new Uint16Array(planes.length * 12000);
  for (const [n, plane] of planes.entries()) data.set(plane.data, n * 12000);
  const spacing = { t: 60, y: 0.5, x: 0.5 };
  await writeZarr("a.zarr", { data, shape: [2, 2, 100, 120], axes: "tcyx", spacing });
  await done("segment", "a.zarr", "-o", "one", "--model", typed, "--format", "ome-zarr");
  await done("plan", "a.zarr", "-o", "job", "--model", typed, "--block", "64", "--halo", "32");
  await whole("job", 3);
  expect(same(await labelsOf("job/labels.zarr"), await labelsOf("one/a_masks.ome.zarr"))).toBe(
    true,
  );
  const [table, truth] = ["job/cells.csv", "one/a_cells.csv"].map((name) =>
    text(name).split("\r\n"),
  );
  expect(table[0]).toBe(truth[0]);
  expect(table[0]).toMatch(/^t,label,.*,area_um2,.*,type,type_probability,/);
  expect(table.length).toBe(truth.length);
  // Sums over the pieces of a cell may differ in their last digit from those over the cell.
  const rows = (lines: string[]) =>
    lines.slice(1, -1).map((line) => line.split(",").map((field) => Number(field)));
  for (const [n, row] of rows(table).entries())
    for (const [i, value] of row.entries()) {
      const other = rows(truth)[n][i];
      if (Number.isNaN(value)) expect(table[n + 1].split(",")[i]).toBe(truth[n + 1].split(",")[i]);
      else expect(value).toBeCloseTo(other, 9);
    }
});

test("a broken chunk, and one that is gone since the plan: the blocks are named, the others done", async () => {
  await writeZarr("a.zarr", blobs(256, 256));
  const chunk = join(here.cwd, "a.zarr/0/c/0/0");
  const kept = readFileSync(chunk);
  await plan("a.zarr", "job");
  for (const spoil of [() => writeFileSync(chunk, "no chunk"), () => rmSync(chunk)]) {
    spoil();
    const { code, err } = await cellwright(["segment", "--job", "job"]);
    expect(code).toBe(3);
    expect(err).toMatch(/error: block 0 \(row 0, column 0\): .*a\.zarr.*\(on \S+\)/);
    expect(err).toMatch(/failed/);
  }
  const status = JSON.parse((await cellwright(["info", "job", "--json"])).out);
  expect(status).toMatchObject({ units: 16, merged: false });
  expect(status.failed.map(({ unit }: { unit: string }) => unit)).toContain("0/0/0");
  expect(status.done).toBe(16 - status.failed.length);
  expect(status.done).toBeGreaterThan(10);
  const merged = await cellwright(["merge", "job"]);
  expect(merged.code).toBe(3);
  expect(merged.err).toMatch(/not done \(block 0 /);
  expect(await cellwright(["finalize", "job"])).toMatchObject({ code: 2 });
  expect(await cellwright(["merge", "job", "--partial"])).toMatchObject({ code: 3 });
  await done("finalize", "job");
  const partial = await labelsOf("job/labels.zarr");
  expect(partial.slice(0, 40).every((label) => label === 0)).toBe(true);
  const { out } = await cellwright(["info", "job"]);
  expect(out).toMatch(/labels and table are there, without the 1 block not done/);
  expect(JSON.parse((await cellwright(["info", "job", "--json"])).out)).toMatchObject({
    written: true,
    complete: false,
  });
  writeFileSync(chunk, kept);
  await whole("job");
  await plan("a.zarr", "again");
  await whole("again");
  expect(same(await labelsOf("job/labels.zarr"), await labelsOf("again/labels.zarr"))).toBe(true);
  expect(text("job/cells.csv")).toBe(text("again/cells.csv"));
});

test("--on-error stop stops; chunks that were never there are no error, unless that is said", async () => {
  await writeZarr("a.zarr", blobs(256, 256));
  writeFileSync(join(here.cwd, "a.zarr/0/c/0/0"), "no chunk");
  await plan("a.zarr", "stop");
  rmSync(join(here.cwd, "a.zarr/0/c/0/0"));
  rmSync(join(here.cwd, "a.zarr/0/c/3/3"));
  const sparse = await plan("a.zarr", "sparse");
  expect(sparse).toMatchObject({ code: 0 });
  await whole("sparse");
  await plan("a.zarr", "strict", "--missing", "fail");
  const stopped = await cellwright(["segment", "--job", "strict", "--on-error", "stop"]);
  expect(stopped.code).toBe(1);
  expect(stopped.err).toMatch(/0 of 16 done, 1 failed, 15 not begun/);
  const rest = await cellwright(["segment", "--job", "strict"]);
  expect(rest.code).toBe(3);
  expect(rest.err).toMatch(/14 of 16 done, 2 failed/);
});

test("a folder of images: each is a unit, with the outputs of segment", async () => {
  for (let n = 0; n < 5; n++) put(`in/i${n}.tif`, writeTiff(blobs(40, 50, n)));
  put("in/broken.tif", "II*\0no");
  await done("plan", "in", "-o", "job", "--model", spots);
  await cellwright(["segment", "in", "-o", "one", "--model", spots]);
  const { code, err } = await cellwright(["segment", "--job", "job", "--shard", "0/2"]);
  expect(code).toBe(3);
  expect(err).toMatch(/broken\.tif/);
  await done("segment", "--job", "job", "--shard", "1/2");
  const again = await cellwright(["segment", "--job", "job", "--json"]);
  expect(again.code).toBe(3);
  expect(JSON.parse(again.out.trim().split("\n").at(-1) as string)).toMatchObject({
    ...{ type: "summary", done: 0, skipped: 5, failed: 1, left: 0 },
  });
  expect(here.list("job/images")).toEqual(here.list("one"));
  for (const name of here.list("one").filter((each) => /masks|cells/.test(each)))
    expect(here.bytes(join("job/images", name))).toEqual(here.bytes(join("one", name)));
  expect(await cellwright(["merge", "job", "--partial"])).toMatchObject({ code: 3 });
  await done("finalize", "job");
  const rows = text("job/cells.csv").trim().split("\r\n");
  expect(rows[0]).toMatch(/^image,label,area,/);
  const own = text("one/i3_cells.csv").trim().split("\r\n").slice(1);
  expect(rows.filter((row) => row.startsWith("i3,"))).toEqual(own.map((row) => `i3,${row}`));
});

test("what a plan refuses, and what a job does", async () => {
  await writeZarr("a.zarr", blobs(128, 128));
  await plan("a.zarr", "job");
  expect(await plan("a.zarr", "job")).toMatchObject({ code: 0 });
  const refused = async (argv: string[], words: RegExp, code = 2) => {
    const ran = await cellwright(argv);
    expect(ran.err).toMatch(words);
    expect(ran.code).toBe(code);
  };
  const planned = ["plan", "a.zarr", "--model", spots, "-o"];
  await refused([...planned, "job", "--block", "128"], /job holds another plan/);
  await refused(
    [...planned, "x", "--block", "100"],
    /--block must be a multiple of 64 pixels, is 100/,
  );
  await refused(
    [...planned, "x", "--block", "64"],
    /--block must be at least as wide as the 112 pixels around it \(--halo\), is 64/,
  );
  const small = ["plan", "a.zarr", "-o", "x", "--no-rescale", "--halo"];
  await refused(
    [...small, "8"],
    /--halo must be at least as wide as a cell, about 20 pixels, is 8/,
  );
  await refused(["plan", "a.zarr", "--model", "classical-nuclei", "-o", "x"], /by the whole image/);
  await refused(["segment", "--job", "job", "--model", spots], /--job has settled --model/);
  await refused(["segment", "--job", "job", "a.zarr"], /give --job or inputs, not both/);
  await refused(["segment", "--job", "nowhere"], /nowhere is no job on /);
  await refused(["segment", "--job", "job", "--shard", "3/3"], /I from 0 to N - 1/);
  await refused(["finalize", "job"], /is not merged/);
  await writeModel(join(here.cwd, "other"));
  await done("plan", "a.zarr", "-o", "mine", "--model", "other");
  rmSync(join(here.cwd, "other"), { recursive: true });
  await writeModel(join(here.cwd, "other"), { weight: () => 0.5 });
  await refused(
    ["segment", "--job", "mine"],
    /other is not the one that was planned with.* \(on /,
    1,
  );
  await writeZarr("a.zarr", { ...blobs(128, 128), spacing: { y: 1, x: 1 } });
  await refused(["segment", "--job", "job"], /a\.zarr is not the image that was planned/, 1);
});

test("a job tells how far it is, in words, as data and as a page that loads nothing", async () => {
  await writeZarr("<b>.zarr", blobs(128, 128));
  await plan("<b>.zarr", "job");
  await cellwright(["segment", "--job", "job", "--shard", "0/2"]);
  mkdirSync(join(here.cwd, "job/running"), { recursive: true });
  put(
    "job/running/n1-7.json",
    JSON.stringify({
      host: "n1",
      process: 7,
      verb: "segment",
      shard: "1/2",
      unit: "0/1/0",
      done: 10,
      seconds: 5,
    }),
  );
  const { out } = await cellwright(["info", "job"]);
  expect(out).toMatch(
    /^2 of 4 blocks done \(50 %\)\nrunning: segment 1\/2 on n1 \(process 7\), at 0\/1\/0\n2 blocks a second\n1\.0 s left\n/,
  );
  const status = JSON.parse((await cellwright(["info", "job", "--json"])).out);
  expect(status).toMatchObject({ units: 4, done: 2, rate: 2, secondsLeft: 1, complete: false });
  const page = text("job/report.html");
  expect(page).toContain("&lt;b&gt;.zarr");
  expect(page).not.toContain("<b>.zarr");
  expect(page).toMatch(/src="data:image\/png;base64,/);
  expect(page).not.toMatch(/https?:|<script/);
  await whole("job");
  expect((await cellwright(["info", "job"])).out).toMatch(/complete/);
  expect(here.list("job")).not.toContain("running");
  expect(here.list("job")).not.toContain("tmp");
});
