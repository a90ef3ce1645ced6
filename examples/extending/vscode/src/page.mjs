// The webview: a service of Cellwright's verbs over the editor's messages.
import { bytesSource, readImage } from "@cellwright/core";
import { createService, writeNdArray } from "@cellwright/imjoy-plugin";
import { webviewHost } from "./host.mjs";

const { runtime, models } = document.body.dataset;
const editor = acquireVsCodeApi();
const service = createService(webviewHost({ runtime, models: JSON.parse(models) }));
const caller = { id: "editor", wire: "bytes" };

addEventListener("message", async ({ data }) => {
  const { id, verb, args } = data;
  if (typeof id !== "number" || !service.names.includes(verb) || !Array.isArray(args)) return;
  const given = await Promise.all(args.map((arg) => opened(arg, id)));
  editor.postMessage({ id, answer: await service.call(verb, given, caller) });
});

/** Two things are ours and not the service's: files as they lie on the disk, and progress, which is told by messages. */
async function opened(arg, id) {
  if (arg?.file instanceof Uint8Array) {
    const { data, shape } = await readImage(bytesSource(arg.name, arg.file));
    return writeNdArray(data, shape, "bytes");
  }
  if (arg?.on_progress !== true) return arg;
  return { ...arg, on_progress: (progress) => void editor.postMessage({ id, progress }) };
}

editor.postMessage({ ready: service.names });
