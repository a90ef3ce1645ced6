/**
 * What one page of a TIFF holds and where its strips or tiles lie: a plan that is checked before any pixel is read.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import { checkExtent } from "./byte-reader.js";
import { type Compression, compressionOf, largestGain } from "./tiff-codec.js";
import {
  type Directory,
  readInteger,
  readIntegers,
  type TagName,
  type TiffFile,
  tags,
} from "./tiff-directory.js";
import { checkPredictor, type StoredSample, sampleOf } from "./tiff-samples.js";

/** Shape, number type and coding of one page. */
export interface PageLayout extends StoredSample {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Numbers a pixel: 1, or 3 for RGB. */
  readonly samples: number;
  readonly littleEndian: boolean;
  readonly compression: Compression;
  /** Whether the bits of each byte stand the other way around. */
  readonly turnedBits: boolean;
  /** Whether strips may be longer than the file says. */
  readonly looseLengths: boolean;
  /** 1 none, 2 differences of whole numbers, 3 differences of the bytes of floats. */
  readonly predictor: number;
  /** Whether each sample has planes of its own. */
  readonly planar: boolean;
}

/** One strip or tile: where its bytes lie and which rectangle they fill. */
export interface Segment {
  /** `strip 3 of page 1`, for messages. */
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  readonly y: number;
  readonly x: number;
  /** Rows and columns that are stored; those of a tile may reach over the page's edge. */
  readonly rows: number;
  readonly columns: number;
  /** The first sample in it; without planes of their own all samples are in it. */
  readonly sample: number;
}

/** Whether a page is a smaller copy or a mask of another page. */
export async function isSecondary(file: TiffFile, directory: Directory): Promise<boolean> {
  const flags = await readInteger(file, directory, "NewSubfileType", 0);
  return (flags & 5) !== 0 || (await readInteger(file, directory, "SubfileType", 1)) === 2;
}

/** Reads what a page is. Throws {@link UnsupportedError} for what we do not decode, saying what to convert to. */
export async function readLayout(file: TiffFile, directory: Directory): Promise<PageLayout> {
  const { name } = directory;
  const one = readInteger.bind(undefined, file, directory);
  const width = await one("ImageWidth");
  const height = await one("ImageLength");
  if (width < 1 || height < 1)
    throw new FormatError(`${name} must have pixels, it is ${width} x ${height}`);
  const samples = await one("SamplesPerPixel", 1);
  if (samples < 1 || samples > 65535)
    throw new FormatError(`${name} says it has ${samples} samples a pixel`);
  const bits = await sameForAll(file, directory, "BitsPerSample", samples, 1);
  const format = await sameForAll(file, directory, "SampleFormat", samples, 1);
  const compression = compressionOf(await one("Compression", 1), name);
  const sample = sampleOf(bits, format, name);
  const predictor = await one("Predictor", 1);
  checkPredictor(predictor, compression, sample, name);
  const planes = await one("PlanarConfiguration", 1);
  if (planes !== 1 && planes !== 2)
    throw new FormatError(`${name} must have PlanarConfiguration 1 or 2, it is ${planes}`);
  await checkColours(file, directory);
  const { littleEndian } = file;
  return {
    name,
    width,
    height,
    samples,
    ...sample,
    littleEndian,
    compression,
    turnedBits: (await one("FillOrder", 1)) === 2,
    looseLengths: compression === "lzw" && directory.tags.has(tags.CZ_LSMINFO),
    predictor,
    planar: planes === 2 && samples > 1,
  };
}

/** How a page is cut into strips or tiles. */
export interface Cut {
  readonly tiled: boolean;
  readonly columns: number;
  readonly rows: number;
}

/** Where the strips or tiles of a page lie; each checked against the file and against what it can hold. */
export async function readSegments(
  file: TiffFile,
  directory: Directory,
  page: PageLayout,
): Promise<Segment[]> {
  const cut = await readCut(file, directory, page);
  const inPlane = Math.ceil(page.width / cut.columns) * Math.ceil(page.height / cut.rows);
  const count = inPlane * (page.planar ? page.samples : 1);
  const all = (name: TagName): Promise<number[] | undefined> =>
    readIntegers(file, directory, name, [count, count]);
  const offsets = await all(cut.tiled ? "TileOffsets" : "StripOffsets");
  if (!offsets) throw new FormatError(`${page.name} does not say where its pixels are`);
  const lengths = await all(cut.tiled ? "TileByteCounts" : "StripByteCounts");
  return offsets.map((offset, i) =>
    segmentAt(file, page, placeOf(page, cut, i, inPlane), offset, lengths?.[i]),
  );
}

