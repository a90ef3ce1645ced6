/**
 * A workspace and a bench for tests: images in memory, the worker's work in the same thread.
 *
 * @module
 */
import {
  type Engine,
  type Image,
  type Labels,
  pyramidOf,
  referenceEngine,
  writeModelZip,
} from "@cellwright/core";
import { pagesOf } from "../edit/apply.js";
import { blankWorkspace } from "../edit/blank-workspace.js";
import { addImage } from "../scene/commands.js";
import type { Workspace } from "../workspace.js";
import { type Bench, type BenchOptions, createBench } from "./bench.js";
import { inProcess } from "./in-process.js";
import type { ModelFile } from "./protocol.js";

/** A workspace with a source and layers for each image: `image-0`, `image-1`, …. */
export function workspaceWith(...images: readonly Image[]): Workspace {
  const workspace = blankWorkspace();
  for (const [i, image] of images.entries()) {
    const [source, reader] = [`image-${i}`, pyramidOf(image)];
    workspace.images.set(source, { name: source, reader });
    workspace.scene.update((scene) => addImage(scene, { source, name: source, reader }));
  }
  return workspace;
}

/** A bench without shipped models and methods, on the reference engine unless another is given. */
export function benchFor(
  workspace: Workspace,
  options: Partial<BenchOptions> = {},
  engine: Engine = referenceEngine,
): Bench {
  return createBench(workspace, {
    modelsBase: "http://127.0.0.1:9/models/",
    ortBase: "http://127.0.0.1:9/ort/",
    shipped: [],
    methods: [],
    start: () => inProcess(async () => engine),
    ...options,
  });
}

/** A plane of a labels layer. */
export function labelsOf(workspace: Workspace, layer: string, t = 0): Labels {
  const store = pagesOf(workspace, layer);
  const { y, x } = store.size;
  return store.readNow({ t, z: 0 }, { y: 0, x: 0, height: y, width: x });
}

/** The files of a model, as one zip that was dropped. */
export function zipFile(name: string, files: Readonly<Record<string, Uint8Array>>): ModelFile[] {
  const zip = writeModelZip(files) as Uint8Array<ArrayBuffer>;
  return [{ path: `${name}.zip`, file: new Blob([zip]) }];
}
