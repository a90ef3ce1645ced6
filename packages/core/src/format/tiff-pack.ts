/**
 * Lays pages out as the bytes of one TIFF: header, directories with their values, then all strips in order.
 *
 * @module
 */
import type { Image } from "../image.js";
import { tags } from "./tiff-directory.js";

/** A tag to write: 2-byte or 4-byte whole numbers, text as bytes with its NUL, or numerator and denominator. */
export interface WrittenTag {
  readonly tag: number;
  readonly type: "short" | "long" | "long8" | "text" | "fraction";
  readonly values: readonly number[];
}

/** A page to write: its tags but for where the strips lie, and the strips. */
export interface WrittenPage {
  readonly tags: readonly WrittenTag[];
  readonly strips: readonly Uint8Array[];
}

const codes = { text: 2, short: 3, long: 4, fraction: 5, long8: 16 };
const sizes = { text: 1, short: 2, long: 4, fraction: 4, long8: 8 };

/** The bytes of the file. BigTIFF where asked for, else where offsets of 4 bytes do not reach. */
export function layOut(pages: readonly WrittenPage[], bigTiff?: boolean): Uint8Array {
  const big = bigTiff ?? sizeOf(pages, false) > 0xffffffff;
  const view = new DataView(new ArrayBuffer(sizeOf(pages, big)));
  writeHeader(view, big);
  let directory = big ? 16 : 8;
  let strip = pages.reduce((sum, page) => sum + directorySize(page, big), directory);
  for (const [i, page] of pages.entries()) {
    const next = directory + directorySize(page, big);
    writeDirectory(
      view,
      big,
      directory,
      i + 1 < pages.length ? next : 0,
      allTags(page, big, strip),
    );
    for (const bytes of page.strips) {
      new Uint8Array(view.buffer).set(bytes, strip);
      strip += bytes.length;
    }
    directory = next;
  }
  return new Uint8Array(view.buffer);
}

/** The bytes of one directory with its values, to lie at `start` of a file; `next` is where the following one does, 0 for none. */
export function encodeDirectory(
  entries: readonly WrittenTag[],
  big: boolean,
  start: number,
  next: number,
): Uint8Array {
  const sorted = [...entries].sort((a, b) => a.tag - b.tag);
  const view = new DataView(new ArrayBuffer(lengthOf(sorted, big)));
  writeDirectory(view, big, 0, next, sorted, start);
  return new Uint8Array(view.buffer);
}

/** The head of a file whose first directory lies at `first`. */
export function encodeHeader(big: boolean, first: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(big ? 16 : 8));
  writeHeader(view, big, first);
  return new Uint8Array(view.buffer);
}

function sizeOf(pages: readonly WrittenPage[], big: boolean): number {
  let size = big ? 16 : 8;
  for (const page of pages) {
    size += directorySize(page, big);
    for (const strip of page.strips) size += strip.length;
  }
  return size;
}

function allTags(page: WrittenPage, big: boolean, firstStrip: number): WrittenTag[] {
  const type = big ? "long8" : "long";
  let offset = firstStrip;
  const offsets = page.strips.map((strip) => {
    offset += strip.length;
    return offset - strip.length;
  });
  const places: WrittenTag[] = [
    { tag: tags.StripOffsets, type, values: offsets },
    { tag: tags.StripByteCounts, type, values: page.strips.map((strip) => strip.length) },
  ];
  return [...page.tags, ...places].sort((a, b) => a.tag - b.tag);
}

/** Bytes of the values that do not fit into their entry, rounded up to keep all values on even places. */
function outside(tag: WrittenTag, big: boolean): number {
  const bytes = tag.values.length * sizes[tag.type];
  return bytes <= (big ? 8 : 4) ? 0 : Math.ceil(bytes / 8) * 8;
}

function directorySize(page: WrittenPage, big: boolean): number {
  return lengthOf(allTags(page, big, 0), big);
}

function lengthOf(all: readonly WrittenTag[], big: boolean): number {
  const entries = big ? 8 + all.length * 20 + 8 : 2 + all.length * 12 + 4;
  const values = all.reduce((sum, tag) => sum + outside(tag, big), 0);
  return Math.ceil(entries / 8) * 8 + values;
}

function writeHeader(view: DataView, big: boolean, first = big ? 16 : 8): void {
  view.setUint16(0, 0x4949, true);
  view.setUint16(2, big ? 43 : 42, true);
  if (big) {
    view.setUint16(4, 8, true);
    view.setBigUint64(8, BigInt(first), true);
  } else view.setUint32(4, first, true);
}

function writeDirectory(
  view: DataView,
  big: boolean,
  start: number,
  next: number,
  all: readonly WrittenTag[],
  origin = 0,
): void {
  const writeLong = (at: number, value: number): void =>
    big ? view.setBigUint64(at, BigInt(value), true) : view.setUint32(at, value, true);
  if (big) writeLong(start, all.length);
  else view.setUint16(start, all.length, true);
  let at = start + (big ? 8 : 2);
  const end = at + all.length * (big ? 20 : 12);
  let values = start + Math.ceil((end + (big ? 8 : 4) - start) / 8) * 8;
  for (const tag of all) {
    const pairs = tag.type === "fraction" ? 2 : 1;
    view.setUint16(at, tag.tag, true);
    view.setUint16(at + 2, codes[tag.type], true);
    writeLong(at + 4, tag.values.length / pairs);
    const inside = at + (big ? 12 : 8);
    const room = outside(tag, big);
    if (room > 0) writeLong(inside, origin + values);
    writeValues(view, tag, room > 0 ? values : inside);
    values += room;
    at += big ? 20 : 12;
  }
  writeLong(end, next);
}

function writeValues(view: DataView, tag: WrittenTag, start: number): void {
  const size = sizes[tag.type];
  for (const [i, value] of tag.values.entries()) {
    const at = start + i * size;
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, true);
    else if (size === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
  }
}

/**
 * How many pixels there are in a length, where the image says: a micrometre where ImageJ's text gives the unit, else a
 * centimetre. `scale`: how many pixels of the image lie along one of these.
 */
export function resolutionTags(
  { spacing }: Pick<Image, "spacing">,
  { scale = 1, isImageJ = false }: { readonly scale?: number; readonly isImageJ?: boolean },
): WrittenTag[] {
  const { x = 0, y = 0 } = spacing ?? {};
  if (!(x > 0 && y > 0)) return [];
  const unit = isImageJ ? 1 : 10000;
  return [
    { tag: tags.XResolution, type: "fraction", values: fractionOf(unit / (x * scale)) },
    { tag: tags.YResolution, type: "fraction", values: fractionOf(unit / (y * scale)) },
    { tag: tags.ResolutionUnit, type: "short", values: [isImageJ ? 1 : 3] },
  ];
}

/** A positive number as numerator and denominator below 2³²: its best continued fraction. */
export function fractionOf(value: number): [number, number] {
  const largest = 0xffffffff;
  if (!(value < largest)) return [largest, 1];
  let [numerator, denominator] = [1, 0];
  let [lastNumerator, lastDenominator] = [0, 1];
  let rest = value;
  for (let step = 0; step < 40; step++) {
    const whole = Math.floor(rest);
    const p = whole * numerator + lastNumerator;
    const q = whole * denominator + lastDenominator;
    if (p > largest || q > largest) break;
    [lastNumerator, lastDenominator, numerator, denominator] = [numerator, denominator, p, q];
    if (p / q === value) break;
    rest = 1 / (rest - whole);
  }
  return numerator === 0 ? [1, largest] : [numerator, denominator];
}
