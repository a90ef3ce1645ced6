/**
 * Learning for a caller: their examples lie in a folder as `cellwright train` wants them, and it trains.
 *
 * @module
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { narrowLabels, presets, writeTiff } from "@cellwright/core";
import {
  type Example,
  Fault,
  type LearnQuestion,
  type Learnt,
  type ModelEntry,
  type Patience,
} from "@cellwright/imjoy-plugin";
import { writeFlushed } from "../file-sink.js";
import { train } from "../train.js";
import { readCheckpoint, trainingFolder } from "../train-checkpoint.js";
import { namesIn } from "../train-runs.js";
import type { HostParts } from "./host.js";

/** What the training tells, as far as it is looked at. */
interface TrainEvent {
  readonly type: "start" | "epoch" | "summary";
  readonly epochs?: number;
  readonly epoch?: number;
}

/** Trains on two examples or more: whole ones are held back. */
export async function learnOnDisk(
  { context, engine, models, folder }: HostParts,
  { model, examples, name, epochs, minutes, steps, seed }: LearnQuestion,
  { signal, onProgress }: Patience,
): Promise<Learnt> {
  if (examples.length < 2)
    throw new Fault(
      "argument",
      `examples must be at least 2, one to judge by, got ${examples.length}`,
    );
  const start = performance.now();
  const place = await mkdtemp(join(folder, "learn-"));
  const data = join(place, "examples");
  const output = join(place, "model");
  let total = 1;
  let learnt: ModelEntry | undefined;
  try {
    await writeExamples(data, examples);
    await train(
      [data],
      {
        ...engine,
        output,
        from: models.path(model),
        channel: channelList(examples[0]),
        heldBack: 0.2,
        seed,
        json: true,
        quiet: true,
        ...(epochs !== undefined && { epochs }),
        ...(minutes !== undefined && { time: minutes }),
        ...(steps !== undefined && { steps }),
        ...(name !== undefined && { name }),
      },
      {
        ...context,
        signal,
        stderr: () => undefined,
        stdout: (text) => {
          const event: TrainEvent = JSON.parse(text);
          if (event.type === "start") total = event.epochs ?? 1;
          if (event.type === "epoch")
            onProgress((event.epoch ?? 0) / total, `epoch ${event.epoch} of ${total}`);
        },
      },
      presets,
    );
    signal.throwIfAborted();
    const told = await report(output, start);
    // No better than what it came from: there is nothing to offer.
    if (!(told.after > told.before)) return { ...told, best: 0 };
    learnt = await models.add(basename(place), output, "learnt");
    return { ...told, model: learnt };
  } finally {
    for (const path of learnt ? [data, `${output}.training`] : [place])
      await rm(path, { recursive: true, force: true });
  }
}

async function writeExamples(folder: string, examples: readonly Example[]): Promise<void> {
  await mkdir(folder);
  for (const [i, { image, labels }] of examples.entries()) {
    const stem = join(folder, `example-${i}`);
    await writeFlushed(`${stem}.tif`, writeTiff(image));
    await writeFlushed(`${stem}_masks.tif`, writeTiff(narrowLabels(labels)));
  }
}

/** The channels of an example are those of the model, in its order. */
function channelList({ image }: Example): string {
  return Array.from({ length: image.shape[0] }, (_, c) => `${c}`).join(",");
}

async function report(output: string, start: number): Promise<Omit<Learnt, "model">> {
  const folder = trainingFolder(output);
  const [run] = await namesIn(folder);
  const { before, best, log } = (await readCheckpoint(join(folder, run))) ?? { best: 0, log: [] };
  const scores = log.map(({ ap = 0 }) => ap);
  return {
    before: before?.ap ?? 0,
    after: scores[best - 1] ?? before?.ap ?? 0,
    epochs: log.length,
    best,
    seconds: (performance.now() - start) / 1000,
  };
}
