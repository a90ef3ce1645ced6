/**
 * Keeps the page in the browser, so that it opens without a network: its own files at once, then what the first
 * segmentation needs.
 *
 * @module
 */
import { hostOf } from "./host.js";

/** Paths, or the beginnings of paths that end in `/`, of what is fetched when the browser has nothing else to do. */
const FIRST_NEEDED: readonly string[] = ["ort/", "models/index.json", "models/nuclei/"];

/**
 * Lets the browser keep the page. Done when all is kept; false where the page is not one to keep: `cellwright view` serves
 * it under another address each time.
 */
export async function keepOffline(page: Document = document): Promise<boolean> {
  if (hostOf(page) !== "static" || !window.isSecureContext) return false;
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers) return false;
  // The page itself goes first.
  await idle();
  await workers.register(new URL("offline.js", page.baseURI), { type: "module" });
  const { active } = await workers.ready;
  if (!active || savesData()) return false;
  return keep(active, FIRST_NEEDED);
}

/** Asks the worker to keep files; false where one could not be fetched. */
function keep(worker: ServiceWorker, paths: readonly string[]): Promise<boolean> {
  const channel = new MessageChannel();
  return new Promise((done) => {
    channel.port1.onmessage = ({ data }) => {
      channel.port1.close();
      done(data === true);
    };
    worker.postMessage({ keep: paths }, [channel.port2]);
  });
}

function savesData(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
}

/** Done when the page is there and the browser has nothing to do. */
async function idle(): Promise<void> {
  if (document.readyState !== "complete")
    await new Promise((done) => window.addEventListener("load", done, { once: true }));
  return new Promise((done) => {
    if ("requestIdleCallback" in window) requestIdleCallback(() => done());
    else setTimeout(done, 1000);
  });
}
