/**
 * What a file format is to the road: it knows its first bytes, and turns bytes into an image or says why not.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import type { Image } from "../image.js";
import type { Source } from "../source.js";

/** How much a reader may allocate. */
export interface ReadOptions {
  /**
   * The most bytes the decoded pixels may take. Default: 128 MiB and 64 times the bytes of the file, up to 4 GiB, so that a
   * small file cannot fill the memory; 4 GiB where the size of what is stored is not known.
   */
  readonly maxBytes?: number;
}

/**
 * An image whose pixels are read when they are asked for, a plane at a time: a movie longer than the memory. Axes, shape,
 * spacing and channels are those of {@link Image}.
 */
export interface PlaneReader extends Omit<Image, "data"> {
  /** One plane `"yx"`, picked by an index for each other axis (0 where none is given). */
  readPlane(index?: Readonly<Record<string, number>>): Promise<Image>;
}

/** One file format. */
export interface Format {
  /** What people call it: `TIFF`, `PNG`, `NPY`. */
  readonly name: string;
  /** Whether a file that begins with `head` (up to 512 bytes) is one of these. */
  matches(head: Uint8Array): boolean;
  /** The whole image, with the numbers that are stored. Errors name the source. */
  read(source: Source, options?: ReadOptions): Promise<Image>;
  /** Its planes one by one, for formats that can hold several; the limit of `options` is that of a plane. */
  open?(source: Source, options?: ReadOptions): Promise<PlaneReader>;
}

/** Throws {@link UnsupportedError} where the pixels of an image, of which `stored` bytes are kept, would not fit into `maxBytes`. */
export function checkDecodedSize(bytes: number, options: ReadOptions = {}, stored?: number): void {
  const maxBytes = decodedLimit(options, stored);
  if (bytes > maxBytes)
    throw new UnsupportedError(
      `takes ${bytes} bytes when decoded, the limit is ${maxBytes}: raise maxBytes (--max-bytes) or cut the image`,
      { bytes, maxBytes },
    );
}

/** What `maxBytes` is, for a file of so many bytes. */
export function decodedLimit({ maxBytes }: ReadOptions, stored: number = Infinity): number {
  return maxBytes ?? Math.min(4 * 1024 ** 3, 2 ** 27 + 64 * stored);
}

/** Runs a reader; what it finds wrong is told with the name of the file in front. */
export async function namingSource<T>(source: Source, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FormatError)
      throw new FormatError(`${source.name}: ${error.message}`, error.details, error.cause);
    if (error instanceof UnsupportedError)
      throw new UnsupportedError(`${source.name}: ${error.message}`, error.details, error.cause);
    if (error instanceof RangeError)
      throw new UnsupportedError(`${source.name}: too large for this machine's memory`, {}, error);
    throw error;
  }
}
