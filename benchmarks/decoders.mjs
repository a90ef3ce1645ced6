#!/usr/bin/env node
// How long it takes to find the cells in the maps of StarDist's and Cellpose's networks, 2048 x 2048 pixels: discs whose
// pixels are known, some two thousand apart and five thousand that nearly touch. One JSON line a case: the median of
// ROUNDS (default 5) runs in milliseconds, wall and processor time, and how many cells came out right (IoU 0.9).
// --check fails where a median is above a second or a cell is lost, --record appends to results/decoders.jsonl.
// Build first (`npx tsc -b packages/core`).
import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { checkDecoder, decode } from "../packages/core/dist/index.js";
import { discLabels, flowMaps, starMaps } from "../packages/core/dist/instance/fixture.js";

const flags = new Set(process.argv.slice(2));
const rounds = Number(process.env.ROUNDS ?? 5);
const side = 2048;
const limit = 1000;
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();

/** Discs around the crossings of a grid, moved and sized unevenly. @param {number} pitch @param {number} least */
function discsOf(pitch, least) {
  const discs = [];
  for (let y = 16; y < side - 16; y += pitch)
    for (let x = 16; x < side - 16; x += pitch)
      discs.push({
        y: y + ((x * 7) % 5) - 2,
        x: x + ((y * 3) % 5) - 2,
        radius: least + ((x + y) % 5),
      });
  return discs;
}

let failed = false;
for (const [density, pitch] of /** @type {const} */ ([
  ["apart", 44],
  ["crowded", 28],
])) {
  const discs = discsOf(pitch, 10);
  const truth = discLabels(discs, side, side);
  for (const [name, make, fields] of /** @type {const} */ ([
    ["cellpose", () => flowMaps(truth, discs), {}],
    ["stardist", () => starMaps(truth, discs, 32), { rays: 32 }],
    ["stardist", () => starMaps(truth, discs, 32, 2), { rays: 32, grid: 2 }],
  ])) {
    const maps = make();
    const decoder = checkDecoder({ kind: name, ...fields });
    const times = Array.from({ length: rounds }, () => {
      const cpu = process.cpuUsage();
      const start = performance.now();
      const labels = decode(maps, decoder, { size: [side, side] });
      const wall = performance.now() - start;
      const { user, system } = process.cpuUsage(cpu);
      return { wall, cpu: (user + system) / 1000, labels };
    });
    const median = (/** @type {"wall" | "cpu"} */ key) =>
      Math.round(times.map((time) => time[key]).sort((a, b) => a - b)[rounds >> 1]);
    const right = rightCells(truth.data, times[0].labels.data, discs.length);
    const row = {
      case: `${name}${decoder.grid > 1 ? `, grid ${decoder.grid}` : ""}`,
      density,
      cells: discs.length,
      right,
      wall: median("wall"),
      cpu: median("cpu"),
      limit,
    };
    failed ||= row.wall > limit || right < discs.length;
    const about = { rounds, load: Number(loadavg()[0].toFixed(1)), cpu_model: cpus()[0].model };
    const line = JSON.stringify({ ...row, ...about, node: process.version, commit });
    console.log(line);
    if (flags.has("--record"))
      appendFileSync(
        fileURLToPath(new URL("results/decoders.jsonl", import.meta.url)),
        `${line}\n`,
      );
  }
}
if (flags.has("--check") && failed) process.exitCode = 1;

/**
 * True cells that one found cell covers by nine tenths or more, and nothing else: polygons of 32 corners are not discs.
 *
 * @param {Uint32Array} truth @param {Uint32Array} found @param {number} count
 */
function rightCells(truth, found, count) {
  const pairs = new Map();
  const areas = new Map();
  for (let i = 0; i < truth.length; i++) {
    if (found[i] !== 0) areas.set(found[i], (areas.get(found[i]) ?? 0) + 1);
    const key = truth[i] * 1e6 + found[i];
    if (truth[i] !== 0 && found[i] !== 0) pairs.set(key, (pairs.get(key) ?? 0) + 1);
  }
  const sizes = new Float64Array(count + 1);
  for (const label of truth) sizes[label]++;
  let right = 0;
  for (const [key, shared] of pairs) {
    const [cell, label] = [Math.floor(key / 1e6), key % 1e6];
    if (shared / (sizes[cell] + areas.get(label) - shared) >= 0.9) right++;
  }
  return right;
}
