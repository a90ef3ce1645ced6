#!/usr/bin/env node
// Jobs that are large: a Zarr of 100 000 x 100 000 pixels (SIDE) of which a few clusters of chunks are stored, and 10 000 small
// images in a folder (IMAGES). Needs a build. How long each verb takes, its peak memory, whether a unit costs as much at the end
// as at the begin, and how long it takes to see that all is done. CASES names what is run: sparse,plan,images,again,merge. Works in a
// folder of its own (WORK, kept where it is named).
import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const side = Number(process.env.SIDE ?? 100_000);
const images = Number(process.env.IMAGES ?? 10_000);
const clusters = Number(process.env.CLUSTERS ?? 6);
const cases = (process.env.CASES ?? "sparse,plan,images,again,merge").split(",");
const packages = process.env.PACKAGES ?? fileURLToPath(new URL("../packages", import.meta.url));
const main = join(packages, "cli/dist/main.js");
const core = await import(pathToFileURL(join(packages, "core/dist/index.js")).href);
const work = process.env.WORK ?? mkdtempSync(join(tmpdir(), "job-scale-"));
mkdirSync(work, { recursive: true });
const round = (value, digits = 3) => Number(value.toPrecision(digits));

function record(row) {
  const machine = { node: process.version, cpu: cpus()[0].model.trim(), cores: cpus().length };
  const line = JSON.stringify({ bench: "job-scale", ...row, ...machine });
  console.log(line);
  appendFileSync(new URL("results/job-scale.jsonl", import.meta.url), `${line}\n`);
}

/** What a process writes of itself: its memory a few times a second, and all of its means at the end. */
const told = join(work, "usage.mjs");
writeFileSync(
  told,
  `import { appendFileSync } from "node:fs";
const rss = [];
setInterval(() => rss.push(process.memoryUsage.rss()), 200).unref();
process.on("exit", () => appendFileSync(process.env.USAGE, JSON.stringify({ ...process.resourceUsage(), rss }) + "\\n"));`,
);

function run(args) {
  const usage = join(work, "usage.json");
  rmSync(usage, { force: true });
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", told, main, ...args], {
      cwd: work,
      env: { ...process.env, USAGE: usage },
    });
    const [out, err] = [[], []];
    child.stdout.on("data", (piece) => out.push(piece));
    child.stderr.on("data", (piece) => err.push(piece));
    child.on("close", (code) => {
      if (code !== 0) return reject(new Error(`${args.join(" ")}: ${code}: ${err.join("")}`));
      const { userCPUTime, systemCPUTime, maxRSS, rss } = JSON.parse(readFileSync(usage, "utf8"));
      resolve({
        seconds: round((performance.now() - start) / 1000),
        cpu: round((userCPUTime + systemCPUTime) / 1e6),
        megabytes: Math.round(maxRSS / 1024),
        rss,
        events: out
          .join("")
          .split("\n")
          .filter((line) => line.startsWith("{"))
          .map((line) => JSON.parse(line)),
      });
    });
  });
}

const brief = ({ seconds, cpu, megabytes }) => ({ seconds, cpu, megabytes });
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/** Clusters of 2 x 2 chunks of nuclei from one corner to the other; nothing else is stored. */
function makeSparse(folder) {
  const chunk = 1024;
  const array = {
    ...{ zarr_format: 3, node_type: "array", shape: [side, side], data_type: "uint16" },
    chunk_grid: { name: "regular", configuration: { chunk_shape: [chunk, chunk] } },
    chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
    ...{ fill_value: 0, attributes: {}, dimension_names: ["y", "x"] },
    codecs: [
      { name: "bytes", configuration: { endian: "little" } },
      { name: "gzip", configuration: { level: 1 } },
    ],
  };
  const scale = { type: "scale", scale: [1, 1] };
  const axes = ["y", "x"].map((name) => ({ name, type: "space" }));
  const datasets = [{ path: "0", coordinateTransformations: [scale] }];
  const multiscales = [{ axes, datasets }];
  const group = {
    ...{ zarr_format: 3, node_type: "group" },
    attributes: { ome: { version: "0.5", multiscales } },
  };
  const put = (name, content) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  put("zarr.json", JSON.stringify(group));
  put("0/zarr.json", JSON.stringify(array));
  const { image } = core.synthNuclei({
    seed: 9,
    height: 2 * chunk,
    width: 2 * chunk,
    diameter: 20,
  });
  const last = Math.floor(side / chunk) - 2;
  for (let n = 0; n < clusters; n++) {
    const at = Math.floor((n * last) / (clusters - 1));
    for (const [down, right] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]) {
      const pixels = new Uint16Array(chunk * chunk);
      for (let y = 0; y < chunk; y++) {
        const from = (down * chunk + y) * 2 * chunk + right * chunk;
        pixels.set(image.data.subarray(from, from + chunk), y * chunk);
      }
      const bytes = gzipSync(new Uint8Array(pixels.buffer), { level: 1 });
      put(`0/c/${at + down}/${at + right}`, bytes);
    }
  }
}

