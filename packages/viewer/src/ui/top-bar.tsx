/**
 * The line at the top: what the page is, ways in and out, the tools.
 *
 * @module
 */
import type { JSX } from "preact";
import { nextTheme } from "./act-view.js";
import { runAction } from "./actions.js";
import { useApp } from "./app-context.js";
import { Button } from "./controls.js";
import { Mark } from "./icons.js";
import { keysFor } from "./keymap.js";
import { Menu } from "./menu.js";
import { openSample } from "./open.js";
import { SaveMenu } from "./save-menu.js";
import { ToolBar } from "./tool-bar.js";
import { useScene, useStore } from "./use-store.js";

/** The bar at the top of the page. */
export function TopBar(): JSX.Element {
  const app = useApp();
  const theme = useScene((scene) => scene.theme);
  const drawer = useStore(app.page, (page) => page.drawer);
  const toggle = (side: "left" | "right") =>
    app.page.update((page) => ({ ...page, drawer: page.drawer === side ? undefined : side }));
  return (
    <header class="top">
      <h1 class="brand">
        <Mark />
        <span>Cellwright</span>
      </h1>
      <div class="top-group">
        <Menu
          label="Open"
          icon="open"
          items={[
            {
              text: "Files…",
              keys: keysFor("open-files"),
              run: () => runAction(app, "open-files"),
            },
            {
              text: "Folder…",
              hint: "a movie of frames, a Zarr, or many images",
              run: () => runAction(app, "open-folder"),
            },
            {
              text: "Address…",
              hint: "a TIFF or an OME-Zarr on the web",
              run: () => runAction(app, "open-address"),
            },
            { text: "Sample nuclei", gap: true, run: () => void openSample(app, "nuclei") },
            { text: "Sample movie", run: () => void openSample(app, "movie") },
          ]}
        />
        <SaveMenu />
      </div>
      <ToolBar />
      <div class="top-group top-end">
        <Button
          bare
          icon="fit"
          label="See all"
          keys="Home"
          onClick={() => runAction(app, "reset-view")}
        />
        <Button
          bare
          icon="theme"
          label={`Theme: ${theme}. Change to ${nextTheme(theme)}`}
          onClick={() => runAction(app, "theme")}
        />
        <Button
          bare
          icon="help"
          label="Shortcuts"
          keys="Ctrl+Alt+/"
          onClick={() => runAction(app, "shortcuts")}
        />
        <span class="drawer-buttons">
          <Button
            bare
            icon="layers"
            label="Layers"
            pressed={drawer === "left"}
            onClick={() => toggle("left")}
          />
          <Button
            bare
            icon="panel"
            label="Panels"
            pressed={drawer === "right"}
            onClick={() => toggle("right")}
          />
        </span>
      </div>
    </header>
  );
}
