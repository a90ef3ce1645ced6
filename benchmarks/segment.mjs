#!/usr/bin/env node
// How fast `segment` is: megapixels a second and peak memory, per engine and tile size, one JSON line a case.
// `npm run bench` builds and runs it. Each case is a process of its own, so that its memory is its own; cases take turns
// over several rounds, so that a busy moment of the machine hits all of them alike. Medians are printed, raw times kept.
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const rounds = Number(process.env.ROUNDS ?? 5);
const [engine, tile, size, threads] = process.argv.slice(2);

/** [engine, tile, pixels on a side, threads]; the reference engine is far too slow for a whole field. */
const cases = [
  ["onnx", "128", "1024", "1"],
  ["onnx", "256", "1024", "1"],
  ["onnx", "512", "1024", "1"],
  ["onnx", "Infinity", "1024", "1"],
  ["onnx", "256", "1024", "2"],
  ["onnx", "512", "1024", "2"],
  ["onnx", "Infinity", "1024", "2"],
  ["onnx", "512", "2048", "2"],
  ["onnx", "Infinity", "2048", "2"],
  ["reference", "128", "128", "1"],
];

if (engine) await measure(engine, Number(tile), Number(size), Number(threads));
else report();

/** One case: segments the image once to warm up and once against the clock. */
async function measure(engine, tile, size, threads) {
  const { referenceEngine, segment, synthNuclei } = await import("@cellwright/core");
  const { onnxEngine } = await import("@cellwright/engine-onnx/node");
  const { openModel } = await import("../packages/cli/dist/model-folder.js");
  const { model } = await openModel("nuclei");
  const program = await (engine === "onnx" ? onnxEngine({ threads }) : referenceEngine).load(
    model.graph,
  );
  const { image } = synthNuclei({ height: size, width: size, seed: 1 });
  const warm = synthNuclei({ height: 64, width: 64, seed: 1 });
  await segment(warm.image, model, program, { tile });
  const start = performance.now();
  const labels = await segment(image, model, program, { tile });
  const seconds = (performance.now() - start) / 1000;
  const cells = labels.data.reduce((most, label) => Math.max(most, label), 0);
  console.log(
    JSON.stringify({ seconds, cells, peakMegabytes: process.resourceUsage().maxRSS / 1024 }),
  );
}

function report() {
  const runs = cases.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, one] of cases.entries()) runs[i].push(runOnce(one));
  for (const [i, [engine, tile, size, threads]] of cases.entries()) {
    const seconds = runs[i].map((run) => run.seconds).sort((a, b) => a - b);
    const median = seconds[Math.floor(seconds.length / 2)];
    const line = {
      bench: "segment",
      engine,
      tile: tile === "Infinity" ? "whole" : Number(tile),
      pixels: Number(size) ** 2,
      threads: Number(threads),
      megapixelsPerSecond: Number((Number(size) ** 2 / 1e6 / median).toPrecision(4)),
      peakMegabytes: Math.round(Math.max(...runs[i].map((run) => run.peakMegabytes))),
      cells: runs[i][0].cells,
      seconds: seconds.map((value) => Number(value.toFixed(4))),
      node: process.version,
      cpu: cpus()[0].model.trim(),
    };
    console.log(JSON.stringify(line));
  }
}

function runOnce(one) {
  const script = fileURLToPath(import.meta.url);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...one], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${one.join(" ")}: ${stderr}`);
  return JSON.parse(stdout);
}
