/**
 * Who is checked against the contract, and the words in which a check says what is wrong.
 *
 * @module
 */
import { isNdArray, type NdArray, readNdArray, type Wire, writeNdArray } from "../service/wire.js";

/** An implementation of the verbs. */
export interface ContractSubject {
  /** The verbs by their names in Python's way, as `bindService` gives them. */
  readonly verbs: Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;
  /** How arrays cross. */
  readonly wire: Wire;
  /** A model without seeds and with one channel, default `nuclei`. */
  readonly model?: string;
  /** A plane of 8 bits in which the model finds at least two cells; default {@link discs}. */
  readonly image?: { readonly data: Uint8Array; readonly shape: readonly [number, number] };
}

/** A subject with nothing left open. */
export interface KnownSubject extends Required<ContractSubject> {
  /** The image as it crosses. */
  readonly given: NdArray;
  /** Calls a verb and takes what it answers for an object. */
  call(verb: string, ...args: unknown[]): Promise<Readonly<Record<string, unknown>>>;
}

/** A part of the contract. */
export interface ContractPart {
  readonly name: string;
  /** Throws where it does not hold. */
  check(subject: KnownSubject): Promise<void>;
}

/** Six round bright spots on a dark ground, 96 x 96 pixels. */
export function discs(): { readonly data: Uint8Array; readonly shape: readonly [number, number] } {
  const side = 96;
  const data = new Uint8Array(side * side);
  for (const [cy, cx] of [
    [20, 18],
    [22, 50],
    [18, 78],
    [70, 20],
    [68, 48],
    [74, 76],
  ])
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        if (Math.hypot(y - cy, x - cx) < 9) data[y * side + x] = 200 - ((y + x) % 7);
  return { data, shape: [side, side] };
}

/** Fills in what was left open. */
export function subjectOf(subject: ContractSubject): KnownSubject {
  const { verbs, wire, model = "nuclei", image = discs() } = subject;
  return {
    verbs,
    wire,
    model,
    image,
    given: writeNdArray(image.data, image.shape, wire),
    call: async (verb, ...args) => {
      const run = verbs[verb];
      if (typeof run !== "function") throw new Error(`there must be a verb ${verb}`);
      const answer = await run(...args);
      if (typeof answer !== "object" || answer === null)
        throw new Error(`${verb} must answer an object, got ${answer}`);
      return answer as Record<string, unknown>;
    },
  };
}

/** Throws where something does not hold. */
export function must(holds: boolean, what: string, got?: unknown): asserts holds {
  if (!holds) throw new Error(got === undefined ? what : `${what}, got ${shown(got)}`);
}

/** Throws where two values differ, as JSON has them. */
export function mustEqual(got: unknown, wanted: unknown, what: string): void {
  must(JSON.stringify(got) === JSON.stringify(wanted), `${what} must be ${shown(wanted)}`, got);
}

/** An answer that is no error; throws with the error's own words. */
export function fine(answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { error } = answer;
  if (error !== undefined) throw new Error(`must answer, got the error ${shown(error)}`);
  return answer;
}

/** The numbers of an array of an answer, of the shape and type that it must have. */
export function numbersOf(
  value: unknown,
  what: string,
  shape: readonly number[],
  type: string,
): ArrayLike<number> {
  must(isNdArray(value), `${what} must be an ndarray`, value);
  mustEqual(value._rshape, shape, `${what} _rshape`);
  mustEqual(value._rdtype, type, `${what} _rdtype`);
  return readNdArray(value, what).data;
}

/** How many labels there are: 0 is background. */
export function countOf(labels: ArrayLike<number>): number {
  const found = new Set(Array.from(labels));
  found.delete(0);
  return found.size;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? `${value}`;
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
