/**
 * The models that a worker has in memory: few, as each is held once as a graph and once in the engine.
 *
 * @module
 */
import { type Engine, type Model, type Program, readModelFiles } from "@cellwright/core";
import { openModelFiles } from "./model-source.js";
import type { ModelSource } from "./protocol.js";
import { sha256 } from "./sha256.js";

/** A model, ready to run. */
export interface HeldModel {
  readonly model: Model;
  readonly program: Program;
}

/** Models by their sources. */
export interface Held {
  /** Reads and loads a model, or answers the one that is there. */
  open(source: ModelSource): Promise<HeldModel>;
  /** A model without a program, for learning; not kept. */
  read(source: ModelSource): Promise<Model>;
  /** Gives back what the engine holds for all of them. */
  release(): Promise<void>;
}

/** A model of cells and one of their nuclei. */
const MOST = 2;

/** An empty store of models. */
export function holdModels(engine: () => Promise<Engine>): Held {
  const models = new Map<string, Promise<HeldModel>>();
  const read = async (source: ModelSource) => readModelFiles(await openModelFiles(source), sha256);
  const load = async (source: ModelSource): Promise<HeldModel> => {
    const model = await read(source);
    return { model, program: await (await engine()).load(model.graph) };
  };
  const drop = async (id: string) => {
    const held = models.get(id);
    models.delete(id);
    await held?.then(
      ({ program }) => program.dispose(),
      () => undefined,
    );
  };
  return {
    read,
    async open(source) {
      const { id } = source;
      let held = models.get(id);
      models.delete(id);
      while (models.size >= MOST) await drop([...models.keys()][0]);
      held ??= load(source);
      models.set(id, held);
      try {
        return await held;
      } catch (error) {
        if (models.get(id) === held) models.delete(id);
        throw error;
      }
    },
    async release() {
      for (const id of [...models.keys()]) await drop(id);
    },
  };
}
