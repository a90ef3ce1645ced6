/**
 * The app: makes the workspace, and puts its parts together. Which engine runs networks is said here and nowhere else:
 * the bench asks for ONNX Runtime's files, by the address that it is given.
 *
 * @module
 */
import { h, render } from "preact";
import { decodeIn, startThread } from "./data/open.js";
import { createRenderer, type Renderer } from "./draw/renderer.js";
import { blankWorkspace } from "./edit/blank-workspace.js";
import { storeOf } from "./scene/store.js";
import { fitView } from "./ui/act-view.js";
import { type App, NEW_PAGE } from "./ui/app-context.js";
import { createHand } from "./ui/hand.js";
import { notifyError } from "./ui/notify.js";
import { Page } from "./ui/page.js";
import { showOpened } from "./ui/show.js";
import { watchPage } from "./ui/watch-page.js";
import { createBench } from "./work/bench.js";
import type { Workspace } from "./workspace.js";

export type { App } from "./ui/app-context.js";

/** Where an app finds what is loaded when it is needed; addresses end in a slash and begin from the page. */
export interface AppOptions {
  /** Folder of shipped models; default `models/`. */
  readonly modelsBase?: string;
  /** Folder of ONNX Runtime's files; default `ort/`. */
  readonly ortBase?: string;
  /** Folder of the readers of rarer formats; default `itk/`. */
  readonly pipelines?: string;
}

/** Puts an app into an element of the page, which is the app's from then on. */
export function createApp(element: HTMLElement, options: AppOptions = {}): App {
  const workspace = blankWorkspace();
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  const renderer = startRenderer(canvas, workspace);
  decodeIn(startThread());
  const base = (path: string) => new URL(path, document.baseURI).href;
  const page = storeOf(NEW_PAGE);
  const app: App = {
    workspace,
    canvas,
    renderer,
    page,
    bench: createBench(workspace, {
      modelsBase: base(options.modelsBase ?? "models/"),
      ortBase: base(options.ortBase ?? "ort/"),
      view: () => ({ height: canvas.clientHeight, width: canvas.clientWidth }),
    }),
    hand: createHand(workspace, renderer),
    pipelines: base(options.pipelines ?? "itk/"),
    open: (opened) => {
      const isFirst = workspace.scene.get().layers.length === 0;
      const ids = showOpened(workspace, opened);
      // The canvas has its size once the page has been drawn with it.
      if (isFirst && ids.length > 0) requestAnimationFrame(() => fitView(app));
      return ids;
    },
    attempt: async (what, run) => {
      try {
        return await run();
      } catch (error) {
        notifyError(workspace, what, error);
        return undefined;
      }
    },
    destroy: () => {
      stop();
      render(null, element);
      renderer?.destroy();
      app.bench.end();
    },
  };
  const stop = watchPage(app, element);
  render(h(Page, { app }), element);
  return app;
}

/** Without a way to draw the page still opens, segments and saves; it says what is missing. */
function startRenderer(canvas: HTMLCanvasElement, workspace: Workspace): Renderer | undefined {
  try {
    return createRenderer(canvas, workspace, {
      onError: (error) => notifyError(workspace, "A part of the image was not read", error),
    });
  } catch (error) {
    notifyError(workspace, "Images cannot be shown", error);
    return undefined;
  }
}
