/**
 * From a word on the command line to an engine. The engines are large, so each is loaded only when it is asked for.
 *
 * @module
 */
import { cpus } from "node:os";
import type { Engine } from "@cellwright/core";
import { type EngineChoice, UsageError } from "./context.js";
import { messageOf, oneLine } from "./report.js";

/** The engines there are, the first is the default; `auto` takes the quickest that works. */
export const engineNames: readonly string[] = ["onnx", "tfjs", "reference", "auto"];

/** How {@link openEngine} tells of a detour, and where the native engine comes from. */
export interface OpenEngineOptions {
  /** Told, in one line, when a native library does not load and WebAssembly takes its place. */
  readonly warn?: (line: string) => void;
  /** Loads ONNX Runtime's native engine; default: the package that ships it. */
  readonly loadNative?: () => Promise<
    Pick<typeof import("@cellwright/engine-onnx/node"), "onnxEngine">
  >;
}

/**
 * Loads an engine. Where ONNX Runtime has no native library for this system, its WebAssembly build runs instead: slower,
 * the same cells. For `auto`, see `settleEngine`. Throws {@link UsageError} for an engine that is not there, or cannot run
 * on the device; core's `UnsupportedError` where what TensorFlow.js needs for the device is not installed.
 */
export async function openEngine(
  choice: EngineChoice,
  options: OpenEngineOptions = {},
): Promise<Engine> {
  if (choice.engine === "auto" || choice.device === "auto") {
    const { settleEngine } = await import("./engine-auto.js");
    const open = (named: EngineChoice) => openEngine(named, options);
    const settled = await settleEngine(choice, { open, warn: (line) => options.warn?.(line) });
    return openEngine(settled, options);
  }
  const gpu = choice.device === "gpu";
  if (choice.engine === "reference") {
    if (gpu)
      throw new UsageError(
        "the reference engine runs on the processor only: leave out --device gpu",
      );
    return (await import("@cellwright/core")).referenceEngine;
  }
  if (choice.engine === "tfjs") {
    const { tfjsEngine } = await import("@cellwright/engine-tfjs/node");
    return tfjsEngine({ device: gpu ? "gpu" : "cpu", warn: options.warn });
  }
  if (choice.engine !== "onnx")
    throw new UsageError(`engine must be one of ${engineNames.join(", ")}, got "${choice.engine}"`);
  const { loadNative = () => import("@cellwright/engine-onnx/node") } = options;
  // More threads than cores only take turns, many of them for minutes.
  const threads = choice.threads ? { threads: Math.min(choice.threads, cpus().length) } : {};
  try {
    const { onnxEngine } = await loadNative();
    return withTensorflow(onnxEngine({ device: gpu ? "gpu" : "cpu", ...threads }), choice, options);
  } catch (error) {
    if (gpu) throw error;
    const reason = oneLine(messageOf(error)).slice(0, 200);
    options.warn?.(
      `ONNX Runtime's native library does not load (${reason}): WebAssembly instead, slower`,
    );
    const { onnxWebEngine } = await import("@cellwright/engine-onnx/web");
    return withTensorflow(onnxWebEngine(threads), choice, options);
  }
}

/** The engine, but for networks that TensorFlow.js alone runs: they go there, and a line says so. */
function withTensorflow(engine: Engine, choice: EngineChoice, options: OpenEngineOptions): Engine {
  return {
    name: engine.name,
    async load(graph) {
      if (!graph.tensorflow) return engine.load(graph);
      options.warn?.(
        "the model's weights are TensorFlow.js's own: it runs there, as with --engine tfjs",
      );
      return (await openEngine({ ...choice, engine: "tfjs" }, options)).load(graph);
    },
  };
}
