/**
 * What `cellwright score` says while it works through its pairs, whichever metric: JSON lines, errors, and the count of both.
 *
 * @module
 */
import { errorData, type Tally } from "./batch.js";
import type { ScoreOptions } from "./commands/score.js";
import type { Context } from "./context.js";
import { reportError } from "./report.js";

/** The running account of a batch of scores. */
export interface ScoreLog {
  readonly tally: Tally;
  /** A line of JSON, where JSON was asked for. */
  emit(event: Record<string, unknown>): void;
  /** Counts and tells a pair that could not be scored. */
  fail(input: string, error: unknown): void;
}

/** Starts the account. */
export function startScoreLog({ json }: ScoreOptions, context: Context): ScoreLog {
  const tally: Tally = { done: 0, skipped: 0, failed: 0 };
  const emit = (event: Record<string, unknown>) => {
    if (json) context.stdout(`${JSON.stringify(event)}\n`);
  };
  const fail = (input: string, error: unknown) => {
    tally.failed++;
    const data = errorData(input, error);
    reportError(context, data.message);
    emit({ type: "file", input, status: "failed", error: data });
  };
  return { tally, emit, fail };
}
