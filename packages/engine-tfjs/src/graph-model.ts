/**
 * Graph models of TensorFlow.js, as converters write them from a SavedModel: run by the library's own reader of them, from
 * bytes that core has read and checked.
 *
 * @module
 */
import {
  type Graph,
  type GraphModel,
  ModelError,
  type Program,
  type Values,
} from "@cellwright/core";
import type { GraphModel as Loading } from "@tensorflow/tfjs-converter";
import type { io, Tensor } from "@tensorflow/tfjs-core";
import { download, type Tensorflow, upload } from "./held.js";

type Loaded = Loading<io.IOHandlerSync>;

/**
 * The program of a graph model on the backend that `choose` makes the one that runs. Throws core's `ModelError` where
 * TensorFlow.js refuses the model, or an operator of it.
 */
export async function graphModelProgram(
  tf: Tensorflow,
  choose: () => void,
  graph: Graph & { readonly tensorflow: GraphModel },
): Promise<Program> {
  // Another megabyte of operators: for those who need it.
  const { loadGraphModelSync } = await import("@tensorflow/tfjs-converter");
  const model = refused(() => {
    choose();
    return loadGraphModelSync({ load: () => artifactsOf(graph.tensorflow) });
  });
  const names = graph.outputs.map(({ name }) => name);
  return {
    graph,
    async run(inputs) {
      choose();
      const tensors = refused(() => tf.tidy(() => execute(tf, model, graph, inputs, names)));
      try {
        const read = tensors.map(
          async (tensor, i) => [names[i], await download(tensor, tensor.shape)] as const,
        );
        return Object.fromEntries(await Promise.all(read));
      } finally {
        tf.dispose(tensors);
      }
    },
    dispose: async () => model.dispose(),
  };
}

function execute(
  tf: Tensorflow,
  model: Loaded,
  { inputs: ports }: Graph,
  inputs: Readonly<Record<string, Values>>,
  names: readonly string[],
): Tensor[] {
  const feeds: Record<string, Tensor> = {};
  for (const { name } of ports) {
    const values = inputs[name];
    if (!values) throw new ModelError(`the network's input "${name}" is missing`, { name });
    feeds[name] = upload(tf, values).tensor;
  }
  const found = model.execute(feeds as never, [...names]);
  // An output may be an input, or a weight: what is disposed of must be ours.
  return [found].flat().map((tensor) => tf.clone(tensor as Tensor));
}

/** Runs `act`; what TensorFlow.js says of the model becomes core's error. */
function refused<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0];
    throw new ModelError(`TensorFlow.js refuses the network: ${reason}`, {}, error);
  }
}

function artifactsOf({ topology, signature, specs, bytes }: GraphModel): io.ModelArtifacts {
  return {
    format: "graph-model",
    modelTopology: topology,
    signature,
    weightSpecs: specs.map(({ name, shape, type, packing }) => ({
      name,
      shape: [...shape],
      dtype: type as "float32",
      ...(packing && {
        quantization: { dtype: packing.type, scale: packing.scale, min: packing.min },
      }),
    })),
    weightData: bytes.slice().buffer,
  };
}
