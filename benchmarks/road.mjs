#!/usr/bin/env node
// What `segment` costs from file to files: how much of it is the network's, whether a pixel of a large image costs more than
// one of a small one, what memory a large one takes, and how long the first label takes. Rows as in study.mjs, medians of
// --rounds (5). Build first (`npx tsc -b packages/cli`).
//
//   node benchmarks/road.mjs [--only share,linear,blocks,start] [--rounds 5] [--side 16384]
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { synthNuclei, writeTiff } from "@cellwright/core";
import { median, openStudy, round, run } from "./study.mjs";

const study = openStudy("road", {
  rounds: { type: "string", default: "5" },
  side: { type: "string", default: "16384" },
});
const rounds = Number(study.options.rounds);
const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const main = here("../packages/cli/dist/main.js");
/** Nuclei of the size that the network is at home with: it sees each pixel as one. */
const known = ["--no-rescale"];
const FIELD = 2048;

/** A 16-bit TIFF of nuclei: one field of 2048 pixels, or its corner, again and again. @param {number} side */
function imageOf(side) {
  const path = join(study.work, `nuclei-${side}.tif`);
  if (existsSync(path)) return path;
  const { image } = synthNuclei({ seed: 1, height: FIELD, width: FIELD, diameter: 20 });
  const data = new Uint16Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x += FIELD) {
      const from = (y % FIELD) * FIELD;
      data.set(image.data.subarray(from, from + Math.min(FIELD, side - x)), y * side + x);
    }
  writeFileSync(
    path,
    writeTiff({ data, shape: [side, side], axes: "yx" }, { compression: "none" }),
  );
  return path;
}

/** `segment` in a process of its own. @param {number} side @param {readonly string[]} [env] words before it, as `env` takes them */
async function segment(side, env = []) {
  const folder = join(study.work, "out");
  rmSync(folder, { recursive: true, force: true });
  const program = [process.execPath, here("road-child.mjs")];
  const words = [imageOf(side), folder, ...known, "--threads", "2"];
  const [row] = await run("env", [...env, ...program, ...words]);
  return row;
}

/** @param {number} count @param {() => Promise<Record<string, number>>} measure */
async function repeated(count, measure) {
  const runs = [];
  for (let n = 0; n < count; n++) runs.push(await measure());
  return runs;
}

if (study.wants("share"))
  for (const side of [1024, 2048])
    await study.row({ case: "share", side }, async () => {
      const runs = await repeated(rounds, () => segment(side));
      return {
        cells: runs[0].cells,
        seconds: runs.map(({ seconds }) => round(seconds)),
        network: runs.map(({ network }) => round(network)),
        share: round(median(runs.map(({ seconds, network }) => 1 - network / seconds))),
      };
    });

if (study.wants("linear"))
  for (const side of [1024, 4096, Number(study.options.side)])
    await study.row({ case: "linear", side }, async () => {
      const runs = await repeated(side > 8192 ? 1 : rounds, () =>
        segment(side, side > 8192 ? [] : ["WARM=1"]),
      );
      const seconds = median(runs.map((one) => one.seconds));
      return {
        cells: runs[0].cells,
        seconds: runs.map((one) => round(one.seconds)),
        microsecondsPerPixel: round((1e6 * seconds) / side ** 2),
        networkPixelsPerPixel: round(runs[0].networkPixels / side ** 2),
        megabytes: Math.round(Math.max(...runs.map(({ megabytes }) => megabytes))),
      };
    });

if (study.wants("blocks"))
  await study.row({ case: "blocks", side: Number(study.options.side) }, async () => {
    const side = Number(study.options.side);
    const job = join(study.work, "job");
    rmSync(job, { recursive: true, force: true });
    const told = join(study.work, "usage.mjs");
    writeFileSync(
      told,
      `process.on("exit", () => console.log(JSON.stringify({ megabytes: process.resourceUsage().maxRSS / 1024 })));`,
    );
    const verbs = {};
    for (const words of [
      ["plan", imageOf(side), "-o", job, ...known],
      ["segment", "--job", job],
      ["merge", job],
      ["finalize", job],
    ]) {
      const start = performance.now();
      const rows = await run(process.execPath, ["--import", told, main, ...words, "--quiet"]);
      const megabytes = Math.round(rows[rows.length - 1].megabytes);
      verbs[words[0]] = { seconds: round((performance.now() - start) / 1000), megabytes };
    }
    return { verbs };
  });

if (study.wants("start"))
  for (const [name, words] of Object.entries({
    "node alone": ["-e", "0"],
    "--help": [main, "--help"],
    "segment, 512 x 512": [
      ...[main, "segment", imageOf(512), "-o", join(study.work, "first"), "--overwrite", "--quiet"],
      ...known,
    ],
  }))
    await study.row({ case: "start", what: name }, async () => {
      const runs = await repeated(2 * rounds + 1, async () => {
        const start = performance.now();
        await run(process.execPath, words);
        return { milliseconds: performance.now() - start };
      });
      const times = runs.map(({ milliseconds }) => Math.round(milliseconds));
      return { milliseconds: times, median: median(times) };
    });
