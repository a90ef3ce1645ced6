/**
 * Messages to the reader of the page.
 *
 * @module
 */
import type { Notice, Workspace } from "../workspace.js";

/** At most so many are kept; older ones go first. */
const MOST = 5;

/** Says something. The same text again only once. */
export function notify(
  workspace: Pick<Workspace, "notices">,
  kind: Notice["kind"],
  text: string,
): void {
  workspace.notices.update((notices) => {
    const others = notices.filter((notice) => notice.text !== text);
    const id = Math.max(0, ...notices.map((notice) => notice.id)) + 1;
    return [...others, { id, kind, text }].slice(-MOST);
  });
}

/** Says what went wrong: `what` could not be done, and why. What was stopped on purpose is not an error. */
export function notifyError(
  workspace: Pick<Workspace, "notices">,
  what: string,
  error: unknown,
): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  const reason = error instanceof Error ? error.message : `${error}`;
  notify(workspace, "error", `${what}: ${reason || "it failed, without saying why"}`);
}

/** Takes a message away. */
export function dismiss(workspace: Pick<Workspace, "notices">, id: number): void {
  workspace.notices.update((notices) => notices.filter((notice) => notice.id !== id));
}
