/**
 * What the whole page listens to: keys, files that are dropped or pasted, the theme.
 *
 * @module
 */
import { runAction } from "./actions.js";
import type { App } from "./app-context.js";
import { actionOf } from "./keymap.js";
import { notifyError } from "./notify.js";
import { openDrop, openEntries } from "./open.js";

/** Listens until the function that it answers is called. */
export function watchPage(app: App, element: HTMLElement): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener("keydown", (event) => pressKey(app, event), { signal });
  watchDrops(app, signal);
  // What nobody caught is said too: the page goes on with all that it has.
  const failed = (error: unknown) => notifyError(app.workspace, "Something went wrong", error);
  window.addEventListener("error", (event) => failed(event.error ?? event.message), { signal });
  window.addEventListener("unhandledrejection", (event) => failed(event.reason), { signal });
  document.addEventListener("paste", (event) => paste(app, event), { signal });
  const paint = () => {
    element.ownerDocument.documentElement.dataset.theme = app.workspace.scene.get().theme;
  };
  const end = app.workspace.scene.watch((scene, before) => {
    if (scene.theme !== before.theme) paint();
  });
  paint();
  return () => {
    stop.abort();
    end();
  };
}

/** Keys that mean something to the control that has the focus are left to it. */
function pressKey(app: App, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (!app.hand.cancel() && app.page.get().drawer)
      app.page.update((page) => ({ ...page, drawer: undefined }));
    return;
  }
  if (belongsTo(event.target, event)) return;
  const action = actionOf(event);
  if (action === undefined) return;
  event.preventDefault();
  runAction(app, action);
}

/** Whether a control uses this key itself: texts all of them, sliders and lists the arrows, buttons Enter and Space. */
export function belongsTo(
  target: EventTarget | null,
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">,
): boolean {
  if (!(target instanceof HTMLElement || target instanceof SVGElement)) return false;
  const { key } = event;
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (
    target instanceof HTMLInputElement &&
    !["range", "checkbox", "radio", "color"].includes(target.type)
  )
    // Undo and the like belong to the text as well; keys of the page with Alt do not.
    return !(event.altKey && !event.ctrlKey) && key !== "Escape";
  if (target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return !modified;
  if (modified) return false;
  if (target instanceof HTMLInputElement) return /^(Arrow|Page|Home|End|Enter| )/.test(key);
  return target.matches("button, summary, a, [role=treeitem]") && (key === "Enter" || key === " ");
}

function watchDrops(app: App, signal: AbortSignal): void {
  const hasFiles = (event: DragEvent) =>
    ["Files", "text/uri-list"].some((type) => event.dataTransfer?.types.includes(type));
  const veil = (dropping: boolean) => {
    if (app.page.get().dropping !== dropping) app.page.update((page) => ({ ...page, dropping }));
  };
  document.addEventListener(
    "dragover",
    (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      veil(true);
    },
    { signal },
  );
  document.addEventListener(
    "dragleave",
    (event) => {
      // Leaving one part of the page for another is not leaving the page.
      if (event.relatedTarget === null) veil(false);
    },
    { signal },
  );
  document.addEventListener(
    "drop",
    (event) => {
      veil(false);
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      void openDrop(app, event.dataTransfer);
    },
    { signal },
  );
}

/** A picture out of the clipboard is opened as a file is. */
function paste(app: App, event: ClipboardEvent): void {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length === 0) return;
  event.preventDefault();
  void openEntries(
    app,
    files.map((file) => ({ path: file.name, file })),
  );
}
