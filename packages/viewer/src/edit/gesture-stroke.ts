/**
 * Tools that a stroke tells what to do: split along it, merge from its beginning to its end, delete what lies under it.
 *
 * @module
 */
import { ShapeError } from "@cellwright/core";
import type { Workspace } from "../workspace.js";
import { pagesOf } from "./apply.js";
import type { Place } from "./brush.js";
import { changeBox, replaced } from "./change.js";
import { deleteLabels, mergeLabels } from "./commands.js";
import type { ToolGesture } from "./gesture.js";
import { around } from "./gesture-brush.js";
import { commitTool, planeOf } from "./gesture-edit.js";
import type { LabelPages } from "./label-pages.js";
import type { Edit, PlaneAt } from "./label-store.js";
import { planeNumber } from "./pages.js";
import { pixelsUnder, splitAlong } from "./split.js";

/** How far around a stroke labels are read, where they are not in memory yet: about as far as a large cell. */
const AROUND = 256;

/** Starts a stroke. */
export function strokeGesture(
  workspace: Workspace,
  layer: string,
  name: "split" | "merge" | "delete",
  start: Place,
): ToolGesture {
  const store = pagesOf(workspace, layer);
  const at = planeOf(workspace, store);
  const path: Place[] = [start];
  return {
    get preview() {
      return { kind: "line", points: path } as const;
    },
    move: (place) => {
      path.push(place);
    },
    end: async (place) => {
      const last = path[path.length - 1];
      if (place.y !== last.y || place.x !== last.x) path.push(place);
      const box = around(path, AROUND);
      if (!store.isLoaded(at, box)) await store.load(at, box);
      if (name === "split") return splitByStroke(workspace, layer, at, path);
      const { allFrames } = workspace.scene.get().tool;
      const frames = { t: at.t, allFrames };
      if (name === "merge") {
        const [into, other] = endsOf(workspace, store, at, path);
        return into && other && into !== other
          ? mergeLabels(workspace, layer, [into, other], frames)
          : undefined;
      }
      const labels = [...labelsUnder(store, at, path).keys()];
      return labels.length > 0 ? deleteLabels(workspace, layer, labels, frames) : undefined;
    },
    cancel: () => undefined,
  };
}

/**
 * Cuts the cell that most of a stroke lies on, in a plane. The largest part keeps its number. Throws {@link ShapeError} where
 * the stroke lies on no cell or does not cut it in two.
 */
export function splitByStroke(
  workspace: Workspace,
  layer: string,
  at: PlaneAt,
  stroke: readonly Place[],
): Edit | undefined {
  const store = pagesOf(workspace, layer);
  const under = [...labelsUnder(store, at, stroke)].sort(([, a], [, b]) => b - a);
  const label = under[0]?.[0];
  const box = label && store.cells.get(planeNumber(store.size, at), label)?.box;
  if (!label || !box) throw new ShapeError("stroke", "across a cell", "on none");
  const fresh: number[] = [];
  const give = (): number => {
    fresh.push(store.giveOut());
    return fresh[fresh.length - 1];
  };
  const data = splitAlong(store.readNow(at, box), box, label, stroke, give);
  const pages = changeBox(store, at, box, replaced(data, box));
  return commitTool(workspace, layer, { name: `split ${[label, ...fresh].join(", ")}`, pages });
}

/** The labels under a stroke, with how many of its pixels lie on each. */
function labelsUnder(store: LabelPages, at: PlaneAt, path: readonly Place[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { y, x } of pixelsUnder(path)) {
    const label = store.labelAt(at, y, x);
    if (label !== 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

/** The labels at both ends of a stroke; of a click on one cell, the selected one and that. */
function endsOf(
  workspace: Workspace,
  store: LabelPages,
  at: PlaneAt,
  path: readonly Place[],
): [number, number] {
  const labelAt = ({ y, x }: Place): number => store.labelAt(at, Math.floor(y), Math.floor(x));
  const from = labelAt(path[0]);
  const to = labelAt(path[path.length - 1]);
  const { label } = workspace.scene.get().tool;
  const isSelected = path.length === 1 && store.cells.areaIn(at.t, label) > 0;
  return from === to && isSelected ? [label, to] : [from, to];
}
