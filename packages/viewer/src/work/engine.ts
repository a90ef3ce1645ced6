/**
 * From the page's choice to an engine, in the worker. The engine's code and WebAssembly are fetched when the first network
 * is loaded, not before.
 *
 * @module
 */
import type { Engine, Program } from "@cellwright/core";
import type { EngineChoice } from "./protocol.js";

/** Opens the engine that the page chose once, when it started. */
export async function openEngine(choice: EngineChoice): Promise<Engine> {
  const { onnxWebEngine } = await import("@cellwright/engine-onnx/web");
  const { ortBase, threads } = choice;
  return patient(
    onnxWebEngine({ wasmPaths: ortBase, ...(threads !== undefined && { threads }) }),
    () => new Promise((done) => setTimeout(done, 0)),
  );
}

/**
 * An engine that lets others speak before each run: WebAssembly without threads of its own runs to its end without a pause,
 * and a worker that never pauses never hears that it shall stop.
 */
export function patient(engine: Engine, pause: () => Promise<void>): Engine {
  return {
    name: engine.name,
    async load(graph): Promise<Program> {
      await pause();
      const program = await engine.load(graph);
      return {
        graph: program.graph,
        run: async (inputs) => {
          await pause();
          return program.run(inputs);
        },
        dispose: () => program.dispose(),
      };
    },
  };
}
