/**
 * Something that takes seconds, shown with its progress and a way to stop it.
 *
 * @module
 */
import type { Job, Workspace } from "../workspace.js";

/** What a job works with. */
export interface JobHandle {
  readonly signal: AbortSignal;
  /** Says how far it is, 0 … 1, and what it is at. */
  readonly tell: (progress: number | undefined, detail?: string) => void;
}

/** Runs a job and shows it until it ends. Throws what it throws; the signal's reason where it was stopped. */
export async function runJob<T>(
  workspace: Pick<Workspace, "jobs">,
  title: string,
  run: (handle: JobHandle) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const id = Math.max(0, ...workspace.jobs.get().map((job) => job.id)) + 1;
  const job: Job = { id, title, cancel: () => stop.abort() };
  workspace.jobs.update((jobs) => [...jobs, job]);
  const tell: JobHandle["tell"] = (progress, detail) =>
    workspace.jobs.update((jobs) =>
      jobs.map((other) =>
        other.cancel === job.cancel
          ? {
              ...job,
              ...(progress === undefined ? {} : { progress }),
              ...(detail === undefined ? {} : { detail }),
            }
          : other,
      ),
    );
  try {
    return await run({ signal: stop.signal, tell });
  } finally {
    workspace.jobs.update((jobs) => jobs.filter(({ cancel }) => cancel !== job.cancel));
  }
}
