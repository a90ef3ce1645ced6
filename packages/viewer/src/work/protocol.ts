/**
 * What the page and its worker say to each other. In: a request with a verb. Out: progress, parts as they are ready, and an
 * answer or an error. All plain data; large arrays are handed over, not copied.
 *
 * @module
 */
import type {
  Accuracy,
  Box,
  Decoder,
  ErrorData,
  Image,
  Labels,
  Scale,
  ScaleChoice,
  Track,
} from "@cellwright/core";

/** Which engine runs networks. WebGPU's will be another name here. */
export interface EngineChoice {
  readonly name: "onnx-web";
  /** Address of the folder with ONNX Runtime's files, absolute, with a slash at its end. */
  readonly ortBase: string;
  /** Default: half the machine's cores, 4 at most, where the page may share memory; else 1. */
  readonly threads?: number;
}

/** Where the files of a model lie. The same id is the same model, for as long as the page is there. */
export type ModelSource = { readonly id: string; readonly name: string } & (
  | { readonly kind: "folder"; readonly address: string }
  | { readonly kind: "zip"; readonly address: string }
  | { readonly kind: "zip-file"; readonly file: Blob }
  | { readonly kind: "files"; readonly files: readonly ModelFile[] }
  /** A classical method of core, by its name: no file and no network. */
  | { readonly kind: "method" }
);

/** A file of a model's folder that was dropped, and its path in there. */
export interface ModelFile {
  readonly path: string;
  readonly file: Blob;
}

/** A model as the page lists it, without its network. */
export interface ModelCardData {
  readonly name: string;
  readonly description: string;
  readonly channels: readonly string[];
  readonly maps: readonly string[];
  readonly types?: readonly string[];
  readonly diameter?: number;
  readonly pixelSize?: number;
  readonly license?: string;
  /** Whether its cells grow from the nuclei that another model finds. */
  readonly needsSeeds: boolean;
  /** Whether there is a way to train it further; if not, why, and what to do. */
  readonly canLearn: boolean;
  readonly whyNot?: string;
}

/** How a plane is to be segmented, as the command line's options have it. */
export interface FindOptions {
  readonly scale: ScaleChoice;
  /** How the planes before it were looked at. */
  readonly before?: FoundScales;
  readonly averageTurns?: boolean;
  readonly saturated?: number;
  readonly tile?: number;
  /** Whether provisional cells are wanted as parts of the image are done. */
  readonly parts?: boolean;
  /** The part of the image, in its pixels, whose cells are wanted: brightness and sizes go by the whole image. */
  readonly part?: Box;
}

/** How the models looked at a plane. */
export interface FoundScales {
  readonly main: Scale;
  readonly seeds?: Scale;
}

/** What a model looks at. */
export interface LookInput {
  readonly model: ModelSource;
  /** The channels of the model in its order. */
  readonly image: Image;
  /** Pixels of the whole plane, where the image is but a piece of it: brightness goes by them. */
  readonly sample?: Image;
}

/** A plane to be segmented, and what the model of its nuclei looks at. */
export interface FindInput extends LookInput {
  readonly seeds?: LookInput;
  readonly options: FindOptions;
}

/** Of which type cells are, by a model that tells types apart. */
export interface FoundTypes {
  readonly names: readonly string[];
  /** Of each cell its label, the number of its type in `names` (-1 where nobody can tell), and how probable that is. */
  readonly labels: Uint32Array;
  readonly type: Int8Array;
  readonly probability: Float32Array;
}

/** The cells of a plane, or of the part that was wanted. */
export interface FindAnswer {
  readonly labels: Labels;
  readonly scales: FoundScales;
  readonly types?: FoundTypes;
}

/** Provisional cells of a part of the plane, numbered from 1; cut where the part ends. */
export interface FindPart {
  readonly box: Box;
  readonly labels: Labels;
}

/** A place that is learnt from or judged by: all cells there are as they should be. */
export interface LessonInput {
  readonly name: string;
  /** Which of the planes it is on. */
  readonly plane: number;
  readonly box: Box;
  /** The cells of the box. */
  readonly labels: Labels;
  readonly heldBack: boolean;
}

/** What to learn, and for how long. */
export interface LearnInput {
  readonly model: ModelSource;
  /** `"cyx"`, the channels of the model; brightness is brought to the network's by the whole of each, … */
  readonly planes: readonly Image[];
  /** … or by pixels of the whole plane, where but a piece of it was read. */
  readonly samples: readonly (Image | undefined)[];
  readonly lessons: readonly LessonInput[];
  /** What to call the new model. */
  readonly name: string;
  readonly seed: number;
  /** Default: as `train --from`. */
  readonly epochs?: number;
  readonly steps?: number;
  /** Learn for about so long instead. */
  readonly minutes?: number;
}

/** After each epoch of learning. */
export interface LearnPart {
  readonly epoch: number;
  readonly epochs: number;
  readonly loss?: number;
  readonly accuracy: Accuracy;
  /** The epoch that is the best so far; 0 is the model as it was. */
  readonly best: number;
}

/** What came of learning. */
export interface LearnAnswer {
  readonly before: Accuracy;
  readonly after: Accuracy;
  readonly epochs: number;
  readonly best: number;
  readonly stopped: boolean;
  readonly decoder: Decoder;
  readonly seconds: number;
  /** The model as a zip, where it is better than what it came from. */
  readonly zip?: Uint8Array;
}

/** The verbs, what they are asked with, what they answer, and what they tell on the way. */
export interface Verbs {
  /** What a model says of itself. */
  describe: { input: ModelSource; answer: ModelCardData; part: never };
  /** How far a model looks, in its own pixels, and the size of its cells there: what a region needs around it. */
  reach: { input: ModelSource; answer: { reach: number }; part: never };
  /** Finds the cells of a plane. */
  find: { input: FindInput; answer: FindAnswer; part: FindPart };
  /** Trains a model further. */
  learn: { input: LearnInput; answer: LearnAnswer; part: LearnPart };
  /** Gives the cells of a movie one number over time. */
  track: {
    input: { frames: readonly Labels[]; divisions: boolean };
    answer: { frames: readonly Labels[]; tracks: readonly Track[] };
    part: never;
  };
  /** The files of a model as one zip. */
  package: { input: ModelSource; answer: Uint8Array; part: never };
}

/** A verb. */
export type Verb = keyof Verbs;

/** From the page. */
export type ToWorker =
  | { readonly type: "start"; readonly engine: EngineChoice }
  | { readonly type: "ask"; readonly id: number; readonly verb: Verb; readonly input: unknown }
  /** Give up. */
  | { readonly type: "cancel"; readonly id: number }
  /** Come to an end early, with what there is. */
  | { readonly type: "finish"; readonly id: number };

/** From the worker. */
export type FromWorker =
  | {
      readonly type: "progress";
      readonly id: number;
      readonly done: number;
      readonly detail?: string;
    }
  | { readonly type: "part"; readonly id: number; readonly part: unknown }
  | { readonly type: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: WorkerError };

/** An error as it crosses: classes do not survive. */
export interface WorkerError extends Partial<Omit<ErrorData, "message">> {
  readonly message: string;
  readonly cancelled?: boolean;
}
