/**
 * Judges a case, the same in Node and in a page: what comes of it is an image of ours or an error of ours, in time, and nothing else
 * has changed.
 *
 * @module
 */
import { isCoreError } from "@cellwright/core";
import { type HostileCase, inherited } from "./case.js";
import { openHostile } from "./open.js";
import { crash } from "./signs.js";

/** What came of a case. */
export interface Verdict {
  readonly id: string;
  readonly outcome: "refused" | "read";
  /** The error's message; empty where it was read. */
  readonly message: string;
  /** What is wrong with that; empty where nothing is. */
  readonly faults: readonly string[];
  readonly milliseconds: number;
}

/** Longer than any case may take: a guard against one that never ends. */
const longest = 20_000;

/** Opens a case and judges what comes of it. */
export async function judgeHostile(one: HostileCase): Promise<Verdict> {
  const before = inherited();
  const start = performance.now();
  const error: unknown = await within(longest, openHostile(one)).catch((reason) => reason ?? "?");
  const milliseconds = Math.round(performance.now() - start);
  const faults: string[] = [];
  const outcome = error === undefined ? "read" : "refused";
  const message = error instanceof Error ? error.message : error === undefined ? "" : `${error}`;
  if (one.expected !== "either" && one.expected !== outcome) faults.push(`was ${outcome}`);
  if (error !== undefined) faults.push(...faultsOf(error, message, one));
  if (milliseconds > longest) faults.push(`took ${milliseconds} ms`);
  if (inherited() !== before) faults.push("changed what every object inherits");
  return { id: one.id, outcome, message, faults, milliseconds };
}

function faultsOf(error: unknown, message: string, { says }: HostileCase): string[] {
  const faults: string[] = [];
  if (!isCoreError(error)) faults.push(`is no error of ours: ${(error as Error).stack ?? error}`);
  if (crash.test(message) || message === "") faults.push(`says: ${message.slice(0, 200)}`);
  if (message.length > 1000) faults.push(`says ${message.length} letters`);
  if (/\n/.test(message)) faults.push("says more than one line");
  if (says !== undefined && !message.includes(says))
    faults.push(`does not say "${says}": ${message}`);
  return faults;
}

function within(limit: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`takes longer than ${limit} ms`)), limit);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
