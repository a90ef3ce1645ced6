/**
 * Formats that we leave to ITK: NRRD, MetaImage, NIfTI, DICOM, MRC, JPEG and others. Its readers are WebAssembly that is
 * loaded from the page's own host when the first such file is opened. Never given a TIFF or a PNG: those are ours.
 *
 * @module
 */
import { type Image, readByItk, type Source } from "@cellwright/core";
import type { OpenOptions } from "./opened.js";

/** Reads a file by ITK in the page; `ending` is that of its format. Throws as core's `readByItk`. */
export async function readItkFile(
  source: Source,
  ending: string,
  options: OpenOptions,
): Promise<Image> {
  return readByItk(source, ending, async () => {
    const data = await source.read(0, source.byteLength, options.signal);
    const { readImage, setPipelinesBaseUrl } = await import("@itk-wasm/image-io");
    options.signal?.throwIfAborted();
    setPipelinesBaseUrl(pipelinesOf(options).replace(/\/$/, ""));
    // The name inside is ours: the user's may have letters that ITK's file system does not.
    const file = { path: `image.${ending}`, data: Uint8Array.from(data) };
    return async () => (await readImage(file, { webWorker: false })).image;
  });
}

/** Where ITK's readers lie. */
export function pipelinesOf({ pipelines = "itk/", base }: OpenOptions): string {
  return new URL(pipelines, base ?? globalThis.location?.href).href;
}
