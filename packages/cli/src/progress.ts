/**
 * One line on a terminal that says how far the batch is; nothing at all where nobody watches.
 *
 * @module
 */
import type { Context } from "./context.js";

/** A progress line, and the way past it for other lines. */
export interface Progress {
  /** Shows that `done` of the total are finished (fractions count) and `name` is under way. */
  show(done: number, name: string): void;
  /** Writes a line on stderr, unless it is to be quiet. */
  print(line: string): void;
  /** Writes a line on stderr, quiet or not. */
  alert(line: string): void;
  /** Takes the bar away, until it is shown again. */
  end(): void;
}

/**
 * A bar on stderr where that is a terminal, and neither `CI` nor `quiet` forbids it; else only lines. Where an earlier run
 * did some of the total, `alreadyDone` says how much: the time left is reckoned from what was done since.
 */
export function startProgress(
  context: Context,
  total: number,
  quiet = false,
  alreadyDone = 0,
): Progress {
  const drawn = context.isTTY && !quiet && !context.env.CI && context.env.TERM !== "dumb";
  const start = performance.now();
  const clear = drawn ? "\r\u001b[2K" : "";
  let bar = "";
  const alert = (line: string) => context.stderr(`${clear}${line}\n${bar}`);
  return {
    show(done, name) {
      if (!drawn) return;
      const seconds = (performance.now() - start) / 1000;
      bar = barOf(done, total, timeLeft(done - alreadyDone, total - done, seconds), name);
      context.stderr(clear + bar);
    },
    print: (line) => (quiet ? undefined : alert(line)),
    alert,
    end() {
      if (bar) context.stderr(clear);
      bar = "";
    },
  };
}

/** How long the rest takes at the pace so far, in words; nothing while too little is done to tell. */
function timeLeft(done: number, rest: number, seconds: number): string {
  return done < 0.05 ? "" : `, ${duration((seconds / done) * rest)} left`;
}

function barOf(done: number, total: number, left: string, name: string): string {
  const filled = Math.round((20 * done) / Math.max(1, total));
  const end = name.length > 30 ? `…${name.slice(-29)}` : name;
  return `[${"=".repeat(filled).padEnd(20)}] ${Math.floor(done)}/${total}${left}  ${end}`;
}

/** A time span in seconds, for people: `8.0 s`, `3 min`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
