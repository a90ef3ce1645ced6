/**
 * The viewer as a library: the page as a whole for other pages, and its state without a page.
 *
 * @module
 */
export { type App, type AppOptions, createApp } from "./app.js";
export { blankWorkspace } from "./edit/blank-workspace.js";
export { type ExportFormat, exportLayer, type SavedFile } from "./save/export.js";
export { EMPTY_SCENE, type Layer, type Scene } from "./scene/scene.js";
export { type Store, storeOf } from "./scene/store.js";
export type { Bench, LearnRequest, SegmentRequest } from "./work/bench.js";
export type { ImageSource, Job, Notice, Point, Workspace } from "./workspace.js";
