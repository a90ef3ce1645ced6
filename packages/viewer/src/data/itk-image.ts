/**
 * From ITK's images to ours. In: pixels in ITK's order, the components of a pixel side by side. Out: an image whose axes
 * have names; what a step is in micrometres is not known, as ITK's files are in any unit.
 *
 * @module
 */
import { type Image, narrowIntegers, type Pixels, UnsupportedError } from "@cellwright/core";

/** What of ITK's image we look at. */
export interface ItkImage {
  readonly imageType: { readonly dimension: number; readonly components: number };
  /** x, y, z, t. */
  readonly size: readonly number[];
  readonly data: unknown;
}

/** Throws `UnsupportedError` for pixels that are no numbers, or for more axes than an image has. */
export function imageOfItk({ imageType, size, data }: ItkImage): Image {
  const { components } = imageType;
  const names = ["x", "y", "z", "t"];
  const lengths = [...size].reverse();
  const axes = names.slice(0, size.length).reverse();
  if (size.length < 2 || size.length > 4)
    throw new UnsupportedError(`has ${size.length} axes: an image has 2 to 4 in this format`);
  const pixels = numbersOf(data);
  const kept = axes.filter((axis, i) => axis === "y" || axis === "x" || lengths[i] > 1);
  const shape = lengths.filter((length, i) => axes[i] === "y" || axes[i] === "x" || length > 1);
  if (components === 1) return { data: pixels, axes: kept.join(""), shape };
  const at = kept[0] === "t" ? 1 : 0;
  const frames = at === 1 ? shape[0] : 1;
  return {
    data: separated(pixels, frames, components),
    axes: [...kept.slice(0, at), "c", ...kept.slice(at)].join(""),
    shape: [...shape.slice(0, at), components, ...shape.slice(at)],
  };
}

/** Components side by side become channels one after the other, within each frame. */
function separated(pixels: Pixels, frames: number, components: number): Pixels {
  const out = new (pixels.constructor as new (length: number) => Pixels)(pixels.length);
  const size = pixels.length / frames / components;
  for (let t = 0; t < frames; t++)
    for (let c = 0; c < components; c++) {
      const to = (t * components + c) * size;
      const from = t * components * size + c;
      for (let i = 0; i < size; i++) out[to + i] = pixels[from + i * components];
    }
  return out;
}

const plain = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
] as const;

function numbersOf(data: unknown): Pixels {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return narrowIntegers(data);
  if (data instanceof Uint8ClampedArray)
    return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.length);
  for (const type of plain) if (data instanceof type) return data;
  throw new UnsupportedError("has pixels that are not numbers of 8 to 64 bits");
}
