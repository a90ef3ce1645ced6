/**
 * What each tool does, in a sentence or two.
 *
 * @module
 */
import type { ToolName } from "../scene/scene.js";

const help: Readonly<Record<ToolName, string>> = {
  pan: "Drag to move, turn the wheel to zoom. Space does the same with any tool in the hand.",
  pick: "Click a cell to select it: its label is painted next, and panels speak of it.",
  paint: "Drag to paint the label. [ and ] change the brush.",
  erase: "Drag to erase to background.",
  fill: "Click a cell or a hole to give it the label.",
  polygon: "Click corner after corner; a double click or Enter closes it, Escape gives it up.",
  split: "Draw a stroke across a cell: it is cut in two along it.",
  merge: "Drag from one cell to another: they become one, with the first one's label.",
  delete: "Click a cell to delete it.",
  grow: "Click in the middle of a cell: it grows from there to its border in the image.",
  region: "Drag a box; segmentation can be asked for inside it. A click takes it away.",
  "add-point": "Click to mark a place.",
  "remove-point": "Click a point to take it away.",
};

/** How to use a tool. */
export function toolHelp(name: ToolName): string {
  return help[name];
}
