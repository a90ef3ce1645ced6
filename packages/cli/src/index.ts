/**
 * The command as a function: for tests and for programs that want to call it without a process.
 *
 * @module
 */
export { type Context, type EngineChoice, exit, UsageError } from "./context.js";
export { openEngine } from "./engine.js";
export { type MemoryContext, memoryContext } from "./memory-context.js";
export { type OpenedModel, openModel } from "./model-folder.js";
export { createProgram, run } from "./program.js";
