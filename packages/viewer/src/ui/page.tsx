/**
 * The page: its parts, and where they stand.
 *
 * @module
 */
import type { JSX } from "preact";
import { type App, AppContext, useApp } from "./app-context.js";
import { CanvasView } from "./canvas-view.js";
import { Dialogs } from "./dialogs.js";
import { DimsBar } from "./dims.js";
import { Guard } from "./guard.js";
import { LayerList } from "./layer-list.js";
import { LookPanel } from "./look.js";
import { RightPanels } from "./panels.js";
import { ServedList } from "./served-list.js";
import { StatusLine } from "./status-line.js";
import { TopBar } from "./top-bar.js";
import { useScene, useStore } from "./use-store.js";

/** All of the page. */
export function Page({ app }: { readonly app: App }): JSX.Element {
  return (
    <AppContext.Provider value={app}>
      <Frame />
    </AppContext.Provider>
  );
}

function Frame(): JSX.Element {
  const { page } = useApp();
  const empty = useScene((scene) => scene.layers.length === 0);
  const drawer = useStore(page, (page) => page.drawer);
  return (
    <div class={`page ${empty ? "page-empty" : ""}`} data-drawer={drawer ?? "none"}>
      <TopBar />
      <aside class="side left" aria-label="Layers">
        <Guard what="The layers">
          <ServedList />
          <LayerList />
          <LookPanel />
        </Guard>
      </aside>
      <CanvasView />
      <aside class="side right" aria-label="Tools and panels">
        <Guard what="This panel">
          <RightPanels />
        </Guard>
      </aside>
      <DimsBar />
      <StatusLine />
      <Dialogs />
    </div>
  );
}
