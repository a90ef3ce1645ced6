/**
 * ONNX Runtime's native library in Node.
 *
 * @module
 */
import type { Engine } from "@cellwright/core";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { runtimeEngine } from "./session.js";

/** Options of {@link onnxEngine}. */
export interface OnnxOptions {
  /** Threads inside one run; default: as many as the machine has cores. */
  readonly threads?: number;
  /** `cpu` (default), or `gpu`: WebGPU by the driver that the machine has; CUDA where its files were installed. */
  readonly device?: "cpu" | "gpu";
}

/** The engine over the native ONNX Runtime that ships inside the npm package. */
export function onnxEngine(options: OnnxOptions = {}): Engine {
  return runtimeEngine("onnx", { InferenceSession, Tensor }, {
    executionProviders: options.device === "gpu" ? ["cuda", "webgpu", "cpu"] : ["cpu"],
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    ...(options.threads ? { intraOpNumThreads: options.threads } : {}),
    // Waiting threads sleep instead of spinning: as fast, and the cores stay free for decoding.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
}
