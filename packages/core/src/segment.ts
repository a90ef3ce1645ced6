/**
 * The whole road in one call: raw image → normalised → maps → cells.
 * In: an image `"yx"` or `"cyx"` with the channels a model wants, the model, and its network ready to run.
 * Out: labels `"yx"` of the image's size.
 *
 * @module
 */

import type { Program } from "./engine.js";
import { ShapeError } from "./errors.js";
import { fieldOf } from "./field.js";
import { findSize } from "./find-size.js";
import type { FixedNormalization } from "./fixed.js";
import { checkImage, type Image, type Labels, lengthOf, type Mask, type Tensor } from "./image.js";
import { type DecodeOptions, type Decoder, decode } from "./instance/decode.js";
import { relabel } from "./labels.js";
import type { Model } from "./model.js";
import { type Normalization, normalize } from "./normalize.js";
import { operateOnImage } from "./operation/apply.js";
import {
  cut,
  drawBack,
  labelsInto,
  mapsInPlace,
  narrowPlace,
  type Place,
  type ZoomedPlace,
  zoomBox,
  zoomInto,
  zoomPlace,
} from "./place.js";
import { checkSameSize } from "./plane.js";
import { type PredictOptions, predict } from "./predict.js";
import { checkBox } from "./pyramid-box.js";
import { redrawLabels, resample, resampleLabels, rescale } from "./resample.js";
import { saturate } from "./saturate.js";
import type { Box } from "./tile.js";
import { checkTurns, predictTurns } from "./turns.js";

/**
 * Options of {@link segment} and {@link findCells}; `onProgress` counts tiles, and `onTile` is given maps at the size at
 * which the network sees the image, not at all with `averageTurns`.
 */
export interface SegmentOptions extends Omit<PredictOptions, "part"> {
  /**
   * The part of the image whose cells are wanted, in its pixels: brightness and the size of cells are looked at on the whole
   * image, and the network on this part alone. Cells that lie in it are those that the whole image would give; outside there
   * are none, or parts of some.
   */
  readonly part?: Box;
  /**
   * Where the image is cut out of one that is too large: pixels of that one, of all its channels and any height and width.
   * Brightness goes by them instead of the image's own.
   */
  readonly sample?: Image;
  /**
   * Where the image lies in the larger one: the network then sees its pixels exactly as it would see them there, whatever the
   * zoom and its pooling. What lies near the image's borders is left out.
   */
  readonly place?: Place;
  /** For decoders that grow cells from seeds: nuclei, or a mask of them, of the image's size. */
  readonly seeds?: Labels | Mask;
  /** Diameter in pixels of the cells in this image. */
  readonly diameter?: number;
  /** Micrometres a pixel of this image. */
  readonly pixelSize?: number;
  /** `false`: the network sees the image at the size it has; default `true`. */
  readonly rescale?: boolean;
  /** `true`: the maps are averaged over the image's flips and quarter turns, for eight times the work; default `false`. */
  readonly averageTurns?: boolean;
  /** Percent of the pixels of each channel, the brightest, that count as no brighter than the others, see `saturate`; default 0. */
  readonly saturated?: number;
  /** Whether the maps are wanted too; default `false`. */
  readonly keepMaps?: boolean;
}

/** What {@link findCells} finds. */
export interface Found {
  readonly labels: Labels;
  /** The network's maps `"cyx"` at the image's size, where they are wanted. */
  readonly maps?: Tensor;
  /** How many times as large as the image the network saw it. */
  readonly zoom: number;
  /** What the zoom comes from; `none` where nothing was rescaled because nothing is known of sizes. */
  readonly zoomFrom: "diameter" | "pixel-size" | "estimate" | "none";
  /** The diameter in pixels of the cells in the image, as given or estimated. */
  readonly diameter?: number;
}

/** What of a model {@link segment} needs; its normalisation may be fixed to what a larger image says. */
export interface SegmentModel
  extends Pick<
    Model,
    "channels" | "postprocessing" | "decoder" | "diameter" | "pixelSize" | "types"
  > {
  readonly normalization: Normalization | FixedNormalization;
}

