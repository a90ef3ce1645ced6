/**
 * TIFFs whose directories lie, run in circles or lead out of the file. Kinds as in libtiff's fuzzers and in what readers of TIFF
 * had to mend.
 *
 * @module
 */
import { type BuiltTiff, buildTiff } from "../tiff-file.js";
import { type Alone, alone, type HostileCase, joined, latin, number, patched } from "./case.js";

const [width, height] = [16, 12];
const values = Uint16Array.from({ length: width * height }, (_, i) => (i * 37) % 4096);

/** A sound file of 16 x 12 numbers of 16 bits in 3 strips; `more` is laid over it. */
export function soundTiff(more: Partial<BuiltTiff> = {}): Uint8Array<ArrayBuffer> {
  return buildTiff({ type: "uint16", width, height, values, rowsPerStrip: 4, ...more });
}

/** What to write over an entry of a directory. */
export interface Entry {
  readonly type?: number;
  readonly count?: number;
  readonly value?: number;
}

/** A little-endian TIFF with one entry of its first directory changed, whatever that leads to. */
export function withEntry(bytes: Uint8Array, tag: number, change: Entry): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getUint32(4, true);
  for (let i = 0; i < view.getUint16(first, true); i++) {
    const at = first + 2 + 12 * i;
    if (view.getUint16(at, true) !== tag) continue;
    let out = new Uint8Array(bytes);
    if (change.type !== undefined) out = patched(out, at + 2, number(change.type, 2));
    if (change.count !== undefined) out = patched(out, at + 4, number(change.count, 4));
    if (change.value !== undefined) out = patched(out, at + 8, number(change.value, 4));
    return out;
  }
  throw new Error(`there is no tag ${tag}`);
}

/** Where the first directory of a little-endian TIFF lies, and where the link to the next one does. */
function directoryOf(bytes: Uint8Array): { first: number; link: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getUint32(4, true);
  return { first, link: first + 2 + 12 * view.getUint16(first, true) };
}

function* structure(): Iterable<Alone> {
  const sound = soundTiff();
  const big = soundTiff({ big: true });
  const { first, link } = directoryOf(sound);
  yield ["empty", new Uint8Array(0)];
  yield ["four-bytes", sound.slice(0, 4)];
  yield ["header-only", sound.slice(0, 8)];
  yield ["cut-before-directory", sound.slice(0, first)];
  yield ["cut-in-tag-count", sound.slice(0, first + 1)];
  yield ["cut-in-directory", sound.slice(0, first + 30)];
  yield ["cut-before-link", sound.slice(0, link)];
  yield ["half-copied", joined(sound.slice(0, 100), new Uint8Array(sound.length - 100))];
  yield ["directory-at-0", patched(sound, 4, number(0, 4))];
  yield ["directory-at-1", patched(sound, 4, number(1, 4))];
  yield ["directory-beyond-end", patched(sound, 4, number(sound.length + 10, 4))];
  yield ["directory-at-4-gib", patched(sound, 4, number(0xfffffffe, 4))];
  yield ["magic-99", patched(sound, 2, number(99, 2))];
  yield ["byte-order-mixed", patched(sound, 0, "MM")];
  yield ["text-in-a-tif", latin("<html><body>404 Not Found</body></html>")];
  yield ["zeros", new Uint8Array(4096)];
  yield ["tags-0", patched(sound, first, number(0, 2))];
  yield ["tags-65535", patched(sound, first, number(65535, 2))];
  yield ["next-is-itself", patched(sound, link, number(first, 4)), { says: "earlier page" }];
  yield ["next-is-the-header", patched(sound, link, number(2, 4))];
  yield ["next-beyond-end", patched(sound, link, number(sound.length, 4))];
  yield ["two-directories-in-a-circle", circle(sound), { says: "earlier page" }];
  // The smallest circle: a directory of one tag within fourteen bytes.
  yield ["circle-of-14-bytes", joined("II", [42, 0, 8, 0, 0, 0], [1, 0, 8, 0, 0, 0])];
  yield ["chain-of-70000-pages", chain(70_000)];
  yield ["subifd-is-itself", subDirectory(sound, first), { expected: "either" }];
  yield ["subifds-of-subifds", manySubDirectories(sound), { expected: "either" }];
  yield ["big-offsets-of-4-bytes", patched(big, 4, number(4, 2))];
  yield ["big-directory-at-2^63", patched(big, 8, number(2n ** 63n, 8))];
  yield ["big-tags-2^60", patched(big, bigFirst(big), number(2n ** 60n, 8))];
  yield ["big-count-2^61", patched(big, bigFirst(big) + 8 + 4, number(2n ** 61n, 8))];
}

