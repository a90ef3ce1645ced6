/**
 * The viewer as a library: the page as a whole for other pages, and its state without a page.
 *
 * @module
 */
export { type App, type AppOptions, createApp } from "./app.js";
export { decodeIn, type Opened, openAddress, startThread } from "./data/open.js";
export { blankWorkspace } from "./edit/blank-workspace.js";
export { EXPORT_FORMATS, type ExportFormat, exportLayer, type SavedFile } from "./save/export.js";
export { readStack } from "./save/planes.js";
export { EMPTY_SCENE, type Layer, type Scene } from "./scene/scene.js";
export { type Store, storeOf } from "./scene/store.js";
export { removeNow } from "./ui/act-layers.js";
export {
  type Bench,
  createBench,
  type LearnRequest,
  type ModelInfo,
  type SegmentRequest,
} from "./work/bench.js";
export type { AskOptions, Client } from "./work/client.js";
export { openModelFiles } from "./work/model-source.js";
export type { ModelShelf } from "./work/models.js";
export type { FindInput, LearnInput, LookInput, ModelSource } from "./work/protocol.js";
export { type Allotted, allot } from "./work/split.js";
export type { ImageSource, Job, Notice, Point, Workspace } from "./workspace.js";
