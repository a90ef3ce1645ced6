/**
 * Training a model further in the worker, as `cellwright train --from` does: the same preset, steps and judging.
 *
 * @module
 */
import {
  type Accuracy,
  accuracyOf,
  adaptedPreset,
  averageMatches,
  type Decoder,
  type Engine,
  fit,
  foldBatchNorm,
  type Graph,
  type Lesson,
  type Model,
  makeLesson,
  meanPrecision,
  normalize,
  type Preset,
  presetFor,
  presets,
  type Sample,
  samplingOf,
  secondsPerEpoch,
  startTrainer,
  stepOf,
  tuneDecoder,
  UnsupportedError,
} from "@cellwright/core";
import { crop } from "./crop.js";
import { packLearnt } from "./learn-package.js";
import type { LearnAnswer, LearnInput, LearnPart } from "./protocol.js";
import type { Task } from "./task.js";

/** A training that is set up. */
interface Course {
  readonly model: Model;
  readonly preset: Preset;
  readonly engine: Engine;
  readonly lessons: readonly Lesson[];
  readonly heldBack: readonly Sample[];
}

/** The best network so far; epoch 0 is the model as it was. */
interface Best {
  readonly epoch: number;
  readonly network: Graph;
  readonly accuracy: Accuracy;
}

/**
 * Learns from the lessons that are not held back and judges by the others. Ends early, with the best so far, when
 * `task.finish` is aborted. Throws core's `UnsupportedError` for a model that there is no preset for.
 */
export async function learnFrom(input: LearnInput, task: Task<LearnPart>): Promise<LearnAnswer> {
  const start = performance.now();
  await task.held.release();
  const course = await setUp(input, task);
  const { model, preset, engine, heldBack } = course;
  task.progress(0, "judging the model as it is");
  const before = await judge(course, model.graph, task);
  const epochs = await epochsOf(course, input, task);
  const told = { epochs, best: 0 };
  task.part({ ...told, epoch: 0, accuracy: before });
  const { best, stopped, done } = await learn(course, before, epochs, input, task);
  task.progress(0.95, "choosing the decoder's parameters");
  const { decoder, after } = await tuned(best, preset, heldBack, engine, task);
  const answer = { before, after, epochs: done, best: best.epoch, stopped, decoder };
  const seconds = () => (performance.now() - start) / 1000;
  if (!(after.ap > before.ap)) return { ...answer, seconds: seconds() };
  const zip = await packLearnt(
    { model, network: best.network, decoder, name: input.name, seed: input.seed },
    { ...answer, seconds: seconds(), lessons: input.lessons },
    engine,
  );
  return { ...answer, seconds: seconds(), zip };
}

async function setUp(input: LearnInput, task: Task<LearnPart>): Promise<Course> {
  const model = await task.held.read(input.model);
  const name = model.types ? undefined : presetFor(model, presets);
  if (name === undefined)
    throw new UnsupportedError(
      `${model.name} cannot be trained further here: no preset makes models of ${model.maps.join(", ")} from ${model.channels.join(", ")}${model.types ? " that tell types apart" : ""}`,
    );
  const preset = {
    ...adaptedPreset(presets[name], model),
    ...(input.steps && { steps: input.steps }),
  };
  const goal = {
    kind: preset.target,
    ...(preset.diameter !== undefined && { diameter: preset.diameter }),
  };
  const tensors = input.planes.map((plane, n) =>
    normalize(plane, preset.normalization, input.samples[n]),
  );
  const samples = input.lessons.map(({ plane, box, labels, name, heldBack }) => ({
    heldBack,
    sample: { name, labels, tensor: crop(tensors[plane], box) },
  }));
  return {
    model,
    preset,
    engine: await task.engine(),
    lessons: samples.flatMap(({ heldBack, sample }) =>
      heldBack ? [] : [makeLesson(sample, goal)],
    ),
    heldBack: samples.flatMap(({ heldBack, sample }) => (heldBack ? [sample] : [])),
  };
}

async function judge(course: Course, network: Graph, task: Task<LearnPart>): Promise<Accuracy> {
  const { heldBack, preset, engine } = course;
  return accuracyOf(network, heldBack, preset, engine, { signal: task.signal });
}

/** The epochs asked for, or as many as fit into a time, by the speed of a few steps. */
async function epochsOf(course: Course, input: LearnInput, task: Task<LearnPart>): Promise<number> {
  if (input.minutes === undefined) return input.epochs ?? course.preset.epochs;
  const trial = { ...course, network: course.model.graph, seed: input.seed };
  const perEpoch = await secondsPerEpoch(trial, () => performance.now(), task.signal);
  return Math.max(1, Math.floor((input.minutes * 60) / perEpoch));
}

/** Epoch after epoch, each judged; stops when told to. */
async function learn(
  course: Course,
  before: Accuracy,
  epochs: number,
  input: LearnInput,
  task: Task<LearnPart>,
): Promise<{ best: Best; stopped: boolean; done: number }> {
  const { preset, model, engine, lessons } = course;
  let best: Best = { epoch: 0, network: model.graph, accuracy: before };
  let done = 0;
  const stop = AbortSignal.any([task.signal, task.finish]);
  const trainer = await startTrainer(engine, stepOf(preset, model.graph));
  try {
    const learning = fit(lessons, trainer, {
      ...samplingOf(preset, model.graph, input.seed),
      epochs,
      steps: preset.steps,
      rate: preset.rate,
      ...(preset.schedule && { schedule: preset.schedule }),
      signal: stop,
      onProgress: (batch, total) =>
        task.progress((0.95 * batch) / total, `epoch ${done + 1} of ${epochs}`),
    });
    for await (const { epoch, loss } of learning) {
      const network = trainer.network();
      const accuracy = await judge(course, network, task);
      done = epoch;
      if (accuracy.ap > best.accuracy.ap) best = { epoch, network, accuracy };
      task.part({ epoch, epochs, loss, accuracy, best: best.epoch });
    }
    return { best, stopped: false, done };
  } catch (error) {
    if (task.signal.aborted || !task.finish.aborted) throw error;
    return { best, stopped: true, done };
  } finally {
    await trainer.dispose();
  }
}

/** The decoder that suits the held-back places best, and how good the network is with it. */
async function tuned(
  { network, accuracy }: Best,
  { decoder, diameter }: Preset,
  heldBack: readonly Sample[],
  engine: Engine,
  task: Task<LearnPart>,
): Promise<{ decoder: Decoder; after: Accuracy }> {
  if (decoder.kind !== "watershed") return { decoder, after: accuracy };
  const program = await engine.load(foldBatchNorm(network));
  try {
    const found = await tuneDecoder(heldBack, program, decoder, {
      ...(diameter !== undefined && { diameter }),
      signal: task.signal,
      onProgress: (tried, total) => task.progress(0.95 + (0.05 * tried) / total),
    });
    const { counts } = found;
    const after = { ap50: averageMatches(counts)[0].averagePrecision, ap: meanPrecision(counts) };
    return { decoder: found.decoder, after };
  } finally {
    await program.dispose();
  }
}
