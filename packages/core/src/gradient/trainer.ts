/**
 * Runs a training step again and again on any engine, carrying the state from one run to the next.
 *
 * @module
 */
import type { Engine, Program } from "../engine.js";
import { ModelError } from "../errors.js";
import { floats, type Graph, type Values } from "../network.js";
import { PIXEL_WEIGHT, TARGET } from "./loss.js";
import { RATE } from "./optimizer.js";
import { type TrainingStep, withWeights } from "./training.js";

/** What one step learns from. */
export interface Batch {
  /** `[n, c, y, x]`, normalised. */
  readonly image: Values<Float32Array>;
  /** What the maps should be, `[n, k, y, x]` in 0 … 1. */
  readonly target: Values<Float32Array>;
  /** How much each pixel counts, `[n, k or 1, y, x]`, at least 0. */
  readonly weight: Values<Float32Array>;
}

/** A network in training. */
export interface Trainer {
  /** One step at a learning rate; returns the loss before it. Throws {@link ModelError} where the loss is no number. */
  step(batch: Batch, rate: number): Promise<number>;
  /** The network with the weights it has now. */
  network(): Graph;
  /** Everything the next step depends on, by name: what a checkpoint keeps. */
  state(): Record<string, Values>;
  /** Gives back what the engine holds for it. */
  dispose(): Promise<void>;
}

/** Starts (or, from a kept state, goes on with) training on an engine. */
export async function startTrainer(
  engine: Engine,
  step: TrainingStep,
  kept?: Readonly<Record<string, Values>>,
): Promise<Trainer> {
  const program = await engine.load(step.graph);
  let state = startState(step, kept);
  return {
    async step(batch, rate) {
      const { loss, next } = await run(program, step, state, batch, rate);
      state = next;
      return loss;
    },
    network: () => withWeights(step.network, state),
    state: () => state,
    dispose: () => program.dispose(),
  };
}

function startState(
  step: TrainingStep,
  kept?: Readonly<Record<string, Values>>,
): Record<string, Values> {
  const state: Record<string, Values> = {};
  for (const { input, initial } of step.state) {
    const values = kept ? kept[input] : initial;
    if (!values || values.shape.join() !== initial.shape.join())
      throw new ModelError(`the kept state must hold "${input}" of shape [${initial.shape}]`, {
        input,
      });
    state[input] = values;
  }
  return state;
}

async function run(
  program: Program,
  step: TrainingStep,
  state: Readonly<Record<string, Values>>,
  batch: Batch,
  rate: number,
): Promise<{ loss: number; next: Record<string, Values> }> {
  const outputs = await program.run({
    [step.network.inputs[0].name]: batch.image,
    [TARGET]: batch.target,
    [PIXEL_WEIGHT]: batch.weight,
    [RATE]: floats([rate], []),
    ...state,
  });
  const loss = Number(outputs.loss.data[0]);
  if (!Number.isFinite(loss))
    throw new ModelError(`training ran away: the loss is ${loss}; take a smaller learning rate`, {
      loss,
      rate,
    });
  const next = Object.fromEntries(step.state.map(({ input, output }) => [input, outputs[output]]));
  return { loss, next };
}
