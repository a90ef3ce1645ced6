/**
 * What `segment` says while it works: lines or a bar for people on stderr, results on stdout, one JSON object a line for
 * programs; and the count of what went well.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { errorData, type Tally } from "./batch.js";
import type { SegmentOptions } from "./commands/segment.js";
import type { Context } from "./context.js";
import type { Item } from "./inputs.js";
import { duration, startProgress } from "./progress.js";
import { oneLine } from "./report.js";
import type { Recipe, SegmentReport } from "./segment-report.js";
import { scaleWords } from "./segment-scale.js";

/** What became of one image. */
export interface Outcome {
  readonly status: "done" | "skipped";
  readonly report: SegmentReport;
  /** Something the user should know, though it went well. */
  readonly warning?: string;
}

/** The voice of a batch. */
export interface SegmentLog {
  readonly tally: Tally;
  /** An image is under way, and this share of it is done, 0 … 1. */
  working(item: Item, share: number): void;
  finished(item: Item, outcome: Outcome, seconds: number): void;
  failed(input: string, error: unknown): void;
  /** Takes the bar away and sums up. */
  end(): void;
}

/** Opens the log of a batch of `total` images. */
export function startLog(
  context: Context,
  options: SegmentOptions,
  recipe: Recipe,
  total: number,
): SegmentLog {
  const start = performance.now();
  const tally: Tally = { done: 0, skipped: 0, failed: 0 };
  const begun = new Map<Item, number>();
  let cells = 0;
  /** Images, with shares of those under way. */
  let done = 0;
  const progress = startProgress(context, total, options.quiet);
  const emit = (event: Record<string, unknown>) => {
    if (!options.json) return;
    // On a terminal stdout shares the line with the bar.
    progress.end();
    context.stdout(`${JSON.stringify(event)}\n`);
  };
  emit({ type: "start", ...recipe, images: total, output: options.output });
  return {
    tally,
    working(item, share) {
      done += share - (begun.get(item) ?? 0);
      begun.set(item, share);
      progress.show(done, oneLine(item.files[0]));
    },
    finished(item, { status, report, warning }, seconds) {
      tally[status]++;
      cells += report.cells;
      const name = oneLine(item.files[0]);
      const outputs = report.outputs.map((file) => join(options.output, dirname(item.name), file));
      if (warning) progress.print(`warning: ${name}: ${warning}`);
      // A terminal has the bar; what was not seen at its own size is told there too, as it changes the result.
      if (!context.isTTY || (status === "done" && report.scale.zoom !== 1))
        progress.print(`${name}: ${lineOf(status, report, seconds)}`);
      progress.end();
      if (!options.json) context.stdout(`${oneLine(outputs[0])}\n`);
      const input = item.files.length === 1 ? item.files[0] : item.files;
      emit({
        type: "file",
        input,
        status,
        cells: report.cells,
        ...(report.types && { types: report.types }),
        scale: report.scale,
        outputs,
        seconds: rounded(seconds),
      });
    },
    failed(input, error) {
      tally.failed++;
      const data = errorData(input, error);
      progress.alert(`error: ${data.message}`);
      emit({ type: "file", input, status: "failed", error: data });
    },
    end() {
      progress.end();
      const seconds = (performance.now() - start) / 1000;
      const left = total - begun.size;
      const interrupted = context.signal.aborted;
      progress.print(summaryOf(tally, cells, left, seconds));
      if (interrupted && left > 0) progress.print("the same command with --resume does the rest");
      emit({ type: "summary", ...tally, cells, interrupted, seconds: rounded(seconds) });
    },
  };
}

/** A count with its noun. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** Seconds to a thousandth, so that reports stay readable. */
export function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function lineOf(status: string, report: SegmentReport, seconds: number): string {
  if (status !== "done") return "done before";
  const types = Object.entries(report.types ?? {}).map(([type, n]) => `${n} ${type}`);
  const cells = count(report.cells, "cell") + (types.length > 0 ? ` (${types.join(", ")})` : "");
  return [cells, scaleWords(report.scale), duration(seconds)].filter(Boolean).join(", ");
}

function summaryOf(tally: Tally, cells: number, left: number, seconds: number): string {
  const parts = [`${count(tally.done, "image")} done`];
  if (tally.skipped > 0) parts.push(`${tally.skipped} done before`);
  if (tally.failed > 0) parts.push(`${tally.failed} failed`);
  if (left > 0) parts.push(`${left} not begun`);
  return `${parts.join(", ")}; ${count(cells, "cell")} in ${duration(seconds)}`;
}
