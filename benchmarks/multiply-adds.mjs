#!/usr/bin/env node
// How much of what the processor can multiply and add the networks attain on ONNX Runtime, and where the rest goes: the peak by
// a C program that does nothing else (multiply-adds.c, where there is a cc); the shipped networks on many tiles, as `segment` cuts
// them, by one session of all threads and by a session a core; the time of the layers of `nuclei` by resolution; and the published
// ensemble of five networks beside the five one after the other, unfolded, as the paper ran them. Rows as in study.mjs, medians of
// --rounds (5) in turns. Build first (`npx tsc -b packages/cli`).
//
//   node benchmarks/multiply-adds.mjs [--only peak,shipped,layers,ensemble] [--rounds 5] [--data ../shared/data]
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { countMultiplyAdds, writeOnnx } from "@cellwright/core";
import { openModel } from "../packages/cli/dist/model-folder.js";
import { cellwright, median, openStudy, round } from "./study.mjs";

const study = openStudy("multiply-adds", { rounds: { type: "string", default: "5" } });
const rounds = Number(study.options.rounds);
const cores = availableParallelism();
const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const ort = createRequire(here("../packages/engine-onnx/package.json"))("onnxruntime-node");
/** Pixels along a side of a tile: what `segment` gives the network, with what it looks at around. */
const SIDE = 688;
const TILES = 4;

/** @param {import("@cellwright/core").Graph} graph */
function inputOf(graph, side = SIDE) {
  const channels = Number(graph.inputs[0].shape[1]);
  const data = Float32Array.from({ length: channels * side ** 2 }, (_, i) => (i % 997) / 997);
  return { [graph.inputs[0].name]: new ort.Tensor("float32", data, [1, channels, side, side]) };
}

/** Billions for a tile. @param {import("@cellwright/core").Graph} graph */
function billionsOf(graph, side = SIDE) {
  const [{ name, shape }] = graph.inputs;
  return countMultiplyAdds(graph, { [name]: [1, Number(shape[1]), side, side] }) / 1e9;
}

/** @param {import("@cellwright/core").Graph} graph @param {number} threads */
function sessionOf(graph, threads, more = {}) {
  const intra = { session: { intra_op: { allow_spinning: "0" } } };
  return ort.InferenceSession.create(writeOnnx(graph), {
    ...{ intraOpNumThreads: threads, logSeverityLevel: 3, extra: intra, ...more },
  });
}

/** Seconds for some tiles, once after a warm one. */
async function secondsFor(session, input, tiles = TILES) {
  await session.run(input);
  const start = performance.now();
  for (let n = 0; n < tiles; n++) await session.run(input);
  return (performance.now() - start) / 1000;
}

/** The same tiles by a session of one thread a core, each in a thread of its own; seconds. @param {string} name */
function secondsApart(name, tiles = TILES) {
  const workers = Array.from(
    { length: cores },
    () => new Worker(here("multiply-adds-lane.mjs"), { workerData: { name, side: SIDE, tiles } }),
  );
  return new Promise((resolve, reject) => {
    let ready = 0;
    let done = 0;
    let start = 0;
    for (const worker of workers) {
      worker.on("error", reject);
      worker.on("message", (said) => {
        if (said === "ready" && ++ready === cores) {
          start = performance.now();
          for (const each of workers) each.postMessage("go");
        }
        if (said === "done" && ++done === cores)
          resolve((performance.now() - start) / 1000 / cores);
      });
    }
  });
}

if (study.wants("peak"))
  await study.row({ case: "peak" }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "multiply-adds-"));
    try {
      const program = join(folder, "peak");
      const flags = ["-O3", "-march=native", "-pthread"];
      execFileSync("cc", [...flags, here("multiply-adds.c"), "-o", program]);
      const billions = (/** @type {number} */ threads) =>
        median(Array.from({ length: 3 }, () => Number(execFileSync(program, [`${threads}`]))));
      return { oneCore: billions(1), allCores: billions(cores) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

if (study.wants("shipped"))
  for (const name of ["nuclei", "bacteria-phase", "cytoplasm-phase", "coculture-mcf10a-3t3"])
    await study.row({ case: "shipped", name, side: SIDE }, async () => {
      const { graph } = (await openModel(name)).model;
      const billions = TILES * billionsOf(graph);
      const input = inputOf(graph);
      const [one, all] = [await sessionOf(graph, 1), await sessionOf(graph, cores)];
      const times = { oneThread: [], allThreads: [], sessionACore: [] };
      for (let n = 0; n < rounds; n++) {
        times.oneThread.push(await secondsFor(one, input));
        times.allThreads.push(await secondsFor(all, input));
        times.sessionACore.push(await secondsApart(name));
      }
      const rates = Object.entries(times).map(([way, all]) => [way, round(billions / median(all))]);
      return { billions: round(billions), ...Object.fromEntries(rates), seconds: times };
    });

if (study.wants("layers"))
  await study.row({ case: "layers", name: "nuclei", side: SIDE }, async () => {
    const { graph } = (await openModel("nuclei")).model;
    const folder = mkdtempSync(join(tmpdir(), "multiply-adds-"));
    try {
      const profile = { enableProfiling: true, profileFilePrefix: join(folder, "profile") };
      const session = await sessionOf(graph, 1, profile);
      for (let n = 0; n < TILES; n++) await session.run(inputOf(graph));
      session.endProfiling();
      await session.release();
      const [file] = readdirSync(folder);
      const events = JSON.parse(readFileSync(join(folder, file), "utf8"));
      const times = {};
      let whole = 0;
      for (const { cat, dur, args } of events) {
        if (cat !== "Node" || !args?.output_type_shape) continue;
        const [shape] = Object.values(args.output_type_shape[0] ?? {});
        const scale = Math.round(SIDE / (shape?.[2] ?? SIDE));
        const group = `${args.op_name === "Conv" ? "convolutions" : "all else"} at 1/${scale}`;
        times[group] = (times[group] ?? 0) + dur;
        whole += dur;
      }
      const shares = Object.entries(times).map(([group, time]) => [group, round(time / whole)]);
      return { shares: Object.fromEntries(shares.sort((a, b) => b[1] - a[1])) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

if (study.wants("ensemble"))
  await study.row({ case: "ensemble", name: "nuclear", side: 256 }, async () => {
    const networks = join(study.options.data, "deepcell2016/networks/nuclear");
    const imported = async (/** @type {string} */ name, /** @type {string} */ from) => {
      const folder = join(study.work, name);
      if (!existsSync(join(folder, "bioimageio.yaml")))
        await cellwright(["models", "import", from, "-o", folder]);
      return (await openModel(folder)).model.graph;
    };
    const together = await imported("all", networks);
    const apart = [];
    for (const [n, file] of readdirSync(networks).entries())
      apart.push(await imported(`net-${n}`, join(networks, file)));
    const input = inputOf(together, 256);
    const one = await sessionOf(together, cores);
    const five = [];
    for (const graph of apart) five.push(await sessionOf(graph, cores));
    const times = { together: [], oneAfterTheOther: [] };
    for (let n = 0; n < rounds; n++) {
      times.together.push(await secondsFor(one, input, 1));
      let sum = 0;
      for (const session of five) sum += await secondsFor(session, input, 1);
      times.oneAfterTheOther.push(sum);
    }
    const billions = billionsOf(together, 256);
    return {
      billions: round(billions),
      seconds: times,
      ratio: round(median(times.oneAfterTheOther) / median(times.together)),
      billionsPerSecond: round(billions / median(times.together)),
    };
  });
process.exit();
