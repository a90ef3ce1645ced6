/**
 * What a pickle's names stand for: a fixed list, each building plain data.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";

/** A value out of a pickle. Tuples are lists. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Pickled[]
  | Map<Pickled, Pickled>
  | NumpyType
  | NumpyArray
  | Named;

/** A NumPy number type such as `u2`, its byte order `<`, `>` or `|` before it. */
export interface NumpyType {
  code: string;
  order: string;
}

/**
 * A NumPy array as it was stored: bytes, which old protocols write as a text of one character a byte, or a list where it
 * is an array of objects. Nothing is converted before somebody wants it: a pickle may name one long text a million times.
 */
export interface NumpyArray {
  shape: number[];
  type?: NumpyType;
  isFortran: boolean;
  values: Uint8Array | string | Pickled[];
}

/** One of the names we know; it can be called or handed on. */
export interface Named {
  readonly named: KnownName;
}

type KnownName =
  | "array"
  | "buffer"
  | "scalar"
  | "type"
  | "class"
  | "encode"
  | "bytes"
  | "path"
  | "dictionary";

/** What we know, by module and name, older NumPy's and Python 2's names beside today's. */
const known: ReadonlyMap<string, KnownName> = new Map([
  ["numpy.core.multiarray _reconstruct", "array"],
  ["numpy._core.multiarray _reconstruct", "array"],
  ["numpy.core.numeric _frombuffer", "buffer"],
  ["numpy._core.numeric _frombuffer", "buffer"],
  ["numpy.core.multiarray scalar", "scalar"],
  ["numpy._core.multiarray scalar", "scalar"],
  ["numpy dtype", "type"],
  ["numpy ndarray", "class"],
  ["_codecs encode", "encode"],
  ["builtins bytes", "bytes"],
  ["__builtin__ bytes", "bytes"],
  ["builtins bytearray", "bytes"],
  ["__builtin__ bytearray", "bytes"],
  ["pathlib PosixPath", "path"],
  ["pathlib WindowsPath", "path"],
  ["pathlib._local PosixPath", "path"],
  ["pathlib._local WindowsPath", "path"],
  ["collections OrderedDict", "dictionary"],
]);

/** The known name, or {@link UnsupportedError}. */
export function nameOf(module: string, name: string): Named {
  const named = known.get(`${module} ${name}`);
  if (named) return { named };
  throw new UnsupportedError(
    `holds a pickle that asks for ${JSON.stringify(`${module}.${name}`.slice(0, 100))}, must hold nothing but NumPy arrays, numbers, texts, lists and dictionaries`,
    { module, name },
  );
}

/** What calling a known name gives: plain data, whatever Python would have done. */
export function call(name: KnownName, given: Pickled[]): Pickled {
  if (name === "array") return { shape: [], isFortran: false, values: new Uint8Array(0) };
  if (name === "buffer") return fromBuffer(given);
  if (name === "type") return { code: textOf(given[0]), order: "|" };
  if (name === "scalar")
    return { shape: [], type: typeOf(given[0]), isFortran: false, values: storedOf(given[1]) };
  if (name === "encode") return storedOf(given[0]);
  if (name === "bytes") return given.length === 0 ? new Uint8Array(0) : storedOf(given[0]);
  if (name === "path") return pathOf(given);
  if (name === "dictionary" && given.length === 0) return new Map();
  throw new UnsupportedError(`holds a pickle that makes a ${name} in a way no array file does`);
}

/** Gives a value that was made empty its contents: arrays and number types have such. */
export function build(value: Pickled, state: Pickled): void {
  if (!Array.isArray(state)) throw damaged("contents");
  if (isType(value)) {
    const [, order, subtype, , fields] = state;
    if (fields !== null || subtype !== null)
      throw new UnsupportedError("holds an array of records, must be of plain numbers");
    value.order = textOf(order);
    return;
  }
  if (!isArray(value)) throw damaged("contents for what has none");
  const [, shape, type, isFortran, values] = state;
  value.shape = shapeOf(shape);
  value.type = typeOf(type);
  value.isFortran = isFortran === true || isFortran === 1;
  value.values = Array.isArray(values) ? values : storedOf(values);
}

function pathOf(parts: Pickled[]): string {
  const path = parts.map((part) => textOf(part).slice(0, 1024));
  return path.slice(0, 256).join("/");
}

/** Protocol 5's arrays: buffer, type, shape, order of axes. */
function fromBuffer([buffer, type, shape, order, axes]: Pickled[]): NumpyArray {
  if ((order !== "C" && order !== "F") || (axes !== undefined && axes !== null))
    throw new UnsupportedError(`holds an array in the order "${order}", must be "C" or "F"`);
  return {
    shape: shapeOf(shape),
    type: typeOf(type),
    isFortran: order === "F",
    values: storedOf(buffer),
  };
}

/** Whether a value is an array of NumPy's. */
export function isArray(value: Pickled | undefined): value is NumpyArray {
  return typeof value === "object" && value !== null && "isFortran" in value;
}

function isType(value: Pickled): value is NumpyType {
  return typeof value === "object" && value !== null && "code" in value;
}

function typeOf(value: Pickled): NumpyType {
  if (!isType(value)) throw damaged("a number type");
  return value;
}

function shapeOf(value: Pickled): number[] {
  const isShape =
    Array.isArray(value) &&
    value.length <= 32 &&
    value.every((n) => typeof n === "number" && Number.isSafeInteger(n) && n >= 0);
  if (!isShape) throw damaged("a shape");
  return value as number[];
}

function textOf(value: Pickled): string {
  if (typeof value !== "string") throw damaged("a text");
  return value;
}

function storedOf(value: Pickled): Uint8Array | string {
  if (typeof value !== "string" && !(value instanceof Uint8Array)) throw damaged("bytes");
  return value;
}

/** The bytes of an array. */
export function bytesOf(values: Uint8Array | string): Uint8Array {
  if (values instanceof Uint8Array) return values;
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const code = values.charCodeAt(i);
    if (code > 255) throw damaged("bytes");
    bytes[i] = code;
  }
  return bytes;
}

function damaged(what: string): FormatError {
  return new FormatError(`holds a damaged pickle: ${what} must be there and is not`);
}
