/**
 * The skeleton of a TIFF: header and directories, classic and BigTIFF, both byte orders.
 * In: a source. Out: for each page, where the values of its tags lie. Nothing a file says is believed unchecked.
 * TIFF 6.0 (Adobe 1992); BigTIFF (AWare Systems, libtiff).
 *
 * @module
 */
import { strFromU8 } from "fflate";
import { FormatError, UnsupportedError } from "../errors.js";
import type { Source } from "../source.js";
import { byteReader, checkExtent, type ReadBytes } from "./byte-reader.js";

/** An open TIFF. */
export interface TiffFile {
  readonly byteLength: number;
  readonly littleEndian: boolean;
  /** BigTIFF: offsets and counts of 8 bytes. */
  readonly big: boolean;
  /** Where the first directory lies. */
  readonly first: number;
  readonly read: ReadBytes;
}

/** Where the values of one tag lie. */
export interface TagValues {
  readonly type: number;
  readonly count: number;
  readonly offset: number;
}

/** The tags of one page that we read. */
export interface Directory {
  /** `page 1`, `page 2`, … for messages. */
  readonly name: string;
  readonly tags: ReadonlyMap<number, TagValues>;
}

/** The tags we read; all others are passed over. */
export const tags = {
  NewSubfileType: 254,
  SubfileType: 255,
  ImageWidth: 256,
  ImageLength: 257,
  BitsPerSample: 258,
  Compression: 259,
  PhotometricInterpretation: 262,
  FillOrder: 266,
  ImageDescription: 270,
  StripOffsets: 273,
  SamplesPerPixel: 277,
  RowsPerStrip: 278,
  StripByteCounts: 279,
  XResolution: 282,
  YResolution: 283,
  PlanarConfiguration: 284,
  ResolutionUnit: 296,
  Predictor: 317,
  TileWidth: 322,
  TileLength: 323,
  TileOffsets: 324,
  TileByteCounts: 325,
  SubIFDs: 330,
  SampleFormat: 339,
  ImageDepth: 32997,
  UIC1: 33628,
  UIC2: 33629,
  CZ_LSMINFO: 34412,
} as const;

/** The name of a tag we read. */
export type TagName = keyof typeof tags;

const known: ReadonlyMap<number, string> = new Map(
  Object.entries(tags).map(([name, number]) => [number, name]),
);

/** Bytes of one value, by the tag's type. */
const typeSizes: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

const maxPages = 65536;
const maxTags = 4096;
const longestText = 32 * 1024 ** 2;

/** Whether bytes begin like a TIFF or BigTIFF. */
export function looksLikeTiff(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  const little = a === 0x49 && b === 0x49 && (c === 42 || c === 43) && d === 0;
  const large = a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43);
  return little || large;
}

/** Reads and checks the header. */
export async function openTiff(source: Source): Promise<TiffFile> {
  const read = byteReader(source);
  const start = await read(0, 8, "the TIFF header");
  if (!looksLikeTiff(start))
    throw new FormatError("is not a TIFF: it does not begin with II or MM");
  const littleEndian = start[0] === 0x49;
  const big = (littleEndian ? start[2] : start[3]) === 43;
  if (!big) {
    const first = viewOf(start).getUint32(4, littleEndian);
    return { byteLength: source.byteLength, littleEndian, big, first, read };
  }
  const header = viewOf(await read(0, 16, "the BigTIFF header"));
  if (header.getUint16(4, littleEndian) !== 8 || header.getUint16(6, littleEndian) !== 0)
    throw new FormatError("is damaged: a BigTIFF header must say that offsets have 8 bytes");
  const first = Number(header.getBigUint64(8, littleEndian));
  return { byteLength: source.byteLength, littleEndian, big, first, read };
}

/** The directories of all pages, in order. Throws where they run in a circle or out of the file. */
export async function readDirectories(file: TiffFile): Promise<Directory[]> {
  const directories: Directory[] = [];
  const seen = new Set<number>();
  for (let offset = file.first; offset !== 0; ) {
    const name = `page ${directories.length + 1}`;
    if (seen.has(offset))
      throw new FormatError(`${name} leads back to an earlier page (byte ${offset})`, { offset });
    if (directories.length === maxPages)
      throw new UnsupportedError(`has more than ${maxPages} pages: split it`);
    seen.add(offset);
    const { directory, next } = await readDirectory(file, offset, name);
    directories.push(directory);
    offset = next;
  }
  if (directories.length === 0) throw new FormatError("is a TIFF without a page");
  return directories;
}

/** The directory at `offset`, and where the next one lies; 0 where there is none. */
export async function readDirectory(
  file: TiffFile,
  offset: number,
  name: string,
): Promise<{ directory: Directory; next: number }> {
  const { big, littleEndian } = file;
  const head = viewOf(await file.read(offset, big ? 8 : 2, `the directory of ${name}`));
  const count = big ? Number(head.getBigUint64(0, littleEndian)) : head.getUint16(0, littleEndian);
  if (count === 0 || count > maxTags)
    throw new FormatError(`${name} must have 1 to ${maxTags} tags, it says ${count}`);
  const start = offset + (big ? 8 : 2);
  const size = big ? 20 : 12;
  const length = count * size + (big ? 8 : 4);
  const view = viewOf(await file.read(start, length, `the directory of ${name}`));
  const found = new Map<number, TagValues>();
  for (let i = 0; i < count; i++) {
    const tag = view.getUint16(i * size, littleEndian);
    const tagName = known.get(tag);
    if (tagName === undefined) continue;
    if (found.has(tag)) throw new FormatError(`${name} has the tag ${tagName} twice`);
    found.set(tag, locateValues(file, view, i * size, start + i * size, `${tagName} of ${name}`));
  }
  const end = count * size;
  const next = big
    ? Number(view.getBigUint64(end, littleEndian))
    : view.getUint32(end, littleEndian);
  return { directory: { name, tags: found }, next };
}

