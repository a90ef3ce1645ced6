/**
 * The frames that are to be tracked: labels as they are, or images that a model segments on the way.
 *
 * @module
 */
import { cellTypes, type Image, type Labels, stackPlanes } from "@cellwright/core";
import { about } from "./batch.js";
import { chooseChannels } from "./channels.js";
import type { SegmentOptions } from "./commands/segment.js";
import type { TrackCommandOptions } from "./commands/track.js";
import type { Context } from "./context.js";
import type { Movie } from "./movie.js";
import { labelFrames } from "./movie-labels.js";
import { channelsOf } from "./planes.js";
import { type Scales, segmentPlane, settled } from "./segment-image.js";
import { openTools } from "./segment-tools.js";
import { type CellProbabilities, type MovieTypes, readMovieTypes } from "./track-types.js";

/** Frames and, where they are known, the types of their cells. */
export interface FrameSource {
  readonly types?: MovieTypes;
  /** What decides the labels, where they are made here. */
  readonly model?: unknown;
  frames(): AsyncIterable<Labels>;
  /** Frame `t` as it was before it was tracked; given once, and only where there are types. */
  taken(t: number): Labels;
  close(): Promise<void>;
}

/** Opens the frames of a movie, with the model that the options name. */
export async function openFrames(
  movie: Movie,
  options: TrackCommandOptions,
  context: Context,
): Promise<FrameSource> {
  if (options.model !== undefined) return segmented(movie, options.model, options, context);
  const types =
    options.types === false ? undefined : await readMovieTypes(movie, options.types, context.cwd);
  const memory = remembering(types !== undefined);
  return {
    ...(types && { types }),
    frames: () => memory.watch(labelFrames(movie)),
    taken: memory.taken,
    close: async () => {},
  };
}

/** Keeps the frames that were read until they come out tracked. */
function remembering(wanted: boolean) {
  const waiting = new Map<number, Labels>();
  return {
    async *watch(frames: AsyncIterable<Labels>): AsyncGenerator<Labels> {
      let t = 0;
      for await (const labels of frames) {
        if (wanted) waiting.set(t, labels);
        t++;
        yield labels;
      }
    },
    taken(t: number): Labels {
      const labels = waiting.get(t) as Labels;
      waiting.delete(t);
      return labels;
    },
  };
}

/** Each frame segmented when it is asked for; looked at in the size in which the first one was. */
async function segmented(
  movie: Movie,
  model: string,
  options: TrackCommandOptions,
  context: Context,
): Promise<FrameSource> {
  const { tools, dispose } = await openTools(segmentOptions(model, options), context);
  const names = options.types === false ? [] : (tools.main.card.types ?? []);
  const said = new Map<number, CellProbabilities>();
  const memory = remembering(names.length > 0);
  async function* labels(): AsyncGenerator<Labels> {
    let scales: Scales | undefined;
    for (let t = 0; t < movie.frames; t++)
      yield await about(movie.frameName(t), async () => {
        const image = await movie.readFrame(t);
        const plane: Image = image.axes === "yx" ? stackPlanes([image]) : image;
        const channels = chooseChannels(plane, tools.channels, tools.choice);
        const spaced = { ...plane, ...(movie.spacing && { spacing: movie.spacing }) };
        const found = await segmentPlane(channelsOf(spaced, {}, channels), tools, scales, () => {});
        scales = settled(scales, found.scales);
        const { labels: cells, maps } = found.cells;
        if (names.length > 0 && maps)
          said.set(t, probabilitiesOf(cellTypes(cells, maps, tools.main.card), cells, names));
        return cells;
      });
  }
  return {
    ...(names.length > 0 && { types: { names, files: [], of: (t) => said.get(t) } }),
    model: tools.main.recipe,
    frames: () => memory.watch(labels()),
    taken: memory.taken,
    close: dispose,
  };
}

function probabilitiesOf(
  table: ReturnType<typeof cellTypes>,
  labels: Labels,
  names: readonly string[],
): CellProbabilities {
  const numbers = [...new Set(labels.data)].filter((label) => label > 0).sort((a, b) => a - b);
  return new Map(
    numbers.map((label, row) => [
      label,
      names.map((name) => Number(table[`probability_${name}`][row])),
    ]),
  );
}

function segmentOptions(model: string, options: TrackCommandOptions): SegmentOptions {
  const { channel, diameter, pixelSize, saturated, output } = options;
  return {
    ...{ output, model, engine: "onnx", device: "cpu", rescale: true },
    ...{ format: ["tif"], onError: "stop" as const },
    ...(channel !== undefined && { channel }),
    ...(diameter !== undefined && { diameter }),
    ...(pixelSize !== undefined && { pixelSize }),
    ...(saturated !== undefined && { saturated }),
  };
}
