/**
 * Graphs on ONNX Runtime, whichever build of it: graph → ONNX bytes → session → values.
 *
 * @module
 */
import {
  type Engine,
  type Graph,
  ModelError,
  type Program,
  UnsupportedError,
  type Values,
  writeOnnx,
} from "@cellwright/core";
import type {
  InferenceSession,
  InferenceSessionFactory,
  Tensor,
  TensorConstructor,
} from "onnxruntime-common";

/** The two parts of an ONNX Runtime package that an engine needs. */
export interface Runtime {
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorConstructor;
}

/** An engine over one build of ONNX Runtime. Throws core's `ModelError` where the runtime refuses a graph. */
export function runtimeEngine(
  name: string,
  runtime: Runtime,
  options: InferenceSession.SessionOptions,
): Engine {
  return {
    name,
    async load(graph: Graph): Promise<Program> {
      const bytes = writeOnnx(graph);
      let session: InferenceSession;
      try {
        session = await runtime.InferenceSession.create(bytes, options);
      } catch (error) {
        throw loadError(error);
      }
      return {
        graph,
        run: (inputs) => run(runtime, session, graph, inputs),
        dispose: () => session.release(),
      };
    },
  };
}

/** What is wrong: the runtime's own files, or the network it was given. */
function loadError(error: unknown): Error {
  const reason = firstLine(error);
  return /no available backend|fetch|wasm/i.test(reason)
    ? new UnsupportedError(`ONNX Runtime does not start: ${reason}`, {}, error)
    : new ModelError(`ONNX Runtime refuses the network: ${reason}`, {}, error);
}

async function run(
  runtime: Runtime,
  session: InferenceSession,
  graph: Graph,
  inputs: Readonly<Record<string, Values>>,
): Promise<Record<string, Values>> {
  const feeds: Record<string, Tensor> = {};
  for (const { name } of graph.inputs) {
    const values = inputs[name];
    if (!values) throw new ModelError(`the network's input "${name}" is missing`, { name });
    feeds[name] = tensorOf(runtime, values);
  }
  const results = await session.run(feeds);
  const outputs: Record<string, Values> = {};
  for (const { name } of graph.outputs) {
    const { data, dims } = results[name];
    outputs[name] = { data: data as Values["data"], shape: dims };
  }
  return outputs;
}

function tensorOf(runtime: Runtime, { data, shape }: Values): Tensor {
  if (data instanceof Float32Array) return new runtime.Tensor("float32", data, shape);
  if (data instanceof BigInt64Array) return new runtime.Tensor("int64", data, shape);
  return new runtime.Tensor("bool", data, shape);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0];
}
