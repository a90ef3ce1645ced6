// What the service stands on in a webview: core, ONNX Runtime as WebAssembly, and models that lie beside the page.
import {
  bytesSource,
  findCells,
  ModelError,
  openPyramid,
  planScale,
  readModelFiles,
  scaleOf,
  startTracker,
  UnsupportedError,
} from "@cellwright/core";
import { onnxWebEngine } from "@cellwright/engine-onnx/web";
import { MEMORY_FORMATS, memoryStages } from "@cellwright/imjoy-plugin";

/**
 * @param {{ runtime: string, models: Record<string, string> }} places addresses that end in `/`: of ONNX Runtime's files, and
 *   of the models by their names
 * @returns {import("@cellwright/imjoy-plugin").ServiceHost}
 */
export function webviewHost({ runtime, models }) {
  const engine = onnxWebEngine({ wasmPaths: runtime });
  const opened = new Map();
  const open = (id) => {
    if (!Object.hasOwn(models, id)) throw new ModelError(`there is no model "${id}"`);
    if (!opened.has(id)) opened.set(id, load(id, models[id], engine));
    return opened.get(id);
  };
  const entry = async (id) => {
    const { model } = await open(id);
    const { name, description, channels, diameter } = model;
    const needs_seeds = model.decoder.kind === "cytoplasm";
    return {
      id,
      name,
      description,
      channels,
      diameter,
      needs_seeds,
      can_learn: false,
      origin: "shipped",
    };
  };
  return {
    form: "page",
    formats: MEMORY_FORMATS,
    ...memoryStages(),
    models: () => Promise.all(Object.keys(models).map(entry)),
    model: entry,
    description: async (id) => (await open(id)).files.open("bioimageio.yaml").then(bytesOf),
    find: async (question, { signal, onProgress }) => {
      const { model, program } = await open(question.model);
      // Without threads of its own, WebAssembly never pauses: a message that says "stop" comes in here or not at all.
      await new Promise((done) => setTimeout(done, 0));
      signal.throwIfAborted();
      const plan = planScale(model, question.scale, question.image, question.before?.main);
      const { averageTurns, saturated, tile } = question;
      const found = await findCells(question.image, model, program, {
        ...plan.options,
        averageTurns,
        saturated,
        ...(tile && { tile }),
        signal,
        onProgress: (done, total) => onProgress(done / total),
      });
      return { labels: found.labels, scales: { main: scaleOf(found, plan) } };
    },
    track: async (frames, { divisions }, { signal, onProgress }) => {
      const tracker = startTracker({ divisions });
      const tracked = frames.flatMap((frame, t) => {
        signal.throwIfAborted();
        onProgress((t + 1) / frames.length);
        return tracker.push(frame);
      });
      const { frames: rest, tracks } = tracker.finish();
      return { frames: [...tracked, ...rest], tracks };
    },
    learn: async () => {
      throw new UnsupportedError("this webview does not train: use cellwright train");
    },
    open: async (address) => {
      const response = await fetch(address);
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { name: address, address, reader: await openPyramid(bytesSource(address, bytes)) };
    },
  };
}

async function load(id, address, engine) {
  const files = {
    name: id,
    open: async (path) => {
      const response = await fetch(address + path);
      if (!response.ok) return undefined;
      return bytesSource(`${id}/${path}`, new Uint8Array(await response.arrayBuffer()));
    },
  };
  const model = await readModelFiles(files, sha256);
  return { files, model, program: await engine.load(model.graph) };
}

const bytesOf = (source) => source?.read(0, source.byteLength);

async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
