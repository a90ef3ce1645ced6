/**
 * An image at another number of pixels, and labels brought back to the image's own.
 * In: an image `"yx"` or `"cyx"`. Out: the same at another height and width.
 *
 * @module
 */
import { ShapeError } from "./errors.js";
import { checkImage, type Image, type Labels, type Pixels, type Tensor } from "./image.js";

/**
 * Every plane resampled to `height` x `width`; the image's corners stay where they are. Shrinking averages the pixels
 * that fall together, so that fine detail does not turn into false structure; growing interpolates linearly.
 */
export function resample(image: Image, height: number, width: number): Image<Float32Array> {
  checkSize(image, height, width);
  const [rows, columns] = image.shape.slice(-2);
  return resampleBy(image, weightsOf(rows, height), weightsOf(columns, width));
}

/** Every plane made of pixels of an image, as weights say for each row and for each column. */
export function resampleBy(image: Image, down: Parts, across: Parts): Image<Float32Array> {
  const [rows, columns] = image.shape.slice(-2);
  const [height, width] = [down.starts.length - 1, across.starts.length - 1];
  const planes = image.data.length / (rows * columns);
  const data = new Float32Array(planes * height * width);
  for (let plane = 0; plane < planes; plane++) {
    const pixels = image.data.subarray(plane * rows * columns, (plane + 1) * rows * columns);
    const wide = widen(pixels, rows, columns, width, across);
    const out = data.subarray(plane * height * width, (plane + 1) * height * width);
    for (let y = 0; y < height; y++)
      for (let i = down.starts[y]; i < down.starts[y + 1]; i++) {
        const [weight, row] = [down.weights[i], down.places[i] * width];
        for (let x = 0; x < width; x++) out[y * width + x] += weight * wide[row + x];
      }
  }
  const { spacing } = image;
  return {
    data,
    shape: [...image.shape.slice(0, -2), height, width],
    axes: image.axes,
    ...(image.channels && { channels: image.channels }),
    ...(spacing && {
      spacing: {
        ...spacing,
        ...(spacing.y && { y: (spacing.y * down.from) / down.to }),
        ...(spacing.x && { x: (spacing.x * across.from) / across.to }),
      },
    }),
  };
}

/** Every row at another length. */
function widen(
  pixels: Pixels,
  rows: number,
  columns: number,
  width: number,
  { starts, places, weights }: Parts,
): Float32Array {
  const wide = new Float32Array(rows * width);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = starts[x]; i < starts[x + 1]; i++)
        sum += weights[i] * pixels[y * columns + places[i]];
      wide[y * width + x] = sum;
    }
  return wide;
}

/** An image made `zoom` times as large, at least one pixel; as it is where that changes no size. */
export function rescale(image: Image, zoom: number): Image {
  const [height, width] = image.shape.slice(-2).map((n) => Math.max(1, Math.round(n * zoom)));
  const [rows, columns] = image.shape.slice(-2);
  return height === rows && width === columns ? image : resample(image, height, width);
}

/** Labels `"yx"` at another size: every pixel takes the label nearest to it. */
export function resampleLabels(labels: Labels, height: number, width: number): Labels {
  checkSize(labels, height, width);
  const [rows, columns] = labels.shape;
  return resampleLabelsAlong(labels, alongAll(rows, height), alongAll(columns, width));
}

/**
 * An axis of labels and of what is drawn from them: both are stretches of a longer axis, of `from` places at the one size and
 * `to` at the other. The first of the labels stands at `fromStart` of `from`; drawn are `length` places from `toStart` on.
 */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly fromStart: number;
  readonly toStart: number;
  readonly length: number;
}

function alongAll(from: number, to: number): Stretch {
  return { from, to, fromStart: 0, toStart: 0, length: to };
}

/** The same for a part of larger labels; 0 where the labels that there are do not reach. */
export function resampleLabelsAlong(labels: Labels, down: Stretch, across: Stretch): Labels {
  const [rows, columns] = labels.shape;
  const nearest = ({ from, to, fromStart, toStart }: Stretch, i: number) =>
    Math.floor(((toStart + i + 0.5) * from) / to) - fromStart;
  const data = new Uint32Array(down.length * across.length);
  for (let y = 0; y < down.length; y++) {
    const row = nearest(down, y);
    if (row < 0 || row >= rows) continue;
    for (let x = 0; x < across.length; x++) {
      const column = nearest(across, x);
      if (column >= 0 && column < columns)
        data[y * across.length + x] = labels.data[row * columns + column];
    }
  }
  return { data, shape: [down.length, across.length], axes: "yx" };
}

/**
 * Labels found at one size, drawn at another with smooth outlines: where the four pixels around a place do not agree, it is
 * in a cell where their `probability`, interpolated, is above `threshold`, and in the cell that weighs most there.
 * `probability` is the first map of `maps` `"cyx"`, of the labels' size.
 */
export function redrawLabels(
  labels: Labels,
  maps: Tensor,
  threshold: number,
  height: number,
  width: number,
): Labels {
  checkSize(labels, height, width);
  const [rows, columns] = labels.shape;
  const [down, across] = [alongAll(rows, height), alongAll(columns, width)];
  return redrawLabelsAlong(labels, maps, threshold, down, across);
}