if (cases.includes("sparse")) {
  const [image, job] = [join(work, "sparse.zarr"), join(work, "sparse-job")];
  if (!existsSync(image)) makeSparse(image);
  rmSync(job, { recursive: true, force: true });
  const plan = await run(["plan", image, "-o", job, "--block", "1024", "--threads", "1", "--json"]);
  const segment = await run(["segment", "--job", job, "--threads", "1", "--json"]);
  const again = await run(["segment", "--job", job, "--threads", "1", "--json"]);
  const merge = await run(["merge", job, "--json"]);
  const finalize = await run(["finalize", job, "--json"]);
  const info = await run(["info", job, "--json"]);
  // The blocks of each cluster that are full of cells.
  const full = segment.events.filter(({ type, cells }) => type === "unit" && cells > 200);
  const half = Math.floor(full.length / 2);
  const secondsOf = (units) => round(mean(units.map(({ seconds }) => seconds)));
  record({
    case: "sparse",
    side,
    chunks: 4 * clusters,
    blocks: plan.events[0].blocks,
    units: plan.events[0].units,
    cells: merge.events[0].cells,
    plan: brief(plan),
    segment: brief(segment),
    segmentAgain: brief(again),
    merge: brief(merge),
    finalize: brief(finalize),
    info: brief(info),
    secondsPerFullBlock: {
      firstHalf: secondsOf(full.slice(0, half)),
      secondHalf: secondsOf(full.slice(half)),
    },
  });
}

if (cases.includes("plan")) {
  const image = join(work, "sparse.zarr");
  if (!existsSync(image)) makeSparse(image);
  const runs = [];
  for (let i = 0; i < 3; i++) {
    const job = join(work, `planned-${i}`);
    rmSync(job, { recursive: true, force: true });
    runs.push(brief(await run(["plan", image, "-o", job, "--block", "1024", "--threads", "1"])));
  }
  runs.sort((a, b) => a.seconds - b.seconds);
  record({ case: "plan", side, chunks: 4 * clusters, median: runs[1], slowest: runs[2] });
}

if (cases.includes("images")) {
  const [folder, job] = [join(work, "images"), join(work, "images-job")];
  mkdirSync(folder, { recursive: true });
  const { image } = core.synthNuclei({ seed: 2, height: 64, width: 64, diameter: 14 });
  const bytes = core.writeTiff(image);
  for (let n = 0; n < images; n++) {
    const path = join(folder, `field-${n}.tif`);
    if (!existsSync(path)) writeFileSync(path, bytes);
  }
  rmSync(job, { recursive: true, force: true });
  const plan = await run(["plan", folder, "-o", job, "--model", "classical-nuclei", "--json"]);
  const segment = await run(["segment", "--job", job, "--json"]);
  const again = await run(["segment", "--job", job, "--json"]);
  const merge = await run(["merge", job, "--json"]);
  const finalize = await run(["finalize", job, "--json"]);
  const seconds = segment.events.filter(({ type }) => type === "unit").map((unit) => unit.seconds);
  const half = Math.floor(seconds.length / 2);
  const { rss } = segment;
  const part = (from, to) =>
    Math.round(
      Math.max(...rss.slice(Math.floor(from * rss.length), Math.ceil(to * rss.length))) / 2 ** 20,
    );
  record({
    case: "images",
    images,
    plan: brief(plan),
    segment: brief(segment),
    megabytesFirstTenth: part(0, 0.1),
    megabytesLastTenth: part(0.9, 1),
    secondsPerImage: {
      firstHalf: round(mean(seconds.slice(0, half))),
      secondHalf: round(mean(seconds.slice(half))),
    },
    segmentAgain: brief(again),
    merge: brief(merge),
    finalize: brief(finalize),
    table: statSync(join(job, "cells.csv")).size,
  });
}

if (cases.includes("again")) {
  // The job of `images`, in a WORK that was kept: nothing is left to be done.
  const job = join(work, "images-job");
  const runs = [];
  for (let i = 0; i < 5; i++) runs.push(brief(await run(["segment", "--job", job, "--json"])));
  runs.sort((a, b) => a.seconds - b.seconds);
  record({ case: "again", images, median: runs[2], slowest: runs[4] });
}

if (cases.includes("merge")) {
  // Pieces of 10 million cells, a tenth of which are pairs, joined in memory: what merging is bounded by.
  const pieces = 10_000_000;
  const places = new Float64Array(pieces * core.PIECE_FIELDS);
  for (let i = 0; i < pieces; i++) {
    const [y, x] = [Math.floor(i / 3162) * 31, (i % 3162) * 31];
    places.set([y * 100_000 + x, y, x, y + 20, x + 20], i * core.PIECE_FIELDS);
  }
  const start = performance.now();
  const joining = core.startJoining(places);
  for (let i = 0; i + 1 < pieces; i += 10) joining.join(i, i + 1);
  const { count } = joining.end();
  record({
    case: "merge",
    pieces,
    cells: count,
    seconds: round((performance.now() - start) / 1000),
    megabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  });
}
if (!process.env.WORK) rmSync(work, { recursive: true, force: true });
