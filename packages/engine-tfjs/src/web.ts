/**
 * TensorFlow.js in a page or a worker: on WebAssembly, WebGL or WebGPU.
 *
 * @module
 */
import type { Engine } from "@cellwright/core";
import type { Tensorflow } from "./held.js";
import { backendEngine } from "./program.js";
import { startCpu, started, startWasm } from "./start.js";

/** What runs the operations: the graphics card (`webgpu`, `webgl`) or the processor (`wasm`; `cpu`, very slow). */
export type TfjsWebBackend = "webgpu" | "webgl" | "wasm" | "cpu";

/** Options of {@link tfjsWebEngine}. */
export interface TfjsWebOptions {
  /** Default: `webgpu` where the page has an adapter that is not software, else `wasm`. */
  readonly backend?: TfjsWebBackend;
  /**
   * Where the page finds the files of the backend `wasm`: a folder's address that ends in `/`, or the address of each
   * (`tfjs-backend-wasm.wasm`, `tfjs-backend-wasm-simd.wasm`). Serve them yourself: no other host is asked.
   */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
}

/**
 * Starts a backend of TensorFlow.js and gives the engine over it, named `tfjs-` and the backend. Throws core's
 * `UnsupportedError` where it does not start.
 */
export async function tfjsWebEngine(options: TfjsWebOptions = {}): Promise<Engine> {
  const backend = options.backend ?? ((await hasCard()) ? "webgpu" : "wasm");
  return backendEngine(`tfjs-${backend}`, await start(backend, options), backend);
}

async function start(backend: TfjsWebBackend, { wasmPaths }: TfjsWebOptions): Promise<Tensorflow> {
  if (backend === "cpu") return startCpu();
  if (backend === "wasm") return startWasm(wasmPaths);
  const tf = await import("@tensorflow/tfjs-core");
  if (backend === "webgl") await import("@tensorflow/tfjs-backend-webgl");
  else await import("@tensorflow/tfjs-backend-webgpu");
  return started(tf, backend);
}

/** The part of `navigator.gpu` that is asked here. */
interface Gpu {
  requestAdapter(): Promise<{
    readonly isFallbackAdapter?: boolean;
    readonly info?: { readonly isFallbackAdapter?: boolean };
  } | null>;
}

/** Whether there is a WebGPU adapter that is not a slow stand-in. */
async function hasCard(): Promise<boolean> {
  const { navigator } = globalThis as { navigator?: { gpu?: Gpu } };
  const adapter = await navigator?.gpu?.requestAdapter();
  return !!adapter && !(adapter.isFallbackAdapter ?? adapter.info?.isFallbackAdapter ?? false);
}
