/**
 * From a network that judges one pixel at a time to one that judges a whole image at once, with the same weights.
 * In: a graph in patch form. Out: a graph whose output pixel is what the patch around it would give.
 *
 * @module
 */
import { UnsupportedError } from "./errors.js";
import type { Graph, Node, Port } from "./network.js";
import { nameOf, windowOf } from "./operator.js";

/**
 * The dense form of a graph whose patch shrinks to one pixel: every pooling moves by one pixel instead of by its
 * stride, and everything behind it skips that many pixels instead ("d-regularly sparse kernels"). The output is smaller
 * than the input by the patch less one pixel; each output pixel equals the patch form's answer for the patch around it.
 * Throws {@link UnsupportedError} for layers that pad, and for operators whose meaning would change.
 * Van Valen et al. 2016 and, before them, Li, Zhao & Wang 2014, arXiv:1412.4526.
 */
export function toDense(graph: Graph): Graph {
  // How many pixels of the dense map lie between two neighbours of the patch form's map.
  const gaps = new Map<string, number>(graph.inputs.map(({ name }) => [name, 1]));
  const nodes = graph.nodes.map((node) => {
    const given = [...new Set(node.inputs.flatMap((name) => gaps.get(name) ?? []))];
    // Branches of different gaps meet where each is one pixel: there a gap has no meaning, and no wider kernel may follow.
    const gap = given.length === 1 ? given[0] : Number.NaN;
    const [dense, next] = spread(node, graph, gap);
    for (const name of node.outputs) gaps.set(name, next);
    return dense;
  });
  const open = ({ name, shape }: Port): Port => ({ name, shape: [shape[0], shape[1], "y", "x"] });
  const output = ({ name, shape }: Port): Port => ({
    name,
    shape: [shape[0], shape[1], "y_out", "x_out"],
  });
  return { ...graph, nodes, inputs: graph.inputs.map(open), outputs: graph.outputs.map(output) };
}

/** A node in dense form for an input of a gap, and the gap of its output. */
function spread(node: Node, graph: Graph, gap: number): [Node, number] {
  if (unchanged.has(node.op)) return [node, gap];
  if (node.op !== "Conv" && node.op !== "MaxPool" && node.op !== "AveragePool")
    throw new UnsupportedError(`${nameOf(node)} has no dense form`, { op: node.op });
  const kernelShape =
    node.op === "Conv" ? graph.weights[node.inputs[1]]?.shape.slice(2) : undefined;
  const { kernel, strides, dilations, before, after } = windowOf(node, kernelShape);
  if ([...before, ...after].some((pad) => pad !== 0))
    throw new UnsupportedError(`${nameOf(node)} pads its input, so the network has no dense form`, {
      op: node.op,
    });
  if (strides.some((stride) => stride !== strides[0]))
    throw new UnsupportedError(
      `${nameOf(node)} must move as far along y as along x, moves ${strides}`,
      {
        op: node.op,
      },
    );
  const single = kernel.every((size) => size === 1) && strides[0] === 1;
  if (Number.isNaN(gap) && !single)
    throw new UnsupportedError(`${nameOf(node)} joins levels of different pixel sizes`, {
      op: node.op,
    });
  if (single) return [node, gap];
  const { strides: _, ...attributes } = node.attributes;
  const wide = dilations.map((dilation) => dilation * gap);
  return [{ ...node, attributes: { ...attributes, dilations: wide } }, gap * strides[0]];
}

/** Operators that treat each pixel by itself, so that they mean the same in both forms. */
const unchanged: ReadonlySet<string> = new Set(
  "BatchNormalization Relu Sigmoid Softmax Concat Add Mean Identity".split(" "),
);
