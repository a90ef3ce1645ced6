/**
 * What goes wrong in a tool is said to the reader of the page, who goes on working.
 *
 * @module
 */
import type { Notice, Workspace } from "../workspace.js";

/** Adds a message, of an error or in words. */
export function tellNotice(workspace: Workspace, kind: Notice["kind"], message: unknown): void {
  const text = message instanceof Error ? message.message : `${message}`;
  workspace.notices.update((notices) => {
    const id = notices.reduce((most, notice) => Math.max(most, notice.id), 0) + 1;
    return [...notices, { id, kind, text }];
  });
}

/** Does something; what it throws is said and answered by undefined. */
export function attempt<T>(workspace: Workspace, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    tellNotice(workspace, "error", error);
    return undefined;
  }
}

/** The same for what takes time. */
export async function attemptLater<T>(
  workspace: Workspace,
  action: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    tellNotice(workspace, "error", error);
    return undefined;
  }
}
