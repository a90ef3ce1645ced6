/**
 * Opens one file: by its first bytes one of our own formats, or by its name one that ITK reads.
 *
 * @module
 */
import {
  FormatError,
  itkNameOf,
  lengthOf,
  openPyramid,
  type PyramidReader,
  pyramidOf,
  readCellposeSeg,
  type Source,
} from "@cellwright/core";
import { readItkFile } from "./itk.js";
import { kindOf, stemOf } from "./kind.js";
import type { Opened, OpenOptions } from "./opened.js";
import { cachedReader } from "./tile-cache.js";

/** Decoded pixels of formats that are read as a whole may take so much. */
const largestWhole = 2 ** 30;

/** Opens a file; `path` is what to know its kind by. Errors name the file. */
export async function openSource(
  source: Source,
  path: string,
  options: OpenOptions = {},
): Promise<Opened> {
  const name = stemOf(path);
  if (/_seg\.npy$/i.test(path)) {
    const labels = await readCellposeSeg(source);
    return { name, kind: "labels", reader: pyramidOf(labels) };
  }
  const reader = await readerOf(source, options);
  return { name, kind: kindOf(path, reader), reader: cachedReader(reader) };
}

/** A reader of a file, whatever its format; what it decodes is not kept. */
export async function readerOf(source: Source, options: OpenOptions): Promise<PyramidReader> {
  const head = await source.read(0, Math.min(512, source.byteLength));
  const itk = itkNameOf(head, source.name);
  if (itk) {
    const image = await readItkFile(source, itk, options);
    return pyramidOf(image);
  }
  try {
    return framesOf(await openPyramid(source, { maxBytes: largestWhole }), head);
  } catch (error) {
    if (source.byteLength === 0) throw new FormatError(`${source.name} is empty`, {}, error);
    throw error;
  }
}

/** More planes than this in an array without names for its axes are frames; fewer are channels. */
const mostChannels = 4;

function framesOf(reader: PyramidReader, head: Uint8Array): PyramidReader {
  const isArray = head[0] === 0x93;
  if (!isArray || reader.axes !== "cyx" || lengthOf(reader, "c") <= mostChannels) return reader;
  const { axes: _, ...rest } = reader;
  return {
    ...rest,
    axes: "tyx",
    readRegion: (region) => {
      const { t = 0, ...others } = region.index ?? {};
      return reader.readRegion({ ...region, index: { ...others, c: t } });
    },
  };
}
