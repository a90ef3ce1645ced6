/**
 * From a word on the command line to an engine. The engines are large, so each is loaded only when it is asked for.
 *
 * @module
 */
import type { Engine } from "@cellwright/core";
import { type EngineChoice, UsageError } from "./context.js";

/** The engines there are; the first is the default. */
export const engineNames: readonly string[] = ["onnx", "reference"];

/** Loads an engine. Throws {@link UsageError} for one that is not there, or cannot run on the device. */
export async function openEngine(choice: EngineChoice): Promise<Engine> {
  if (choice.engine === "reference") {
    if (choice.device === "gpu")
      throw new UsageError(
        "the reference engine runs on the processor only: leave out --device gpu",
      );
    const { referenceEngine } = await import("@cellwright/core");
    return referenceEngine;
  }
  if (choice.engine !== "onnx")
    throw new UsageError(`engine must be one of ${engineNames.join(", ")}, got "${choice.engine}"`);
  const { onnxEngine } = await import("@cellwright/engine-onnx/node");
  const device = choice.device === "gpu" ? "gpu" : "cpu";
  return onnxEngine({ device, ...(choice.threads ? { threads: choice.threads } : {}) });
}
