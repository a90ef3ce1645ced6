/**
 * Labels leave the page: beside the image where the page's server can write there, else as a download.
 *
 * @module
 */
import type { Step } from "../edit/history.js";
import { deliver, serverFolder } from "../save/deliver.js";
import type { ExportFormat } from "../save/format.js";
import { activeLabels } from "../scene/commands.js";
import { stepsOf } from "./act-edit.js";
import type { App } from "./app-context.js";
import { notify } from "./notify.js";
import { runJob } from "./run-job.js";

/** Saves the labels that are worked on as a label TIFF: what Ctrl+S does. */
export async function saveLabels(app: App): Promise<void> {
  const layer = activeLabels(app.workspace.scene.get());
  if (!layer) return notify(app.workspace, "info", "There are no labels to save yet.");
  await saveLayer(app, layer.id, "tif", folderOf(app));
}

/** Saves a layer in a format, into a folder of the page's server or as a download. */
export async function saveLayer(
  app: App,
  layer: string,
  format: ExportFormat,
  server?: string,
): Promise<void> {
  await app.attempt("The labels were not saved", () =>
    runJob(app.workspace, "Saving labels", async ({ signal, tell }) => {
      const { exportLayer } = await import("../save/export.js");
      const files = await exportLayer(app.workspace, layer, format, {
        signal,
        onProgress: (done, total) => tell(done / total),
      });
      await deliver(files, server === undefined ? {} : { server });
      app.page.update((page) => ({ ...page, saved: lastStep(app) }));
      const names = files.map(({ name }) => name).join(", ");
      notify(
        app.workspace,
        "info",
        server === undefined ? `Downloaded ${names}` : `Written beside the image: ${names}`,
      );
    }),
  );
}

/** Whether there are corrections that no file has. */
export function hasUnsaved(app: App): boolean {
  const last = lastStep(app);
  return last !== undefined && last !== app.page.get().saved;
}

function lastStep({ workspace }: App): Step | undefined {
  return stepsOf(workspace, workspace.history.past).at(-1);
}

/** The folder of the image on the page's server, where there is one. */
export function folderOf({ workspace, page }: App): string | undefined {
  if (page.get().served.length === 0) return undefined;
  for (const { address } of workspace.images.values()) {
    const folder = serverFolder(address, document.baseURI);
    if (folder !== undefined) return folder;
  }
  return undefined;
}
