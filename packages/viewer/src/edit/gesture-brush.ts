/**
 * Brush and eraser: a disc that follows the pointer without gaps, however fast it moves.
 *
 * @module
 */
import type { Box } from "@cellwright/core";
import type { Workspace } from "../workspace.js";
import { type Place, sweep } from "./brush.js";
import type { ToolGesture } from "./gesture.js";
import { commitTool, paintOf } from "./gesture-edit.js";
import { startPen } from "./pen.js";

/** Starts a stroke with a dab. */
export function brushGesture(
  workspace: Workspace,
  layer: string,
  name: "paint" | "erase",
  start: Place,
): ToolGesture {
  const { store, at, label, only } = paintOf(workspace, layer, name === "erase");
  const { brush } = workspace.scene.get().tool;
  const pen = startPen(store, at);
  const path: Place[] = [start];
  let isWhole = true;
  const draw = (from: Place, to: Place): void => {
    sweep(from, to, brush, (y, left, right) => {
      if (!pen.span(y, left, right, label, only)) isWhole = false;
    });
    pen.show();
  };
  draw(start, start);
  const move = (place: Place): void => {
    draw(path[path.length - 1], place);
    path.push(place);
  };
  return {
    get preview() {
      const { y, x } = path[path.length - 1];
      return { kind: "circle", y, x, radius: brush / 2 } as const;
    },
    move,
    end: async (place) => {
      const last = path[path.length - 1];
      if (place.y !== last.y || place.x !== last.x) move(place);
      if (!isWhole) {
        // Part of the way lay in pages that were still being read: it is gone along again.
        await store.load(at, around(path, brush));
        for (const [n, to] of path.entries()) draw(path[Math.max(0, n - 1)], to);
      }
      const draft = { name: label === 0 ? "erase" : `paint ${label}`, pages: pen.finish() };
      return commitTool(
        workspace,
        layer,
        { ...draft, written: true },
        { label, at, place: path[path.length - 1] },
      );
    },
    cancel: () => pen.cancel(),
  };
}

/** The box of all places that a brush was at. */
export function around(path: readonly Place[], reach: number): Box {
  const ys = path.map(({ y }) => y);
  const xs = path.map(({ x }) => x);
  const y = Math.floor(Math.min(...ys) - reach);
  const x = Math.floor(Math.min(...xs) - reach);
  return {
    y,
    x,
    height: Math.ceil(Math.max(...ys) + reach) - y,
    width: Math.ceil(Math.max(...xs) + reach) - x,
  };
}
