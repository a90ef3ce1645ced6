/**
 * Ways out: the labels in the formats of other programs, tables, pictures, the session.
 *
 * @module
 */
import type { JSX } from "preact";
import { EXPORT_FORMATS } from "../save/format.js";
import { activeLabels } from "../scene/commands.js";
import { saveLayer } from "./act-save.js";
import { runAction } from "./actions.js";
import { useApp } from "./app-context.js";
import { keysFor } from "./keymap.js";
import { Menu, type MenuItem } from "./menu.js";
import { useScene, useStore } from "./use-store.js";

/** The menu. */
export function SaveMenu(): JSX.Element {
  const app = useApp();
  const layer = useScene(activeLabels);
  const layers = useScene((scene) => scene.layers);
  const marks = layers.filter(({ kind }) => kind === "points");
  const empty = useScene((scene) => scene.layers.length === 0);
  const isServed = useStore(app.page, (page) => page.served.length > 0);
  const items: MenuItem[] = [
    {
      text: isServed ? "Save labels beside the image" : "Save labels",
      hint: layer ? `“${layer.name}” as a label TIFF` : "there is no labels layer",
      keys: keysFor("save-labels"),
      disabled: !layer,
      run: () => runAction(app, "save-labels"),
    },
    ...EXPORT_FORMATS.map(({ format, title, hint }, i) => ({
      text: title,
      hint,
      gap: i === 0,
      disabled: !layer,
      run: () => {
        if (layer) void saveLayer(app, layer.id, format);
      },
    })),
    ...marks.map(({ id, name }, i) => ({
      text: `${name} (CSV)`,
      hint: "a row a point: frame, depth, y, x in pixels",
      gap: i === 0,
      run: () => void saveLayer(app, id, "csv"),
    })),
    {
      text: "Session",
      hint: "layers, looks and places, to open again",
      keys: keysFor("save-session"),
      gap: true,
      disabled: empty,
      run: () => runAction(app, "save-session"),
    },
    {
      text: "Screenshot",
      hint: "PNG of the view, as it is on the screen",
      keys: keysFor("screenshot"),
      disabled: empty,
      run: () => runAction(app, "screenshot"),
    },
  ];
  return <Menu label="Save" icon="save" items={items} />;
}
