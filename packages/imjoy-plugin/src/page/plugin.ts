/**
 * The plugin with a window: the viewer, and its verbs for the page around it.
 *
 * @module
 */
import { createApp } from "@cellwright/viewer";
import "@cellwright/viewer/style.css";
import { bindService } from "../service/bind.js";
import { createService } from "../service/service.js";
import { connectToHost } from "./connect.js";
import { pageHost } from "./page-host.js";
import { WINDOW_FORMATS, windowStage } from "./window-stage.js";

const element = document.getElementById("app");
if (!element) throw new Error("the page must have an element with the id app");
const app = createApp(element);
const stage = windowStage(app);
const { bench, pipelines } = app;
const host = pageHost({
  form: "page",
  bench,
  pipelines,
  formats: WINDOW_FORMATS,
  stage: () => stage,
});
const service = createService(host);
const verbs = bindService(service, { wire: "buffer", camel: true });

/** What `createWindow` and a host's form hand over. */
interface RunContext {
  readonly data?: Readonly<Record<string, unknown>> | null;
}

/** Opens what the window was made with: `data: {source}` or `data: {url}`. */
async function run(context: RunContext | undefined): Promise<unknown> {
  const { source, url } = context?.data ?? {};
  if (source === undefined && url === undefined) return undefined;
  return verbs.open(source ?? { url });
}

connectToHost(
  {
    name: "Cellwright",
    type: "rpc-window",
    description: "Find, correct and follow cells; teach the network from the corrections.",
  },
  { setup: () => undefined, run, ...verbs },
).catch((error: unknown) => {
  void app.attempt("No page uses this plugin", () => {
    throw error;
  });
});
