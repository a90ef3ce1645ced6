/**
 * Formats that the apps leave to ITK (NRRD, MetaImage, NIfTI, DICOM, MRC, JPEG and others): which those are, and from ITK's
 * images to ours. In: pixels in ITK's order, the components of a pixel side by side. Out: an image whose axes
 * have names; what a step is in micrometres is not known, as ITK's files are in any unit.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import type { Image, Pixels } from "../image.js";
import type { Source } from "../source.js";
import { narrowIntegers } from "./big-integers.js";

/** First bytes as Latin-1, and the ending by which ITK knows the format. */
const beginnings: readonly [start: string, ending: string][] = [
  ["NRRD000", "nrrd"],
  ["\xff\xd8\xff", "jpg"],
  ["BM", "bmp"],
  ["\x89HDF\r\n\x1a\n", "hdf5"],
  ["# vtk DataFile", "vtk"],
];

/** Endings of formats without first bytes of their own. */
const endings = /\.(mha|nii|nii\.gz|gipl|gipl\.gz|mrc|rec|dcm)$/i;

/**
 * The ending by which ITK knows a file of this name and these first bytes (512 are enough); undefined for what is not for ITK.
 * Never that of a TIFF, PNG or NPY: ITK reads some of those wrongly, and we read them ourselves.
 */
export function itkNameOf(head: Uint8Array, name: string): string | undefined {
  const text = String.fromCharCode(...head.subarray(0, 512));
  const begun = beginnings.find(([start]) => text.startsWith(start));
  if (begun) return begun[1];
  if (text.slice(128, 132) === "DICM") return "dcm";
  const ours = /^(II[*+]\0|MM\0[*+]|\x89PNG|\x93NUMPY)/.test(text);
  const ending = endings.exec(name)?.[1].toLowerCase();
  if (ours || ending === undefined) return undefined;
  return ending === "rec" ? "mrc" : ending;
}

/** What of ITK's image we look at. */
export interface ItkImage {
  /** Numbers of axes, and of components of a pixel. */
  readonly imageType: { readonly dimension: number; readonly components: number };
  /** x, y, z, t. */
  readonly size: readonly number[];
  /** A typed array; of anything else {@link imageOfItk} says that it is none. */
  readonly data: unknown;
}

/** What a reader of ITK's may take of a file of so many bytes; more is a sign that the file is damaged. */
export interface ItkLimits {
  /** Bytes: room for the reader, and for pixels that are packed as tightly as Deflate can, or several times a large file. */
  readonly memory: number;
  /** Milliseconds, besides those that it takes to start. */
  readonly patience: number;
  /** What to say where it takes longer. */
  readonly late: string;
}

/** The limits for a file of `byteLength` bytes, for who runs ITK in a thread that can be ended. */
export function itkLimits(byteLength: number): ItkLimits {
  return {
    memory: 2 ** 26 + Math.min(1100 * byteLength, 2 ** 28 + 16 * byteLength),
    patience: byteLength / 2000,
    late: "takes longer than a sound file of its size would",
  };
}

/** Files are read as a whole, and decoded they take more. */
const largest = 2 ** 30;

/**
 * What ITK makes of a file, as our image; `ending` is that of {@link itkNameOf}. `prepare` fetches what is needed, its errors are
 * passed on; what it answers asks ITK. Throws `UnsupportedError` for files of
 * more than 1 GiB and what is no image of ours, `FormatError` where ITK cannot read it, which does not say why.
 */
export async function readByItk(
  source: Pick<Source, "name" | "byteLength">,
  ending: string,
  prepare: () => Promise<() => Promise<ItkImage>>,
): Promise<Image> {
  const { name, byteLength } = source;
  if (byteLength > largest)
    throw new UnsupportedError(
      `${name} has ${byteLength} bytes, formats like this are read up to ${largest}: save it as TIFF`,
    );
  const read = await prepare();
  try {
    return imageOfItk(await read());
  } catch (error) {
    if (error instanceof UnsupportedError)
      throw new UnsupportedError(`${name} ${error.message}`, {}, error);
    throw new FormatError(
      `${name} cannot be read as ${ending.toUpperCase()}: it is damaged, or of a kind that ITK does not know`,
      { cause: `${error}` },
      error,
    );
  }
}

/** ITK's image as ours. Throws `UnsupportedError` for pixels that are no numbers, or for more axes than an image has. */
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
