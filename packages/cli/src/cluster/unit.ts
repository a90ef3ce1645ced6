/**
 * A unit of work in a queue: one verb on one shard of one job. A message holds no path, no address and no name of a
 * model: those stand in the job's plan, on the disk of whoever works.
 *
 * @module
 */
import { UsageError } from "../context.js";
import type { Shard } from "../job/shard.js";

/** What can be asked for, in the order in which a job needs it. */
export const verbs = ["segment", "merge", "finalize", "check"] as const;

/** One of {@link verbs}. */
export type Verb = (typeof verbs)[number];

/** All that a message holds; the verb is its name. */
export interface UnitData {
  /** The name of the job's folder under the root of the worker. */
  readonly job: string;
  readonly shard: Shard;
}

/** A unit that was checked. */
export interface Unit extends UnitData {
  readonly verb: Verb;
}

/** The most shards a job is cut into. */
export const mostShards = 100_000;

/** The unit of a message; throws {@link UsageError} where it is none. The name of the job is checked where it is used. */
export function unitOf(name: string, data: unknown): Unit {
  const verb = verbs.find((known) => known === name);
  const { job, shard, ...rest } = Object(data) as Record<string, unknown>;
  const { index, count, ...more } = Object(shard) as Record<string, unknown>;
  const isShard =
    isWhole(index, 0, mostShards - 1) && isWhole(count, 1, mostShards) && index < count;
  const isBare = Object.keys(rest).length === 0 && Object.keys(more).length === 0;
  if (!verb || typeof job !== "string" || !isShard || !isBare)
    throw new UsageError(
      `a unit must be ${verbs.join(", ")} with { job, shard: { index, count } }, is ${name} with ${JSON.stringify(data)}`.slice(
        0,
        300,
      ),
    );
  return { verb, job, shard: { index, count } };
}

/** The name of a unit in the queue. There is one of a name at a time: what is asked for twice is done once. */
export function idOf({ verb, job, shard }: Unit): string {
  if (verb === "merge" || verb === "check") return `${job}.${verb}`;
  return `${job}.${verb}.${shard.index}-of-${shard.count}`;
}

/** All units of a verb. */
export function unitsOf(verb: Verb, job: string, count: number): Unit[] {
  return Array.from({ length: count }, (_, index) => ({ verb, job, shard: { index, count } }));
}

/** What a unit may use of a machine. */
export interface Machine {
  /** Processor threads. */
  readonly threads: number;
  /** `cpu` or `gpu`. */
  readonly device: string;
}

/** The command line that does a unit of the job in `folder`. */
export function wordsOfUnit(
  { verb, shard }: Unit,
  folder: string,
  { threads, device }: Machine,
): string[] {
  const part = ["--shard", `${shard.index}/${shard.count}`];
  if (verb === "segment")
    return ["segment", "--job", folder, ...part, "--threads", `${threads}`, "--device", device];
  if (verb === "finalize") return ["finalize", folder, ...part];
  if (verb === "merge") return ["merge", folder];
  return ["info", folder, "--json"];
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
