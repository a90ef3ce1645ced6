/**
 * What `track` says: a bar and lines for people on stderr, results on stdout, one JSON object a line for programs.
 *
 * @module
 */
import { join } from "node:path";
import type { TrackCommandOptions } from "./commands/track.js";
import type { Context } from "./context.js";
import { duration, startProgress } from "./progress.js";
import { oneLine } from "./report.js";
import { count } from "./segment-log.js";
import type { TrackRecipe, TrackReport } from "./track-report.js";

/** The voice of a run. */
export interface TrackLog {
  /** `done` frames are tracked; `name` is the next. */
  working(done: number, name: string): void;
  finished(report: TrackReport, status: "done" | "skipped"): void;
  /** Takes the bar away, where the run ends otherwise. */
  end(): void;
}

/** Opens the log of a run. */
export function startTrackLog(
  context: Context,
  options: TrackCommandOptions,
  recipe: TrackRecipe,
): TrackLog {
  const progress = startProgress(context, recipe.input.frames, options.quiet);
  const emit = (event: Record<string, unknown>) => {
    progress.end();
    if (options.json) context.stdout(`${JSON.stringify(event)}\n`);
  };
  emit({ type: "start", ...recipe, output: options.output });
  return {
    working: (done, name) => progress.show(done, oneLine(name)),
    finished(report, status) {
      const { frames, cells, tracks, divisions, trackTypes, warnings, seconds } = report;
      progress.end();
      for (const warning of warnings) progress.print(`warning: ${warning}`);
      progress.print(`${oneLine(recipe.input.name)}: ${summaryOf(report, status)}`);
      if (!options.json) context.stdout(`${oneLine(options.output)}\n`);
      const outputs = report.outputs.map((name) => join(options.output, name));
      emit({
        type: "movie",
        status,
        ...{ frames, cells, tracks, divisions },
        ...(trackTypes && { trackTypes }),
        ...{ warnings, outputs, seconds },
      });
    },
    end: () => progress.end(),
  };
}

function summaryOf(report: TrackReport, status: "done" | "skipped"): string {
  if (status === "skipped") return "done before";
  const { tracks, divisions, frames, trackTypes, seconds } = report;
  const types = Object.entries(trackTypes ?? {}).map(([type, n]) => `${n} ${type}`);
  return [
    count(tracks, "track") + (types.length > 0 ? ` (${types.join(", ")})` : ""),
    count(divisions, "division"),
    count(frames, "frame"),
    duration(seconds),
  ].join(", ");
}