/** Reads how a page is cut. */
export async function readCut(
  file: TiffFile,
  directory: Directory,
  page: PageLayout,
): Promise<Cut> {
  const one = readInteger.bind(undefined, file, directory);
  const tiled = directory.tags.has(tags.TileWidth) || directory.tags.has(tags.TileOffsets);
  const columns = tiled ? await one("TileWidth") : page.width;
  const rows = tiled
    ? await one("TileLength")
    : Math.min(page.height, await one("RowsPerStrip", page.height));
  if (rows < 1 || columns < 1)
    throw new FormatError(`${page.name} has strips or tiles of ${columns} x ${rows} pixels`);
  return { tiled, columns, rows };
}

/** The rectangle of the `i`-th strip or tile: row after row of them, plane after plane. */
export function placeOf(
  page: PageLayout,
  { tiled, columns, rows }: Cut,
  i: number,
  inPlane: number,
): Omit<Segment, "offset" | "length"> {
  const across = Math.ceil(page.width / columns);
  const y = Math.floor((i % inPlane) / across) * rows;
  return {
    name: `${tiled ? "tile" : "strip"} ${i + 1} of ${page.name}`,
    y,
    x: (i % across) * columns,
    rows: tiled ? rows : Math.min(rows, page.height - y),
    columns,
    sample: Math.floor(i / inPlane),
  };
}

/** How many bytes a segment decodes to. */
export function decodedLength(
  page: PageLayout,
  segment: Pick<Segment, "rows" | "columns">,
): number {
  return segment.rows * rowBytesOf(page, segment.columns);
}

/** Bytes of a row of a strip or tile: each row begins a new byte. */
export function rowBytesOf({ planar, samples, bits }: PageLayout, columns: number): number {
  return Math.ceil((columns * (planar ? 1 : samples) * bits) / 8);
}

/** A strip or tile that the file says lies at `offset`; checked against the file and against what it must hold. */
export function segmentAt(
  file: TiffFile,
  page: PageLayout,
  place: Omit<Segment, "offset" | "length">,
  offset: number,
  said: number | undefined,
): Segment {
  let length = said ?? impliedLength(page, place);
  // Zeiss gives the length that it has decoded, which LZW may pass; the stream says itself where it ends.
  if (page.looseLengths) length = Math.min(2 * length, file.byteLength - offset);
  const segment = { ...place, offset, length };
  checkSegment(file, page, segment);
  return segment;
}

/** Old writers leave out the byte counts of pixels that are not compressed. */
function impliedLength(page: PageLayout, segment: Pick<Segment, "rows" | "columns">): number {
  if (page.compression === "none") return decodedLength(page, segment);
  throw new FormatError(`${page.name} does not say how long its strips or tiles are`);
}

/** Throws {@link FormatError} where a segment is not in the file, or too short for its pixels. */
function checkSegment(file: TiffFile, page: PageLayout, segment: Segment): void {
  if (segment.length <= 0 || segment.offset === 0)
    throw new FormatError(`${segment.name} is missing: the file was not written to its end`);
  checkExtent(file.byteLength, segment.offset, segment.length, segment.name);
  const needed = decodedLength(page, segment);
  if (segment.length * largestGain(page.compression) < needed)
    throw new FormatError(
      `${segment.name} (bytes ${segment.offset} to ${segment.offset + segment.length}) is too short for the ${needed} bytes it must hold`,
      { needed, length: segment.length },
    );
}

async function sameForAll(
  file: TiffFile,
  directory: Directory,
  tag: "BitsPerSample" | "SampleFormat",
  samples: number,
  absent: number,
): Promise<number> {
  const list = await readIntegers(file, directory, tag, [1, samples]);
  if (!list) return absent;
  const other = list.find((value) => value !== list[0]);
  if (other !== undefined)
    throw new UnsupportedError(
      `${directory.name} mixes samples of different kinds (${tag} ${list[0]} and ${other}): save its channels as separate images`,
    );
  return list[0];
}

const colours: Readonly<Record<number, string>> = {
  4: "transparency mask",
  6: "YCbCr",
  8: "CIE L*a*b*",
  9: "ICC L*a*b*",
  10: "ITU L*a*b*",
  32803: "colour filter array",
  32844: "LogL",
  32845: "LogLuv",
  34892: "linear raw",
};

/** White-is-zero, black-is-zero, RGB, palette and separated colours are given as they are stored; all others are refused. */
async function checkColours(file: TiffFile, directory: Directory): Promise<void> {
  const colour = await readInteger(file, directory, "PhotometricInterpretation", 1);
  if (![0, 1, 2, 3, 5].includes(colour))
    throw new UnsupportedError(
      `${directory.name} has ${colours[colour] ?? `photometric ${colour}`} pixels: save it as grey or RGB`,
      { colour },
    );
  if ((await readInteger(file, directory, "ImageDepth", 1)) !== 1)
    throw new UnsupportedError(
      `${directory.name} holds a volume in one page: save it as one page a plane`,
    );
}
