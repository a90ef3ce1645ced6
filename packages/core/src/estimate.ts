/**
 * How large the cells of an image are, asked of the network itself: it looks at a part of the image at several zooms
 * until the cells it finds are of the size it is at home with.
 *
 * @module
 */
import type { Program } from "./engine.js";
import type { Labels, Tensor } from "./image.js";
import { type Decoder, decode } from "./instance/decode.js";
import { predict } from "./predict.js";
import { rescale } from "./resample.js";
import { typicalDiameter, zoomFor } from "./size.js";
import type { Watch } from "./source.js";

/** The part looked at has at most this many pixels on a side when the network sees it. */
const LOOK = 512;
/** The zoom at which the search starts: it costs a quarter of the image as it is, and shows most cells large enough. */
const START = 0.5;
/**
 * Where it starts again if nothing sure came of that: at the image as it is, and from far away, where nothing large is taken
 * for many small.
 */
const STARTS: readonly number[] = [1, 0.25];
/** Where it starts at last if none found anything. */
const LAST_STARTS: readonly number[] = [2, 4];
/** Zooms within this factor of each other show the same. */
const NEAR = 1.1;
/** The wanted size is met where cells are within this factor of it. */
const MET = 1.25;
/** A zoom that would bring cells so near to the wanted size is as good as that which would bring them to it. */
const SAME = 1.15;
/** A look whose distance maps have peaks of this mean height, and that met the wanted size, is hardly ever wrong. */
const SURE = 0.7;
/** So often the network looks again at the zoom that its last answer asks for. */
const LOOKS = 5;

/** How large the cells of an image are, and what came of finding out. */
export interface SizeEstimate {
  /** In pixels of the image, see `typicalDiameter`. */
  readonly diameter: number;
  /** The network's maps of the whole image at the zoom that `zoomFor` has for the diameter, where it has looked at just that. */
  readonly maps?: Tensor;
}

/** What one look found. */
interface Look {
  /** The diameter in pixels of the image that it was for, and the zoom that comes of it. */
  readonly asked: number;
  readonly zoom: number;
  /** The cells' diameter in pixels of the image; `undefined` where there were none. */
  readonly diameter?: number;
  /** How far from the wanted size they were seen, as a logarithm. */
  readonly miss: number;
  /** Mean over cells of the highest value of the distance map: nearest to 1 where cells are of the size that was learnt. */
  readonly height: number;
  /** The maps, where the whole image was looked at. */
  readonly maps?: Tensor;
}

/** What looks are made with. */
interface Sight {
  readonly tensor: Tensor;
  readonly program: Program;
  readonly decoder: Decoder;
  readonly wanted: number;
}

/** The diameter that `estimateSize` finds, without the maps that it has seen. */
export async function estimateDiameter(
  tensor: Tensor,
  program: Program,
  decoder: Decoder,
  wanted: number,
  options: Watch = {},
): Promise<number | undefined> {
  return (await estimateSize(tensor, program, decoder, wanted, options))?.diameter;
}

/**
 * The size of the cells of a normalised image `"cyx"`, for a network that was trained on cells of `wanted` pixels. Each
 * look finds cells and asks for the zoom that would bring them to that size. The first that meets it, with high peaks in
 * its distance maps, ends the search. Where none does, it starts anew from other zooms, and of the looks that met the size the
 * one with the highest peaks decides; where none met it, the one that came nearest. `undefined` where no look finds cells.
 */
export async function estimateSize(
  tensor: Tensor,
  program: Program,
  decoder: Decoder,
  wanted: number,
  options: Watch = {},
): Promise<SizeEstimate | undefined> {
  const sight = { tensor, program, decoder, wanted };
  const looks: Look[] = [];
  const search = async (start: number, isEnough: (look: Look) => boolean): Promise<void> => {
    let asked = wanted / start;
    for (let n = 0; n < LOOKS; n++) {
      options.signal?.throwIfAborted();
      const zoom = zoomFor(asked, wanted);
      if (looks.some((look) => isNear(look.zoom, zoom))) return;
      const found = await look(sight, asked);
      looks.push(found);
      if (found.diameter === undefined || isEnough(found)) return;
      asked = Math.max(wanted / 4, found.diameter);
    }
  };
  const isSure = ({ miss, height }: Look) => miss < Math.log(MET) && height >= SURE;
  await search(START, isSure);
  if (looks.some(isSure)) return answerOf(looks[looks.length - 1], wanted);
  for (const start of STARTS) await search(start, () => false);
  for (const start of LAST_STARTS)
    if (looks.every(({ diameter }) => diameter === undefined)) await search(start, () => false);
  return answerOf(likeliest(looks), wanted);
}

