/**
 * What `train` can make, each as plain data: the network's plan, how images are brought to it, how it is taught and how
 * cells are read from its maps.
 *
 * @module
 */
import type {
  Augmentation,
  Normalization,
  Optimizer,
  TargetKind,
  WatershedDecoder,
} from "@cellwright/core";

/** A recipe of training. */
export interface Preset {
  readonly description: string;
  readonly channels: readonly string[];
  readonly maps: readonly string[];
  readonly target: TargetKind;
  /** Feature channels a level of the U-Net, from full size down. */
  readonly widths: readonly number[];
  readonly normalization: Normalization;
  /** Where the search for the decoder's parameters starts. */
  readonly decoder: WatershedDecoder;
  readonly augmentation: Augmentation;
  /** How much more than others a pixel counts where cells touch. */
  readonly contactWeight: number;
  readonly optimizer: Optimizer;
  /** The largest learning rate. */
  readonly rate: number;
  /** Crops a batch, and pixels along each side of a crop. */
  readonly batch: number;
  readonly crop: number;
  /** Batches an epoch. */
  readonly steps: number;
  readonly epochs: number;
}

/** The recipes by name. */
export const presets: Readonly<Record<string, Preset>> = {
  nuclei: {
    description: "Nuclei in fluorescence images, one channel.",
    channels: ["nuclear"],
    maps: ["inside", "distance"],
    target: "distance",
    widths: [16, 32, 64, 128],
    normalization: { kind: "percentile", low: 1, high: 99.8 },
    decoder: {
      kind: "watershed",
      threshold: 0.5,
      prominence: 0.1,
      minHeight: 0.3,
      smoothing: 1,
      minArea: 12,
    },
    augmentation: { turns: true, scale: 1.5, rotation: 0.4, gain: 1.4, offset: 0.1, noise: 0.1 },
    contactWeight: 0,
    optimizer: { kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 1e-3 },
    rate: 2e-3,
    batch: 4,
    crop: 176,
    steps: 250,
    epochs: 24,
  },
};
