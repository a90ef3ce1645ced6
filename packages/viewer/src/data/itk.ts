/**
 * Formats that we leave to ITK: NRRD, MetaImage, NIfTI, DICOM, MRC, JPEG and others. Its readers are WebAssembly that is
 * loaded from the page's own host when the first such file is opened. Never given a TIFF or a PNG: those are ours.
 *
 * @module
 */
import {
  FormatError,
  type Image,
  imageOfItk,
  type Source,
  UnsupportedError,
} from "@cellwright/core";
import type { OpenOptions } from "./opened.js";

/** Files are read as a whole, and decoded they take more. */
const largest = 2 ** 30;

/** Reads a file by ITK; `ending` is that of its format. Throws `FormatError` where ITK cannot, and does not say why. */
export async function readByItk(
  source: Source,
  ending: string,
  options: OpenOptions,
): Promise<Image> {
  if (source.byteLength > largest)
    throw new UnsupportedError(
      `${source.name} has ${source.byteLength} bytes, formats like this are read up to ${largest}: save it as TIFF`,
    );
  const data = await source.read(0, source.byteLength, options.signal);
  const { readImage, setPipelinesBaseUrl } = await import("@itk-wasm/image-io");
  options.signal?.throwIfAborted();
  setPipelinesBaseUrl(pipelinesOf(options).replace(/\/$/, ""));
  try {
    // The name inside is ours: the user's may have letters that ITK's file system does not.
    const file = { path: `image.${ending}`, data: Uint8Array.from(data) };
    const { image } = await readImage(file, { webWorker: false });
    return imageOfItk(image);
  } catch (error) {
    if (error instanceof UnsupportedError)
      throw new UnsupportedError(`${source.name} ${error.message}`, {}, error);
    throw new FormatError(
      `${source.name} cannot be read as ${ending.toUpperCase()}: it is damaged, or of a kind that ITK does not know`,
      { cause: `${error}` },
      error,
    );
  }
}

/** Where ITK's readers lie. */
export function pipelinesOf({ pipelines = "itk/", base }: OpenOptions): string {
  return new URL(pipelines, base ?? globalThis.location?.href).href;
}