/** What a look says. Its maps stand for the answer where the zoom would be nearly the same. */
function answerOf(look: Look | undefined, wanted: number): SizeEstimate | undefined {
  if (look?.diameter === undefined) return undefined;
  const { asked, zoom, diameter, miss, maps } = look;
  if (!maps) return { diameter };
  if (zoomFor(diameter, wanted) === zoom) return { diameter, maps };
  return miss < Math.log(SAME) ? { diameter: asked, maps } : { diameter };
}

/** Which of several looks decides, where none of them is sure. */
function likeliest(looks: readonly Look[]): Look | undefined {
  const found = looks.filter(({ diameter }) => diameter !== undefined);
  const met = found.filter(({ miss }) => miss < Math.log(MET));
  if (met.length > 0) return met.reduce((a, b) => (b.height > a.height ? b : a));
  return found.reduce<Look | undefined>((a, b) => (a && a.miss <= b.miss ? a : b), undefined);
}

function isNear(one: number, other: number): boolean {
  return Math.abs(Math.log(one / other)) < Math.log(NEAR);
}

async function look({ tensor, program, decoder, wanted }: Sight, asked: number): Promise<Look> {
  const zoom = zoomFor(asked, wanted);
  const part = busiestPart(tensor, Math.max(1, Math.floor(LOOK / zoom)));
  const maps = await predict(rescale(part, zoom) as Tensor, program);
  const cells = decode(maps, decoder);
  const seen = typicalDiameter(cells);
  if (seen === undefined) return { asked, zoom, miss: Number.POSITIVE_INFINITY, height: 0 };
  return {
    asked,
    zoom,
    diameter: seen / zoom,
    miss: Math.abs(Math.log(seen / wanted)),
    height: meanPeak(maps, cells),
    ...(part === tensor && { maps }),
  };
}

/** Mean over cells of the largest value that the second map has in each. */
function meanPeak(maps: Tensor, cells: Labels): number {
  const distance = maps.data.subarray(cells.data.length);
  const peaks = new Map<number, number>();
  const { data } = cells;
  for (let i = 0, end = 0; i < data.length; i = end) {
    const cell = data[i];
    let most = 0;
    for (end = i; end < data.length && data[end] === cell; end++)
      if (distance[end] > most) most = distance[end];
    if (cell !== 0 && most > (peaks.get(cell) ?? 0)) peaks.set(cell, most);
  }
  let sum = 0;
  for (const peak of peaks.values()) sum += peak;
  return sum / Math.max(1, peaks.size);
}

/** Of the parts of at most `side` pixels that tile the image, that whose last channel varies most. */
function busiestPart(tensor: Tensor, side: number): Tensor {
  const [channels, height, width] = tensor.shape;
  if (height <= side && width <= side) return tensor;
  const [rows, columns] = [Math.min(side, height), Math.min(side, width)];
  const plane = tensor.data.subarray((channels - 1) * height * width);
  let best = { y: 0, x: 0, spread: -1 };
  for (const y of starts(height, rows))
    for (const x of starts(width, columns)) {
      let [sum, squares] = [0, 0];
      for (let r = y; r < y + rows; r++)
        for (let i = r * width + x, end = i + columns; i < end; i++) {
          const value = plane[i];
          sum += value;
          squares += value * value;
        }
      const spread = squares - sum ** 2 / (rows * columns);
      if (spread > best.spread) best = { y, x, spread };
    }
  const data = new Float32Array(channels * rows * columns);
  for (let c = 0; c < channels; c++)
    for (let r = 0; r < rows; r++) {
      const from = (c * height + best.y + r) * width + best.x;
      data.set(tensor.data.subarray(from, from + columns), (c * rows + r) * columns);
    }
  return { data, shape: [channels, rows, columns], axes: "cyx" };
}

/** Where parts of `side` pixels begin that cover `length`, evenly spread. */
function starts(length: number, side: number): number[] {
  const parts = Math.ceil(length / side);
  if (parts === 1) return [0];
  return Array.from({ length: parts }, (_, i) => Math.floor((i * (length - side)) / (parts - 1)));
}
