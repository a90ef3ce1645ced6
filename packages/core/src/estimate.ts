/**
 * How large the cells of an image are, asked of the network itself: it looks at a part of the image at several zooms
 * until the cells it finds are of the size it is at home with.
 *
 * @module
 */
import type { Program } from "./engine.js";
import type { Tensor } from "./image.js";
import { type Decoder, decode } from "./instance/decode.js";
import { predict } from "./predict.js";
import { rescale } from "./resample.js";
import { typicalDiameter } from "./size.js";
import type { Watch } from "./source.js";

/** The part looked at has at most this many pixels on a side when the network sees it. */
const LOOK = 512;
/** Zooms tried where the one before found nothing. */
const LADDER: readonly number[] = [1, 0.5, 2, 0.25, 4];
/** Cells within this factor of the wanted size are near enough. */
const NEAR = 1.1;
/** So often the network looks again at the zoom that its last answer asks for. */
const LOOKS = 4;

/** What one look found: the cells' diameter in pixels of the image, and how far from the wanted size they were seen. */
interface Look {
  readonly diameter: number;
  readonly miss: number;
}

/**
 * The diameter in pixels (see `typicalDiameter`) of the cells of a normalised image `"cyx"`, for a network that was trained
 * on cells of `wanted` pixels. Each look finds cells and asks for the zoom that would bring them to that size; the
 * look whose cells came nearest to it decides. `undefined` where no look finds cells.
 */
export async function estimateDiameter(
  tensor: Tensor,
  program: Program,
  decoder: Decoder,
  wanted: number,
  options: Watch = {},
): Promise<number | undefined> {
  let best: Look | undefined;
  for (const start of LADDER) {
    let zoom = start;
    for (let n = 0; n < LOOKS; n++) {
      options.signal?.throwIfAborted();
      const found = await look(tensor, zoom, program, decoder, wanted);
      if (!found) break;
      if (!best || found.miss < best.miss) best = found;
      if (found.miss < Math.log(NEAR)) break;
      zoom = Math.min(4, Math.max(1 / 16, wanted / found.diameter));
    }
    if (best) return best.diameter;
  }
  return undefined;
}

async function look(
  tensor: Tensor,
  zoom: number,
  program: Program,
  decoder: Decoder,
  wanted: number,
): Promise<Look | undefined> {
  const part = busiestPart(tensor, Math.max(1, Math.floor(LOOK / zoom)));
  const maps = await predict(rescale(part, zoom) as Tensor, program);
  const seen = typicalDiameter(decode(maps, decoder));
  if (seen === undefined) return undefined;
  return { diameter: seen / zoom, miss: Math.abs(Math.log(seen / wanted)) };
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
        for (let c = x; c < x + columns; c++) {
          sum += plane[r * width + c];
          squares += plane[r * width + c] ** 2;
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