/** The same for a part of larger labels; 0 where the labels that there are do not reach. */
export function redrawLabelsAlong(
  labels: Labels,
  maps: Tensor,
  threshold: number,
  down: Stretch,
  across: Stretch,
): Labels {
  const [rows, columns] = labels.shape;
  const data = new Uint32Array(down.length * across.length);
  const around = {
    cells: new Uint32Array(4),
    weights: new Float64Array(4),
    places: new Int32Array(4),
  };
  const columnsBeside = Array.from({ length: across.length }, (_, x) => between(x, across));
  const lows = Int32Array.from(columnsBeside, ({ low }) => low);
  const highs = Int32Array.from(columnsBeside, ({ high }) => high);
  const { data: cells } = labels;
  for (let y = 0; y < down.length; y++) {
    const along = between(y, down);
    if (along.low < 0 || along.high >= rows) continue;
    const [above, below] = [along.low * columns, along.high * columns];
    for (let x = 0, at = y * across.length; x < across.length; x++, at++) {
      const [low, high] = [lows[x], highs[x]];
      if (low < 0 || high >= columns) continue;
      const cell = cells[above + low];
      // Nearly everywhere all four agree.
      if (
        cell === cells[above + high] &&
        cell === cells[below + low] &&
        cell === cells[below + high]
      ) {
        data[at] = cell;
        continue;
      }
      look(around, along, columnsBeside[x], columns, cells);
      let probability = 0;
      for (let k = 0; k < 4; k++) probability += around.weights[k] * maps.data[around.places[k]];
      if (probability > threshold) data[at] = heaviest(around);
    }
  }
  return { data, shape: [down.length, across.length], axes: "yx" };
}

/** The four pixels around a place: where they are, which cells they are in, and how much each weighs. */
interface Around {
  readonly places: Int32Array;
  readonly cells: Uint32Array;
  readonly weights: Float64Array;
}

function look(
  around: Around,
  down: Between,
  along: Between,
  width: number,
  cells: Uint32Array,
): void {
  for (let k = 0; k < 4; k++) {
    const [lower, right] = [k >= 2, k % 2 === 1];
    const place = (lower ? down.high : down.low) * width + (right ? along.high : along.low);
    around.places[k] = place;
    around.cells[k] = cells[place];
    around.weights[k] =
      (lower ? down.share : 1 - down.share) * (right ? along.share : 1 - along.share);
  }
}

/** The label that weighs most; 0 where none is. */
function heaviest({ cells, weights }: Around): number {
  let [best, most] = [0, 0];
  for (let k = 0; k < 4; k++) {
    if (cells[k] === 0) continue;
    let sum = 0;
    for (let j = 0; j < 4; j++) if (cells[j] === cells[k]) sum += weights[j];
    if (sum > most) [best, most] = [cells[k], sum];
  }
  return best;
}

/** Two neighbouring places, and how far it is from the first to the second: 0 … 1. */
interface Between {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** The two of `from` places around place `i` of `to`. */
function between(i: number, { from, to, fromStart, toStart }: Stretch): Between {
  const centre = Math.min(from - 1, Math.max(0, ((toStart + i + 0.5) * from) / to - 0.5));
  const low = Math.floor(centre);
  return {
    low: low - fromStart,
    high: Math.min(from - 1, low + 1) - fromStart,
    share: centre - low,
  };
}

function checkSize(image: Image, height: number, width: number): void {
  checkImage(image);
  if (image.axes !== "yx" && image.axes !== "cyx")
    throw new ShapeError("image axes", '"yx" or "cyx"', `"${image.axes}"`);
  for (const length of [height, width])
    if (!(Number.isInteger(length) && length > 0))
      throw new ShapeError("the new size", "whole pixels, 1 or more", `${height} x ${width}`);
}

/** What each new place is made of: places `starts[i]` … `starts[i + 1]` of the list, with their weights. */
export interface Parts {
  readonly starts: Int32Array;
  readonly places: Int32Array;
  readonly weights: Float32Array;
  /** How many places there were along the whole axis, and how many there are. */
  readonly from: number;
  readonly to: number;
}

/** The first and the last of `from` places that place `i` of `to` is made of. */
export function supportOf(i: number, from: number, to: number): readonly [number, number] {
  const step = from / to;
  const reach = Math.max(1, step);
  const centre = (i + 0.5) * step - 0.5;
  const inside = (place: number) => Math.min(from - 1, Math.max(0, place));
  return [inside(Math.ceil(centre - reach)), inside(Math.floor(centre + reach))];
}

/**
 * For each of `to` places, which of `from` places it is made of and with what weights (a triangle as wide as the step). Of a
 * stretch, only for its places, and places of `from` are counted from `fromStart`.
 */
export function weightsOf(
  from: number,
  to: number,
  { fromStart = 0, toStart = 0, length = to }: Partial<Stretch> = {},
): Parts {
  const step = from / to;
  const reach = Math.max(1, step);
  const starts = new Int32Array(length + 1);
  const places: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < length; i++) {
    const centre = (toStart + i + 0.5) * step - 0.5;
    let sum = 0;
    for (let j = Math.ceil(centre - reach); j <= Math.floor(centre + reach); j++) {
      const weight = 1 - Math.abs(j - centre) / reach;
      if (weight <= 0) continue;
      places.push(Math.min(from - 1, Math.max(0, j)) - fromStart);
      weights.push(weight);
      sum += weight;
    }
    for (let j = starts[i]; j < weights.length; j++) weights[j] /= sum;
    starts[i + 1] = weights.length;
  }
  return { starts, places: Int32Array.from(places), weights: Float32Array.from(weights), from, to };
}
