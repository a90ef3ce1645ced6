/**
 * What the server of `cellwright view` offers: a list of images, each with the labels that lie beside it.
 *
 * @module
 */
import { FormatError } from "@cellwright/core";
import { openAddress } from "../data/open.js";
import type { Opened } from "../data/opened.js";
import { EMPTY_SCENE } from "../scene/scene.js";
import { removeNow } from "./act-layers.js";
import { hasUnsaved } from "./act-save.js";
import type { App, ServedInput } from "./app-context.js";
import { runJob } from "./run-job.js";

const kinds: readonly unknown[] = ["image", "labels", "zarr", "folder"];

/** Asks the server what there is, lists it, and opens the first where that is wanted. */
export async function openServed(app: App, openFirst: boolean): Promise<void> {
  const served = await app.attempt("The server's list of images was not read", async () => {
    const response = await fetch(new URL("api/inputs", document.baseURI));
    if (!response.ok) throw new FormatError(`the server answered ${response.status}`);
    return readInputs(await response.json());
  });
  if (!served) return;
  const isShown = (input: ServedInput) =>
    [...app.workspace.images.values()].some((image) => image.address === address(input.address));
  const shown = served.find(isShown)?.address;
  app.page.update((page) => ({ ...page, served, shown }));
  if (openFirst && served.length > 0) await showInput(app, served[0]);
}

/** The list out of the server's JSON; throws `FormatError` for what is none. */
export function readInputs(value: unknown): ServedInput[] {
  const list = Array.isArray(value) ? value : (value as { inputs?: unknown } | null)?.inputs;
  if (!Array.isArray(list)) throw new FormatError("the list of images must be a list, is none");
  return list.map((entry: Partial<Record<keyof ServedInput, unknown>>) => {
    const { name, path, kind, address, labels } = entry;
    if (typeof name !== "string" || typeof address !== "string" || !kinds.includes(kind))
      throw new FormatError("an image of the list must have a name, a kind and an address");
    return {
      name,
      path: typeof path === "string" ? path : name,
      kind: kind as ServedInput["kind"],
      address,
      ...(typeof labels === "string" ? { labels } : {}),
    };
  });
}

/** Opens one of the list in the place of what is open; asks first where that was corrected. */
export async function changeTo(app: App, input: ServedInput): Promise<void> {
  if (app.page.get().shown === input.address) return;
  if (hasUnsaved(app)) app.page.update((page) => ({ ...page, changing: input }));
  else await showInput(app, input);
}

/** Closes what is open, and opens this with its labels. */
export async function showInput(app: App, input: ServedInput): Promise<void> {
  app.page.update((page) => ({ ...page, changing: undefined, shown: input.address }));
  await app.attempt(`${input.name} was not opened`, () =>
    runJob(app.workspace, `Opening ${input.name}`, async ({ signal }) => {
      const opened = await openInput(app, input, signal);
      // Another may have been asked for meanwhile.
      if (app.page.get().shown !== input.address) return;
      closeAll(app);
      app.open(opened);
    }),
  );
}

/** Opens this over what is open: another channel of it that is in a file of its own, say. */
export async function addInput(app: App, input: ServedInput): Promise<void> {
  await app.attempt(`${input.name} was not opened`, () =>
    runJob(app.workspace, `Opening ${input.name}`, async ({ signal }) => {
      app.open(await openInput(app, input, signal));
    }),
  );
}

/** An image of the list, with its labels. */
async function openInput(app: App, input: ServedInput, signal: AbortSignal): Promise<Opened[]> {
  const options = { signal, pipelines: app.pipelines };
  const opened = await openAddress(address(input.address), options);
  const labels = input.labels ? await openAddress(address(input.labels), options) : [];
  signal.throwIfAborted();
  return [...opened, ...labels.map((one): Opened => ({ ...one, kind: "labels" }))];
}

/** Takes all layers away. Steps of the history that were made on them are passed over from then on. */
export function closeAll(app: App): void {
  const { scene } = app.workspace;
  for (const { id } of scene.get().layers)
    if (scene.get().layers.some((layer) => layer.id === id)) removeNow(app, id);
  const { theme, scaleBar, tool } = scene.get();
  scene.update(() => ({ ...EMPTY_SCENE, theme, scaleBar, tool }));
}

function address(relative: string): string {
  return new URL(relative, document.baseURI).href;
}
