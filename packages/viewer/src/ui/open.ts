/**
 * Ways in: files, folders, addresses, drops, samples.
 *
 * @module
 */
import { entriesOfDrop, entriesOfInput } from "../data/drop.js";
import { openAddress, openFiles } from "../data/open.js";
import type { Entry, Opened, OpenOptions } from "../data/opened.js";
import type { App } from "./app-context.js";
import { runJob } from "./run-job.js";
import { openSession, sessionAmong } from "./session-file.js";

/** Asks for files and opens them. */
export function pickFiles(app: App): void {
  pick(app, false);
}

/** Asks for a folder and opens what is in it. */
export function openFolder(app: App): void {
  pick(app, true);
}

/** Opens files; where a session is among them, that, with what it names out of the others. */
export async function openEntries(app: App, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const session = sessionAmong(entries);
  if (session) {
    const others = entries.filter((entry) => entry !== session);
    await app.attempt(`${session.path} was not opened`, () => openSession(app, session, others));
    return;
  }
  const name = entries.length === 1 ? entries[0].path : `${entries.length} files`;
  await openJob(app, name, (options) => openFiles(entries, options));
}

/** Opens a file or an OME-Zarr by its address. */
export async function openFrom(app: App, address: string): Promise<void> {
  await openJob(app, address, (options) => openAddress(address, options));
}

/** Opens what was dropped. */
export async function openDrop(app: App, transfer: DataTransfer): Promise<void> {
  // Must be asked before anything is waited for: the browser forgets a drop at once.
  const entries = entriesOfDrop(transfer);
  const address = transfer.getData("text/uri-list") || transfer.getData("text/plain");
  const found = await app.attempt("The drop was not read", () => entries);
  if (found && found.length > 0) await openEntries(app, found);
  else if (/^https?:\/\//.test(address.trim())) await openFrom(app, address.trim().split("\n")[0]);
}

/** Opens a made-up image or movie. */
export async function openSample(app: App, kind: "nuclei" | "movie"): Promise<void> {
  await openJob(app, "the sample", async () => {
    const { makeSample } = await import("./sample.js");
    return makeSample(kind);
  });
}

async function openJob(
  app: App,
  name: string,
  open: (options: OpenOptions) => Promise<Opened[]>,
): Promise<void> {
  await app.attempt(`${name} was not opened`, () =>
    runJob(app.workspace, `Opening ${name}`, async ({ signal, tell }) => {
      const onProgress = (done: number, total: number) => tell(done / total);
      const opened = await open({ signal, onProgress, pipelines: app.pipelines });
      signal.throwIfAborted();
      app.open(opened);
    }),
  );
}

function pick(app: App, folder: boolean): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = folder;
  input.onchange = () => void openEntries(app, entriesOfInput(input.files ?? []));
  input.click();
}
