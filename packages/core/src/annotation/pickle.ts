/**
 * Python's pickled data as plain values: dictionaries, lists, numbers, texts, bytes and NumPy arrays, protocols 0 to 5.
 * A pickle is a program for a small stack machine that can name anything Python can import. This machine knows a fixed
 * list of names, each of which builds plain data here; any other name is refused, nothing is looked up or run.
 * Format: Python's `pickletools`, PEP 307, PEP 3154, PEP 574.
 *
 * @module
 */
import { strFromU8 } from "fflate";
import { FormatError, UnsupportedError } from "../errors.js";
import { build, call, type Named, nameOf, type Pickled } from "./pickle-value.js";

/** The stack machine's memory. */
interface Machine {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  at: number;
  stack: Pickled[];
  /** Stacks put aside by marks. */
  readonly marks: Pickled[][];
  readonly memo: Map<number, Pickled>;
}

/** Marks within marks: real pickles have a handful. */
const deepest = 1000;

/**
 * The value that a pickle describes. Throws {@link UnsupportedError} for names beyond the known ones and for what
 * protocols 0 to 5 hold that no array file needs, {@link FormatError} for bytes that are no whole pickle.
 */
export function readPickle(bytes: Uint8Array): Pickled {
  const machine: Machine = {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    bytes,
    at: 0,
    stack: [],
    marks: [],
    memo: new Map(),
  };
  for (;;) {
    const start = machine.at;
    const code = take(machine, 1)[0];
    if (code === 0x2e) return pop(machine);
    const operation = operations.get(code);
    if (!operation)
      throw new UnsupportedError(
        `holds a pickle with the operation 0x${code.toString(16)} at byte ${start}, which plain data has no need of`,
      );
    operation(machine);
  }
}

type Operation = (machine: Machine) => void;

const operations: ReadonlyMap<number, Operation> = new Map([
  // Protocol, frame: nothing to do but go on.
  [0x80, (m) => void take(m, 1)],
  [0x95, (m) => void take(m, 8)],
  // Numbers.
  [0x4e, (m) => push(m, null)],
  [0x88, (m) => push(m, true)],
  [0x89, (m) => push(m, false)],
  [0x49, (m) => push(m, integerOf(line(m)))],
  [0x4c, (m) => push(m, integerOf(line(m).replace(/L$/, "")))],
  [0x4a, (m) => push(m, m.view.getInt32(advance(m, 4), true))],
  [0x4b, (m) => push(m, take(m, 1)[0])],
  [0x4d, (m) => push(m, m.view.getUint16(advance(m, 2), true))],
  [0x8a, (m) => push(m, longOf(take(m, take(m, 1)[0])))],
  [0x8b, (m) => push(m, longOf(take(m, length4(m))))],
  [0x46, (m) => push(m, Number(line(m)))],
  [0x47, (m) => push(m, m.view.getFloat64(advance(m, 8)))],
  // Texts and bytes.
  [0x53, (m) => push(m, quoted(line(m)))],
  [0x54, (m) => push(m, latin1(take(m, length4(m))))],
  [0x55, (m) => push(m, latin1(take(m, take(m, 1)[0])))],
  [0x56, (m) => push(m, rawUnicode(line(m)))],
  [0x58, (m) => push(m, utf8(take(m, length4(m))))],
  [0x8c, (m) => push(m, utf8(take(m, take(m, 1)[0])))],
  [0x8d, (m) => push(m, utf8(take(m, length8(m))))],
  [0x42, (m) => push(m, take(m, length4(m)))],
  [0x43, (m) => push(m, take(m, take(m, 1)[0]))],
  [0x8e, (m) => push(m, take(m, length8(m)))],
  [0x96, (m) => push(m, take(m, length8(m)))],
  // Lists, tuples (lists too), dictionaries.
  [0x28, (m) => mark(m)],
  [0x30, (m) => void (m.stack.length > 0 ? m.stack.pop() : sinceMark(m))],
  [0x31, (m) => void sinceMark(m)],
  [0x32, (m) => push(m, top(m))],
  [0x29, (m) => push(m, [])],
  [0x5d, (m) => push(m, [])],
  [0x7d, (m) => push(m, new Map())],
  [0x85, (m) => push(m, popSome(m, 1))],
  [0x86, (m) => push(m, popSome(m, 2))],
  [0x87, (m) => push(m, popSome(m, 3))],
  [0x74, (m) => push(m, sinceMark(m))],
  [0x6c, (m) => push(m, sinceMark(m))],
  [0x64, (m) => setItems(m, sinceMark(m), new Map())],
  [0x61, (m) => append(m, popSome(m, 1))],
  [0x65, (m) => append(m, sinceMark(m))],
  [0x73, (m) => setItems(m, popSome(m, 2))],
  [0x75, (m) => setItems(m, sinceMark(m))],
  // What was seen before.
  [0x70, (m) => void m.memo.set(Number(line(m)), top(m))],
  [0x71, (m) => void m.memo.set(take(m, 1)[0], top(m))],
  [0x72, (m) => void m.memo.set(length4(m), top(m))],
  [0x94, (m) => void m.memo.set(m.memo.size, top(m))],
  [0x67, (m) => recall(m, Number(line(m)))],
  [0x68, (m) => recall(m, take(m, 1)[0])],
  [0x6a, (m) => recall(m, length4(m))],
  // Names, and what is made by them.
  [0x63, (m) => push(m, nameOf(line(m), line(m)))],
  [0x93, (m) => push(m, stackName(popSome(m, 2)))],
  [0x52, (m) => reduce(m)],
  [0x62, (m) => buildTop(m)],
] satisfies [number, Operation][]);