/** Two directories, each with the other behind it. */
function circle(sound: Uint8Array): Uint8Array {
  const { first, link } = directoryOf(sound);
  const second = sound.length;
  const copy = sound.slice(first, link);
  return joined(patched(sound, link, number(second, 4)), copy, Uint8Array.from(number(first, 4)));
}

/** So many directories of one tag each, one behind the other. */
function chain(count: number): Uint8Array {
  const out = new Uint8Array(8 + 18 * count);
  const view = new DataView(out.buffer);
  out.set(latin("II*\0"));
  view.setUint32(4, 8, true);
  for (let i = 0; i < count; i++) {
    const at = 8 + 18 * i;
    view.setUint16(at, 1, true);
    view.setUint16(at + 2, 256, true);
    view.setUint16(at + 4, 4, true);
    view.setUint32(at + 6, 1, true);
    view.setUint32(at + 10, 1, true);
    view.setUint32(at + 14, i + 1 < count ? at + 18 : 0, true);
  }
  return out;
}

function subDirectory(sound: Uint8Array, at: number): Uint8Array {
  const room = soundTiff({ tags: { 330: [4, [0]] } });
  return withEntry(room, 330, { value: at + (room.length - sound.length - 12) });
}

/** A directory that names itself a thousand times as its smaller copies. */
function manySubDirectories(sound: Uint8Array): Uint8Array {
  const many = Array<number>(1000).fill(directoryOf(sound).first);
  return soundTiff({ tags: { 330: [4, many] } });
}

function bigFirst(big: Uint8Array): number {
  return Number(new DataView(big.buffer).getBigUint64(8, true));
}

function* lengths(): Iterable<Alone> {
  const sound = soundTiff();
  for (const [what, value] of [
    ["0", 0],
    ["1-too-many", width + 1],
    ["2^31", 2 ** 31],
    ["2^32-1", 0xffffffff],
  ] as const) {
    yield [`width-${what}`, withEntry(sound, 256, { value })];
    yield [`height-${what}`, withEntry(sound, 257, { value: value === width + 1 ? 200 : value })];
  }
  yield ["width-is-text", withEntry(sound, 256, { type: 2, value: 0x636261 })];
  yield ["width-is-a-fraction", withEntry(sound, 256, { type: 5, value: 8 })];
  yield ["width-of-type-99", withEntry(sound, 256, { type: 99 })];
  yield ["width-twice", withEntry(sound, 257, {}).map((b, i, all) => twice(b, i, all))];
  yield ["width-of-2-values", withEntry(sound, 256, { type: 3, count: 2, value: 0x100010 })];
  yield ["width-of-2^32-1-values", withEntry(sound, 256, { count: 0xffffffff })];
  yield ["without-width", soundTiff({ tags: { 256: undefined } })];
  yield ["without-strips", soundTiff({ tags: { 273: undefined } })];
  yield ["bits-0", withEntry(sound, 258, { value: 0 })];
  yield ["bits-7", withEntry(sound, 258, { value: 7 }), { expected: "either" }];
  yield ["bits-65535", withEntry(sound, 258, { value: 65535 })];
  yield ["bits-33", withEntry(sound, 258, { value: 33 })];
  yield ["bits-differ", soundTiff({ samples: 2, width: 8, tags: { 258: [3, [16, 8]] } })];
  yield ["float-of-8-bits", soundTiff({ type: "uint8", tags: { 339: [3, [3]] } })];
  yield ["format-void", withEntry(sound, 339, { value: 4 }), { expected: "either" }];
  yield ["format-complex", withEntry(sound, 339, { value: 6 })];
  yield ["samples-0", withEntry(sound, 277, { value: 0 })];
  yield ["samples-65535", withEntry(sound, 277, { value: 65535 })];
  yield ["samples-2-said", withEntry(sound, 277, { value: 2 })];
  yield ["planar-3", withEntry(sound, 284, { value: 3 })];
  yield ["predictor-99", withEntry(sound, 317, { value: 99 })];
  yield ["predictor-float-on-integers", withEntry(sound, 317, { value: 3 })];
  yield ["fill-order-9", soundTiff({ tags: { 266: [3, [9]] } }), { expected: "either" }];
}

