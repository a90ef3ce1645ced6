/**
 * Starts a backend of TensorFlow.js. Each is a package of its own, loaded when it is asked for.
 *
 * @module
 */
import { UnsupportedError } from "@cellwright/core";
import type { Tensorflow } from "./held.js";

/** TensorFlow.js on the backend of plain JavaScript: everywhere, and very slow. */
export async function startCpu(): Promise<Tensorflow> {
  const tf = await import("@tensorflow/tfjs-core");
  await import("@tensorflow/tfjs-backend-cpu");
  return started(tf, "cpu");
}

/**
 * TensorFlow.js on WebAssembly. `paths` is where a page finds its files, as `setWasmPaths` takes it; without it they are
 * looked for beside the program, and never on another host.
 */
export async function startWasm(
  paths?: string | Readonly<Record<string, string>>,
): Promise<Tensorflow> {
  const tf = await import("@tensorflow/tfjs-core");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  if (paths !== undefined) setWasmPaths(typeof paths === "string" ? paths : { ...paths });
  // Its threads are a worker made from text, which Node and strict pages refuse; it would fall back without a word.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  return started(tf, "wasm");
}

/**
 * The same TensorFlow.js once its backend runs. Throws core's `UnsupportedError` where it does not start: TensorFlow.js
 * itself would go on with another one, a hundred times slower.
 */
export async function started(tf: Tensorflow, backend: string): Promise<Tensorflow> {
  let reason = "";
  // It would advertise its other packages on the error stream.
  tf.enableProdMode();
  try {
    await tf.setBackend(backend);
    await tf.ready();
    if (tf.getBackend() === backend && tf.backend()) return tf;
  } catch (error) {
    reason = `: ${(error instanceof Error ? error.message : String(error)).split("\n")[0]}`;
  }
  throw new UnsupportedError(`the backend "${backend}" of TensorFlow.js does not start${reason}`, {
    backend,
  });
}
