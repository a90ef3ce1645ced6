/**
 * Commands on the tool in the hand: which one, which label it paints, how large it is. In: a scene. Out: a scene.
 *
 * @module
 */
import { ShapeError } from "@cellwright/core";
import type { Scene, ToolName, ToolState } from "./scene.js";

/** All tools, as they stand in the bar. */
export const TOOLS: readonly ToolName[] = [
  "pan",
  "pick",
  "paint",
  "erase",
  "fill",
  "polygon",
  "split",
  "merge",
  "delete",
  "grow",
  "region",
  "add-point",
  "remove-point",
];

/** The least and the most that a brush is across, in pixels of the image. */
export const BRUSH_RANGE: readonly [number, number] = [1, 400];

/** The largest label there can be. */
export const LARGEST_LABEL = 0xffff_ffff;

/** Takes another tool into the hand. */
export function setTool(scene: Scene, name: ToolName): Scene {
  return changeTool(scene, { name });
}

/** Changes how tools act; brush and label stay within what they can be. Throws `ShapeError` for what is no tool. */
export function changeTool(scene: Scene, patch: Partial<ToolState>): Scene {
  const wanted = { ...scene.tool, ...patch };
  if (!TOOLS.includes(wanted.name))
    throw new ShapeError("tool", `one of ${TOOLS.join(", ")}`, `${wanted.name}`);
  const tool: ToolState = {
    name: wanted.name,
    label: wholeWithin(wanted.label, 0, LARGEST_LABEL, "label"),
    brush: wholeWithin(wanted.brush, ...BRUSH_RANGE, "brush"),
    preserve: Boolean(wanted.preserve),
    contiguous: Boolean(wanted.contiguous),
    allFrames: Boolean(wanted.allFrames),
  };
  const keys = Object.keys(tool) as (keyof ToolState)[];
  return keys.every((key) => tool[key] === scene.tool[key]) ? scene : { ...scene, tool };
}

/** A label `by` larger, or smaller. */
export function stepLabel(scene: Scene, by: number): Scene {
  return changeTool(scene, { label: scene.tool.label + by });
}

/** A larger brush, or a smaller one: by a tenth, at least by one pixel. */
export function stepBrush(scene: Scene, direction: 1 | -1): Scene {
  const { brush } = scene.tool;
  return changeTool(scene, { brush: brush + direction * Math.max(1, Math.round(brush / 10)) });
}

/** Background where a label is painted; `label` where background is. */
export function swapLabel(scene: Scene, label: number): Scene {
  return changeTool(scene, { label: scene.tool.label === 0 ? label : 0 });
}

function wholeWithin(value: number, low: number, high: number, what: string): number {
  if (!Number.isFinite(value)) throw new ShapeError(what, "a number", `${value}`);
  return Math.min(Math.max(Math.round(value), low), high);
}
