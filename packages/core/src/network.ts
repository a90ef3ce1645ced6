/**
 * A network is data: a graph of layers whose operators are ONNX's own, by name and by meaning (opset 17).
 * What can be computed from a graph (shapes, receptive field, halo, cost) is computed, never typed in.
 *
 * @module
 */
import { ModelError } from "./errors.js";
import type { GraphModel } from "./tensorflow-js/stored.js";

/** Numbers a graph passes along: float32 values, int64 shapes and axes, uint8 booleans. C order. */
export interface Values<D extends ValueData = ValueData> {
  readonly data: D;
  readonly shape: readonly number[];
}

/** The number types of {@link Values}. */
export type ValueData = Float32Array | BigInt64Array | Uint8Array;

/** An attribute of a node, as ONNX has it: a number, a text, or a list of integers. */
export type Attribute = number | string | readonly number[];

/** One layer: `outputs = op(inputs)`. An optional input left out is `""`. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** An input or output of a graph. A length known only when it runs has a name instead of a number. */
export interface Port {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  /** Where the network is of others and has its channels last: `[n, y, x, c]` instead of `[n, c, y, x]`. */
  readonly channelsLast?: boolean;
}

/** Which axis of a port's four are the channels: the second, as everywhere here, or the last. */
export function channelAxis({ channelsLast }: Port): 1 | 3 {
  return channelsLast ? 3 : 1;
}

/** A network, or a training step: nodes in an order in which they can run. */
export interface Graph {
  readonly inputs: readonly Port[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Port[];
  /** The constants: kernels, biases, statistics, and the int64 lists some operators take as inputs. */
  readonly weights: Readonly<Record<string, Values>>;
  /** The ONNX file itself, of a network of others: it runs as it is, as nodes may be missing or mean something else here. */
  readonly onnx?: Uint8Array;
  /** A graph model of TensorFlow.js, which TensorFlow.js alone runs: there are no nodes then. */
  readonly tensorflow?: GraphModel;
  /** How far it sees, as its makers say, where it cannot be computed. */
  readonly field?: Field;
}

/** How far a network sees, in input pixels; the same along y and x. */
export interface Field {
  /** The side of the square of input pixels that one output pixel depends on. */
  readonly receptiveField: number;
  /** How many input pixels before and after its own place an output pixel depends on. */
  readonly halo: Readonly<{ before: number; after: number }>;
  /** Input lengths must be a multiple of this (or `least` plus a multiple), and tiles must start at one. */
  readonly stride: number;
  /** Pixels that the output lacks at each side of the input. */
  readonly crop: Readonly<{ before: number; after: number }>;
  /** Input pixels along a side of one output pixel; 1 where absent. */
  readonly grid?: number;
  /** The smallest input length; `stride` where absent. */
  readonly least?: number;
  /** The only input length, where there is but one. */
  readonly only?: number;
  /** What lies beyond the image's bottom and right where an input must be longer; `symmetric` where absent. */
  readonly pad?: Padding;
}

/**
 * What lies beyond an image's border: the image mirrored with its border pixel repeated (`symmetric`) or not
 * (`reflect`), the border pixel again and again (`edge`), or `value` (`constant`).
 */
export interface Padding {
  readonly mode: "constant" | "edge" | "reflect" | "symmetric";
  readonly value: number;
}

/** Float values of a shape. */
export function floats(
  data: Float32Array | readonly number[],
  shape: readonly number[],
): Values<Float32Array> {
  return { data: data instanceof Float32Array ? data : Float32Array.from(data), shape };
}

/** A list of whole numbers as an int64 vector, the way ONNX wants axes, pads and shapes. */
export function integers(list: readonly number[]): Values<BigInt64Array> {
  return { data: BigInt64Array.from(list, BigInt), shape: [list.length] };
}

/** The float values of a weight. Throws {@link ModelError} where the graph lacks it or it has another type. */
export function floatWeight(graph: Pick<Graph, "weights">, name: string): Values<Float32Array> {
  const weight = graph.weights[name];
  if (!weight) throw new ModelError(`the network lacks the weight "${name}"`, { name });
  if (!(weight.data instanceof Float32Array))
    throw new ModelError(`weight "${name}" must hold float32 numbers`, { name });
  return weight as Values<Float32Array>;
}

/** The whole numbers of an int64 weight. Throws {@link ModelError} where the graph lacks it or it has another type. */
export function integerWeight(graph: Pick<Graph, "weights">, name: string): number[] {
  const weight = graph.weights[name];
  if (!weight) throw new ModelError(`the network lacks the weight "${name}"`, { name });
  if (!(weight.data instanceof BigInt64Array))
    throw new ModelError(`weight "${name}" must hold int64 numbers`, { name });
  return Array.from(weight.data, Number);
}

/** A list attribute of a node, or what ONNX takes where it is absent. */
export function listAttribute(
  node: Node,
  name: string,
  absent: readonly number[],
): readonly number[] {
  const value = node.attributes[name];
  return typeof value === "object" ? value : absent;
}

/** A number attribute of a node, or what ONNX takes where it is absent. */
export function numberAttribute(node: Node, name: string, absent: number): number {
  const value = node.attributes[name];
  return typeof value === "number" ? value : absent;
}

/**
 * Throws {@link ModelError} unless every input of every node is a graph input, a weight or the output of an earlier
 * node, and every graph output is made by somebody.
 */
export function checkGraph(graph: Graph): void {
  const known = new Set([...Object.keys(graph.weights), ...graph.inputs.map((port) => port.name)]);
  for (const node of graph.nodes) {
    for (const name of node.inputs)
      if (name !== "" && !known.has(name))
        throw new ModelError(
          `${node.op} needs "${name}", which nothing before it makes (a missing weight?)`,
          {
            op: node.op,
            name,
          },
        );
    for (const name of node.outputs) known.add(name);
  }
  for (const port of graph.outputs)
    if (!known.has(port.name))
      throw new ModelError(`the network's output "${port.name}" is made by no layer`, {
        name: port.name,
      });
}

/** Builds a graph node by node; names are made up where none is given. */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #weights: Record<string, Values> = {};
  #count = 0;

  /** Adds a node of one output and returns the output's name. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    name: string = this.fresh(op),
  ): string {
    this.#nodes.push({ op, inputs, outputs: [name], attributes });
    return name;
  }

  /** Adds a constant and returns its name. */
  weight(values: Values, name: string = this.fresh("weight")): string {
    this.#weights[name] = values;
    return name;
  }

  /** Adds one number as a constant of no dimensions. */
  scalar(value: number): string {
    const name = `number_${value}`;
    this.#weights[name] ??= floats([value], []);
    return name;
  }

  /** Adds nodes and weights of another graph as they are. */
  include(graph: Pick<Graph, "nodes" | "weights">): void {
    this.#nodes.push(...graph.nodes);
    Object.assign(this.#weights, graph.weights);
  }

  /** A name nobody has used in this builder. */
  fresh(stem: string): string {
    this.#count++;
    return `${stem.toLowerCase()}_${this.#count}`;
  }

  /** The finished graph, checked. */
  build(inputs: readonly Port[], outputs: readonly Port[]): Graph {
    const graph: Graph = {
      inputs,
      nodes: [...this.#nodes],
      outputs,
      weights: { ...this.#weights },
    };
    checkGraph(graph);
    return graph;
  }
}
