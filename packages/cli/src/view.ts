/**
 * From the words of `cellwright view` to a page that is open: finds the built page and the inputs, starts the server,
 * opens the browser, and waits to be stopped.
 *
 * @module
 */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { ViewOptions } from "./commands/view.js";
import type { Context } from "./context.js";
import { openBrowser } from "./open-browser.js";
import { oneLine } from "./report.js";
import { findViewed } from "./view-inputs.js";
import { startViewServer } from "./view-server.js";

/** Serves the page out of the folder `app` until the context's signal. */
export async function view(
  inputs: readonly string[],
  options: ViewOptions,
  context: Context,
  app: string = appFolder(),
): Promise<void> {
  const { viewed, problems } = await findViewed(inputs, options.labels ?? [], context.cwd);
  for (const { input, message } of problems)
    context.stderr(`warning: ${oneLine(`${input}: ${message}`)}\n`);
  if (inputs.length > 0 && viewed.inputs.length === 0)
    throw new Error("there is nothing to view in what was named");
  const server = await startViewServer({ app, viewed, port: options.port });
  try {
    context.stdout(`${server.address}\n`);
    const opened = options.open && openBrowser(server.address, context.env);
    context.stderr(
      opened ? "Ctrl-C ends it.\n" : "Open this address in a browser; Ctrl-C ends it.\n",
    );
    if (!context.signal.aborted) await once(context.signal, "abort");
  } finally {
    await server.close();
  }
}

/** The folder of the built page. Throws where it was not built. */
export function appFolder(): string {
  let page: string;
  try {
    page = createRequire(import.meta.url).resolve("@cellwright/viewer/app");
  } catch {
    page = "";
  }
  if (!existsSync(page))
    throw new Error(
      "the page of the viewer is not built here: run `npm run build` in the repository",
    );
  return dirname(page);
}
