/**
 * The first step of the road: bytes → image. A file is known by its first bytes, never by its name.
 *
 * @module
 */
import { FormatError } from "./errors.js";
import type { Format, PlaneReader, ReadOptions } from "./format/format.js";
import { otherFile } from "./format/not-an-image.js";
import { npy } from "./format/npy.js";
import { npz } from "./format/npz.js";
import { png } from "./format/png.js";
import { tiff } from "./format/tiff.js";
import { type Image, planeOf } from "./image.js";
import type { Source } from "./source.js";

const formats: readonly Format[] = [tiff, png, npy, npz];

/**
 * Reads an image from a TIFF, PNG, NPY or NPZ file, with exactly the numbers that are stored in it.
 * Throws `FormatError` for what is not an image or is damaged, `UnsupportedError` for what we do not decode or what is
 * larger than `maxBytes`; both name the source.
 */
export async function readImage(source: Source, options: ReadOptions = {}): Promise<Image> {
  const format = await formatOf(source);
  return format.read(source, options);
}

/**
 * Opens a TIFF, PNG, NPY or NPZ file to read its planes one by one, so that a stack may be larger than the memory: axes and
 * shape at once, pixels when they are asked for, each plane as {@link readImage} would give it. `maxBytes` is then the
 * limit of a plane (with the other samples of its page). The source must stay readable as long as planes are wanted.
 * Errors are those of {@link readImage}, those about a plane's pixels when it is read.
 */
export async function openImage(source: Source, options: ReadOptions = {}): Promise<PlaneReader> {
  const format = await formatOf(source);
  if (format.open) return format.open(source, options);
  const image = await format.read(source, options);
  const { data: _, ...rest } = image;
  return { ...rest, readPlane: async (index) => planeOf(image, index) };
}

async function formatOf(source: Source): Promise<Format> {
  const head = await source.read(0, Math.min(512, source.byteLength));
  const format = formats.find((candidate) => candidate.matches(head));
  if (format) return format;
  const kinds = formats.map(({ name }) => name);
  const { name, advice = `give ${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1)}` } =
    otherFile(head);
  throw new FormatError(`${source.name} is ${name}, not an image we read: ${advice}`);
}
