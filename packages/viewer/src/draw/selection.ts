/**
 * Which parts of an image look other when another label is selected.
 *
 * @module
 */
import type { PlaneAt } from "../edit/label-store.js";
import type { Scene } from "../scene/scene.js";
import type { Workspace } from "../workspace.js";
import type { Edges } from "./sight.js";

/** The cells that were and are selected, in edges of the image; all of it where cells are not known, or one is shown alone. */
export function selectionEdges(
  workspace: Workspace,
  at: PlaneAt,
  before: Scene,
  after: Scene,
): Edges[] {
  if (before.tool.label === after.tool.label) return [];
  const all: Edges = { top: 0, left: 0, bottom: after.size.y, right: after.size.x };
  const edges: Edges[] = [];
  for (const layer of after.layers) {
    const store = layer.kind === "labels" ? workspace.labels.get(layer.id) : undefined;
    if (layer.kind !== "labels" || !store || !layer.visible) continue;
    if (layer.selectedOnly || !store.boxOf) return [all];
    const { t, z } = store.size;
    const place = { t: Math.min(at.t, t - 1), z: Math.min(at.z, z - 1) };
    for (const label of [before.tool.label, after.tool.label]) {
      const box = store.boxOf(place, label);
      if (box === "unknown") return [all];
      if (box)
        edges.push({
          ...{ top: box.y, left: box.x },
          ...{ bottom: box.y + box.height, right: box.x + box.width },
        });
    }
  }
  return edges;
}
