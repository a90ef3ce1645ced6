/**
 * What a piece of work in the worker is given beside its input: the models and the engine there are, and ways to be patient
 * and to be heard.
 *
 * @module
 */
import type { Engine } from "@cellwright/core";
import type { Held } from "./held.js";

/** A piece of work under way; `Part` is what it tells before its end. */
export interface Task<Part = never> {
  readonly held: Held;
  engine(): Promise<Engine>;
  /** Aborted when the page gives up. */
  readonly signal: AbortSignal;
  /** Aborted when the page wants what there is so far; or given up. */
  readonly finish: AbortSignal;
  /** The share done, 0 … 1, and what is being done. */
  progress(share: number, detail?: string): void;
  part(part: Part, transfer?: ArrayBufferLike[]): void;
  /** Lets the worker hear what the page says. */
  pause(): Promise<void>;
}
