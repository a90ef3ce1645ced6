/**
 * What `convert` says while it works: results on stdout, lines or a bar for people on stderr, JSON lines for programs.
 *
 * @module
 */
import { errorData, exitCodeOf, type Tally } from "./batch.js";
import type { ConvertOptions } from "./commands/convert.js";
import type { Context } from "./context.js";
import type { Converted } from "./conversion.js";
import { startProgress } from "./progress.js";
import { oneLine } from "./report.js";
import { count } from "./segment-log.js";

/** The voice of a batch of conversions. */
export interface ConvertLog {
  readonly tally: Tally;
  /** `done` inputs are finished, fractions count; `input` is under way. */
  working(done: number, input: string): void;
  finished(input: string, done: Converted): void;
  failed(input: string, error: unknown): void;
  /** Takes the bar away and, of several inputs, sums up. */
  end(): void;
  exitCode(): number;
}

/** Opens the log of `total` inputs. */
export function startConvertLog(
  context: Context,
  options: ConvertOptions,
  total: number,
): ConvertLog {
  const tally: Tally = { done: 0, skipped: 0, failed: 0 };
  const progress = startProgress(context, total, options.quiet);
  const emit = (event: Record<string, unknown>) => {
    if (!options.json) return;
    progress.end();
    context.stdout(`${JSON.stringify(event)}\n`);
  };
  emit({ type: "start", inputs: total, output: options.output });
  return {
    tally,
    working: (done, input) => progress.show(done, oneLine(input)),
    finished(input, { status, outputs, what, notes = [] }) {
      tally[status]++;
      progress.end();
      if (!options.json) for (const output of outputs) context.stdout(`${oneLine(output)}\n`);
      for (const note of notes) progress.print(oneLine(`warning: ${input}: ${note}`));
      progress.print(`${oneLine(input)}: ${what}`);
      emit({ type: "file", input, status, outputs, what, ...(notes.length > 0 && { notes }) });
    },
    failed(input, error) {
      tally.failed++;
      const data = errorData(input, error);
      progress.alert(`error: ${data.message}`);
      emit({ type: "file", input, status: "failed", error: data });
    },
    end() {
      progress.end();
      const { done, skipped, failed } = tally;
      const left = total - done - skipped - failed;
      const parts = [`${count(done, "input")} converted`];
      if (skipped > 0) parts.push(`${skipped} done before`);
      if (failed > 0) parts.push(`${failed} failed`);
      if (left > 0) parts.push(`${left} not begun`);
      if (total > 1) progress.print(parts.join(", "));
      emit({ type: "summary", ...tally, interrupted: context.signal.aborted });
    },
    exitCode: () => exitCodeOf(tally),
  };
}
