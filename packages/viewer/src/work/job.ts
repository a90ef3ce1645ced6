/**
 * A long piece of work as the page lists it.
 *
 * @module
 */
import type { Workspace } from "../workspace.js";

/** A job in the list. */
export interface ShownJob {
  /** Says how far it is, 0 … 1, and what it is at. */
  tell(progress: number | undefined, detail?: string): void;
  /** Takes it out of the list. */
  end(): void;
}

/** Puts a job into the list; `cancel` is what its button does. */
export function showJob(
  workspace: Pick<Workspace, "jobs">,
  title: string,
  cancel: () => void,
): ShownJob {
  const id = Math.max(0, ...workspace.jobs.get().map((job) => job.id)) + 1;
  workspace.jobs.update((jobs) => [...jobs, { id, title, cancel }]);
  return {
    tell: (progress, detail) =>
      workspace.jobs.update((jobs) =>
        jobs.map((job) =>
          job.id === id && job.cancel === cancel
            ? {
                ...job,
                ...(progress !== undefined && { progress }),
                ...(detail !== undefined && { detail }),
              }
            : job,
        ),
      ),
    end: () =>
      workspace.jobs.update((jobs) => jobs.filter((job) => job.id !== id || job.cancel !== cancel)),
  };
}
