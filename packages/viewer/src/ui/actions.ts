/**
 * What keys, buttons and menus do, by name.
 *
 * @module
 */
import { redo, undo } from "../edit/commands.js";
import {
  activeLabels,
  activeLayer,
  changeLayer,
  changeTool,
  goTo,
  moveLayer,
  panBy,
  play,
  selectNext,
  setTheme,
  showAlone,
  showScaleBar,
  step,
  stepBrush,
  stepLabel,
  TOOLS,
  toggleVisible,
  zoomBy,
} from "../scene/commands.js";
import type { Scene, ToolName } from "../scene/scene.js";
import { applyHere, deleteSelected, nextLabel, swap, takeTool } from "./act-edit.js";
import { askToRemove, newLabels, newPoints } from "./act-layers.js";
import { saveLabels } from "./act-save.js";
import { fitView, nextTheme, saveScreenshot } from "./act-view.js";
import type { App, PageState } from "./app-context.js";
import { autoContrast } from "./contrast.js";
import type { ActionName } from "./keymap.js";
import { openFolder, pickFiles } from "./open.js";
import { saveSessionFile } from "./session-file.js";

/** Something that the page can do. */
export interface Action {
  /** As lists show it. */
  readonly title: string;
  readonly group: "Tools" | "Labels" | "Look" | "View" | "Time and depth" | "Layers" | "Page";
  readonly run: (app: App) => unknown;
}

/** Pixels of the screen that a key pans. */
const PAN_STEP = 80;

const tools: Readonly<Record<ToolName, string>> = {
  pan: "Pan and zoom",
  pick: "Pick a label",
  paint: "Paint",
  erase: "Erase",
  fill: "Fill",
  polygon: "Draw a polygon",
  split: "Split by a stroke",
  merge: "Merge cells",
  delete: "Delete a cell",
  grow: "Grow a cell from a click",
  region: "Draw a region",
  "add-point": "Add a point",
  "remove-point": "Remove a point",
};

/** The name of a tool, as buttons have it. */
export function toolTitle(name: ToolName): string {
  return tools[name];
}

/** A change of the scene by a pure command. */
function change(group: Action["group"], title: string, command: (scene: Scene) => Scene): Action {
  return { group, title, run: (app) => app.workspace.scene.update(command) };
}

/** A change of the selected layer; nothing where there is none. */
function changeActive(title: string, command: (scene: Scene, id: string) => Scene): Action {
  return change("Layers", title, (scene) =>
    scene.active === undefined ? scene : command(scene, scene.active),
  );
}

function showPanel(panel: PageState["panel"], title: string): Action {
  const run = (app: App) => app.page.update((page) => ({ ...page, panel, drawer: "right" }));
  return { group: "Page", title, run };
}

function orderBy(by: number): (scene: Scene, id: string) => Scene {
  return (scene, id) =>
    moveLayer(scene, id, scene.layers.findIndex((layer) => layer.id === id) + by);
}

