/**
 * What a gradient rule is: for one operator, how the loss changes with its inputs, given how it changes with its output.
 *
 * @module
 */
import { type GraphBuilder, integers, type Node } from "../network.js";

/** What a rule may use: the graph under construction and what is known of the forward values. */
export interface Tape {
  readonly builder: GraphBuilder;
  /** Shape of every forward value. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** The whole numbers of a constant of the network. */
  readonly constants: (name: string) => number[];
  /** Values a forward rule left for its backward one, by the name of the node's output. */
  readonly saved: Map<string, readonly string[]>;
}

/**
 * From the name of the loss's derivative by a node's output to the names of its derivatives by the node's inputs, in
 * their order; `undefined` for an input that has none (a list of lengths, say). `wanted` says which are asked for.
 */
export type Backward = (
  tape: Tape,
  node: Node,
  gradient: string,
  wanted: readonly boolean[],
) => readonly (string | undefined)[];

/** A list of whole numbers as a constant of the graph; equal lists share one. */
export function list(tape: Tape, ...numbers: readonly number[]): string {
  return tape.builder.weight(integers(numbers), `list_${numbers.join("_").replaceAll("-", "m")}`);
}

/** Cuts `[start, start + length)` out along each of `axes`. */
export function slice(
  tape: Tape,
  value: string,
  axes: readonly number[],
  starts: readonly number[],
  lengths: readonly number[],
): string {
  const ends = starts.map((start, i) => start + lengths[i]);
  return tape.builder.add("Slice", [
    value,
    list(tape, ...starts),
    list(tape, ...ends),
    list(tape, ...axes),
  ]);
}

/** Puts zeros around the last two axes of a value of four: `[top, left, bottom, right]`. */
export function pad(tape: Tape, value: string, pads: readonly number[]): string {
  if (pads.every((n) => n === 0)) return value;
  const [top, left, bottom, right] = pads;
  return tape.builder.add("Pad", [value, list(tape, 0, 0, top, left, 0, 0, bottom, right)]);
}

/** Sums over all pixels of all images of a batch: `[n, c, y, x]` → `[c]`, rows first because runtimes do that fast. */
export function sumOverPixels(tape: Tape, value: string): string {
  const { builder } = tape;
  const rows = builder.add("ReduceSum", [value, list(tape, 2, 3)], { keepdims: 0 });
  return builder.add("ReduceSum", [rows, list(tape, 0)], { keepdims: 0 });
}

/** The sum of several values of one shape. */
export function total(tape: Tape, values: readonly string[]): string {
  return values.reduce((sum, value) => tape.builder.add("Add", [sum, value]));
}
