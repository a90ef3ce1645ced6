/**
 * What zarrita throws, as errors of ours.
 *
 * @module
 */
import { CoreError, FormatError, UnsupportedError } from "../errors.js";

/** Runs what calls zarrita; its errors become ours, with theirs as the cause. */
export async function sayingOurs<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw faultOf(error);
  }
}

function faultOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CoreError) return error;
  const { name, cause, message } = error;
  if (name === "CodecPipelineError") {
    if (cause instanceof CoreError) return cause;
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    const codec = "codec" in error && error.codec ? ` (${error.codec})` : "";
    return new FormatError(`has a chunk that cannot be decoded${codec}${why}`, {}, error);
  }
  if (name === "UnknownCodecError")
    return new UnsupportedError(
      `is compressed with ${"codec" in error ? error.codec : "a codec"} that we do not have: write it with blosc, zstd, lz4 or gzip`,
      {},
      error,
    );
  if (name === "NotFoundError" || name === "InvalidMetadataError")
    return new FormatError(`is not a Zarr that we read: ${message}`, {}, error);
  if (name === "UnsupportedError")
    return new UnsupportedError(`cannot be read here: ${message}`, {}, error);
  // Zarrita looks at fields without asking whether they are there.
  if (error instanceof TypeError || error instanceof SyntaxError)
    return new FormatError(`has metadata or chunks that make no sense: ${message}`, {}, error);
  if (error instanceof RangeError)
    return new UnsupportedError("is too large for this machine's memory", {}, error);
  return error;
}
