/**
 * A compressed block of Zstandard: literals, and sequences that say how many of them to take and what to repeat.
 * Format: RFC 8878, section 3.1.1.3.
 *
 * @module
 */
import {
  type BackwardBits,
  backwardBits,
  damaged,
  type FseTable,
  fseTable,
  type HuffmanTable,
  readBits,
  readFseTable,
  readHuffmanStream,
  readHuffmanTable,
  singleSymbol,
} from "./zstd-entropy.js";

/** Bytes that a block holds at most. */
export const largestBlock = 131072;

/** What blocks of a frame know from those before them. */
export interface BlockState {
  huffman?: HuffmanTable;
  /** Tables of literal lengths, offsets and match lengths. */
  readonly tables: (FseTable | undefined)[];
  /** The last three distances. */
  readonly repeats: [number, number, number];
}

/** Where a frame's bytes go. */
export interface FrameOutput {
  data: Uint8Array;
  /** Where the frame begins, and where the next byte goes. */
  readonly start: number;
  at: number;
  /** Makes room for so many bytes more, or throws. */
  readonly grow: (more: number) => void;
}

/** A state of the first block. */
export function freshState(): BlockState {
  return { tables: [undefined, undefined, undefined], repeats: [1, 4, 8] };
}

/** Lengths of literals by code: the least, and the bits that are added. */
const literalLengths = lengthsOf(0, [
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6],
  ...[7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
]);
/** Lengths of matches by code. */
const matchLengths = lengthsOf(3, [
  ...new Array<number>(32).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
]);

function lengthsOf(least: number, bits: readonly number[]) {
  const base = new Int32Array(bits.length);
  let next = least;
  for (const [code, count] of bits.entries()) {
    base[code] = next;
    next += 2 ** count;
  }
  return { base, bits: Uint8Array.from(bits) };
}

