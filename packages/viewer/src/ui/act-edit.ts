/**
 * What tools and keys do to labels.
 *
 * @module
 */
import { deleteLabel } from "../edit/commands.js";
import type { Step } from "../edit/history.js";
import { activeLabels, activeLayer, changeTool, select, setTool } from "../scene/commands.js";
import type { Scene, ToolName } from "../scene/scene.js";
import type { Workspace } from "../workspace.js";
import { labelsToEdit, newPoints } from "./act-layers.js";
import type { App } from "./app-context.js";

/** Tools that need no labels. */
const free: ReadonlySet<ToolName> = new Set(["pan", "region"]);

/** Takes a tool into the hand; where it needs a layer that is not there, makes one. */
export function takeTool(app: App, name: ToolName): void {
  const { scene } = app.workspace;
  if (scene.get().layers.length > 0) {
    if (name === "add-point" || name === "remove-point") pointsToEdit(app);
    else if (!free.has(name) && !(name === "pick" && !activeLabels(scene.get()))) labelsToEdit(app);
  }
  app.hand.cancel();
  scene.update((scene) => setTool(scene, name));
}

/** The next label that no cell has. */
export function nextLabel(app: App): void {
  const store = app.workspace.labels.get(labelsToEdit(app));
  if (!store) return;
  app.workspace.scene.update((scene) => changeTool(scene, { label: store.largest + 1 }));
}

/** Background for a label, or the label that was painted before. */
export function swap(app: App): void {
  const { label } = app.workspace.scene.get().tool;
  const other = label === 0 ? (app.page.get().swapped ?? 1) : 0;
  app.page.update((page) => ({ ...page, swapped: label === 0 ? page.swapped : label }));
  app.workspace.scene.update((scene) => changeTool(scene, { label: other }));
}

/** Deletes the selected cell, in this frame or in all, as the tool is set. */
export async function deleteSelected(app: App): Promise<void> {
  const scene = app.workspace.scene.get();
  const layer = activeLabels(scene);
  if (!layer || scene.tool.label === 0) return;
  const { label, allFrames } = scene.tool;
  await deleteLabel(app.workspace, layer.id, label, { allFrames });
}

/** Steps of layers that are there. */
export function stepsOf(workspace: Workspace, steps: readonly Step[]): readonly Step[] {
  return steps.filter(({ layer }) => workspace.labels.has(layer) || workspace.points.has(layer));
}

/** Ends a polygon that is being drawn; else does at the middle of the view what a click there would do. */
export function applyHere(app: App): Promise<void> {
  return app.hand.finishOrApply(app.workspace.scene.get().camera);
}

function pointsToEdit(app: App): void {
  const { scene } = app.workspace;
  const isPoints = ({ kind }: Scene["layers"][number]) => kind === "points";
  const active = activeLayer(scene.get());
  if (active && isPoints(active)) return;
  const there = scene.get().layers.findLast(isPoints);
  if (there) scene.update((scene) => select(scene, there.id));
  else newPoints(app);
}
