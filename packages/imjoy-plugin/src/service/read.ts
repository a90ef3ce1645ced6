/**
 * What a caller sent, field by field: own fields only, of the kind they must be. Names may be written as in Python or as in
 * JavaScript: `pixel_size` is `pixelSize`.
 *
 * @module
 */
import { Fault, worded, wrong } from "./fault.js";

/** The fields of an object, by their names in Python's way. */
export class Fields {
  /** What to call the object in messages. */
  readonly what: string;
  readonly #fields: ReadonlyMap<string, unknown>;

  constructor(what: string, fields: ReadonlyMap<string, unknown>) {
    this.what = what;
    this.#fields = fields;
  }

  /** The field as it came; undefined where it is missing or null. */
  any(name: string): unknown {
    return this.#fields.get(name) ?? undefined;
  }

  /** Text of at most `most` characters. */
  text(name: string, most = 2048): string | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (typeof value !== "string" || value.length > most)
      throw wrong(this.#name(name), `text of at most ${most} characters`, worded(value));
    return value;
  }

  /** One of some words. */
  word<W extends string>(name: string, words: readonly W[]): W | undefined {
    const value = this.text(name);
    if (value === undefined || (words as readonly string[]).includes(value)) return value as W;
    throw wrong(this.#name(name), `one of ${words.join(", ")}`, worded(value));
  }

  /** Some of some words: a list, or one. */
  words<W extends string>(name: string, words: readonly W[]): readonly W[] | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const odd = list.find((one) => !(words as readonly unknown[]).includes(one));
    if (list.length > 100 || odd !== undefined)
      throw wrong(this.#name(name), `some of ${words.join(", ")}`, worded(odd));
    return list as readonly W[];
  }

  /** A number from `least` to `most`. */
  number(name: string, least: number, most: number): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !(value >= least && value <= most))
      throw wrong(this.#name(name), `a number from ${least} to ${most}`, worded(value));
    return value;
  }

  /** A whole number from `least` to `most`. */
  integer(name: string, least: number, most: number): number | undefined {
    const value = this.number(name, least, most);
    if (value !== undefined && !Number.isInteger(value))
      throw wrong(this.#name(name), "a whole number", `${value}`);
    return value;
  }

  /** Yes or no. */
  flag(name: string): boolean | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === "boolean") return value;
    throw wrong(this.#name(name), "true or false", worded(value));
  }

  /** A function. */
  call(name: string): ((...args: unknown[]) => unknown) | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (typeof value === "function") return value as (...args: unknown[]) => unknown;
    throw wrong(this.#name(name), "a function", worded(value));
  }

  /** Throws {@link Fault} for a field that is none of `known`: a slip of the pen must not be passed over. */
  only(known: readonly string[]): this {
    for (const name of this.#fields.keys())
      if (!known.includes(name))
        throw new Fault(
          "argument",
          `${this.what} has no field ${worded(name)}: there are ${known.join(", ")}`,
        );
    return this;
  }

  #name(name: string): string {
    return `${this.what}.${name}`;
  }
}

/** More fields than any call of ours has. */
const MOST = 64;

/** The fields of an object; none where there is nothing. Fields that begin with `_` are the library's. */
export function fieldsOf(value: unknown, what: string): Fields {
  if (value === undefined || value === null) return new Fields(what, new Map());
  if (!isPlain(value)) throw wrong(what, "an object", worded(value));
  const names = Object.keys(value).filter((name) => !name.startsWith("_"));
  if (names.length > MOST) throw wrong(what, `at most ${MOST} fields`, `${names.length}`);
  const fields = names.map((name) => [snake(name), value[name]] as const);
  return new Fields(what, new Map(fields));
}

/** Whether something is an object of fields: no array, no typed array, no function. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer);
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