/**
 * Finds the cells of an image: each gets a number of its own, background is 0. The same image, model and engine give
 * the same labels, whatever the tile and batch. See {@link findCells}.
 */
export async function segment(
  image: Image,
  model: SegmentModel,
  program: Program,
  options: SegmentOptions = {},
): Promise<Labels> {
  return (await findCells(image, model, program, options)).labels;
}

/**
 * Finds the cells of an image, and says at what size the network saw it. The image is first brought to the size that the
 * network is at home with: by `diameter`; else by `pixelSize`, where the model says which it knows; else, where the
 * model says a diameter and tells no types of cells apart, by the network's own estimate of the cells' diameter. Labels
 * come back at the image's size.
 *
 * Throws {@link ShapeError} where the image has other axes or another number of channels than the model,
 * where seeds are of another size, and whatever `normalize`, `predict` and `decode` throw.
 */
export async function findCells(
  raw: Image,
  model: SegmentModel,
  program: Program,
  options: SegmentOptions = {},
): Promise<Found> {
  const { seeds, signal, keepMaps, saturated = 0, part, place, sample, ...rest } = options;
  signal?.throwIfAborted();
  checkChannels(raw, model.channels);
  const image = saturate(raw, saturated, sample);
  const bright = sample && saturate(sample, saturated);
  if (seeds) checkSameSize(seeds, "seeds", image, "image");
  const { normalization } = model;
  let normalized: Tensor | undefined;
  const unscaled = () => {
    normalized ??= normalize(image, normalization, bright);
    return normalized;
  };
  const { maps: seenMaps, ...scale } = await findSize(unscaled, model, program, options);
  const at = place && zoomPlace(image, place, scale.zoom, fieldOf(program.graph).stride);
  const zoomedTo = (one: Image) => (at ? zoomInto(one, at) : rescale(one, scale.zoom));
  // What the paper's recipe looks at depends on the scale, so there the zoom comes first.
  const zoomed = "window" in normalization && scale.zoom !== 1;
  const tensor = zoomed
    ? normalize(zoomedTo(image), normalization, bright)
    : (zoomedTo(unscaled()) as Tensor);
  const { decoder, postprocessing } = model;
  if (options.averageTurns) checkTurns(decoder, program);
  // What is done to the maps may look at all of them.
  const seenPart =
    part && !postprocessing && (at ? zoomBox(part, at) : zoomedBox(part, image, tensor));
  const isSeen = !at && !part && !zoomed;
  const given = await (options.averageTurns ? predictTurns : predictOnce)(tensor, program, {
    ...rest,
    ...(isSeen && { seen: seenMaps }),
    ...(seenPart && { part: seenPart }),
    ...(postprocessing && { onTile: undefined }),
    signal,
  });
  const maps = postprocessing ? operateOnImage(given, postprocessing, image) : given;
  const [height, width] = image.shape.slice(-2);
  const seen = tensor.shape.slice(1) as [number, number];
  const labels = at
    ? labelsInPlace(maps, decoder, image, at, { seeds, signal, size: seen }, seenPart || undefined)
    : labelsAt(maps, decoder, height, width, { seeds, signal, size: seen });
  const { spacing } = image;
  return {
    labels: spacing ? { ...labels, spacing } : labels,
    ...(keepMaps && { maps: at ? mapsInPlace(maps, image, at) : sized(maps, height, width) }),
    ...scale,
  };
}

/** {@link predict}, where the maps have not been `seen` before. */
async function predictOnce(
  tensor: Tensor,
  program: Program,
  { seen, ...options }: PredictOptions & { readonly seen?: Tensor },
): Promise<Tensor> {
  if (!seen || options.onTile) return predict(tensor, program, options);
  options.onProgress?.(1, 1);
  return seen;
}

