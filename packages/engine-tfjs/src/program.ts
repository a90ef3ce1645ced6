/**
 * Graphs on a TensorFlow.js backend: each node is an operation on its tensors, and a tensor is given back after the last
 * node that reads it.
 *
 * @module
 */
import {
  checkGraph,
  type Engine,
  foldBatchNorm,
  type Graph,
  inferShapes,
  type Node,
  type Program,
  product,
  ShapeError,
  type Shapes,
  UnsupportedError,
  type Values,
} from "@cellwright/core";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { fuseRectifiers, RECTIFIED } from "./fuse.js";
import { graphModelProgram } from "./graph-model.js";
import { download, type Held, inOrder, type Tensorflow, upload } from "./held.js";
import type { Call, Operation } from "./operation.js";
import { pointwise } from "./pointwise.js";
import { rearrange } from "./rearrange.js";
import { reduction } from "./reduce.js";
import { sliding } from "./window.js";

const operations: ReadonlyMap<string, Operation> = new Map(
  [sliding, pointwise, rearrange, reduction].flatMap((family) => Object.entries(family)),
);

/** The operators that a graph may have. */
export const tfjsOperators: readonly string[] = [...operations.keys()]
  .filter((op) => op !== RECTIFIED)
  .sort();

/**
 * An engine over a backend of TensorFlow.js that has been started; its word is `name`. Loading throws core's `ModelError`
 * where a weight is missing and `UnsupportedError` where operators are unknown, naming all that are.
 */
export function backendEngine(name: string, tf: Tensorflow, backend: string): Engine {
  return {
    name,
    load: async (graph) => {
      const { tensorflow } = graph;
      if (tensorflow)
        return graphModelProgram(tf, () => choose(tf, backend), { ...graph, tensorflow });
      checkOperators(graph);
      const loaded = new Loaded(tf, backend, foldBatchNorm(graph));
      return {
        graph,
        run: (inputs) => loaded.run(inputs),
        dispose: async () => loaded.dispose(),
      } satisfies Program;
    },
  };
}

function checkOperators(graph: Graph): void {
  if (graph.onnx && graph.nodes.length === 0)
    throw new UnsupportedError(
      "TensorFlow.js runs networks that core can read; this one needs ONNX Runtime",
    );
  checkGraph(graph);
  const unknown = [...new Set(graph.nodes.map((node) => node.op))].filter(
    (op) => !tfjsOperators.includes(op),
  );
  if (unknown.length > 0)
    throw new UnsupportedError(`TensorFlow.js here lacks the operators ${unknown.join(", ")}`, {
      operators: unknown,
    });
}

/** A graph and its weights on the backend; they are copied there when they are first read, and once. */
class Loaded {
  readonly #tf: Tensorflow;
  readonly #backend: string;
  readonly #graph: Graph;
  readonly #nodes: readonly Node[];
  readonly #lastUse: ReadonlyMap<string, number>;
  readonly #weights = new Map<string, Held>();
  readonly #kernels = new Map<string, Tensor4D>();

  constructor(tf: Tensorflow, backend: string, graph: Graph) {
    this.#tf = tf;
    this.#backend = backend;
    this.#graph = graph;
    this.#nodes = fuseRectifiers(graph);
    this.#lastUse = lastUses(this.#nodes, graph);
  }

  async run(inputs: Readonly<Record<string, Values>>): Promise<Record<string, Values>> {
    const graph = this.#graph;
    const shapes = inferShapes(graph, shapesOf(graph, inputs));
    // No other run comes between the choice of the backend and the last operation: nothing here waits.
    const outputs = this.#compute(inputs, shapes);
    try {
      const read = graph.outputs.map(
        async ({ name }, i) => [name, await download(outputs[i], shapes[name])] as const,
      );
      return Object.fromEntries(await Promise.all(read));
    } finally {
      this.#tf.dispose(outputs);
    }
  }

