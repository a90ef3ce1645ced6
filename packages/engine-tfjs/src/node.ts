/**
 * TensorFlow.js in Node: on WebAssembly, or on TensorFlow's own library where the user has installed it.
 *
 * @module
 */
import { createRequire } from "node:module";
import { type Engine, UnsupportedError } from "@cellwright/core";
import type { Tensorflow } from "./held.js";
import { backendEngine } from "./program.js";
import { startCpu, started, startWasm } from "./start.js";

/**
 * What runs the operations: `wasm` (WebAssembly), `cpu` (plain JavaScript, very slow), `node` (TensorFlow's library, by
 * the package `@tensorflow/tfjs-node`), `node-gpu` (the same on CUDA, by `@tensorflow/tfjs-node-gpu`).
 */
export type TfjsBackend = "wasm" | "cpu" | "node" | "node-gpu";

/** Options of {@link tfjsEngine}. */
export interface TfjsOptions {
  /** Default: `node-gpu` for `device: "gpu"`; else `node` where it is installed and loads, else `wasm`. */
  readonly backend?: TfjsBackend;
  /** `cpu` (default) or `gpu`. */
  readonly device?: "cpu" | "gpu";
  /** Told, in one line, when the installed library does not load and WebAssembly takes its place. */
  readonly warn?: (line: string) => void;
  /** Where packages that only some users have come from; default: what is installed. */
  readonly packages?: Packages;
}

/** Packages that may be there or not. */
export interface Packages {
  /** Whether a package is installed. */
  has(name: string): boolean;
  /** Loads one; rejects where it is not there or its library does not load. */
  load(name: string): Promise<unknown>;
}

const names = { "node-gpu": "@tensorflow/tfjs-node-gpu", node: "@tensorflow/tfjs-node" } as const;

/**
 * Starts a backend of TensorFlow.js and gives the engine over it, named `tfjs-` and the backend. Throws core's
 * `UnsupportedError` where the backend that was asked for does not start or is not installed, saying what to install.
 */
export async function tfjsEngine(options: TfjsOptions = {}): Promise<Engine> {
  const { device = "cpu", backend, packages = installedPackages } = options;
  if (device === "gpu" && backend !== undefined && backend !== "node-gpu")
    throw new UnsupportedError(`the backend "${backend}" runs on the processor only`, { backend });
  if (device === "gpu") return libraryEngine("node-gpu", packages);
  if (backend === "wasm" || backend === "cpu") return ownEngine(backend);
  if (backend !== undefined) return libraryEngine(backend, packages);
  if (!packages.has(names.node)) return ownEngine("wasm");
  try {
    return await libraryEngine("node", packages);
  } catch (error) {
    options.warn?.(`${(error as Error).message}: WebAssembly instead, slower`);
    return ownEngine("wasm");
  }
}

/** The backends that could be asked for here, the quickest first; whether an installed library loads shows when it is. */
export function tfjsBackends(packages: Packages = installedPackages): TfjsBackend[] {
  const libraries = (["node-gpu", "node"] as const).filter((name) => packages.has(names[name]));
  return [...libraries, "wasm", "cpu"];
}

async function ownEngine(backend: "wasm" | "cpu"): Promise<Engine> {
  const tf = await (backend === "wasm" ? startWasm() : startCpu());
  return backendEngine(`tfjs-${backend}`, tf, backend);
}

async function libraryEngine(backend: "node" | "node-gpu", packages: Packages): Promise<Engine> {
  const tf = await library(names[backend], packages);
  await started(tf, "tensorflow");
  if (backend === "node-gpu" && !usesGpu(tf))
    throw new UnsupportedError(
      `${names[backend]} finds no graphics processor: the card's driver, CUDA and cuDNN must be installed`,
      { backend },
    );
  return backendEngine(`tfjs-${backend}`, tf, "tensorflow");
}

/** TensorFlow.js of its own that a package over TensorFlow's library brings along. */
async function library(name: string, packages: Packages): Promise<Tensorflow> {
  if (!packages.has(name))
    throw new UnsupportedError(`${name} is not installed (npm install ${name})`, { name });
  try {
    mendUtil();
    const module = (await packages.load(name)) as Partial<Tensorflow> & { default?: Tensorflow };
    // A package of CommonJS may show its names on `default` alone.
    return (module.setBackend ? module : module.default) as Tensorflow;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0];
    throw new UnsupportedError(`${name} does not load (${reason})`, { name }, error);
  }
}

/** Names that no bundler and no compiler follows: the packages are there or not. */
const installedPackages: Packages = {
  has(name) {
    try {
      createRequire(import.meta.url).resolve(name);
      return true;
    } catch {
      return false;
    }
  },
  load: (name) => import(name),
};

/** tfjs-node 4.22 calls a function that Node 23 has dropped. */
function mendUtil(): void {
  const util = createRequire(import.meta.url)("node:util") as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}

/** Whether tfjs-node-gpu runs on the card: without CUDA it computes on the processor and says nothing. */
function usesGpu(tf: Tensorflow): boolean {
  return (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
}
