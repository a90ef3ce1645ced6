/**
 * The plugin without a window: the same verbs, with a stage in memory.
 *
 * @module
 */
import { blankWorkspace, createBench, decodeIn, startThread } from "@cellwright/viewer";
import { bindService } from "../service/bind.js";
import { MEMORY_FORMATS, memoryStages } from "../service/memory-stage.js";
import { createService } from "../service/service.js";
import { connectToHost } from "./connect.js";
import { pageHost } from "./page-host.js";

const base = (path: string) => new URL(path, document.baseURI).href;
decodeIn(startThread());
const bench = createBench(blankWorkspace(), { modelsBase: base("models/"), ortBase: base("ort/") });
const host = pageHost({
  form: "worker",
  bench,
  pipelines: base("itk/"),
  formats: MEMORY_FORMATS,
  ...memoryStages(),
});
const verbs = bindService(createService(host), { wire: "buffer", camel: true });

connectToHost(
  {
    name: "CellwrightWorker",
    type: "rpc-worker",
    description: "Find, measure and follow cells, without a window.",
  },
  { setup: () => undefined, run: () => undefined, ...verbs },
).catch((error: Error) => {
  document.body.textContent = error.message;
});
