/**
 * Reads pieces of a source that must be there: every piece is checked against the file's length before it is asked for.
 *
 * @module
 */
import { FormatError } from "../errors.js";
import type { Signal, Source } from "../source.js";

/**
 * The `length` bytes at `start`, called `what` in messages. They may be shared with other pieces: do not write to them.
 * Throws {@link FormatError} where the file does not reach that far.
 */
export type ReadBytes = (start: number, length: number, what: string) => Promise<Uint8Array>;

const window = 65536;

/** Reads with a look-ahead of 64 KiB, so that many small pieces near each other cost one read of the source. */
export function byteReader(source: Source): ReadBytes {
  let at = 0;
  let held = new Uint8Array(0);
  return async (start, length, what) => {
    checkExtent(source.byteLength, start, length, what);
    if (start >= at && start + length <= at + held.length)
      return held.subarray(start - at, start - at + length);
    const size = Math.max(length, Math.min(window, source.byteLength - start));
    const bytes = await source.read(start, start + size);
    if (bytes.length !== size)
      throw new FormatError(`gave ${bytes.length} of the ${size} bytes at byte ${start}`);
    if (size > window) return bytes;
    at = start;
    held = bytes as Uint8Array<ArrayBuffer>;
    return held.subarray(0, length);
  };
}

/** Reads each piece as it is asked for and no byte more; ends with the reason of `signal`. */
export function exactReader(source: Source, signal?: Signal): ReadBytes {
  return async (start, length, what) => {
    signal?.throwIfAborted();
    checkExtent(source.byteLength, start, length, what);
    const bytes = await source.read(start, start + length, signal);
    if (bytes.length !== length)
      throw new FormatError(`gave ${bytes.length} of the ${length} bytes at byte ${start}`);
    return bytes;
  };
}

/** Throws {@link FormatError} unless a file of `byteLength` bytes holds `length` bytes at `start`. */
export function checkExtent(byteLength: number, start: number, length: number, what: string): void {
  if (start + length > byteLength)
    throw new FormatError(
      `${what} (bytes ${start} to ${start + length}) lies beyond the end of the file (${byteLength} bytes): the file is cut off or damaged`,
      { what, start, end: start + length, byteLength },
    );
}
