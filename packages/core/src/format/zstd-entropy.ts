/**
 * The two codes of Zstandard: finite state entropy (FSE) and Huffman, and the bits that they are read from, last bit first.
 * Format: RFC 8878, section 4.
 *
 * @module
 */
import { FormatError } from "../errors.js";

/** What is thrown for a stream that no encoder writes. */
export function damaged(): FormatError {
  return new FormatError("is damaged: not a Zstandard frame");
}

/** Bits that are read from the end of some bytes to their beginning. */
export interface BackwardBits {
  readonly bytes: Uint8Array;
  /** Where the bytes begin. */
  readonly start: number;
  /** How many bits are left; below 0 where more were read than there were, which are zeros. */
  left: number;
}

/** The bits of `bytes` from `start` to `end`; the highest bit of the last byte marks where they end. */
export function backwardBits(bytes: Uint8Array, start: number, end: number): BackwardBits {
  if (end <= start || bytes[end - 1] === 0) throw damaged();
  const left = (end - start) * 8 - Math.clz32(bytes[end - 1]) + 24 - 1;
  return { bytes, start, left };
}

/** The next `count` bits, up to 24. */
export function readBits(bits: BackwardBits, count: number): number {
  bits.left -= count;
  return bitsAt(bits.bytes, bits.start, bits.left, count);
}

/** `count` bits, up to 24, from the one at `at` on, counted from the byte `start`; those before it are zeros. */
export function bitsAt(bytes: Uint8Array, start: number, at: number, count: number): number {
  if (at < 0) return at + count <= 0 ? 0 : bitsAt(bytes, start, 0, at + count) << -at;
  const from = start + (at >> 3);
  const word =
    bytes[from] | (bytes[from + 1] << 8) | (bytes[from + 2] << 16) | (bytes[from + 3] << 24);
  return (word >>> (at & 7)) & ((1 << count) - 1);
}

/** What each state stands for, and how the next one is found. */
export interface FseTable {
  /** Bits of a state. */
  readonly log: number;
  readonly symbol: Uint8Array;
  /** Bits to be read for the next state, and what is added to them. */
  readonly bits: Uint8Array;
  readonly base: Uint16Array;
}

/** The table of one symbol alone. */
export function singleSymbol(symbol: number): FseTable {
  return {
    ...{ log: 0, symbol: Uint8Array.of(symbol) },
    ...{ bits: new Uint8Array(1), base: new Uint16Array(1) },
  };
}

