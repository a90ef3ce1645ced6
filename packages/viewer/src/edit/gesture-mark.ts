/**
 * Tools that mark: points, and the region that segmentation can be asked for.
 *
 * @module
 */
import { activeLayer, setRegion } from "../scene/commands.js";
import type { Point, Workspace } from "../workspace.js";
import { tell } from "./apply.js";
import type { Place } from "./brush.js";
import type { ToolGesture } from "./gesture.js";
import type { Edit } from "./label-store.js";
import { tellNotice } from "./notice.js";

/** A click that adds a point, or takes away the one under it. */
export function pointGesture(
  workspace: Workspace,
  name: "add-point" | "remove-point",
): ToolGesture | undefined {
  const layer = activeLayer(workspace.scene.get());
  if (layer?.kind !== "points") {
    tellNotice(workspace, "info", "Make or select a layer of points first.");
    return undefined;
  }
  return {
    move: () => undefined,
    end: async (place) => {
      const points = workspace.points.get(layer.id) ?? [];
      const { at } = workspace.scene.get();
      if (name === "add-point")
        return setPoints(workspace, layer.id, "add a point", [...points, { ...at, ...place }]);
      const nearest = nearestTo(points, { ...at, ...place }, layer.size);
      if (!nearest) return undefined;
      const others = points.filter((point) => point !== nearest);
      return setPoints(workspace, layer.id, "remove a point", others);
    },
    cancel: () => undefined,
  };
}

function nearestTo(points: readonly Point[], to: Point, reach: number): Point | undefined {
  let [nearest, least]: [Point | undefined, number] = [undefined, reach];
  for (const point of points) {
    const distance = Math.hypot(point.y - to.y, point.x - to.x);
    if (point.t !== to.t || point.z !== to.z || distance > least) continue;
    [nearest, least] = [point, distance];
  }
  return nearest;
}

/** Other points for a layer, as a step of the history. */
export function setPoints(
  workspace: Workspace,
  layer: string,
  name: string,
  after: readonly Point[],
): Edit {
  const before = workspace.points.get(layer) ?? [];
  const edit: Edit = { name, pages: [], points: { before, after } };
  workspace.points.set(layer, after);
  // Points have no watchers of their own: the scene tells of them.
  workspace.scene.update((scene) => ({ ...scene }));
  workspace.history.push({ layer, edit });
  tell(workspace, layer, edit, "after");
  return edit;
}

/** A box from one corner to the other; a click takes the region away. */
export function regionGesture(workspace: Workspace, from: Place): ToolGesture {
  let to = from;
  return {
    get preview() {
      return {
        kind: "box",
        y: Math.min(from.y, to.y),
        x: Math.min(from.x, to.x),
        height: Math.abs(to.y - from.y),
        width: Math.abs(to.x - from.x),
      } as const;
    },
    move: (place) => {
      to = place;
    },
    end: async (place) => {
      const [height, width] = [place.y - from.y, place.x - from.x];
      const isDrawn = Math.abs(height) >= 1 && Math.abs(width) >= 1;
      workspace.scene.update((scene) =>
        setRegion(scene, isDrawn ? [from.y, from.x, height, width] : undefined),
      );
      return undefined;
    },
    cancel: () => undefined,
  };
}
