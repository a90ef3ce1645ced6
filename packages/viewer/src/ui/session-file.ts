/**
 * Sessions as files: what is open and how it looks, to be opened again here or by somebody else.
 *
 * @module
 */
import { FormatError } from "@cellwright/core";
import { openAddress, openFiles } from "../data/open.js";
import type { Entry, Opened } from "../data/opened.js";
import { deliver } from "../save/deliver.js";
import { SESSION_NAME, saveSession } from "../save/session.js";
import { readSession } from "../save/session-read.js";
import { folderOf } from "./act-save.js";
import type { App } from "./app-context.js";
import { notify } from "./notify.js";
import { runJob } from "./run-job.js";

/** The session file among files that were opened; undefined where there is none. */
export function sessionAmong(entries: readonly Entry[]): Entry | undefined {
  return entries.find(({ path }) => SESSION_NAME.test(path));
}

/** Brings a session back; images and labels without an address are looked for among the other files. */
export async function openSession(app: App, entry: Entry, others: readonly Entry[]): Promise<void> {
  const { workspace, pipelines } = app;
  await runJob(workspace, `Opening ${entry.path}`, async ({ signal }) => {
    const { applySession } = await import("../save/session-apply.js");
    const session = readSession(await entry.file.text());
    const options = { signal, pipelines };
    // Sources go by the names of layers, which have no ending, and movies have one of their own.
    let opened: Promise<readonly Opened[]> | undefined;
    const openByName = async (wanted: string) => {
      if (others.length === 0) return [];
      opened ??= openFiles(others, options);
      return (await opened).filter(({ name }) => name === wanted);
    };
    const problems = await applySession(workspace, session, ({ name, address }) => {
      if (address) return openAddress(new URL(address, document.baseURI).href, options);
      const found = others.filter(({ path }) => path === name || path.endsWith(`/${name}`));
      return found.length > 0 ? openFiles(found, options) : openByName(name);
    });
    if (problems.length > 0) throw new FormatError(`a part is missing: ${problems.join("; ")}`);
  });
}

/** Saves the session, with the labels that it names, beside the image where that can be done. */
export async function saveSessionFile(app: App): Promise<void> {
  await runJob(app.workspace, "Saving the session", async () => {
    const files = await saveSession(app.workspace, { page: document.baseURI });
    const server = folderOf(app);
    await deliver(files, server === undefined ? {} : { server });
    const names = files.map(({ name }) => name).join(", ");
    notify(app.workspace, "info", `${server === undefined ? "Downloaded" : "Written"} ${names}`);
  });
}