/** The entry of the height becomes a second one of the width. */
function twice(byte: number, at: number, all: Uint8Array): number {
  const { first } = directoryOf(all);
  return at === first + 2 + 12 ? 0 : byte;
}

function* strips(): Iterable<Alone> {
  const sound = soundTiff();
  const one = soundTiff({ rowsPerStrip: height });
  yield ["rows-a-strip-0", withEntry(sound, 278, { value: 0 })];
  yield ["rows-a-strip-1", withEntry(sound, 278, { value: 1 })];
  yield ["rows-a-strip-2^32-1", withEntry(one, 278, { type: 4, value: 0xffffffff }), read];
  yield ["strips-2^32-1", withEntry(sound, 273, { count: 0xffffffff })];
  yield ["strips-2-of-3", withEntry(sound, 273, { count: 2 })];
  yield ["strip-at-0", soundTiff({ tags: { 273: [4, [0, 136, 264]] } }), { expected: "either" }];
  yield ["strip-beyond-end", soundTiff({ tags: { 273: [4, [8, 136, 4000]] } })];
  yield ["strip-at-2^32-1", soundTiff({ tags: { 273: [4, [8, 136, 0xffffffff]] } })];
  yield ["strip-length-0", soundTiff({ tags: { 279: [4, [128, 0, 128]] } })];
  yield ["strip-length-2^32-1", soundTiff({ tags: { 279: [4, [128, 128, 0xffffffff]] } })];
  yield ["strip-too-short", soundTiff({ tags: { 279: [4, [128, 127, 128]] } })];
  yield ["strips-overlap", soundTiff({ tags: { 273: [4, [8, 8, 8]] } }), read];
  yield ["compression-0", withEntry(sound, 259, { value: 0 })];
  yield ["compression-65535", withEntry(sound, 259, { value: 65535 })];
  yield ["compression-jpeg", withEntry(sound, 259, { value: 7 })];
  for (const compression of [5, 8, 32773, 50000] as const) {
    const name = { 5: "lzw", 8: "deflate", 32773: "packbits", 50000: "zstd" }[compression];
    yield [`${name}-is-noise`, withEntry(sound, 259, { value: compression })];
    if (compression === 50000) continue;
    const packed = soundTiff({ compression, rowsPerStrip: height });
    yield [`${name}-cut-short`, withEntry(packed, 279, { value: 20 })];
    yield [`${name}-too-few`, withEntry(packed, 257, { value: 13 })];
    yield [`${name}-damaged`, patched(packed, 12, [0xff, 0x00, 0xff, 0x55])];
  }
  yield ["tile-0", soundTiff({ tile: [16, 16], tags: { 322: [3, [0]] } })];
  yield ["tile-of-15", soundTiff({ tile: [16, 16], tags: { 322: [3, [15]] } })];
  yield ["tile-2^31", soundTiff({ tile: [16, 16], tags: { 322: [4, [2 ** 31]] } })];
  yield ["tiles-too-few", soundTiff({ tile: [16, 16], width: 8, height: 24, tags: tooFew })];
  yield ["tiles-and-strips", soundTiff({ tags: { 322: [3, [16]], 323: [3, [16]] } }), either];
}

const read = { expected: "read" } as const;
const either = { expected: "either" } as const;
const tooFew: BuiltTiff["tags"] = { 324: [4, [8]], 325: [4, [512]] };

/** All of them. */
export function tiffCases(): HostileCase[] {
  const parts = [structure(), lengths(), strips()];
  return parts.flatMap((part) => alone("tiff", "image", "tif", part));
}
