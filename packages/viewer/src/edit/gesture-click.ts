/**
 * Tools that need a click alone: pick, fill, grow.
 *
 * @module
 */
import { ShapeError, type Signal } from "@cellwright/core";
import { changeTool } from "../scene/commands.js";
import type { ImageLayer } from "../scene/scene.js";
import type { Workspace } from "../workspace.js";
import { pagesOf } from "./apply.js";
import type { Place } from "./brush.js";
import { changeBox, painted, type Rule } from "./change.js";
import { areaOfLabel, filledArea } from "./fill.js";
import type { ToolGesture } from "./gesture.js";
import { around } from "./gesture-brush.js";
import { commitTool, paintOf, pixelAt, planeOf } from "./gesture-edit.js";
import { GROW_WINDOW, grownArea } from "./grow.js";
import type { Edit } from "./label-store.js";
import { clipBox } from "./pages.js";

/** How far around a click labels are read, where they are not in memory yet. */
const AROUND = 1024;

/** Starts a click: what it does is done where it is released. */
export function clickGesture(
  workspace: Workspace,
  layer: string,
  name: "pick" | "fill" | "grow",
): ToolGesture {
  return {
    move: () => undefined,
    end: async (place) => {
      const store = pagesOf(workspace, layer);
      const pixel = pixelAt(store, place);
      if (!pixel) return undefined;
      const at = planeOf(workspace, store);
      const box = around([pixel], name === "pick" ? 1 : AROUND);
      if (!store.isLoaded(at, box)) await store.load(at, box);
      if (name === "fill") return fill(workspace, layer, pixel);
      if (name === "grow") return growFrom(workspace, layer, pixel);
      const label = store.labelAt(at, pixel.y, pixel.x);
      if (label !== 0) workspace.scene.update((scene) => changeTool(scene, { label }));
      return undefined;
    },
    cancel: () => undefined,
  };
}

function fill(workspace: Workspace, layer: string, pixel: Place): Edit | undefined {
  const { contiguous } = workspace.scene.get().tool;
  const { store, at, label, only } = paintOf(workspace, layer);
  const old = store.labelAt(at, pixel.y, pixel.x);
  if (old === label || (only !== undefined && old !== only)) return undefined;
  if (old === 0 && !contiguous)
    throw new ShapeError("fill of all that is alike", "on a cell", "on background");
  const area = contiguous ? filledArea(store, at, pixel.y, pixel.x) : areaOfLabel(store, at, old);
  if (!area) return undefined;
  const pages = changeBox(store, at, area.box, painted(area.mask, area.box, label));
  const name = label === 0 ? "erase" : `fill ${label}`;
  return commitTool(workspace, layer, { name, pages }, { label, at, place: pixel });
}

/**
 * Grows the cell at a pixel to its border in the topmost image that is seen: one that is there is drawn anew, else there is
 * a new one, which is selected. Other cells stay as they are.
 */
export async function growFrom(
  workspace: Workspace,
  layer: string,
  pixel: Place,
  signal?: Signal,
): Promise<Edit | undefined> {
  const store = pagesOf(workspace, layer);
  const at = planeOf(workspace, store);
  const image = imageOf(workspace);
  const half = GROW_WINDOW / 2;
  const window = { y: pixel.y - half, x: pixel.x - half, height: 2 * half, width: 2 * half };
  const box = clipBox(store.size, window);
  const index: Record<string, number> = {};
  for (const [axis, n] of Object.entries({ ...at, c: image.layer.channel }))
    if (image.reader.axes.includes(axis)) index[axis] = n;
  const plane = await image.reader.readRegion({ index, box, signal });
  const { data } = await store.read(at, box, signal);
  const old = store.labelAt(at, pixel.y, pixel.x);
  const blocked = Uint8Array.from(data, (each) => (each !== 0 && each !== old ? 1 : 0));
  const flat = { data: plane.data, shape: [box.height, box.width], axes: "yx" };
  const mask = grownArea(flat, pixel.y - box.y, pixel.x - box.x, { blocked });
  const label = old === 0 ? store.giveOut() : old;
  const rule: Rule = (labels, part) => {
    if (old !== 0)
      painted(
        mask.map((inside) => 1 - inside),
        box,
        0,
        { only: old },
      )(labels, part);
    painted(mask, box, label)(labels, part);
  };
  const pages = changeBox(store, at, box, rule);
  const edit = commitTool(workspace, layer, { name: `grow ${label}`, pages });
  if (edit) workspace.scene.update((scene) => changeTool(scene, { label }));
  return edit;
}

function imageOf(workspace: Workspace) {
  const { layers } = workspace.scene.get();
  const layer = layers.findLast(
    (each): each is ImageLayer => each.kind === "image" && each.visible,
  );
  const reader = layer && workspace.images.get(layer.source)?.reader;
  if (!layer || !reader) throw new ShapeError("image to grow a cell in", "seen", "none");
  return { layer, reader };
}