function reduce(machine: Machine): void {
  const [callee, given] = popSome(machine, 2);
  if (!isNamed(callee) || !Array.isArray(given))
    throw new FormatError("holds a damaged pickle: a call without a name or its arguments");
  push(machine, call(callee.named, given));
}

function buildTop(machine: Machine): void {
  const [state] = popSome(machine, 1);
  build(top(machine), state);
}

function isNamed(value: Pickled): value is Named {
  return typeof value === "object" && value !== null && "named" in value;
}

function stackName([module, name]: Pickled[]): Named {
  if (typeof module !== "string" || typeof name !== "string")
    throw new FormatError("holds a damaged pickle: a name that is no text");
  return nameOf(module, name);
}

/** The next `length` bytes, as a view. */
function take(machine: Machine, length: number): Uint8Array {
  const start = advance(machine, length);
  return machine.bytes.subarray(start, start + length);
}

/** Where the next `length` bytes begin. */
function advance(machine: Machine, length: number): number {
  const start = machine.at;
  if (start + length > machine.bytes.length)
    throw new FormatError(
      `holds a pickle that is cut off: must have ${start + length} bytes, has ${machine.bytes.length}`,
    );
  machine.at += length;
  return start;
}

function length4(machine: Machine): number {
  return machine.view.getUint32(advance(machine, 4), true);
}

function length8(machine: Machine): number {
  return Number(machine.view.getBigUint64(advance(machine, 8), true));
}

/** The text up to the end of its line. */
function line(machine: Machine): string {
  const end = machine.bytes.indexOf(10, machine.at);
  if (end < 0) throw new FormatError("holds a pickle that is cut off within a line");
  const text = latin1(machine.bytes.subarray(machine.at, end));
  machine.at = end + 1;
  return text.replace(/\r$/, "");
}

function push(machine: Machine, value: Pickled): void {
  machine.stack.push(value);
}

function pop(machine: Machine): Pickled {
  return popSome(machine, 1)[0];
}

function popSome({ stack }: Machine, count: number): Pickled[] {
  if (stack.length < count) throw damaged();
  return stack.splice(stack.length - count);
}

function top({ stack }: Machine): Pickled {
  if (stack.length === 0) throw damaged();
  return stack[stack.length - 1];
}

function mark(machine: Machine): void {
  if (machine.marks.length >= deepest)
    throw new UnsupportedError(`holds a pickle of more than ${deepest} lists within lists`);
  machine.marks.push(machine.stack);
  machine.stack = [];
}

function sinceMark(machine: Machine): Pickled[] {
  const items = machine.stack;
  const outer = machine.marks.pop();
  if (!outer) throw damaged();
  machine.stack = outer;
  return items;
}

function append(machine: Machine, items: Pickled[]): void {
  const list = top(machine);
  if (!Array.isArray(list)) throw damaged();
  for (const item of items) list.push(item);
}

function setItems(machine: Machine, items: Pickled[], made?: Map<Pickled, Pickled>): void {
  if (made) push(machine, made);
  const dictionary = top(machine);
  if (!(dictionary instanceof Map) || items.length % 2 !== 0) throw damaged();
  for (let i = 0; i < items.length; i += 2) dictionary.set(items[i], items[i + 1]);
}

function recall(machine: Machine, key: number): void {
  const value = machine.memo.get(key);
  if (value === undefined) throw damaged();
  push(machine, value);
}

function damaged(): FormatError {
  return new FormatError("holds a damaged pickle: it takes what it has not been given");
}

/** Protocol 0 writes booleans as 00 and 01. Whole numbers beyond 2^53 become the nearest there is. */
function integerOf(text: string): number | boolean {
  if (text === "00" || text === "01") return text === "01";
  const value = Number(text);
  if (!/^-?[0-9]{1,40}$/.test(text) || !Number.isFinite(value))
    throw new FormatError(`holds a damaged pickle: "${text.slice(0, 40)}" is no whole number`);
  return value;
}

/** Little-endian two's complement of any length. */
function longOf(bytes: Uint8Array): number {
  let value = 0;
  for (let i = bytes.length - 1; i >= 0; i--) value = value * 256 + bytes[i];
  const isNegative = bytes.length > 0 && bytes[bytes.length - 1] >= 128;
  if (!isNegative) return value;
  let rest = 0;
  for (let i = bytes.length - 1; i >= 0; i--) rest = rest * 256 + (255 - bytes[i]);
  return -(rest + 1);
}

/** Every byte one character. */
function latin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192)
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return pieces.join("");
}

function utf8(bytes: Uint8Array): string {
  return strFromU8(bytes);
}

/** Protocol 0's texts, in which `\uXXXX` and `\UXXXXXXXX` stand for characters. */
function rawUnicode(text: string): string {
  return text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (whole, short, long) => {
    const code = Number.parseInt(short ?? long, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "0": "\0" };

/** Python 2's texts in quotes. */
function quoted(text: string): string {
  const inner = /^(['"])(.*)\1$/s.exec(text)?.[2];
  if (inner === undefined) throw new FormatError("holds a damaged pickle: a text without quotes");
  return inner.replace(/\\(x[0-9a-fA-F]{2}|.)/gs, (_, sign: string) =>
    sign.length > 1
      ? String.fromCharCode(Number.parseInt(sign.slice(1), 16))
      : (escapes[sign] ?? sign),
  );
}
