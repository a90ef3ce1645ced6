/**
 * The models that a service offers: those we ship, classical methods, those that whoever runs it adds, and those learnt for
 * callers. Few are in memory at a time.
 *
 * @module
 */
import {
  classicalModel,
  classicalNames,
  type Engine,
  type ModelCard,
  ModelError,
  presetFor,
  presets,
  readModelCard,
} from "@cellwright/core";
import type { ModelEntry } from "@cellwright/imjoy-plugin";
import { openModel, openModelFiles, shippedModels } from "../model-folder.js";
import { type Finder, methodFinder, modelFinder } from "../segment-finder.js";

/** Models by id. */
export interface ServedModels {
  entries(): Promise<readonly ModelEntry[]>;
  entry(id: string): Promise<ModelEntry>;
  /** The bytes of the description; undefined for a method. */
  description(id: string): Promise<Uint8Array | undefined>;
  /** A name or a path that the command's own functions know it by. */
  path(id: string): string;
  /** Runs with a model in the engine: it stays there as long. */
  using<T>(
    id: string,
    diameter: number | undefined,
    work: (finder: Finder) => Promise<T>,
  ): Promise<T>;
  /** Offers another. */
  add(id: string, path: string, origin: "added" | "learnt"): Promise<ModelEntry>;
  /** Gives back what the engine holds. */
  end(): Promise<void>;
}

/** A model of cells and one of their nuclei, for each of two callers. */
const MOST = 4;

interface Held {
  readonly finder: Promise<Finder>;
  users: number;
}

/** The shipped models and the classical methods. */
export async function servedModels(
  cwd: string,
  engine: () => Promise<Engine>,
): Promise<ServedModels> {
  const known = new Map<string, { path: string; origin: ModelEntry["origin"] }>();
  for (const id of (await shippedModels()).keys()) known.set(id, { path: id, origin: "shipped" });
  for (const id of classicalNames) known.set(id, { path: id, origin: "method" });
  const cards = new Map<string, Promise<ModelEntry>>();
  const held = new Map<string, Held>();
  const find = (id: string) => {
    const found = known.get(id);
    if (!found)
      throw new ModelError(
        `there is no model ${id.slice(0, 80)}: it may be one of ${[...known.keys()].join(", ")}`,
      );
    return found;
  };
  const entry = (id: string): Promise<ModelEntry> => {
    const { path, origin } = find(id);
    const card = cards.get(id) ?? entryOf(id, path, origin, cwd);
    cards.set(id, card);
    return card;
  };
  /** Those that nobody uses, the longest ago first, until there is room. */
  const makeRoom = async () => {
    for (const [key, one] of held) {
      if (held.size < MOST) return;
      if (one.users > 0) continue;
      held.delete(key);
      await one.finder.then((finder) => finder.dispose()).catch(() => undefined);
    }
  };
  return {
    entries: () => Promise.all([...known.keys()].map(entry)),
    entry: async (id) => entry(id),
    path: (id) => find(id).path,
    description: async (id) => {
      const { path, origin } = find(id);
      if (origin === "method") return undefined;
      const file = await (await openModelFiles(path, cwd)).open("bioimageio.yaml");
      return file?.read(0, file.byteLength);
    },
    using: async (id, diameter, work) => {
      const { path, origin } = find(id);
      if (origin === "method") {
        const method = classicalModel(path, diameter === undefined ? {} : { diameter });
        if (method) return work(methodFinder(method, diameter));
      }
      let one = held.get(id);
      if (one) held.delete(id);
      else {
        await makeRoom();
        const finder = (async () => modelFinder(await engine(), await openModel(path, cwd)))();
        one = { finder, users: 0 };
      }
      held.set(id, one);
      one.users++;
      try {
        return await work(await one.finder);
      } catch (error) {
        // One that was not loaded may be there the next time.
        if (await one.finder.then(() => false).catch(() => true)) held.delete(id);
        throw error;
      } finally {
        one.users--;
      }
    },
    add: (id, path, origin) => {
      known.set(id, { path, origin });
      cards.delete(id);
      return entry(id);
    },
    end: async () => {
      for (const { finder } of held.values())
        await finder.then((one) => one.dispose()).catch(() => undefined);
      held.clear();
    },
  };
}

async function entryOf(
  id: string,
  path: string,
  origin: ModelEntry["origin"],
  cwd: string,
): Promise<ModelEntry> {
  if (origin === "method") {
    const { description, channels } = classicalModel(path) as NonNullable<
      ReturnType<typeof classicalModel>
    >;
    return {
      id,
      name: path,
      description,
      channels: [...channels],
      needs_seeds: false,
      can_learn: false,
      origin,
    };
  }
  const card = await readModelCard(await openModelFiles(path, cwd));
  const { name, description, channels, types, diameter, pixelSize, license } = card;
  return {
    id,
    name,
    description,
    channels: [...channels],
    ...(types && { types: [...types] }),
    ...(diameter !== undefined && { diameter }),
    ...(pixelSize !== undefined && { pixel_size: pixelSize }),
    ...(license !== undefined && { license }),
    needs_seeds: card.decoder.kind === "cytoplasm",
    can_learn: canLearn(card),
    origin,
  };
}

/** Whether there is a way to train it further on labels alone. */
function canLearn(card: ModelCard): boolean {
  return !card.types && presetFor(card, presets) !== undefined;
}