/** Codes of literal lengths, offsets and match lengths: the table that needs no description, and what one may have at most. */
const kinds = [
  {
    usual: fseTable(
      [
        ...[4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2],
        ...[1, 1, 1, 1, 1, -1, -1, -1, -1],
      ],
      6,
    ),
    ...{ log: 9, symbols: 36 },
  },
  {
    usual: fseTable(
      [
        ...[1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        ...[-1, -1, -1, -1, -1],
      ],
      5,
    ),
    ...{ log: 8, symbols: 32 },
  },
  {
    usual: fseTable(
      [
        ...[1, 4, 3, 2, 2, 2, 2, 2, 2, ...new Array<number>(37).fill(1)],
        ...[-1, -1, -1, -1, -1, -1, -1],
      ],
      6,
    ),
    ...{ log: 9, symbols: 53 },
  },
] as const;

/** Writes what the block in `bytes` from `start` to `end` holds. */
export function readBlock(
  bytes: Uint8Array,
  start: number,
  end: number,
  state: BlockState,
  out: FrameOutput,
): void {
  const { literals, at } = readLiterals(bytes, start, end, state);
  const head = countOf(bytes, at, end);
  if (head.count === 0) {
    if (head.at !== end) throw damaged();
    out.grow(literals.length);
    out.data.set(literals, out.at);
    out.at += literals.length;
    return;
  }
  readSequences(bytes, { ...head, end }, literals, state, out);
}

/** How many sequences there are, and where what is said of them goes on. */
function countOf(bytes: Uint8Array, at: number, end: number): { count: number; at: number } {
  const [first, second, third] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  const size = first < 128 ? 1 : first < 255 ? 2 : 3;
  if (at + size > end) throw damaged();
  if (size === 1) return { count: first, at: at + 1 };
  if (size === 2) return { count: (first - 128) * 256 + second, at: at + 2 };
  return { count: second + third * 256 + 0x7f00, at: at + 3 };
}

function readLiterals(
  bytes: Uint8Array,
  start: number,
  end: number,
  state: BlockState,
): { literals: Uint8Array; at: number } {
  if (start >= end) throw damaged();
  const kind = bytes[start] & 3;
  const form = (bytes[start] >> 2) & 3;
  if (kind >= 2) return readPackedLiterals(bytes, { start, end, form, own: kind === 2 }, state);
  const room = form === 1 ? 2 : form === 3 ? 3 : 1;
  const word = bytes[start] | (bytes[start + 1] << 8) | (bytes[start + 2] << 16);
  const size = room === 1 ? bytes[start] >> 3 : (word & (2 ** (8 * room) - 1)) >> 4;
  const at = start + room;
  const stored = kind === 0 ? size : 1;
  if (size > largestBlock || at + stored > end) throw damaged();
  const literals =
    kind === 0 ? bytes.subarray(at, at + size) : new Uint8Array(size).fill(bytes[at]);
  return { literals, at: at + stored };
}

function readPackedLiterals(
  bytes: Uint8Array,
  { start, end, form, own }: { start: number; end: number; form: number; own: boolean },
  state: BlockState,
): { literals: Uint8Array; at: number } {
  const bits = [10, 10, 14, 18][form];
  const room = [3, 3, 4, 5][form];
  if (start + room > end) throw damaged();
  let word = 0;
  for (let i = room - 1; i >= 0; i--) word = word * 256 + bytes[start + i];
  const size = Math.floor(word / 16) % 2 ** bits;
  const packed = Math.floor(word / 2 ** (4 + bits));
  let at = start + room;
  const last = at + packed;
  if (size > largestBlock || last > end) throw damaged();
  if (own) {
    const found = readHuffmanTable(bytes, at, last);
    state.huffman = found.table;
    at = found.end;
  }
  if (!state.huffman) throw damaged();
  const literals = new Uint8Array(size);
  if (form === 0) {
    readHuffmanStream(state.huffman, backwardBits(bytes, at, last), literals, 0, size);
    return { literals, at: last };
  }
  if (at + 6 > last) throw damaged();
  const lengths = [0, 2, 4].map((place) => bytes[at + place] | (bytes[at + place + 1] << 8));
  const quarter = (size + 3) >> 2;
  let from = at + 6;
  for (let i = 0; i < 4; i++) {
    const to = i < 3 ? from + lengths[i] : last;
    if (to > last) throw damaged();
    const until = i < 3 ? (i + 1) * quarter : size;
    if (until > size) throw damaged();
    readHuffmanStream(state.huffman, backwardBits(bytes, from, to), literals, i * quarter, until);
    from = to;
  }
  return { literals, at: last };
}

function readSequences(
  bytes: Uint8Array,
  { count, at, end }: { count: number; at: number; end: number },
  literals: Uint8Array,
  state: BlockState,
  out: FrameOutput,
): void {
  const bits = backwardBits(bytes, readTables(bytes, at, end, state), end);
  const [lengths, offsets, matches] = state.tables as FseTable[];
  let length = readBits(bits, lengths.log);
  let offset = readBits(bits, offsets.log);
  let match = readBits(bits, matches.log);
  const limit = out.at + largestBlock;
  let taken = 0;
  for (let i = 0; i < count; i++) {
    const code = offsets.symbol[offset];
    const value = code > 16 ? farValue(bits, code) : (1 << code) + readBits(bits, code);
    const matchCode = matches.symbol[match];
    const repeated = matchLengths.base[matchCode] + readBits(bits, matchLengths.bits[matchCode]);
    const lengthCode = lengths.symbol[length];
    const copied =
      literalLengths.base[lengthCode] + readBits(bits, literalLengths.bits[lengthCode]);
    if (bits.left < 0 || taken + copied > literals.length) throw damaged();
    if (i < count - 1) {
      length = lengths.base[length] + readBits(bits, lengths.bits[length]);
      match = matches.base[match] + readBits(bits, matches.bits[match]);
      offset = offsets.base[offset] + readBits(bits, offsets.bits[offset]);
    }
    const middle = out.at + copied;
    const distance = distanceOf(value, copied, state.repeats);
    if (!(distance > 0) || middle - distance < out.start || middle + repeated > limit)
      throw damaged();
    if (middle + repeated > out.data.length) out.grow(copied + repeated);
    copy(literals, taken, out.data, out.at, copied);
    repeat(out.data, middle, distance, repeated);
    taken += copied;
    out.at = middle + repeated;
  }
  if (bits.left !== 0) throw damaged();
  const rest = literals.length - taken;
  if (out.at + rest > limit) throw damaged();
  out.grow(rest);
  out.data.set(literals.subarray(taken), out.at);
  out.at += rest;
}

/** The value of an offset of more than 16 bits, which are read in two parts; nothing is farther than 2^31 bytes. */
function farValue(bits: BackwardBits, code: number): number {
  if (code > 30) throw damaged();
  const high = readBits(bits, code - 16) << 16;
  return (1 << code) + high + readBits(bits, 16);
}

/** Reads the tables of a block, or keeps those of the one before; returns where they end. */
function readTables(bytes: Uint8Array, start: number, end: number, state: BlockState): number {
  if (start >= end || (bytes[start] & 3) !== 0) throw damaged();
  let at = start + 1;
  for (const [i, { usual, log, symbols }] of kinds.entries()) {
    const mode = (bytes[start] >> (6 - 2 * i)) & 3;
    if (mode === 0) state.tables[i] = usual;
    else if (mode === 1) {
      if (at >= end || bytes[at] >= symbols) throw damaged();
      state.tables[i] = singleSymbol(bytes[at++]);
    } else if (mode === 2) {
      const found = readFseTable(bytes, at, { end, log, symbols });
      state.tables[i] = found.table;
      at = found.end;
    } else if (!state.tables[i]) throw damaged();
  }
  return at;
}

/** The distance that an offset's value stands for: its own, or one of the last three, which are kept up to date. */
function distanceOf(value: number, copied: number, repeats: BlockState["repeats"]): number {
  const which = value > 3 ? 3 : value - 1 + (copied === 0 ? 1 : 0);
  if (which === 0) return repeats[0];
  const distance = value > 3 ? value - 3 : which === 3 ? repeats[0] - 1 : repeats[which];
  if (which > 1) repeats[2] = repeats[1];
  repeats[1] = repeats[0];
  repeats[0] = distance;
  return distance;
}

function copy(from: Uint8Array, start: number, to: Uint8Array, at: number, length: number): void {
  if (length > 32) to.set(from.subarray(start, start + length), at);
  else for (let i = 0; i < length; i++) to[at + i] = from[start + i];
}

/** What stands `distance` bytes before, again; it may run into itself. */
export function repeat(data: Uint8Array, at: number, distance: number, length: number): void {
  if (distance >= length && length > 32) data.copyWithin(at, at - distance, at - distance + length);
  else for (let i = at; i < at + length; i++) data[i] = data[i - distance];
}
