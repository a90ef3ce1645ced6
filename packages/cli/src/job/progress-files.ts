/**
 * What a job's folder tells of its processes: who is at work, and what failed. Nothing else goes by it, so what cannot be
 * written is let go.
 *
 * @module
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";

/** A process at work. */
export interface Running {
  readonly host: string;
  readonly process: number;
  readonly verb: string;
  readonly shard: string;
  /** The unit under way. */
  readonly unit: string;
  /** Units done by this process, and in how many seconds. */
  readonly done: number;
  readonly seconds: number;
  /** Seconds since it told; added when it is read. */
  readonly silent: number;
}

/** A unit that failed. */
export interface Failed {
  readonly unit: string;
  readonly name: string;
  readonly host: string;
  readonly kind: string;
  readonly message: string;
}

/** Tells from time to time how far a process is. */
export interface Heartbeat {
  /** What is under way, and how many are done. */
  tell(unit: string, done: number): Promise<void>;
  end(): Promise<void>;
}

/** Milliseconds between two files. */
const pace = 1000;

/** Begins to tell. */
export function startHeartbeat(folder: string, verb: string, shard: string): Heartbeat {
  const host = hostname();
  const path = join(folder, "running", `${host}-${process.pid}.json`);
  const start = performance.now();
  let last = -pace;
  return {
    async tell(unit, done) {
      const now = performance.now() - start;
      if (now - last < pace) return;
      last = now;
      const running: Omit<Running, "silent"> = {
        ...{ host, process: process.pid, verb, shard, unit, done },
        seconds: Math.round(now) / 1000,
      };
      await replace(path, running);
    },
    end: () => rm(path, { force: true }).catch(() => {}),
  };
}

/** Notes that a unit failed. */
export async function noteFailure(folder: string, failed: Failed): Promise<void> {
  await replace(failurePath(folder, failed.unit), failed);
}

/** Takes the note back: the unit is done. */
export async function forgetFailure(folder: string, unit: string): Promise<void> {
  await rm(failurePath(folder, unit), { force: true }).catch(() => {});
}

/** All failures. */
export async function readFailures(folder: string): Promise<Failed[]> {
  const told = await readAll<Failed>(join(folder, "failed"));
  return told.map(({ seen: _, ...failed }) => failed);
}

/** All processes that told of themselves. */
export async function readRunning(folder: string): Promise<Running[]> {
  const told = await readAll<Running>(join(folder, "running"));
  return told.map(({ seen, ...running }) => ({
    ...running,
    silent: Math.max(0, Math.round((Date.now() - seen) / 1000)),
  }));
}

function failurePath(folder: string, unit: string): string {
  return join(folder, "failed", `${unit.replaceAll("/", "-")}.json`);
}

async function readAll<T>(folder: string): Promise<(T & { readonly seen: number })[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const found: (T & { readonly seen: number })[] = [];
  for (const name of names.filter((each) => each.endsWith(".json")).sort())
    try {
      const path = join(folder, name);
      const value = JSON.parse(await readFile(path, "utf8")) as T;
      found.push({ ...value, seen: (await stat(path)).mtimeMs });
    } catch {}
  return found;
}

async function replace(path: string, value: object): Promise<void> {
  const temporary = join(dirname(path), `.${process.pid}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, `${JSON.stringify(value)}\n`);
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true }).catch(() => {});
  }
}
