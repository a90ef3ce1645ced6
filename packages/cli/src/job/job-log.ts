/**
 * What the verbs of a job say while they work: lines for people on stderr, one JSON object a line for programs.
 *
 * @module
 */
import type { Tally } from "../batch.js";
import type { Context } from "../context.js";
import { duration, startProgress } from "../progress.js";
import { oneLine } from "../report.js";
import { count, rounded } from "../segment-log.js";

/** The voice of a verb. */
export interface JobLog {
  working(name: string): void;
  done(name: string, unit: string, cells: number, seconds: number): void;
  failed(unit: string, error: { readonly kind: string; readonly message: string }): void;
  /** Sums up; `left` units were not begun. */
  end(left: number, told?: Readonly<Record<string, unknown>>): void;
}

/** What a log is of. */
export interface Logged {
  readonly verb: string;
  readonly job: string;
  /** Counted by the caller. */
  readonly tally: Tally;
  readonly total: number;
}

/** Opens the log of a verb. */
export function startJobLog(
  context: Context,
  { json, quiet }: { readonly json?: boolean; readonly quiet?: boolean },
  { verb, job, tally, total }: Logged,
): JobLog {
  const start = performance.now();
  const progress = startProgress(context, total, quiet, tally.skipped);
  const emit = (event: Record<string, unknown>) => {
    if (json) context.stdout(`${JSON.stringify(event)}\n`);
  };
  emit({ type: "start", verb, job, units: total, skipped: tally.skipped });
  return {
    working: (name) => progress.show(tally.skipped + tally.done + tally.failed, oneLine(name)),
    done(name, unit, found, seconds) {
      if (!context.isTTY)
        progress.print(`${oneLine(name)}: ${count(found, "cell")}, ${duration(seconds)}`);
      emit({ type: "unit", unit, status: "done", cells: found, seconds: rounded(seconds) });
    },
    failed(unit, error) {
      progress.alert(`error: ${oneLine(error.message)}`);
      emit({ type: "unit", unit, status: "failed", error });
    },
    end(left, told = {}) {
      progress.end();
      const seconds = (performance.now() - start) / 1000;
      const parts = [`${tally.done} of ${total} done`];
      if (tally.skipped > 0) parts.push(`${tally.skipped} done before`);
      if (tally.failed > 0) parts.push(`${tally.failed} failed`);
      if (left > 0) parts.push(`${left} not begun`);
      progress.print(`${parts.join(", ")} in ${duration(seconds)}`);
      if (left > 0 && context.signal.aborted) progress.print("the same command does the rest");
      emit({ type: "summary", verb, ...tally, left, ...told, seconds: rounded(seconds) });
    },
  };
}