  dispose(): void {
    for (const { tensor } of this.#weights.values()) tensor.dispose();
    for (const tensor of this.#kernels.values()) tensor.dispose();
    this.#weights.clear();
    this.#kernels.clear();
  }

  #compute(inputs: Readonly<Record<string, Values>>, shapes: Shapes): Tensor[] {
    const graph = this.#graph;
    const values = new Map<string, Held>();
    choose(this.#tf, this.#backend);
    try {
      for (const { name } of graph.inputs) values.set(name, upload(this.#tf, inputs[name]));
      for (const [i, node] of this.#nodes.entries()) {
        values.set(node.outputs[0], this.#step(node, values, shapes));
        for (const name of node.inputs) if (this.#lastUse.get(name) === i) drop(values, name);
      }
      return graph.outputs.map(({ name }) => this.#output(name, values));
    } finally {
      for (const name of [...values.keys()]) drop(values, name);
    }
  }

  #step(node: Node, values: ReadonlyMap<string, Held>, shapes: Shapes): Held {
    const call: Call = {
      tf: this.#tf,
      node,
      graph: this.#graph,
      shape: shapes[node.outputs[0]],
      input: (index) => this.#input(node.inputs[index], values),
      kernel: (index) => this.#kernel(node.inputs[index], values),
    };
    const operation = operations.get(node.op) as Operation;
    let held: Held | undefined;
    this.#tf.tidy(() => {
      held = operation(call);
      return held.tensor;
    });
    return held as unknown as Held;
  }

  #input(name: string | undefined, values: ReadonlyMap<string, Held>): Held | undefined {
    if (!name) return undefined;
    const held = values.get(name) ?? this.#weights.get(name);
    if (held) return held;
    const weight = upload(this.#tf, this.#graph.weights[name]);
    this.#tf.keep(weight.tensor);
    this.#weights.set(name, weight);
    return weight;
  }

  /** A kernel as TensorFlow wants it; one of the graph's weights is turned round once. */
  #kernel(name: string, values: ReadonlyMap<string, Held>): Tensor4D {
    const kept = this.#kernels.get(name);
    if (kept) return kept;
    const held = this.#input(name, values) as Held;
    const kernel = this.#tf.transpose(inOrder(this.#tf, held), [2, 3, 1, 0]) as Tensor4D;
    if (!values.has(name)) this.#kernels.set(name, this.#tf.keep(kernel));
    return kernel;
  }

  #output(name: string, values: ReadonlyMap<string, Held>): Tensor {
    const tf = this.#tf;
    return tf.tidy(() => tf.clone(inOrder(tf, this.#input(name, values) as Held)));
  }
}

/**
 * Makes a started backend the one that runs what comes next. TensorFlow.js has one for all; changing to one that has
 * been started is done when `setBackend` returns, though it returns a promise.
 */
function choose(tf: Tensorflow, backend: string): void {
  if (tf.getBackend() !== backend) void tf.setBackend(backend);
  if (tf.getBackend() !== backend)
    throw new UnsupportedError(`TensorFlow.js must run on ${backend}, is on ${tf.getBackend()}`, {
      backend,
    });
}

function drop(values: Map<string, Held>, name: string): void {
  values.get(name)?.tensor.dispose();
  values.delete(name);
}

function shapesOf(graph: Graph, inputs: Readonly<Record<string, Values>>): Shapes {
  const shapes: Record<string, readonly number[]> = {};
  for (const { name } of graph.inputs) {
    const values = inputs[name];
    if (!values) continue;
    const { data, shape } = values;
    if (data.length !== product(shape))
      throw new ShapeError(
        `input "${name}"`,
        `${product(shape)} values for [${shape}]`,
        `${data.length}`,
      );
    shapes[name] = shape;
  }
  return shapes;
}

/** The last node that reads each value, so that memory can be given back after it; outputs stay. */
function lastUses(nodes: readonly Node[], { outputs }: Graph): Map<string, number> {
  const uses = new Map<string, number>();
  for (const [i, node] of nodes.entries()) for (const name of node.inputs) uses.set(name, i);
  for (const { name } of outputs) uses.delete(name);
  return uses;
}
