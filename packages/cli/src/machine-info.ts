/**
 * The facts behind `cellwright info`: what is installed, what the machine has, which engines answer.
 *
 * @module
 */
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from "node:os";
import { version } from "./version.js";

/** An engine, and whether it can be used here. */
export interface EngineInfo {
  readonly name: string;
  readonly available: boolean;
  /** What it can be asked to run on; whether there is a card for `gpu` shows when it is asked to. */
  readonly devices?: readonly string[];
  /** What `gpu` would be tried through, in this order. */
  readonly gpu?: readonly string[];
  /** What it has to compute with here, the quickest first. */
  readonly backends?: readonly string[];
  /** Why it cannot be used. */
  readonly problem?: string;
}

/** All facts, as `--json` prints them. */
export interface MachineInfo {
  readonly cellwright: string;
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  /** Gigabytes. */
  readonly memory: { readonly total: number; readonly free: number };
  readonly engines: readonly EngineInfo[];
}

/** Looks around. Never throws: an engine that does not load is reported as such. */
export async function machineInfo(): Promise<MachineInfo> {
  return {
    cellwright: version(),
    node: process.versions.node,
    system: `${platform()} ${arch()} ${release()}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: { total: gigabytes(totalmem()), free: gigabytes(freemem()) },
    engines: [
      await onnxInfo(),
      await tfjsInfo(),
      { name: "reference", available: true, devices: ["cpu"] },
    ],
  };
}

/** The facts for people, with what to do about a GPU. */
export function describeInfo(info: MachineInfo): string {
  const engines = info.engines.map((engine) => `  ${engine.name}: ${describeEngine(engine)}`);
  return `cellwright ${info.cellwright}
Node ${info.node} on ${info.system}
${info.processor}, ${info.cores} cores; ${info.memory.total} GB memory, ${info.memory.free} GB free
Engines
${engines.join("\n")}

GPU
  --device gpu runs the network on it. WebGPU comes with ONNX Runtime and needs only the card's driver (Vulkan on
  Linux, Direct3D 12 on Windows, Metal on macOS). For CUDA 12 on Linux fetch its files once:
    npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12
  --engine tfjs --device gpu runs it on TensorFlow's own library, which wants CUDA 11 and cuDNN 8:
    npm install @tensorflow/tfjs-node-gpu
`;
}

function describeEngine({ available, devices = [], gpu, backends, problem }: EngineInfo): string {
  if (!available) return `cannot be used (${problem})`;
  const through = gpu ? ` (through ${gpu.join(", then ")}, where there is a card)` : "";
  return `${devices.join(", ")}${through}${backends ? ` (by ${backends.join(", ")})` : ""}`;
}

async function onnxInfo(): Promise<EngineInfo> {
  try {
    const { gpuProviders } = await import("@cellwright/engine-onnx/node");
    return { name: "onnx", available: true, devices: ["cpu", "gpu"], gpu: gpuProviders() };
  } catch (error) {
    return { name: "onnx", available: false, problem: (error as Error).message };
  }
}

async function tfjsInfo(): Promise<EngineInfo> {
  try {
    const { tfjsBackends } = await import("@cellwright/engine-tfjs/node");
    const backends = tfjsBackends();
    const devices = backends.includes("node-gpu") ? ["cpu", "gpu"] : ["cpu"];
    return { name: "tfjs", available: true, devices, backends };
  } catch (error) {
    return { name: "tfjs", available: false, problem: (error as Error).message };
  }
}

function gigabytes(bytes: number): number {
  return Math.round(bytes / 1e8) / 10;
}