/** All actions. */
export const ACTIONS: Readonly<Record<ActionName, Action>> = {
  ...(Object.fromEntries(
    TOOLS.map((name) => [
      `tool-${name}`,
      { group: "Tools", title: tools[name], run: (app: App) => takeTool(app, name) },
    ]),
  ) as Record<`tool-${ToolName}`, Action>),
  "new-label": { group: "Labels", title: "Paint a new label", run: (app) => nextLabel(app) },
  "swap-label": { group: "Labels", title: "Paint background, or the label again", run: swap },
  "label-down": change("Labels", "Previous label", (scene) => stepLabel(scene, -1)),
  "label-up": change("Labels", "Next label", (scene) => stepLabel(scene, 1)),
  "brush-down": change("Tools", "Smaller brush", (scene) => stepBrush(scene, -1)),
  "brush-up": change("Tools", "Larger brush", (scene) => stepBrush(scene, 1)),
  preserve: change("Tools", "Preserve other labels", (scene) =>
    changeTool(scene, { preserve: !scene.tool.preserve }),
  ),
  contiguous: change("Tools", "Fill connected pixels alone", (scene) =>
    changeTool(scene, { contiguous: !scene.tool.contiguous }),
  ),
  "all-frames": change("Tools", "Act on all frames", (scene) =>
    changeTool(scene, { allFrames: !scene.tool.allFrames }),
  ),
  "delete-label": {
    group: "Labels",
    title: "Delete the selected cell",
    run: (app) => app.attempt("The cell was not deleted", () => deleteSelected(app)),
  },
  "apply-here": {
    group: "Tools",
    title: "Use the tool in the middle of the view; end a polygon",
    run: (app) => applyHere(app),
  },
  undo: {
    group: "Labels",
    title: "Undo",
    run: (app) => app.attempt("Nothing was undone", () => undo(app.workspace)),
  },
  redo: {
    group: "Labels",
    title: "Redo",
    run: (app) => app.attempt("Nothing was redone", () => redo(app.workspace)),
  },
  visible: changeActive("Show or hide the layer", toggleVisible),
  alone: changeActive("Show this layer alone, or all", showAlone),
  "auto-contrast": {
    group: "Look",
    title: "Contrast limits that suit",
    run: (app) => autoContrast(app, app.workspace.scene.get().active),
  },
  "full-range": change("Look", "Contrast limits of the full range", (scene) => {
    const layer = activeLayer(scene);
    return layer?.kind === "image" ? changeLayer(scene, layer.id, { limits: layer.range }) : scene;
  }),
  "reset-view": { group: "View", title: "See all of the image", run: fitView },
  "zoom-in": change("View", "Zoom in", (scene) => zoomBy(scene, Math.SQRT2)),
  "zoom-out": change("View", "Zoom out", (scene) => zoomBy(scene, Math.SQRT1_2)),
  "pan-left": change("View", "Pan left", (scene) => panBy(scene, 0, -PAN_STEP)),
  "pan-right": change("View", "Pan right", (scene) => panBy(scene, 0, PAN_STEP)),
  "pan-up": change("View", "Pan up", (scene) => panBy(scene, -PAN_STEP, 0)),
  "pan-down": change("View", "Pan down", (scene) => panBy(scene, PAN_STEP, 0)),
  "previous-frame": change("Time and depth", "Previous frame", (scene) => step(scene, "t", -1)),
  "next-frame": change("Time and depth", "Next frame", (scene) => step(scene, "t", 1)),
  "first-frame": change("Time and depth", "First frame", (scene) => goTo(scene, { t: 0 })),
  "last-frame": change("Time and depth", "Last frame", (scene) =>
    goTo(scene, { t: scene.size.t - 1 }),
  ),
  "plane-up": change("Time and depth", "Plane above", (scene) => step(scene, "z", 1)),
  "plane-down": change("Time and depth", "Plane below", (scene) => step(scene, "z", -1)),
  play: {
    group: "Time and depth",
    title: "Play or pause",
    run: ({ workspace, page }) =>
      workspace.scene.update((scene) => play(scene, scene.playing > 0 ? 0 : page.get().pace)),
  },
  "select-above": change("Layers", "Select the layer above", (scene) => selectNext(scene, 1)),
  "select-below": change("Layers", "Select the layer below", (scene) => selectNext(scene, -1)),
  "layer-up": changeActive("Move the layer up", orderBy(1)),
  "layer-down": changeActive("Move the layer down", orderBy(-1)),
  "remove-layer": { group: "Layers", title: "Remove the layer", run: askToRemove },
  "add-labels": { group: "Layers", title: "New labels layer", run: (app) => void newLabels(app) },
  "add-points": { group: "Layers", title: "New points layer", run: (app) => void newPoints(app) },
  "open-files": { group: "Page", title: "Open files", run: pickFiles },
  "open-folder": { group: "Page", title: "Open a folder", run: openFolder },
  "open-address": {
    group: "Page",
    title: "Open an address",
    run: (app) => app.page.update((page) => ({ ...page, dialog: "address" })),
  },
  "save-labels": { group: "Page", title: "Save the labels", run: saveLabels },
  "save-session": { group: "Page", title: "Save the session", run: saveSessionFile },
  screenshot: { group: "Page", title: "Save a screenshot", run: saveScreenshot },
  theme: change("Page", "Next theme", (scene) => setTheme(scene, nextTheme(scene.theme))),
  "scale-bar": change("View", "Show or hide the scale bar", (scene) =>
    showScaleBar(scene, !scene.scaleBar),
  ),
  "panel-edit": showPanel("edit", "Panel of tools"),
  "panel-segment": showPanel("segment", "Panel of segmentation"),
  "panel-learn": showPanel("learn", "Panel of learning"),
  "panel-tracks": showPanel("tracks", "Panel of tracks"),
  shortcuts: {
    group: "Page",
    title: "All shortcuts",
    run: (app) => app.page.update((page) => ({ ...page, dialog: "shortcuts" })),
  },
};

/** Does something; an error becomes a notice. */
export function runAction(app: App, name: ActionName): void {
  const { title, run } = ACTIONS[name];
  void app.attempt(title, () => run(app));
}

/** Whether anything can be painted on. */
export function hasLabels(scene: Scene): boolean {
  return activeLabels(scene) !== undefined;
}
