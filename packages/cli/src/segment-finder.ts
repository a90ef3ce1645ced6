/**
 * What finds cells in a plane, ready to run: a model with its network in an engine, or a method that needs neither.
 *
 * @module
 */
import {
  type ClassicalModel,
  type Engine,
  type FixedNormalization,
  fieldOf,
  findCells,
  findScale,
  type Image,
  type Labels,
  type Mask,
  type Model,
  type ModelCard,
  planeOf,
  planScale,
  runClassical,
  type Scale,
  type ScaleChoice,
  type SegmentOptions,
  saturate,
  scaleOf,
  stackChannels,
  type Tensor,
} from "@cellwright/core";
import { methodHash } from "./method.js";
import type { OpenedModel } from "./model-folder.js";
import type { ModelRecipe } from "./segment-report.js";

/** Cells of a plane, and how they were looked for. */
export interface FoundCells {
  readonly labels: Labels;
  /** What the network said of each pixel, where that is needed to tell types of cells apart. */
  readonly maps?: Tensor;
  readonly scale: Scale;
}

/** How a plane is to be looked at. */
export interface LookOptions
  extends Pick<
    SegmentOptions,
    "tile" | "averageTurns" | "saturated" | "part" | "signal" | "onProgress"
  > {
  readonly choice: ScaleChoice;
  /** The nuclei that cells grow from. */
  readonly seeds?: Labels | Mask;
  /** How the planes before this one of the same stack were looked at. */
  readonly before?: Scale;
  /** The model's recipe of brightness, fixed to what a larger image says that the plane is a part of. */
  readonly normalization?: FixedNormalization;
}

/** How to look for the size at which a plane is to be seen. */
export type ScaleOptions = Pick<LookOptions, "choice" | "saturated" | "normalization">;

/** What a finder says of itself. */
export type Card = Pick<
  ModelCard,
  "name" | "channels" | "maps" | "types" | "pixelSize" | "diameter"
>;

/** Something that finds cells, loaded once for a batch. */
export interface Finder {
  /** What decides the cells it finds, for reports. */
  readonly recipe: ModelRecipe;
  readonly card: Card;
  /** Of a network: how many of its pixels it looks beyond a pixel, and how many it pools; with what its recipe looks at. */
  readonly reach?: number;
  /** Whether what is done to its maps looks at all of them. */
  readonly looksAtWhole?: boolean;
  /** At what size a plane is to be seen. */
  scale?(plane: Image, options: ScaleOptions): Promise<Scale>;
  /** The cells of a plane `"cyx"` that has the channels of the card, in their order. */
  find(plane: Image, options: LookOptions): Promise<FoundCells>;
  /** Gives back what the engine holds. */
  dispose(): Promise<void>;
}

/** A model in an engine. */
export async function modelFinder(engine: Engine, { model, sha256 }: OpenedModel): Promise<Finder> {
  const program = await engine.load(model.graph);
  const { name, channels, normalization, decoder, pixelSize, diameter, types } = model;
  return {
    recipe: {
      name,
      sha256,
      channels,
      normalization,
      decoder,
      ...(pixelSize !== undefined && { pixelSize }),
      ...(diameter !== undefined && { diameter }),
      ...(types !== undefined && { types }),
    },
    card: model,
    reach: reachOf(model),
    looksAtWhole: model.postprocessing !== undefined,
    async scale(plane, { choice, normalization, ...options }) {
      const plan = planScale(model, choice, plane);
      const looked = { ...model, ...(normalization && { normalization }) };
      return scaleOf(
        await findScale(plane, looked, program, { ...options, ...plan.options }),
        plan,
      );
    },
    async find(plane, { choice, before, normalization, ...options }) {
      const plan = planScale(model, choice, plane, before);
      const looked = { ...model, ...(normalization && { normalization }) };
      const found = await findCells(plane, looked, program, {
        ...options,
        ...plan.options,
        keepMaps: types !== undefined,
      });
      const { labels, maps } = found;
      return { labels, ...(maps && { maps }), scale: scaleOf(found, plan) };
    },
    dispose: () => program.dispose(),
  };
}

function reachOf({ graph, normalization }: Pick<Model, "graph" | "normalization">): number {
  const { halo, stride } = fieldOf(graph);
  const window = normalization.kind === "deepcell2016" ? normalization.window : 1;
  return Math.max(halo.before, halo.after) + stride + (window - 1) / 2;
}

/** A method without a network. Nothing is rescaled for it: cells of `diameter` pixels change its parameters instead. */
export function methodFinder(method: ClassicalModel, diameter?: number): Finder {
  const { name, channels, parameters } = method;
  const sized = diameter === undefined ? {} : { diameter };
  const from = diameter === undefined ? "none" : "diameter";
  return {
    recipe: { name, sha256: methodHash(method), channels, parameters },
    card: { name, channels, maps: [] },
    find: async (plane, { onProgress, saturated = 0 }) => {
      const labels = runClassical(name, saturate(planeOf(plane), saturated), sized);
      onProgress?.(1, 1);
      return { labels, scale: { zoom: 1, from, ...sized } };
    },
    dispose: async () => {},
  };
}

/** The channels of a plane that a finder wants, out of those that `names` says it has. */
export function channelsFor(finder: Finder, plane: Image, names: readonly string[]): Image {
  const { channels } = finder.card;
  // Nothing to be picked, and no digits to be lost: large planes are not copied.
  if (channels.join() === names.join() && plane.data.BYTES_PER_ELEMENT <= 2) return plane;
  return stackChannels(
    channels.map((shows) => planeOf(plane, { c: names.indexOf(shows) })),
    channels,
  );
}
