/**
 * What a service stands on: the page, or the process on a lab's machine, hands it in. The service itself opens no file, no
 * connection and no engine.
 *
 * @module
 */
import type { Image, Labels, PyramidReader, Scale, ScaleChoice, Track } from "@cellwright/core";

/** A model as callers see it. */
export interface ModelEntry {
  /** What to name it by. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** What its channels must show, in their order. */
  readonly channels: readonly string[];
  /** Types of cells that it tells apart. */
  readonly types?: readonly string[];
  /** Of the cells that it knows, pixels. */
  readonly diameter?: number;
  /** Micrometres a pixel that it knows. */
  readonly pixel_size?: number;
  /** As SPDX names it. */
  readonly license?: string;
  /** Whether its cells grow from nuclei that another model finds: name that by `seeds`. */
  readonly needs_seeds: boolean;
  /** Whether `finetune` can train it further. */
  readonly can_learn: boolean;
  /** `shipped` with the service, a `method` without a network, `learnt` here, or `added` by whoever runs the service. */
  readonly origin: "shipped" | "method" | "learnt" | "added";
}

/** How to be patient. */
export interface Patience {
  readonly signal: AbortSignal;
  /** The share done, 0 … 1, and what is being done. */
  readonly onProgress: (share: number, message?: string) => void;
}

/** How the models looked at a plane. */
export interface FoundScales {
  readonly main: Scale;
  readonly seeds?: Scale;
}

/** A plane whose cells are wanted. */
export interface FindQuestion {
  readonly model: string;
  readonly seeds?: string;
  /** `"cyx"`. */
  readonly image: Image;
  /** What the channels of the image show, in their order: all that the models want. */
  readonly channels: readonly string[];
  readonly scale: ScaleChoice;
  /** How the planes before it were looked at. */
  readonly before?: FoundScales;
  readonly averageTurns?: boolean;
  /** Percent of the pixels, the brightest, that count as no brighter than the others. */
  readonly saturated?: number;
  readonly tile?: number;
}

/** The cells of a plane. */
export interface FoundPlane {
  readonly labels: Labels;
  readonly scales: FoundScales;
}

/** An image with cells that are right. */
export interface Example {
  /** `"cyx"`, the channels of the model in their order. */
  readonly image: Image;
  readonly labels: Labels;
}

/** What to learn. */
export interface LearnQuestion {
  /** Where to begin. */
  readonly model: string;
  readonly examples: readonly Example[];
  readonly name?: string;
  readonly epochs?: number;
  readonly minutes?: number;
  /** Batches an epoch. */
  readonly steps?: number;
  readonly seed: number;
}

/** What came of learning: scores on what was held back, mean average precision over IoU 0.5 … 0.95. */
export interface Learnt {
  /** Absent where no epoch was better than the model as it was. */
  readonly model?: ModelEntry;
  readonly before: number;
  readonly after: number;
  readonly epochs: number;
  readonly best: number;
  readonly seconds: number;
}

/** An image that was opened by its address. */
export interface OpenedImage {
  readonly name: string;
  readonly reader: PyramidReader;
  /** Where it came from; absent for what came over the wire. */
  readonly address?: string;
}

/** A file. */
export interface ServedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** MIME type. */
  readonly type: string;
}

/** Where images and labels stand between calls: the scene of a page, or memory. One a caller. */
export interface Stage {
  /** Shows an image in the place of what this showed before. */
  open(opened: OpenedImage): Promise<void>;
  /** The image that stands there. */
  image(): OpenedImage | undefined;
  /** Labels with the axes `"yx"` and before them `t` and `z` where there are several, as they are now: corrected, where somebody did. */
  labels(signal: AbortSignal): Promise<Image<Uint32Array> | undefined>;
  /** Puts labels in the place of those that stand there; `tracks` where a number is one cell in all frames. */
  setLabels(labels: Image<Uint32Array>, name: string, tracks?: readonly Track[]): Promise<void>;
  /** The labels as a file of a format of {@link ServiceHost.formats}. */
  save(format: string, signal: AbortSignal): Promise<readonly ServedFile[]>;
}

/** What a service stands on. */
export interface ServiceHost {
  /** What answers: `page`, `worker` or `server`. */
  readonly form: string;
  /** All models. */
  models(): Promise<readonly ModelEntry[]>;
  /** Throws core's `ModelError` where there is none of this id. */
  model(id: string): Promise<ModelEntry>;
  /** The bytes of `bioimageio.yaml`; undefined for a method. */
  description(id: string): Promise<Uint8Array | undefined>;
  find(question: FindQuestion, patience: Patience): Promise<FoundPlane>;
  track(
    frames: readonly Labels[],
    options: { readonly divisions: boolean },
    patience: Patience,
  ): Promise<{ readonly frames: readonly Labels[]; readonly tracks: readonly Track[] }>;
  learn(question: LearnQuestion, patience: Patience): Promise<Learnt>;
  /** Opens an image, or labels, by an address. Whether it may be read is for the host to say. */
  open(address: string, signal: AbortSignal): Promise<OpenedImage>;
  /** Names of formats that {@link Stage.save} knows. */
  readonly formats: readonly string[];
  /** A stage for a caller; the same one for all in a page. */
  stage(caller: string): Stage;
  /** A caller has gone. */
  forget?(caller: string): void;
}
