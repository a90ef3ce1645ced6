/**
 * The network a training starts from: a new one with random weights, or that of another model.
 *
 * @module
 */
import {
  featureNet,
  fieldOf,
  type Graph,
  marginOf,
  type Preset,
  seeded,
  toDense,
  unet,
} from "@cellwright/core";
import { UsageError } from "./context.js";
import type { Settings } from "./train-settings.js";

/** The network, with weights from `seed` where they are new. Throws {@link UsageError} where `--crop` does not suit it. */
export function startNetwork(settings: Settings, maps: readonly string[], seed: number): Graph {
  const { preset, base } = settings;
  const network = base ? base.model.graph : newNetwork(preset, maps.length, seed);
  const { stride } = fieldOf(network);
  const side = preset.crop + 2 * marginOf(network);
  if (side % stride !== 0)
    throw new UsageError(
      `--crop must be a multiple of ${stride} for this network, got ${preset.crop}`,
    );
  return network;
}

function newNetwork(preset: Preset, outputs: number, seed: number): Graph {
  const { channels, network } = preset;
  const plan = { inputs: channels.length, outputs };
  const random = seeded(seed, 0x1e7);
  if (network.kind === "unet")
    return unet({ ...plan, widths: network.widths, logarithm: network.logarithm }, random);
  return toDense(featureNet({ ...plan, patch: network.patch }, random));
}