/** The table of symbols with these chances, in parts of 2^log; -1 is less than one part. */
export function fseTable(chances: ArrayLike<number>, log: number): FseTable {
  const size = 1 << log;
  const table = {
    log,
    symbol: new Uint8Array(size),
    bits: new Uint8Array(size),
    base: new Uint16Array(size),
  };
  const next = new Uint16Array(chances.length);
  let high = size;
  for (let s = 0; s < chances.length; s++)
    if (chances[s] === -1) {
      table.symbol[--high] = s;
      next[s] = 1;
    }
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  for (let s = 0; s < chances.length; s++) {
    if (chances[s] <= 0) continue;
    next[s] = chances[s];
    for (let i = 0; i < chances[s]; i++) {
      table.symbol[at] = s;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  }
  if (at !== 0) throw damaged();
  for (let state = 0; state < size; state++) {
    const count = next[table.symbol[state]]++;
    table.bits[state] = log - (31 - Math.clz32(count));
    table.base[state] = (count << table.bits[state]) - size;
  }
  return table;
}

/** A table as it is described from `start` on, and where the description ends. */
export function readFseTable(
  bytes: Uint8Array,
  start: number,
  limits: { readonly end: number; readonly log: number; readonly symbols: number },
): { table: FseTable; end: number } {
  let at = 0;
  const read = (count: number) => {
    at += count;
    if (start + Math.ceil(at / 8) > limits.end) throw damaged();
    return bitsAt(bytes, start, at - count, count);
  };
  const log = read(4) + 5;
  if (log > limits.log) throw damaged();
  const chances: number[] = [];
  let rest = 1 << log;
  while (rest > 0 && chances.length < limits.symbols) {
    const count = 32 - Math.clz32(rest + 1);
    const spare = (1 << count) - 1 - (rest + 1);
    // Small values take a bit less.
    let value = read(count - 1);
    if (value >= spare) {
      value |= read(1) << (count - 1);
      if (value >= 1 << (count - 1)) value -= spare;
    }
    const chance = value - 1;
    rest -= Math.abs(chance);
    chances.push(chance);
    if (chance !== 0) continue;
    for (let zeros = 3; zeros === 3; ) {
      zeros = read(2);
      for (let i = 0; i < zeros; i++) chances.push(0);
    }
  }
  if (rest !== 0 || chances.length > limits.symbols) throw damaged();
  return { table: fseTable(chances, log), end: start + Math.ceil(at / 8) };
}

/** For each `log` bits that may come next: the symbol that they begin with, and how many of them it takes. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbol: Uint8Array;
  readonly bits: Uint8Array;
}

/** The Huffman table as it is described from `start` on, and where the description ends. */
export function readHuffmanTable(
  bytes: Uint8Array,
  start: number,
  limit: number,
): { table: HuffmanTable; end: number } {
  if (start >= limit) throw damaged();
  const head = bytes[start];
  const count = head - 127;
  const end = start + 1 + (head < 128 ? head : (count + 1) >> 1);
  if (end > limit) throw damaged();
  const weights =
    head < 128
      ? packedWeights(bytes, start + 1, end)
      : Array.from({ length: count }, (_, i) => {
          const byte = bytes[start + 1 + (i >> 1)];
          return i % 2 === 0 ? byte >> 4 : byte & 15;
        });
  return { table: huffmanTable(weights), end };
}

/** Weights that are coded themselves, by two states that take turns. */
function packedWeights(bytes: Uint8Array, start: number, end: number): number[] {
  const { table, end: from } = readFseTable(bytes, start, { end, log: 6, symbols: 16 });
  const bits = backwardBits(bytes, from, end);
  const states = [readBits(bits, table.log), readBits(bits, table.log)];
  const weights: number[] = [];
  for (let turn = 0; ; turn ^= 1) {
    const state = states[turn];
    weights.push(table.symbol[state]);
    states[turn] = table.base[state] + readBits(bits, table.bits[state]);
    if (weights.length > 254) throw damaged();
    if (bits.left >= 0) continue;
    weights.push(table.symbol[states[turn ^ 1]]);
    return weights;
  }
}

/** The table of all weights but the last, which makes them whole. */
function huffmanTable(weights: readonly number[]): HuffmanTable {
  const sum = weights.reduce((total, weight) => total + (weight > 0 ? 2 ** (weight - 1) : 0), 0);
  const log = sum > 0 ? 32 - Math.clz32(sum) : 0;
  const rest = 2 ** log - sum;
  if (log < 1 || log > 11 || (rest & (rest - 1)) !== 0) throw damaged();
  const all = [...weights, 32 - Math.clz32(rest)];
  const table = { log, symbol: new Uint8Array(2 ** log), bits: new Uint8Array(2 ** log) };
  let at = 0;
  for (let weight = 1; weight <= log; weight++)
    for (let symbol = 0; symbol < all.length; symbol++) {
      if (all[symbol] !== weight) continue;
      const end = at + 2 ** (weight - 1);
      table.symbol.fill(symbol, at, end);
      table.bits.fill(log + 1 - weight, at, end);
      at = end;
    }
  if (at !== 2 ** log) throw damaged();
  return table;
}

/** Writes the symbols of a stream, which must be exactly those from `at` to `end` of `out`. */
export function readHuffmanStream(
  table: HuffmanTable,
  bits: BackwardBits,
  out: Uint8Array,
  at: number,
  end: number,
): void {
  const { log, symbol, bits: lengths } = table;
  const { bytes, start } = bits;
  const mask = (1 << log) - 1;
  let { left } = bits;
  for (let i = at; i < end; i++) {
    const from = start + ((left - log) >> 3);
    const word = bytes[from] | (bytes[from + 1] << 8) | (bytes[from + 2] << 16);
    const next =
      left < log ? bitsAt(bytes, start, left - log, log) : (word >>> ((left - log) & 7)) & mask;
    out[i] = symbol[next];
    left -= lengths[next];
  }
  if (left !== 0) throw damaged();
}
