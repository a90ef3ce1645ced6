/**
 * Damaged files read by a process of its own, and the process that watches it: each file within 5 s and 1 GB, no error but ours,
 * no end of the process.
 *
 * @module
 */
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { isCoreError } from "@cellwright/core";
import { damagedFiles, type FuzzTarget } from "./fuzz.js";

/** The most time a file may take, in milliseconds, and the most memory its process, in bytes. */
const [longest, largest] = [5000, 2 ** 30];

/** Which damage, see `damagedFiles`: the number of a file, and those of what was done to it after that. */
export type Damage = readonly [number, ...number[]];

/** The files that reached new code once, by their formats: `tools/fuzz.mjs --keep` adds to them. */
export function keptDamage(): Readonly<Record<string, readonly Damage[]>> {
  const text = readFileSync(new URL("../src/corpus.json", import.meta.url), "utf8");
  const formats = Object.entries(JSON.parse(text) as Record<string, string>);
  const damageOf = (word: string) => word.split(",").map(Number) as unknown as Damage;
  return Object.fromEntries(formats.map(([name, words]) => [name, words.split(" ").map(damageOf)]));
}

/** What the reader tells the watcher. */
type Message =
  | { readonly at: string }
  | { readonly fault: string }
  | { readonly outcomes: Outcomes; readonly kept: readonly Damage[] };

/** How many files were read and how many refused. */
export interface Outcomes {
  readonly read: number;
  readonly refused: number;
}

/** What came of a format. */
export interface Watched {
  /** Absent where the process was ended. */
  readonly outcomes?: Outcomes;
  /** What must not be: each begins with the numbers of its file. */
  readonly faults: readonly string[];
  readonly peakBytes: number;
  readonly slowestMs: number;
  readonly seconds: number;
  /** Files that the reader found worth keeping. */
  readonly kept: readonly Damage[];
}

/**
 * The reader's side: reads valid files, then damaged ones as `next` names them until it names none, telling the watcher of each
 * before it begins. `done` hears that a file was read or refused, and answers whether it is worth keeping.
 */
export async function readDamaged(
  target: FuzzTarget,
  next: () => Damage | undefined,
  done: () => Promise<boolean> | boolean = () => false,
): Promise<void> {
  const tell = (message: Message) => process.send?.(message);
  for (const files of target.valid) await target.read(files);
  const outcomes = { read: 0, refused: 0 };
  const kept: Damage[] = [];
  for (let damage = next(), i = 0; damage !== undefined; damage = next(), i++) {
    tell({ at: damage.join(",") });
    try {
      await target.read(damagedFiles(target, ...damage));
      outcomes.read++;
    } catch (error) {
      if (!isCoreError(error)) tell({ fault: `${damage.join(",")}: ${stackOf(error)}` });
      outcomes.refused++;
    }
    if (await done()) kept.push(damage);
    // Gives the messages a chance to leave.
    if (i % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  tell({ outcomes, kept });
  process.disconnect?.();
}

function stackOf(error: unknown): string {
  return error instanceof Error ? `${error.stack}` : `${error}`;
}

/** The watcher's side: runs `script`, which calls {@link readDamaged}, and ends it where a file takes too much. */
export function watchReader(script: string, words: readonly string[]): Promise<Watched> {
  const start = performance.now();
  let state = { at: "", since: start };
  let [peak, slowest] = [0, 0];
  let ended: { outcomes: Outcomes; kept: readonly Damage[] } | undefined;
  const faults: string[] = [];
  const child = fork(script, words);
  child.on("message", (message: Message) => {
    const now = performance.now();
    if ("at" in message) {
      if (state.at !== "") slowest = Math.max(slowest, now - state.since);
      state = { at: message.at, since: now };
    } else if ("fault" in message) faults.push(message.fault);
    else ended = message;
  });
  const timer = setInterval(() => {
    const bytes = memoryOf(child.pid);
    peak = Math.max(peak, bytes);
    const waited = state.at === "" || ended ? 0 : performance.now() - state.since;
    if (waited > longest) faults.push(`${state.at}: takes more than ${longest} ms`);
    if (bytes > largest) faults.push(`${state.at}: takes ${bytes} bytes`);
    if (faults.length > 20 || waited > longest || bytes > largest) child.kill("SIGKILL");
  }, 50);
  return new Promise((resolve) => {
    child.on("exit", (code, signal) => {
      clearInterval(timer);
      if (!ended) faults.push(`${state.at}: ended with ${signal ?? code}`);
      const seconds = (performance.now() - start) / 1000;
      resolve({
        ...(ended ?? { kept: [] }),
        ...{ faults, peakBytes: peak, slowestMs: slowest, seconds },
      });
    });
  });
}

/** Memory of a process, as Linux tells it; 0 elsewhere. */
function memoryOf(id: number | undefined): number {
  try {
    const text = readFileSync(`/proc/${id}/status`, "utf8");
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** How many readers may run at once. */
export const readersAtOnce: number = availableParallelism();
