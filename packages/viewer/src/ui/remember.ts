/**
 * After a reload or a crash the page is as it was: labels and points out of the journal, images from their addresses, all
 * in the order and with the look that they had.
 *
 * @module
 */
import { openAddress } from "../data/open.js";
import { keepWork } from "../edit/keep-work.js";
import { keepCorrected } from "../save/corrected.js";
import { sessionOf } from "../save/session.js";
import { readSession } from "../save/session-read.js";
import { recallScene } from "../scene/commands.js";
import type { App } from "./app-context.js";
import { notify } from "./notify.js";
import { showOpened } from "./show.js";

/** Where the look of the page is kept: as long as its tab is open. */
const KEY = "cellwright-look";

/** How long after a change the look is written, in milliseconds. */
const DELAY = 400;

/** Brings back what the page had, and keeps what is done from now on. Answers whether anything came back. */
export async function remember(app: App): Promise<boolean> {
  const { workspace, pipelines } = app;
  const open = async (address: string) => (await openAddress(address, { pipelines }))[0]?.reader;
  const { restored } = await keepWork(workspace, { open });
  const saved = savedLook();
  const sources = new Map<string, string>();
  const missing: string[] = [];
  for (const { id, name, address } of saved?.sources ?? [])
    if (address === undefined) missing.push(name);
    else
      await app.attempt(`${name} was not opened again`, async () => {
        const opened = await openAddress(new URL(address, document.baseURI).href, { pipelines });
        const image = opened.find(({ kind }) => kind === "image");
        const [layer] = image ? showOpened(workspace, [{ ...image, name }]) : [];
        if (layer) sources.set(id, layer.slice(0, layer.lastIndexOf("/")));
      });
  if (saved) workspace.scene.update((scene) => recallScene(scene, saved.scene, sources));
  for (const { layer, areas } of saved?.corrected ?? []) keepCorrected(workspace, layer, areas);
  keepLook(app);
  if (restored.length > 0) {
    const image = missing.length > 0 ? ` Open ${missing.join(", ")} again to see them on it.` : "";
    notify(workspace, "info", `Your corrections are back.${image}`);
  }
  return restored.length > 0 || sources.size > 0;
}

/** What the page before a reload looked like; undefined where there was none, or it cannot be read. */
function savedLook(): ReturnType<typeof readSession> | undefined {
  try {
    const text = sessionStorage.getItem(KEY);
    return text === null ? undefined : readSession(text);
  } catch {
    // A look that cannot be read is forgotten; nothing else is lost with it.
    return undefined;
  }
}

function keepLook({ workspace }: App): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    clearTimeout(waiting);
    waiting = undefined;
    try {
      const session = sessionOf(workspace, { page: document.baseURI });
      // Labels and points have a journal of their own.
      sessionStorage.setItem(KEY, JSON.stringify({ ...session, labels: [], points: [] }));
    } catch {
      // A browser that keeps nothing for this page has said so already.
    }
  };
  const later = () => {
    waiting ??= setTimeout(write, DELAY);
  };
  workspace.scene.watch(later);
  workspace.history.watch(later);
  addEventListener("pagehide", write);
}
