#!/usr/bin/env node
// The time of `cellwright segment` over fifty images of nuclei, process start, reading and writing included, against that
// of a network of StarDist's architecture alone (no start, no reading, no post-processing) on the same ONNX Runtime, images
// and threads. Rounds are interleaved. One JSON line; --record appends it to results/against-stardist.jsonl.
// Build first (`npx tsc -b packages/cli`).
//
//   node benchmarks/against-stardist.mjs [--data FOLDER of data sets] [--count 50] [--rounds 3] [--record]
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bytesSource, lengthOf, planeOf, readImage } from "../packages/core/dist/index.js";
import { onnxEngine } from "../packages/engine-onnx/dist/node.js";
import { stardistGraph } from "./stardist-graph.mjs";
import { surroundings } from "./study.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values: options } = parseArgs({
  options: {
    data: { type: "string", default: here("../../shared/data") },
    count: { type: "string", default: "50" },
    rounds: { type: "string", default: "3" },
    record: { type: "boolean", default: false },
  },
});
const threads = availableParallelism();
const folder = join(options.data, "dsb2018/train/images");
if (!existsSync(folder)) throw new Error(`${folder} is not there: name the folder by --data`);

const names = [];
const images = [];
for (const name of readdirSync(folder).sort()) {
  if (names.length === Number(options.count)) break;
  const path = join(folder, name);
  const image = await readImage(bytesSource(name, Uint8Array.from(readFileSync(path))));
  if (image.axes !== "yx") continue;
  names.push(path);
  images.push(padded(planeOf(image)));
}
const program = await onnxEngine({ threads }).load(stardistGraph());
await program.run({ image: images[0] });

const times = { ours: [], network: [] };
for (let round = 0; round < Number(options.rounds); round++) {
  times.ours.push(ours());
  const start = performance.now();
  for (const image of images) await program.run({ image });
  times.network.push((performance.now() - start) / 1000);
}
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const row = {
  bench: "against-stardist",
  key: { images: images.length, threads },
  pixels: images.reduce((sum, { data }) => sum + data.length, 0),
  ...times,
  ratio: Number((median(times.ours) / median(times.network)).toFixed(3)),
  load: Number(loadavg()[0].toFixed(1)),
};
console.log(JSON.stringify(row));
if (options.record)
  appendFileSync(
    here("results/against-stardist.jsonl"),
    `${JSON.stringify({ ...row, ...surroundings() })}\n`,
  );

/** Seconds of the command over all images. */
function ours() {
  const out = mkdtempSync(join(tmpdir(), "cellwright-stardist-"));
  const start = performance.now();
  const words = ["segment", ...names, "-o", out, "--model", "nuclei", "--quiet"];
  const { status, stderr } = spawnSync(process.execPath, [
    here("../packages/cli/dist/main.js"),
    ...words,
  ]);
  const seconds = (performance.now() - start) / 1000;
  rmSync(out, { recursive: true });
  if (status !== 0) throw new Error(`segment ended with ${status}: ${stderr}`);
  return seconds;
}

/** Values 0 … 1, with zeros beyond up to multiples of 16. */
function padded(image) {
  const [height, width] = [lengthOf(image, "y"), lengthOf(image, "x")];
  const [rows, columns] = [height, width].map((n) => 16 * Math.ceil(n / 16));
  const most = image.data.reduce((a, b) => Math.max(a, Number(b)), 1);
  const data = new Float32Array(rows * columns);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data[y * columns + x] = image.data[y * width + x] / most;
  return { data, shape: [1, 1, rows, columns] };
}
