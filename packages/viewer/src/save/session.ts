/**
 * What is open and how it looks, as a file: layers, places, settings, and where the pixels can be found again. The pixels of
 * labels are in files of their own, which the session names.
 *
 * @module
 */
import type { Track } from "@cellwright/core";
import type { LabelPages } from "../edit/label-pages.js";
import type { LabelStore } from "../edit/label-store.js";
import { layerOf } from "../scene/commands.js";
import type { Scene } from "../scene/scene.js";
import { correctedAreas } from "../work/areas.js";
import type { Area, Point, Workspace } from "../workspace.js";
import type { SavedFile } from "./format.js";
import { imageOf, stemFor, stemOf } from "./name.js";

/** An image, and where it can be opened again: its address, or else a file of its name. */
export interface SessionSource {
  readonly id: string;
  readonly name: string;
  /** On the web, or relative to the page. */
  readonly address?: string;
}

/** The labels of a layer: at an address, or in a file that was saved with the session. */
export interface SessionLabels {
  readonly layer: string;
  readonly size: Scene["size"];
  readonly address?: string;
  readonly file?: string;
  /** Where the cells are tracked. */
  readonly tracks?: readonly Track[];
}

/** A session. */
export interface Session {
  readonly cellwright: "session";
  readonly version: 1;
  readonly scene: Scene;
  readonly sources: readonly SessionSource[];
  readonly labels: readonly SessionLabels[];
  /** By the id of the layer. */
  readonly points: readonly { readonly layer: string; readonly points: readonly Point[] }[];
  /** Where labels were corrected, which is what a model learns from. */
  readonly corrected: readonly { readonly layer: string; readonly areas: readonly Area[] }[];
}

/** What a session file is called. */
export const SESSION_NAME: RegExp = /\.cellwright\.json$/i;

/** How a session is described. */
export interface SessionOptions {
  /** The page's address: what lies below it is named relative to it, so that its token stays out of the file. */
  readonly page?: string;
}

/** The session of a workspace. Labels that were changed or made here are named by the file that {@link saveSession} makes. */
export function sessionOf(workspace: Workspace, { page }: SessionOptions = {}): Session {
  const scene = workspace.scene.get();
  const ids = new Set(
    scene.layers.map((layer) => (layer.kind === "image" ? layer.source : layer.id)),
  );
  const place = (address: string | undefined) =>
    address === undefined ? {} : { address: relative(address, page) };
  return {
    cellwright: "session",
    version: 1,
    scene: { ...scene, playing: 0 },
    sources: [...workspace.images]
      .filter(([id]) => ids.has(id))
      .map(([id, { name, address }]) => ({ id, name, ...place(address) })),
    labels: [...workspace.labels]
      .filter(([id]) => ids.has(id))
      .map(([layer, store]) => {
        const { size } = store;
        const tracks = workspace.lineages.get(layer)?.tracks ?? [];
        const address = addressOf(store);
        const file = `${stemFor(workspace, layerOf(scene, layer))}_masks.tif`;
        const found = address === undefined ? { file } : place(address);
        return { layer, size, ...found, ...(tracks.length > 0 && { tracks }) };
      }),
    points: [...workspace.points]
      .filter(([id]) => ids.has(id))
      .map(([layer, points]) => ({ layer, points })),
    corrected: [...workspace.labels]
      .filter(([id]) => ids.has(id))
      .map(([layer, { size }]) => ({ layer, areas: correctedAreas(workspace, layer, size) }))
      .filter(({ areas }) => areas.length > 0),
  };
}

/**
 * The session as a file, `<image>.cellwright.json`, after the label files that it names. What is as it was at its address
 * needs no file.
 */
export async function saveSession(
  workspace: Workspace,
  options: SessionOptions = {},
): Promise<SavedFile[]> {
  const session = sessionOf(workspace, options);
  const { exportLayer } = await import("./export.js");
  const files: SavedFile[] = [];
  for (const { layer, file } of session.labels)
    if (file !== undefined) files.push(...(await exportLayer(workspace, layer, "tif")));
  const stem = stemOf(imageOf(workspace)?.name ?? session.scene.layers[0]?.name ?? "");
  const bytes = new TextEncoder().encode(`${JSON.stringify(session, undefined, 1)}\n`);
  return [...files, { name: `${stem}.cellwright.json`, bytes, type: "application/json" }];
}

/** Where labels can be read again as they are now; undefined where they were edited or made here. */
function addressOf(store: LabelStore): string | undefined {
  const pages = store as LabelStore & Partial<LabelPages>;
  const { source } = pages;
  if (!source?.address || !pages.kept) return undefined;
  for (const _ of pages.kept()) return undefined;
  return source.address;
}

function relative(address: string, page: string | undefined): string {
  if (page === undefined) return address;
  const folder = new URL(".", page).href;
  return address.startsWith(folder) ? address.slice(folder.length) : address;
}
