/**
 * The work that a page can do: find cells, learn from corrections, track. In: requests. Out: layers and models, with progress
 * among the workspace's jobs.
 *
 * @module
 */
import type { Accuracy, Box } from "@cellwright/core";
import type { Area, Workspace } from "../workspace.js";
import { guessChannels } from "./channels.js";
import { type Client, type WorkerPort, workClient } from "./client.js";
import { learnInPage } from "./learn.js";
import { type ModelShelf, shelveModels } from "./models.js";
import { BUDGET, type Budget } from "./planes.js";
import type { LearnPart, ModelCardData, ModelFile, ModelSource } from "./protocol.js";
import { segmentInPage } from "./segment.js";
import { startWorker } from "./start-worker.js";
import { trackInPage } from "./track.js";

/** A model that can be picked. */
export interface ModelInfo extends ModelCardData {
  readonly id: string;
  /** Where it comes from; a method needs no network. */
  readonly origin: "shipped" | "method" | "address" | "files" | "learnt";
}

/** What to segment, by what, and where to put the cells. */
export interface SegmentRequest {
  /** Id of a model. */
  readonly model: string;
  /** Id of the model that finds the nuclei, for models whose cells grow from those. */
  readonly seeds?: string;
  /** All of a plane, what is seen of it, the region that was drawn, or a box of pixels. */
  readonly where: "whole" | "view" | "region" | Box;
  /** The plane that is seen (default), or every one in time and depth. */
  readonly planes?: "this" | "all";
  /** The image layer that shows each channel of the models, by the channel's name; default: {@link Bench.guess}. */
  readonly channels?: Readonly<Record<string, string>>;
  /** Diameter of the cells in pixels, or micrometres a pixel; default as the file says, else as the cells say. */
  readonly diameter?: number;
  readonly pixelSize?: number;
  /** The model looks at the pixels as they are. */
  readonly keepSize?: boolean;
  readonly averageTurns?: boolean;
  /** Percent of the pixels, the brightest, that count as no brighter than the others. */
  readonly saturated?: number;
  /** Pixels along a side of the pieces that are worked on. */
  readonly tile?: number;
  /** The labels layer to put the cells into; default a new one. */
  readonly into?: string;
  /** Cells of `into` whose middle lies in one of these stay as they are. */
  readonly keep?: readonly Area[];
}

/** What to learn from. */
export interface LearnRequest {
  /** Id of the model to train further. */
  readonly model: string;
  /** The labels layer whose cells are right. */
  readonly layer: string;
  /**
   * Where its cells are right: around what was corrected (default), in the region or the view, on the plane that is seen, on
   * all planes.
   */
  readonly where?: "corrected" | "region" | "view" | "plane" | "all";
  readonly channels?: Readonly<Record<string, string>>;
  /** What to call the new model. */
  readonly name?: string;
  /** Default: as `train --from`. */
  readonly epochs?: number;
  readonly steps?: number;
  /** Learn for about so long instead. */
  readonly minutes?: number;
  readonly seed?: number;
  /** Is told of the model as it is (epoch 0) and of each epoch. */
  readonly onEpoch?: (part: LearnPart) => void;
}

/** Cells, and where they are. */
export interface LearnPlaces {
  readonly cells: number;
  readonly places: readonly string[];
}

/** What came of learning. */
export interface LearnReport {
  /** The new model; absent where none was better than the one it came from. */
  readonly model?: ModelInfo;
  /** Score on what was held back. */
  readonly before: Accuracy;
  readonly after: Accuracy;
  /** Epochs that were done, and the best of them; 0 is the model as it was. */
  readonly epochs: number;
  readonly best: number;
  /** Whether somebody stopped it. */
  readonly stopped: boolean;
  readonly seconds: number;
  readonly learnt: LearnPlaces;
  readonly heldBack: LearnPlaces;
  /** Where the cells were taken to be right: what segmenting the rest shall keep. */
  readonly areas: readonly Area[];
}

/** Everything that works for a page. */
export interface Bench {
  /** The models there are: those shipped, then those added. One that cannot be read is left out, with a notice. */
  models(): Promise<readonly ModelInfo[]>;
  /** Adds a model: an address of a folder, its description or a zip; or files that were dropped. */
  addModel(from: string | readonly ModelFile[]): Promise<ModelInfo>;
  /** Which image layer shows what, by names and order; a channel that nobody can tell is left out. */
  guess(channels: readonly string[]): Record<string, string>;
  /** Answers the id of the labels layer. */
  segment(request: SegmentRequest): Promise<string>;
  /** The job's cancel ends learning with the best so far; a second one gives it up. */
  learn(request: LearnRequest): Promise<LearnReport>;
  /** Gives the cells of a movie one number over time. */
  track(layer: string, options?: { readonly divisions?: boolean }): Promise<void>;
  /** A model as a zip that bioimage.io's tools and the command line read. */
  downloadModel(id: string): Promise<{ readonly name: string; readonly bytes: Uint8Array }>;
  /** The worker, for work that no scene shows. */
  readonly client: Client;
  /** The models and where their files lie. */
  readonly shelf: ModelShelf;
  /** Ends the worker. */
  end(): void;
}

/** Where a bench finds what it needs. */
export interface BenchOptions {
  /** Address of the folder of shipped models, with a slash at its end. */
  readonly modelsBase: string;
  /** Address of the folder with ONNX Runtime's files, with a slash at its end. */
  readonly ortBase: string;
  /** Names of the shipped models; default: those of this version. */
  readonly shipped?: readonly string[];
  /** Names of the classical methods that are offered beside them; default: all of core's. */
  readonly methods?: readonly string[];
  /** Threads of the engine; default half the cores where memory may be shared, else 1. */
  readonly threads?: number;
  /** Pixels of the screen that the image is seen in: what "view" means. */
  readonly view?: () => { readonly height: number; readonly width: number };
  /** How much of a plane is read and worked on at once; default {@link BUDGET}. */
  readonly budget?: Budget;
  /** Starts a worker; tests bring their own. */
  readonly start?: () => WorkerPort;
}

/** What the verbs of a bench share. */
export interface BenchTools {
  readonly workspace: Workspace;
  readonly client: Client;
  readonly shelf: ModelShelf;
  readonly options: BenchOptions;
  readonly budget: Budget;
  sourceOf(id: string): ModelSource;
}

/** A bench for a workspace. Nothing is fetched before it is needed. */
export function createBench(workspace: Workspace, options: BenchOptions): Bench {
  const { ortBase, threads, start = startWorker, budget = BUDGET } = options;
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  const client = workClient({
    start,
    engine: {
      name: "onnx-web",
      ortBase: new URL(ortBase, base).href,
      ...(threads !== undefined && { threads }),
    },
  });
  const shelf = shelveModels(workspace, client, {
    base: new URL(options.modelsBase, base).href,
    ...(options.shipped && { shipped: options.shipped }),
    ...(options.methods && { methods: options.methods }),
  });
  const { sourceOf } = shelf;
  const tools: BenchTools = { workspace, client, shelf, options, budget, sourceOf };
  return {
    models: shelf.list,
    addModel: shelf.add,
    guess: (channels) => guessChannels(workspace.scene.get(), workspace.images, channels),
    segment: (request) => segmentInPage(tools, request),
    learn: (request) => learnInPage(tools, request),
    track: (layer, choice) => trackInPage(tools, layer, choice),
    downloadModel: shelf.download,
    client,
    shelf,
    end: client.end,
  };
}
