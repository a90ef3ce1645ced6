/**
 * Training a model further: from the preset that makes models of its kind to one for a few cells of one's own.
 *
 * @module
 */
import type { Model } from "./model.js";
import { mapNames, type Preset } from "./preset.js";

/** A trained network is adapted by smaller steps, and by few: a few minutes for a few annotated cells. */
const ADAPTING = { rate: 1 / 4, steps: 25, epochs: 20 } as const;

/** What of a model says how to train it further. */
export type Adaptable = Pick<
  Model,
  "channels" | "maps" | "types" | "normalization" | "decoder" | "diameter" | "pixelSize"
>;

/** The name of the first of `presets` that makes models of the same maps and channels; `undefined` where none does. */
export function presetFor(
  model: Adaptable,
  presets: Readonly<Record<string, Preset>>,
): string | undefined {
  return Object.keys(presets).find((name) => misfitOf(presets[name], model) === undefined);
}

/** What a preset and a model do not have in common, in words; `undefined` where they fit. */
export function misfitOf(preset: Preset, model: Adaptable): string | undefined {
  const wanted = mapNames(preset, preset.types ? (model.types ?? ["one a type"]) : []);
  for (const [what, expected, found] of [
    ["maps", wanted, model.maps],
    ["channels", preset.channels, model.channels],
  ] as const)
    if (expected.join() !== found.join())
      return `${what} ${expected.join(", ")}, has ${found.join(", ")}`;
  return undefined;
}

/**
 * The preset for training a model further: brightness, decoder and size of cells are those of the model, and learning is
 * slow and short.
 */
export function adaptedPreset(preset: Preset, model: Adaptable): Preset {
  const { normalization, decoder, diameter, pixelSize } = model;
  const { diameter: _, pixelSize: __, ...rest } = preset;
  return {
    ...rest,
    normalization,
    decoder,
    ...(diameter !== undefined && { diameter }),
    ...(pixelSize !== undefined && { pixelSize }),
    rate: preset.rate * ADAPTING.rate,
    steps: ADAPTING.steps,
    epochs: ADAPTING.epochs,
  };
}
