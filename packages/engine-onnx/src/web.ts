/**
 * ONNX Runtime's WebAssembly build: in a page, in a worker, and in Node where the native library does not run.
 * The processor only; the same graphs and the same interface as the native engine.
 *
 * @module
 */
import type { Engine } from "@cellwright/core";
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
import { runtimeEngine } from "./session.js";

/** Options of {@link onnxWebEngine}. */
export interface OnnxWebOptions {
  /**
   * Where the page finds ONNX Runtime's two files, `ort-wasm-simd-threaded.mjs` and `.wasm`: a folder's address that
   * ends in `/`, or both addresses. Serve them yourself: no other host is asked. Not needed in Node.
   */
  readonly wasmPaths?: string | Readonly<{ mjs: string; wasm: string }>;
  /**
   * Threads inside one run; default: half the machine's cores, 4 at most. Threads share memory, which only a page
   * isolated from other sites (`crossOriginIsolated`) may: everywhere else there is one, whatever is asked for.
   */
  readonly threads?: number;
}

/**
 * The engine over ONNX Runtime's WebAssembly build. ONNX Runtime keeps one set of threads for a whole page or process:
 * the options of the first engine that loads a network hold for all.
 */
export function onnxWebEngine(options: OnnxWebOptions = {}): Engine {
  if (options.wasmPaths !== undefined)
    env.wasm.wasmPaths =
      typeof options.wasmPaths === "string" ? options.wasmPaths : { ...options.wasmPaths };
  env.wasm.numThreads = sharesMemory() ? (options.threads ?? 0) : 1;
  return runtimeEngine(
    "onnx-web",
    { InferenceSession, Tensor },
    {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
    },
  );
}

function sharesMemory(): boolean {
  return (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
}
