/**
 * ONNX Runtime's native library in Node.
 *
 * @module
 */
// First of all imports: it must run before the runtime is loaded.
import "./no-telemetry.js";

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { type Engine, type Program, UnsupportedError } from "@cellwright/core";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { runtimeEngine } from "./session.js";

/** Options of {@link onnxEngine}. */
export interface OnnxOptions {
  /** Threads inside one run; default: as many as the machine has cores. */
  readonly threads?: number;
  /** `cpu` (default), or `gpu`: CUDA where its files were installed, else WebGPU by the driver that the machine has. */
  readonly device?: "cpu" | "gpu";
}

/**
 * The engine over the native ONNX Runtime that ships inside the npm package. With `device: "gpu"`, loading a network
 * throws core's `UnsupportedError` where no graphics processor can be used.
 */
export function onnxEngine(options: OnnxOptions = {}): Engine {
  if (options.device !== "gpu") return engineOn(["cpu"], options);
  return {
    name: "onnx",
    async load(graph): Promise<Program> {
      const reasons: string[] = [];
      for (const provider of gpuProviders())
        try {
          return await engineOn([provider, "cpu"], options).load(graph);
        } catch (error) {
          reasons.push(`${provider}: ${(error as Error).message}`);
        }
      throw new UnsupportedError(
        `no graphics processor can be used here (${reasons.join("; ")}): run on the processor`,
        {
          reasons,
        },
      );
    },
  };
}

/** What {@link onnxEngine} would try on this machine for `device: "gpu"`, in its order. */
export function gpuProviders(): string[] {
  const library = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
  const cuda = join(
    library,
    "bin",
    "napi-v6",
    platform(),
    arch(),
    "libonnxruntime_providers_cuda.so",
  );
  return existsSync(cuda) ? ["cuda", "webgpu"] : ["webgpu"];
}

function engineOn(executionProviders: string[], options: OnnxOptions): Engine {
  return runtimeEngine(
    "onnx",
    { InferenceSession, Tensor },
    {
      executionProviders,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
      ...(options.threads ? { intraOpNumThreads: options.threads } : {}),
      // Waiting threads sleep instead of spinning: as fast, and the cores stay free for decoding.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    },
  );
}
