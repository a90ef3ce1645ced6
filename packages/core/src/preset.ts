/**
 * What training can make, each as plain data: the network's plan, how images are brought to it, how it is taught and how
 * cells are read from its maps.
 *
 * @module
 */
import type { PatchSize } from "./architecture/feature-net.js";
import { type Augmentation, PAPER_AUGMENTATION } from "./augment.js";
import type { Schedule } from "./fit.js";
import { type Optimizer, PAPER_SGD } from "./gradient/optimizer.js";
import { checkDecoder, type Decoder } from "./instance/decode.js";
import type { Normalization } from "./normalize.js";
import type { TargetKind } from "./target.js";

/** What the network is built of: a U-Net with so many feature channels a level, or the paper's network for a patch size. */
export type NetworkPlan =
  | { readonly kind: "unet"; readonly widths: readonly number[]; readonly logarithm?: number }
  | { readonly kind: "feature-net"; readonly patch: PatchSize };

/** A recipe of training. */
export interface Preset {
  readonly description: string;
  readonly channels: readonly string[];
  /** Without those of the types of cells, see {@link mapNames}. */
  readonly maps: readonly string[];
  readonly target: TargetKind;
  readonly network: NetworkPlan;
  /** The diameter in pixels that cells are brought to, see `typicalDiameter`; absent: they are taken as they are. */
  readonly diameter?: number;
  /** Micrometres a pixel as the network sees it, where that is known beforehand. */
  readonly pixelSize?: number;
  /** Whether the cells are of several types, each with a map of its own. */
  readonly types?: boolean;
  readonly normalization: Normalization;
  /** Where the search for the parameters of a watershed starts; those of other decoders stay. */
  readonly decoder: Decoder;
  readonly augmentation: Augmentation;
  /** How much more than others a pixel counts where cells touch. */
  readonly contactWeight: number;
  /** See `SamplingOptions`. */
  readonly balance?: "none" | "classes";
  readonly crowding?: number;
  readonly mix?: number;
  readonly optimizer: Optimizer;
  /** The largest learning rate. */
  readonly rate: number;
  /** Default: `cosine`. */
  readonly schedule?: Schedule;
  /** Crops a batch, and pixels along each side of the maps of a crop. */
  readonly batch: number;
  readonly crop: number;
  /** Batches an epoch. */
  readonly steps: number;
  readonly epochs: number;
}

/** The maps of a model made by a preset, in their order: with types, each has one after the others. */
export function mapNames(preset: Preset, types: readonly string[] = []): readonly string[] {
  return [...preset.maps, ...types];
}

/** The 2016 paper's networks, sampling, augmentation and schedule, on whole crops instead of single patches. */
function paper(patch: 31 | 61): Omit<Preset, "description" | "channels" | "decoder"> {
  return {
    maps: ["edge", "interior", "background"],
    target: "classes",
    network: { kind: "feature-net", patch },
    normalization: { kind: "deepcell2016", window: patch },
    augmentation: PAPER_AUGMENTATION,
    contactWeight: 0,
    balance: "classes",
    optimizer: PAPER_SGD,
    rate: 0.01,
    schedule: { kind: "decay", factor: 0.95 },
    batch: patch === 31 ? 8 : 4,
    crop: 32,
    steps: 40,
    epochs: 25,
  };
}

/** How our own networks are taught. */
const optimizer: Optimizer = {
  kind: "adam",
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  decay: 1e-3,
};

/** Whole mammalian cells in phase contrast with a nuclear stain. */
const mammalian: Omit<Preset, "description"> = {
  channels: ["phase", "nuclear"],
  maps: ["inside", "distance"],
  target: "distance",
  network: { kind: "unet", widths: [8, 24, 48, 96, 192] },
  normalization: { kind: "percentile", low: 1, high: 99.8 },
  decoder: {
    kind: "watershed",
    threshold: 0.5,
    prominence: 0.15,
    minHeight: 0.3,
    smoothing: 1.5,
    minArea: 30,
  },
  augmentation: {
    turns: true,
    scale: 1.3,
    rotation: 0.4,
    elastic: 1.5,
    gain: 1.4,
    offset: 0.1,
    gamma: 1.3,
    blur: 1,
    noise: 0.1,
  },
  contactWeight: 0,
  optimizer,
  rate: 2e-3,
  batch: 4,
  crop: 176,
  steps: 200,
  epochs: 26,
};

/** The recipes by name. */
export const presets: Readonly<Record<string, Preset>> = {
  nuclei: {
    description: "Nuclei in fluorescence images, one channel.",
    channels: ["nuclear"],
    maps: ["inside", "distance"],
    target: "distance",
    network: { kind: "unet", widths: [12, 24, 48, 96, 192], logarithm: 50 },
    diameter: 20,
    normalization: { kind: "percentile", low: 1, high: 99.8 },
    decoder: {
      kind: "watershed",
      threshold: 0.5,
      prominence: 0.1,
      minHeight: 0.3,
      smoothing: 0.5,
      minArea: 12,
    },
    augmentation: {
      turns: true,
      scale: 1.4,
      rotation: 0.4,
      elastic: 1,
      gain: 1.4,
      offset: 0.1,
      gamma: 1.4,
      blur: 0.5,
      noise: 0.05,
      spots: 3,
    },
    contactWeight: 0,
    crowding: 0.5,
    optimizer,
    rate: 2e-3,
    batch: 4,
    crop: 176,
    steps: 250,
    epochs: 48,
  },
  "bacteria-phase": {
    description: "Bacteria in phase contrast images, one channel.",
    channels: ["phase"],
    maps: ["inside", "distance"],
    target: "distance",
    network: { kind: "unet", widths: [12, 24, 48, 96] },
    diameter: 18,
    normalization: { kind: "percentile", low: 1, high: 99 },
    decoder: {
      kind: "watershed",
      threshold: 0.5,
      prominence: 0.2,
      minHeight: 0.3,
      smoothing: 1,
      minArea: 12,
    },
    augmentation: {
      turns: true,
      scale: 1.4,
      rotation: 0.4,
      elastic: 1,
      gain: 1.3,
      offset: 0.1,
      gamma: 1.2,
      blur: 0.7,
      noise: 0.05,
    },
    contactWeight: 0,
    optimizer,
    rate: 2e-3,
    batch: 4,
    crop: 176,
    steps: 150,
    epochs: 10,
  },
  "cytoplasm-phase": {
    ...mammalian,
    diameter: 30,
    description:
      "Whole mammalian cells in phase contrast images with a nuclear stain, two channels.",
  },
  // How large cells are tells their type, so they are taken at the pixel size of the images.
  coculture: {
    ...mammalian,
    mix: 0.5,
    steps: 150,
    epochs: 18,
    description:
      "Whole mammalian cells of several types grown together, and the type of each, in phase contrast images with a nuclear stain.",
    types: true,
  },
  "paper-31": {
    ...paper(31),
    description:
      "Bacteria in phase contrast images, by the 31 x 31 network of Van Valen et al. 2016.",
    channels: ["phase"],
    decoder: checkDecoder({ kind: "bacteria" }),
  },
  "paper-61": {
    ...paper(61),
    description: "Nuclei in fluorescence images, by the 61 x 61 network of Van Valen et al. 2016.",
    channels: ["nuclear"],
    decoder: checkDecoder({ kind: "nuclei" }),
  },
};