/** The cells of maps of a part of a larger image, at the image's size; where `part` is given, nothing else is looked at. */
function labelsInPlace(
  whole: Tensor,
  decoder: Decoder,
  image: Image,
  all: ZoomedPlace,
  { seeds, size, ...options }: DecodeOptions,
  part?: Box,
): Labels {
  const isFine = whole.shape[1] === size?.[0] && whole.shape[2] === size[1];
  const [maps, at] = part && isFine ? [cut(whole, part), narrowPlace(all, part)] : [whole, all];
  const labels = decode(maps, decoder, {
    ...options,
    size: [at.y.length, at.x.length],
    ...(seeds && { seeds: labelsInto(toNumbers(seeds), at) }),
  });
  return drawBack(labels, maps, decoder, image, at);
}

/**
 * At what size the network is to see an image, as {@link findCells} would have it. Throws {@link ShapeError} where the image
 * has other axes or another number of channels than the model, and what `normalize` throws.
 */
export async function findScale(
  raw: Image,
  model: SegmentModel,
  program: Program,
  options: Pick<
    SegmentOptions,
    "sample" | "diameter" | "pixelSize" | "rescale" | "saturated" | "signal"
  > = {},
): Promise<Pick<Found, "zoom" | "zoomFrom" | "diameter">> {
  const { saturated = 0, sample } = options;
  checkChannels(raw, model.channels);
  const bright = sample && saturate(sample, saturated);
  const tensor = () => normalize(saturate(raw, saturated, sample), model.normalization, bright);
  const { maps: _, ...scale } = await findSize(tensor, model, program, options);
  return scale;
}

/** Where a box of an image lies on the same image at another size: all pixels that it touches. */
function zoomedBox(box: Box, image: Image, zoomed: Image): Box {
  checkBox(box, { height: lengthOf(image, "y"), width: lengthOf(image, "x") });
  const along = (axis: "y" | "x", length: number): [number, number] => {
    const ratio = lengthOf(zoomed, axis) / lengthOf(image, axis);
    const start = Math.floor(box[axis] * ratio);
    return [start, Math.max(1, Math.ceil((box[axis] + length) * ratio) - start)];
  };
  const [y, height] = along("y", box.height);
  const [x, width] = along("x", box.width);
  return { y, x, height, width };
}

/**
 * The cells of maps, of `height` x `width` pixels whatever the size of the maps. `seeds` are of the cells' size.
 * Cells that grew from seeds keep their numbers; others are 1, 2, 3, ….
 */
export function labelsAt(
  maps: Tensor,
  decoder: Decoder,
  height: number,
  width: number,
  options: DecodeOptions = {},
): Labels {
  // Stars bring their own grid; other cells are as large as their maps.
  const grid = decoder.kind === "stardist" ? decoder.grid : 1;
  const [rows, columns] =
    grid > 1 && options.size ? options.size : [maps.shape[1] * grid, maps.shape[2] * grid];
  const fits = (length: number, mapLength: number) => Math.ceil(length / grid) === mapLength;
  if (fits(height, maps.shape[1]) && fits(width, maps.shape[2]))
    return decode(maps, decoder, { ...options, size: [height, width] });
  const seeds = options.seeds && resampleLabels(toNumbers(options.seeds), rows, columns);
  const labels = decode(maps, decoder, {
    ...options,
    size: [rows, columns],
    ...(seeds && { seeds }),
  });
  const drawn =
    decoder.kind === "watershed"
      ? redrawLabels(labels, maps, decoder.threshold, height, width)
      : resampleLabels(labels, height, width);
  return seeds ? drawn : relabel(drawn);
}

function sized(maps: Tensor, height: number, width: number): Tensor {
  const [, rows, columns] = maps.shape;
  return rows === height && columns === width ? maps : resample(maps, height, width);
}

function toNumbers(seeds: Labels | Mask): Labels {
  if (seeds.data instanceof Uint32Array) return { ...seeds, data: seeds.data };
  return { ...seeds, data: Uint32Array.from(seeds.data) };
}

function checkChannels(image: Image, channels: readonly string[]): void {
  if (image.axes !== "yx" && image.axes !== "cyx")
    throw new ShapeError("image axes", '"yx" or "cyx"', `"${image.axes}"`);
  checkImage(image);
  const found = lengthOf(image, "c");
  if (found !== channels.length)
    throw new ShapeError(
      "channels of the image",
      `${channels.length} (${channels.join(", ")}) for this model`,
      `${found}`,
    );
}
