/**
 * A session comes back: its images and labels are opened again and laid over what is open already, which stays.
 *
 * @module
 */
import type { Opened } from "../data/opened.js";
import { newLabelsLayer, newPointsLayer } from "../edit/layers.js";
import { withSize } from "../scene/commands.js";
import type { Layer, Scene } from "../scene/scene.js";
import type { Workspace } from "../workspace.js";
import { keepCorrected } from "./corrected.js";
import type { Session, SessionLabels } from "./session.js";

/** What is to be opened: at its address, or else a file of this name. */
export interface Wanted {
  readonly name: string;
  readonly address?: string;
}

/** Opens something that a session names; rejects, or answers nothing, where it is not there. */
export type OpenWanted = (wanted: Wanted) => Promise<readonly Opened[]>;

/**
 * Lays a session into a workspace: its layers above those that are there, places and view as they were. Answers what could
 * not be opened, a message each; the layers of those are left out.
 */
export async function applySession(
  workspace: Workspace,
  session: Session,
  open: OpenWanted,
): Promise<string[]> {
  const before = workspace.scene.get();
  const problems: string[] = [];
  const ids = new Map<string, string>();
  const isEmpty = before.layers.length === 0;
  for (const { id, name, address } of session.sources) {
    const opened = await attempt(open, { name, ...(address && { address }) }, problems);
    if (!opened) continue;
    const fresh = freshId(workspace, id);
    ids.set(id, fresh);
    workspace.images.set(fresh, { reader: opened.reader, name, ...(address && { address }) });
  }
  for (const labels of session.labels)
    await openLabels(workspace, session, labels, { open, problems, ids });
  for (const { layer, points } of session.points) {
    const name = session.scene.layers.find(({ id }) => id === layer)?.name;
    if (name === undefined) continue;
    ids.set(layer, newPointsLayer(workspace, { name, points, id: freshId(workspace, layer) }));
  }
  for (const { layer, areas } of session.corrected) {
    const id = ids.get(layer);
    if (id !== undefined) keepCorrected(workspace, id, areas);
  }
  const made = new Set(ids.values());
  const layers = session.scene.layers.flatMap((layer) =>
    renamed(layer, ids, (id) => freshId(workspace, id)),
  );
  const known = new Set(layers.map(({ id }) => id));
  const { region: _, active, ...look } = session.scene;
  workspace.scene.update((scene) => {
    const below = scene.layers.filter(({ id }) => !made.has(id) && !known.has(id));
    const chosen = layers.find(({ id }) => id === ids.get(active ?? "") || id === active)?.id;
    const size = isEmpty ? look.size : withSize({ ...scene, layers: below }, look.size).size;
    const next: Scene = { ...look, size, layers: [...below, ...layers] };
    const wanted = chosen ?? next.layers.at(-1)?.id;
    return { ...next, ...(wanted !== undefined && { active: wanted }) };
  });
  return problems;
}

async function openLabels(
  workspace: Workspace,
  session: Session,
  { layer, size, address, file, tracks }: SessionLabels,
  { open, problems, ids }: { open: OpenWanted; problems: string[]; ids: Map<string, string> },
): Promise<void> {
  const name = session.scene.layers.find(({ id }) => id === layer)?.name;
  if (name === undefined) return;
  const opened = await attempt(open, { name: file ?? name, ...(address && { address }) }, problems);
  if (!opened) return;
  try {
    const made = newLabelsLayer(workspace, {
      ...{ name, size, labels: opened.reader, id: freshId(workspace, layer) },
      ...(tracks && { tracks }),
      ...(address && { address }),
    });
    ids.set(layer, made);
  } catch (error) {
    problems.push(`${file ?? name}: ${messageOf(error)}`);
  }
}

async function attempt(
  open: OpenWanted,
  wanted: Wanted,
  problems: string[],
): Promise<Opened | undefined> {
  try {
    const [opened] = await open(wanted);
    if (opened) return opened;
    problems.push(`${wanted.name} was not found: open it by hand`);
  } catch (error) {
    problems.push(`${wanted.name}: ${messageOf(error)}`);
  }
  return undefined;
}

/** A layer under the ids of now; none where what it shows could not be opened. */
function renamed(
  layer: Layer,
  ids: ReadonlyMap<string, string>,
  fresh: (id: string) => string,
): Layer[] {
  if (layer.kind === "image") {
    const source = ids.get(layer.source);
    return source === undefined ? [] : [{ ...layer, source, id: fresh(layer.id) }];
  }
  if (layer.kind === "tracks") {
    const labels = ids.get(layer.labels);
    return labels === undefined ? [] : [{ ...layer, labels, id: fresh(layer.id) }];
  }
  const id = ids.get(layer.id);
  return id === undefined ? [] : [{ ...layer, id }];
}

/** An id that nothing has, nor had: the history may speak of layers that are gone. */
function freshId(workspace: Workspace, wanted: string): string {
  const { images, labels, points, history, scene } = workspace;
  const isTaken = (id: string) =>
    images.has(id) ||
    labels.has(id) ||
    points.has(id) ||
    scene.get().layers.some((layer) => layer.id === id) ||
    [...history.past, ...history.future].some((step) => step.layer === id);
  for (let n = 1; ; n++) {
    const id = n === 1 ? wanted : `${wanted}~${n}`;
    if (!isTaken(id)) return id;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}