/** The entry at `at` in `view`, which stands at `position` in the file. */
function locateValues(
  file: TiffFile,
  view: DataView,
  at: number,
  position: number,
  what: string,
): TagValues {
  const { big, littleEndian } = file;
  const type = view.getUint16(at + 2, littleEndian);
  const size = typeSizes[type];
  if (size === undefined) throw new FormatError(`${what} has the unknown type ${type}`);
  const count = big
    ? Number(view.getBigUint64(at + 4, littleEndian))
    : view.getUint32(at + 4, littleEndian);
  const room = big ? 8 : 4;
  const inside = position + 4 + room;
  if (size * count <= room) return { type, count, offset: inside };
  const offset = big
    ? Number(view.getBigUint64(at + 12, littleEndian))
    : view.getUint32(at + 8, littleEndian);
  checkExtent(file.byteLength, offset, size * count, what);
  return { type, count, offset };
}

/**
 * The whole numbers of a tag, or `undefined` where the page lacks it. Throws unless there are `counts[0]` to `counts[1]`.
 */
export async function readIntegers(
  file: TiffFile,
  directory: Directory,
  name: TagName,
  counts: readonly [number, number],
): Promise<number[] | undefined> {
  const values = directory.tags.get(tags[name]);
  if (!values) return undefined;
  const { count } = values;
  if (count < counts[0] || count > counts[1])
    throw new FormatError(
      `${name} of ${directory.name} must have ${rangeText(counts)} values, it has ${count}`,
    );
  return readSomeIntegers(file, directory, name, 0, count);
}

/** `count` whole numbers of a tag that the page has, from the `first` on; all of them within the tag. */
export async function readSomeIntegers(
  file: TiffFile,
  directory: Directory,
  name: TagName,
  first: number,
  count: number,
): Promise<number[]> {
  const { type, offset } = directory.tags.get(tags[name]) as TagValues;
  const what = `${name} of ${directory.name}`;
  const size = typeSizes[type];
  const view = viewOf(await file.read(offset + first * size, size * count, what));
  const little = file.littleEndian;
  const list = new Array<number>(count);
  for (let i = 0; i < count; i++) {
    if (type === 1) list[i] = view.getUint8(i);
    else if (type === 3) list[i] = view.getUint16(i * 2, little);
    else if (type === 4 || type === 13) list[i] = view.getUint32(i * 4, little);
    else if (type === 16 || type === 18) list[i] = Number(view.getBigUint64(i * 8, little));
    else throw new FormatError(`${what} must be whole numbers, it has type ${type}`);
  }
  return list;
}

/** The one whole number of a tag, or `absent` where the page lacks it. */
export async function readInteger(
  file: TiffFile,
  directory: Directory,
  name: TagName,
  absent?: number,
): Promise<number> {
  const list = await readIntegers(file, directory, name, [1, 1]);
  const value = list ? list[0] : absent;
  if (value === undefined) throw new FormatError(`${directory.name} lacks the tag ${name}`);
  return value;
}

/**
 * What one pixel takes where a tag says how many of them make a unit; `undefined` where it is absent, of another type or
 * not a positive number.
 */
export async function readPixelSize(
  file: TiffFile,
  directory: Directory,
  name: "XResolution" | "YResolution",
): Promise<number | undefined> {
  const values = directory.tags.get(tags[name]);
  if (values?.type !== 5 || values.count !== 1) return undefined;
  const view = viewOf(await file.read(values.offset, 8, `${name} of ${directory.name}`));
  const size = view.getUint32(4, file.littleEndian) / view.getUint32(0, file.littleEndian);
  return Number.isFinite(size) && size > 0 ? size : undefined;
}

/** The text of the page, without its NUL; empty where there is none. UTF-8, as most write it, else Latin-1. */
export async function readDescription(file: TiffFile, directory: Directory): Promise<string> {
  const values = directory.tags.get(tags.ImageDescription);
  if (!values || typeSizes[values.type] !== 1) return "";
  const what = `ImageDescription of ${directory.name}`;
  if (values.count > longestText)
    throw new UnsupportedError(`${what} has ${values.count} bytes, more than ${longestText}`);
  const bytes = await file.read(values.offset, values.count, what);
  const end = bytes.indexOf(0);
  const written = end < 0 ? bytes : bytes.subarray(0, end);
  const text = strFromU8(written);
  return text.includes("\ufffd") ? strFromU8(written, true) : text;
}

function rangeText([least, most]: readonly [number, number]): string {
  return least === most ? `${least}` : `${least} to ${most}`;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
