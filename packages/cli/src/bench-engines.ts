/**
 * The engines that `bench` puts side by side: what there is, and how to start each.
 *
 * @module
 */
import type { Engine } from "@cellwright/core";

/** An engine in one of the ways it can run here. */
export interface Contender {
  readonly engine: string;
  readonly device: "cpu" | "gpu";
  /** Processor threads, where they can be chosen. */
  readonly threads?: number;
  /** Whether it is far too slow for whole images. */
  readonly slow?: boolean;
  /** Throws where it cannot run here. */
  readonly open: () => Promise<Engine>;
}

/** All of them, the likely quickest first; `most` threads. */
export async function contenders(most: number): Promise<Contender[]> {
  const counts = most > 1 ? [most, 1] : [1];
  const native = async (device: "cpu" | "gpu", threads: number) =>
    (await import("@cellwright/engine-onnx/node")).onnxEngine({ device, threads });
  const { tfjsBackends, tfjsEngine } = await import("@cellwright/engine-tfjs/node");
  return [
    ...counts.map(
      (threads): Contender => ({
        ...{ engine: "onnx", device: "cpu", threads },
        open: () => native("cpu", threads),
      }),
    ),
    { engine: "onnx", device: "gpu", open: () => native("gpu", most) },
    {
      ...{ engine: "onnx-web", device: "cpu", threads: 1 },
      open: async () => (await import("@cellwright/engine-onnx/web")).onnxWebEngine({ threads: 1 }),
    },
    ...tfjsBackends().map(
      (backend): Contender => ({
        ...{ engine: `tfjs-${backend}`, device: backend === "node-gpu" ? "gpu" : "cpu" },
        ...(backend === "cpu" && { slow: true }),
        open: () => tfjsEngine({ backend, ...(backend === "node-gpu" && { device: "gpu" }) }),
      }),
    ),
    {
      ...{ engine: "reference", device: "cpu", threads: 1, slow: true },
      open: async () => (await import("@cellwright/core")).referenceEngine,
    },
  ];
}
