/**
 * NumPy's files: headers that lie, objects and pickles that would be run elsewhere, zips around them.
 *
 * @module
 */
import { writeNpy } from "@cellwright/core";
import {
  type Alone,
  alone,
  type HostileCase,
  joined,
  latin,
  number,
  patched,
  text,
} from "./case.js";
import { type Packed, zipOf } from "./zip.js";

/** A sound array of 12 x 16 numbers of 16 bits. */
export function soundNpy(): Uint8Array<ArrayBuffer> {
  const data = Uint16Array.from({ length: 192 }, (_, i) => i * 31);
  return new Uint8Array(writeNpy({ data, shape: [12, 16] }));
}

/** An array with a header of one's own. */
export function npyOf(
  header: string,
  content: Uint8Array = new Uint8Array(384),
  version = 1,
): Uint8Array<ArrayBuffer> {
  const length = number(header.length, version === 1 ? 2 : 4);
  return joined("\x93NUMPY", [version, 0], length, header, content);
}

function headerOf(descr: string, order: string, shape: string): string {
  return `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
}

function* arrays(): Iterable<Alone> {
  const sound = soundNpy();
  for (const at of [0, 5, 6, 8, 9, 10, 40, 127, 128, 129, sound.length - 1])
    yield [`cut-at-${at}`, sound.slice(0, at)];
  yield ["one-byte-more", joined(sound, [0])];
  yield ["version-0", patched(sound, 6, [0])];
  yield ["version-9", patched(sound, 6, [9])];
  yield ["header-length-65535", patched(sound, 8, [255, 255])];
  yield [
    "header-length-2^32-1",
    joined("\x93NUMPY", [2, 0, 255, 255, 255, 255], new Uint8Array(99)),
  ];
  yield ["header-not-closed", npyOf("{'descr': '<u2', 'fortran_order': False, 'shape': (12, 16)")];
  yield ["header-of-blanks", npyOf(" ".repeat(60_000))];
  yield ["header-is-code", npyOf("__import__('os').system('touch hacked')\n")];
  yield ["header-lambda", npyOf(headerOf("'<u2'", "(lambda: False)()", "(12, 16)"))];
  yield ["header-nested-10000-deep", npyOf(`{'shape': ${"(".repeat(10_000)}`)];
  yield ["extra-key", npyOf("{'descr': '<u2', 'fortran_order': False, 'shape': (12, 16), 'x': 1}")];
  yield [
    "key-twice",
    npyOf("{'descr': '<u2', 'descr': '<u2', 'fortran_order': False, 'shape': (12, 16)}"),
  ];
  yield ["key-proto", npyOf("{'__proto__': '<u2', 'fortran_order': False, 'shape': (12, 16)}")];
  for (const [what, shape] of Object.entries({
    "shape-empty": "()",
    "shape-0": "(0, 16)",
    "shape-minus": "(-12, -16)",
    "shape-float": "(12.0, 16)",
    "shape-number": "192",
    "shape-13x16": "(13, 16)",
    "shape-2^40": "(1048576, 1048576)",
    "shape-10^15-squared": "(999999999999999, 999999999999999)",
    "shape-10^400": `(1${"0".repeat(400)}, 1)`,
    "shape-of-100-axes": `(${"1, ".repeat(100)})`,
    "shape-wraps-round": "(4294967296, 4294967296, 192)",
  }))
    yield [what, npyOf(headerOf("'<u2'", "False", shape))];
  for (const [what, descr] of Object.entries({
    objects: "'|O'",
    texts: "'<U8'",
    bytes: "'|S2'",
    complex: "'<c8'",
    dates: "'<M8[ns]'",
    void: "'|V2'",
    "half-of-no-order": "'f2'",
    record: "[('a', '<u1'), ('b', '<u1')]",
    "type-constructor": "'<constructor'",
    "type-u3": "'<u3'",
    "type-u16": "'<u16'",
    float128: "'<f16'",
  }))
    yield [what, npyOf(headerOf(descr, "False", "(12, 16)"))];
  yield ["order-maybe", npyOf(headerOf("'<u2'", "Maybe", "(12, 16)"))];
  const nan = new Uint8Array(new Float32Array(192).fill(Number.NaN).buffer);
  yield ["all-nan", npyOf(headerOf("'<f4'", "False", "(12, 16)"), nan), { expected: "read" }];
  const huge = new Uint8Array(
    Float64Array.from({ length: 48 }, (_, i) => [1e308, -1e308, Infinity][i % 3]).buffer,
  );
  yield ["infinite", npyOf(headerOf("'<f8'", "False", "(6, 8)"), huge), { expected: "read" }];
  const beyond = new Uint8Array(BigInt64Array.from({ length: 48 }, () => 2n ** 62n + 1n).buffer);
  yield ["int64-beyond-2^53", npyOf(headerOf("'<i8'", "False", "(6, 8)"), beyond)];
  yield ["fortran-1-axis", npyOf(headerOf("'<u2'", "True", "(192,)"))];
  yield ["pickle-of-an-array", npyOf(headerOf("'|O'", "False", "(1,)"), runs())];
  yield ["bare-pickle", runs()];
}

/** A pickle that would start a shell, were it run. */
export function runs(): Uint8Array<ArrayBuffer> {
  return latin("cposix\nsystem\n(S'touch hacked'\ntR.");
}

function* zips(): Iterable<Alone> {
  const array = soundNpy();
  const good: Packed = { name: "arr_0.npy", content: array };
  const pair = (more: Partial<Packed>) => zipOf([{ ...good, ...more }]);
  yield ["empty", zipOf([])];
  yield ["two-arrays", zipOf([good, { ...good, name: "arr_1.npy" }])];
  yield ["same-name-twice", zipOf([good, good])];
  yield ["no-npy-inside", pair({ content: text("hello") })];
  yield ["object-array", pair({ content: npyOf(headerOf("'|O'", "False", "(1,)"), runs()) })];
  yield ["bomb-1-gibibyte", pair({ bomb: 2 ** 30 })];
  yield ["bomb-that-says-384", pair({ bomb: 2 ** 30, size: 384 })];
  yield ["says-4-gibibytes", pair({ size: 0xfffffff0 })];
  yield ["packed-beyond-end", pair({ packed: 1e9 })];
  yield ["checksum-wrong", pair({ checksum: 1 })];
  yield ["method-99", pair({ method: 99 })];
  yield ["behind-a-password", pair({ flags: 1 })];
  yield ["offset-beyond-end", pair({ offset: 0x7fffffff })];
  yield ["count-65535", zipOf([good], { count: 65535 })];
  yield ["directory-beyond-end", zipOf([good], { start: 0x7fffffff })];
  yield ["directory-in-itself", zipOf([good], { start: 4 })];
  yield ["directory-2-gibibytes", zipOf([good], { length: 2 ** 31 })];
  yield ["cut-in-half", zipOf([good]).slice(0, 200)];
  yield ["name-of-another", pair({ localName: "zzz_0.npy" }), { expected: "either" }];
  yield ["name-with-dots", pair({ name: "../../arr_0.npy" }), { expected: "read" }];
}

/** All of them. */
export function npyCases(): HostileCase[] {
  return [...alone("npy", "image", "npy", arrays()), ...alone("npz", "image", "npz", zips())];
}
