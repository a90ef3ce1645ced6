#!/usr/bin/env node
// How fast training is: the same U-Net, batch and crop on engine-onnx and, where a Python with torch is found, on PyTorch's CPU.
// Each take is a process of its own; the two take turns, so that a busy moment of the machine hits both. Medians and raw
// seconds are kept. Set PYTHON to name another Python.
//
//   node benchmarks/training-speed.mjs [--rounds 5] [--steps 8] [--threads 2] [--batch N] [--crop PX]
//        [--widths N,N,…]   (default: those of the preset nuclei)
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import {
  ADAM,
  countMultiplyAdds,
  floats,
  normal,
  presets,
  seeded,
  startTrainer,
  trainingStep,
  unet,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { median, openStudy, round, run } from "./study.mjs";

/** What is measured unless options say otherwise: the training of `nuclei`. */
const { nuclei } = presets;

const study = openStudy("training-speed", {
  rounds: { type: "string", default: "5" },
  steps: { type: "string", default: "8" },
  threads: { type: "string", default: `${cpus().length}` },
  batch: { type: "string", default: `${nuclei.batch}` },
  crop: { type: "string", default: `${nuclei.crop}` },
  widths: { type: "string", default: `${nuclei.network.widths}` },
  /** One take of ours, in a process of its own. */
  take: { type: "boolean", default: false },
});
const { options } = study;
const [rounds, steps, threads, batch, crop] = ["rounds", "steps", "threads", "batch", "crop"].map(
  (name) => Number(options[name]),
);
const widths = options.widths.split(",").map(Number);

if (options.take) await take();
else await compare();

/** Trains for some steps; the first two warm up. Prints the seconds of the others and the last loss. */
async function take() {
  const shape = [batch, 1, crop, crop];
  const network = unet({ inputs: 1, outputs: 2, widths }, seeded(1));
  const trainer = await startTrainer(onnxEngine({ threads }), trainingStep(network, shape, ADAM));
  const random = seeded(2);
  const count = batch * crop * crop;
  const image = floats(
    Float32Array.from({ length: count }, () => normal(random)),
    shape,
  );
  const target = floats(
    Float32Array.from({ length: 2 * count }, () => random()),
    [batch, 2, crop, crop],
  );
  const weight = floats(new Float32Array(count).fill(1), shape);
  const seconds = [];
  let loss = 0;
  for (let i = 0; i < steps + 2; i++) {
    const start = performance.now();
    loss = await trainer.step({ image, target, weight }, 1e-3);
    if (i >= 2) seconds.push((performance.now() - start) / 1000);
  }
  await trainer.dispose();
  console.log(JSON.stringify({ seconds, loss }));
}

async function compare() {
  const python = findPython();
  if (!python) console.error("training-speed: no Python with torch here (set PYTHON): ours alone");
  const network = { widths, batch, crop, threads };
  await study.row({ ...network, rounds, steps, torch: python !== undefined }, async () => {
    const size = [
      `--steps=${steps}`,
      `--threads=${threads}`,
      `--batch=${batch}`,
      `--crop=${crop}`,
      `--widths=${widths}`,
    ];
    const script = fileURLToPath(import.meta.url);
    const other = script.replace(/\.mjs$/, ".py");
    const takes = { ours: [], torch: [] };
    for (let i = 0; i < rounds; i++) {
      takes.ours.push((await run(process.execPath, [script, "--take", ...size]))[0]);
      if (python) takes.torch.push((await run(python, [other, ...size]))[0]);
    }
    const graph = unet({ inputs: 1, outputs: 2, widths }, seeded(1));
    const summary = (list) => {
      if (list.length === 0) return undefined;
      const { seconds: _, ...about } = list[0];
      const seconds = list.map((one) => median(one.seconds));
      const middle = median(seconds);
      return {
        secondsPerStep: round(middle),
        imagesPerSecond: round(batch / middle),
        seconds: seconds.map(round),
        ...about,
      };
    };
    return {
      multiplyAddsPerImage: countMultiplyAdds(graph, { image: [1, 1, crop, crop] }),
      ours: summary(takes.ours),
      ...(python && { torch: summary(takes.torch) }),
    };
  });
}

/** A Python that can import torch. */
function findPython() {
  const candidates = process.env.PYTHON ? [process.env.PYTHON] : ["python3", "/usr/bin/python3"];
  return candidates.find((name) => spawnSync(name, ["-c", "import torch"]).status === 0);
}
