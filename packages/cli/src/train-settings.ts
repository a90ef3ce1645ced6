/**
 * What a training shall be like: a preset by its name or by the model to start from, with what the options change of it.
 *
 * @module
 */
import { adaptedPreset, misfitOf, type Preset, presetFor } from "@cellwright/core";
import type { TrainOptions } from "./commands/train.js";
import { UsageError } from "./context.js";
import { type OpenedModel, openModel } from "./model-folder.js";

/** The settings of a training. */
export interface Settings {
  /** Name of the preset they come from. */
  readonly name: string;
  readonly preset: Preset;
  /** The model whose network is trained further. */
  readonly base?: OpenedModel;
}

/** The preset where neither `--preset` nor `--from` says which. */
const USUAL = "nuclei";

/**
 * The settings that the options ask for. With `--from` the preset is, unless named, the first that makes models of the same
 * channels and maps; brightness, decoder and size of cells are those of the model, and learning is slow and short.
 * Throws {@link UsageError} where there is no such preset or it does not fit the model.
 */
export async function settingsOf(
  options: TrainOptions,
  cwd: string,
  presets: Readonly<Record<string, Preset>>,
): Promise<Settings> {
  const base = options.from === undefined ? undefined : await openModel(options.from, cwd);
  const name = options.preset ?? (base ? presetOf(base, presets) : USUAL);
  if (!Object.hasOwn(presets, name))
    throw new UsageError(
      `--preset must be one of ${Object.keys(presets).join(", ")}, got "${name}"`,
    );
  const preset = base ? adapted(presets[name], base) : presets[name];
  const { steps, rate, batch, crop } = options;
  const changes = { steps, rate, batch, crop };
  const changed = Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  );
  return { name, preset: { ...preset, ...changed }, ...(base && { base }) };
}

function presetOf({ model }: OpenedModel, presets: Readonly<Record<string, Preset>>): string {
  const found = presetFor(model, presets);
  if (found) return found;
  const { name, maps, channels } = model;
  throw new UsageError(
    `--from: no preset makes models like ${name} (maps ${maps.join(", ")} of ${channels.join(", ")})`,
  );
}

/** The preset for training a model further. */
function adapted(preset: Preset, { model }: OpenedModel): Preset {
  const problem = misfitOf(preset, model);
  if (problem) throw new UsageError(`--from must be a model of the ${problem}`);
  return adaptedPreset(preset, model);
}
