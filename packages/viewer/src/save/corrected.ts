/**
 * Where labels were corrected in an earlier visit: places that a model can learn from.
 *
 * @module
 */
import type { Area, Workspace } from "../workspace.js";

/** Remembers where a layer was corrected, as far as the places are on it. */
export function keepCorrected(workspace: Workspace, layer: string, areas: readonly Area[]): void {
  const store = workspace.labels.get(layer);
  if (!store) return;
  const { size } = store;
  const inside = ({ at, box }: Area) =>
    at.t < size.t && at.z < size.z && box.y + box.height <= size.y && box.x + box.width <= size.x;
  workspace.corrected.set(layer, areas.filter(inside));
}
