/**
 * Which share of a job a process does: `I/N`, counted from 0.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";

/** The `index`-th of `count` shares. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Parses `3/8`. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,9})\/(\d{1,9})$/.exec(text.trim()) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (!(shard.count >= 1 && shard.index < shard.count))
    throw new InvalidArgumentError("It must be I/N with I from 0 to N - 1, such as 0/8.");
  return shard;
}

/** All of a job. */
export const WHOLE: Shard = { index: 0, count: 1 };
