/**
 * Something that takes seconds, shown with its progress and a way to stop it.
 *
 * @module
 */
import { type ShownJob, showJob } from "../work/job.js";
import type { Workspace } from "../workspace.js";

/** What a job works with. */
export interface JobHandle {
  readonly signal: AbortSignal;
  /** Says how far it is, 0 … 1, and what it is at. */
  readonly tell: ShownJob["tell"];
}

/** Runs a job and shows it until it ends. Throws what it throws; the signal's reason where it was stopped. */
export async function runJob<T>(
  workspace: Pick<Workspace, "jobs">,
  title: string,
  run: (handle: JobHandle) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const job = showJob(workspace, title, () => stop.abort());
  try {
    return await run({ signal: stop.signal, tell: job.tell });
  } finally {
    job.end();
  }
}
