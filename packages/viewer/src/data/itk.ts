/**
 * Formats that we leave to ITK: NRRD, MetaImage, NIfTI, DICOM, MRC, JPEG and others. Its readers are WebAssembly that is
 * loaded from the page's own host when the first such file is opened. Never given a TIFF or a PNG: those are ours.
 *
 * @module
 */
import { FormatError, type Image, type Source, UnsupportedError } from "@cellwright/core";
import { imageOfItk } from "./itk-image.js";
import type { OpenOptions } from "./opened.js";

/** First bytes as Latin-1, and the ending by which ITK knows the format. */
const beginnings: readonly [start: string, ending: string][] = [
  ["NRRD000", "nrrd"],
  ["\xff\xd8\xff", "jpg"],
  ["BM", "bmp"],
  ["\x89HDF\r\n\x1a\n", "hdf5"],
  ["# vtk DataFile", "vtk"],
];

/** Endings of formats without first bytes of their own. */
const endings = /\.(mha|nii|nii\.gz|gipl|gipl\.gz|mrc|rec|dcm|mnc|mnc\.gz)$/i;

/** Files are read as a whole, and decoded they take more. */
const largest = 2 ** 30;

/** The ending by which ITK knows a file; undefined for what is not for ITK. */
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
