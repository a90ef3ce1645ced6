/**
 * The pixels of a tile, as the graphics card takes them. In: a reader, a level to draw from. Out: bytes, 16-bit numbers
 * or float32, for drawing alone: values that are shown as numbers come from the reader.
 *
 * @module
 */
import { lengthOf, type Pixels, type PyramidReader, type Signal } from "@cellwright/core";
import type { DrawLevel } from "./levels.js";

/** Pixels as textures hold them. */
export type TexturePixels = Uint8Array | Uint16Array | Float32Array;

/** A tile's pixels in rows. */
export interface TilePixels {
  readonly data: TexturePixels;
  readonly height: number;
  readonly width: number;
}

/** Pixels read at once to make a coarser level. */
const BAND = 1 << 22;

/** Which plane: an index for each axis that the image has; undefined where the image does not reach so far. */
export function planeIndex(
  reader: Pick<PyramidReader, "axes" | "shape">,
  at: { readonly t: number; readonly z: number },
  channel: number,
): Readonly<Record<string, number>> | undefined {
  const index: Record<string, number> = {};
  for (const [axis, value] of [
    ["t", at.t],
    ["z", at.z],
    ["c", channel],
  ] as const) {
    const length = lengthOf(reader, axis);
    // An image without an axis is the same at each of its steps.
    if (length === 1) continue;
    if (value >= length) return undefined;
    index[axis] = value;
  }
  return index;
}

/** Reads a tile of a level, in bands where it is made of many finer pixels. */
export async function readTile(
  reader: PyramidReader,
  level: DrawLevel,
  index: Readonly<Record<string, number>>,
  place: { readonly row: number; readonly column: number },
  signal: Signal,
): Promise<TilePixels> {
  const { step, from, tile } = level;
  const y = place.row * tile.height;
  const x = place.column * tile.width;
  const height = Math.min(tile.height, level.height - y);
  const width = Math.min(tile.width, level.width - x);
  const read = async (top: number, rows: number) => {
    const stored = reader.levels[from];
    const box = {
      y: top * step,
      x: x * step,
      height: Math.min(rows * step, stored.height - top * step),
      width: Math.min(width * step, stored.width - x * step),
    };
    const image = await reader.readRegion({ index, box, level: from, signal });
    return { data: image.data, width: box.width, height: box.height };
  };
  if (step === 1) return { data: texturePixels((await read(y, height)).data), height, width };
  const rows = Math.max(1, Math.floor(BAND / (width * step * step)));
  let data: TexturePixels | undefined;
  for (let row = 0; row < height; row += rows) {
    signal.throwIfAborted();
    const count = Math.min(rows, height - row);
    const band = await read(y + row, count);
    data ??= emptyLike(band.data, height * width);
    meansInto(data.subarray(row * width, (row + count) * width), band, step, width);
  }
  return { data: data as TexturePixels, height, width };
}

/** The same numbers where a texture can hold them, else the nearest float32. */
export function texturePixels(data: Pixels): TexturePixels {
  if (data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Float32Array)
    return data;
  return Float32Array.from(data);
}

function emptyLike(data: Pixels, length: number): TexturePixels {
  if (data instanceof Uint8Array) return new Uint8Array(length);
  return data instanceof Uint16Array ? new Uint16Array(length) : new Float32Array(length);
}

/** Means of `step` x `step` pixels, fewer at the border; of those that are numbers, where any is. */
function meansInto(
  target: TexturePixels,
  { data, height, width }: { data: Pixels; height: number; width: number },
  step: number,
  columns: number,
): void {
  const round = target instanceof Float32Array ? 0 : 0.5;
  for (let i = 0; i < target.length; i++) {
    const top = Math.floor(i / columns) * step;
    const left = (i % columns) * step;
    const bottom = Math.min(top + step, height);
    const right = Math.min(left + step, width);
    let [sum, count] = [0, 0];
    for (let y = top; y < bottom; y++)
      for (let n = y * width + left; n < y * width + right; n++) {
        const value = data[n];
        if (Number.isNaN(value)) continue;
        sum += value;
        count++;
      }
    target[i] = count > 0 ? sum / count + round : Number.NaN;
  }
}
