/**
 * How large everything in a network is, once the size of its input is known.
 * In: a graph and the shapes of its inputs. Out: the shape of every value on the way, and what it costs to compute.
 *
 * @module
 */
import { ShapeError, UnsupportedError } from "./errors.js";
import { type Graph, integerWeight, listAttribute, type Node, numberAttribute } from "./network.js";
import {
  axesOf,
  axisOf,
  broadcast,
  cutsOf,
  nameOf,
  padsOf,
  scalesOf,
  type Window,
  windowCount,
  windowOf,
} from "./operator.js";

/** One length an axis. */
export type Shape = readonly number[];
/** Shapes by the names of values. */
export type Shapes = Readonly<Record<string, Shape>>;

/** From the shapes of a node's inputs to the shape of its output. */
type Rule = (node: Node, inputs: readonly Shape[], graph: Graph) => Shape;

/**
 * The shape of every value of a graph (inputs, weights and what each node makes) for inputs of the given shapes.
 * Throws {@link ShapeError} where shapes do not fit together, naming the operator, and {@link UnsupportedError} for an
 * operator it does not know.
 */
export function inferShapes(graph: Graph, inputs: Shapes): Record<string, Shape> {
  const shapes: Record<string, Shape> = {};
  for (const [name, weight] of Object.entries(graph.weights)) shapes[name] = weight.shape;
  for (const port of graph.inputs) {
    const shape = inputs[port.name];
    if (!shape || !fits(shape, port.shape))
      throw new ShapeError(
        `input "${port.name}"`,
        `of shape [${port.shape}]`,
        shape ? `[${shape}]` : "nothing",
      );
    shapes[port.name] = shape;
  }
  for (const node of graph.nodes) {
    const rule = rules.get(node.op);
    if (!rule)
      throw new UnsupportedError(`no shape is known for the operator ${node.op}`, { op: node.op });
    if (node.outputs.length !== 1)
      throw new UnsupportedError(
        `${nameOf(node)} must have one output, has ${node.outputs.length}`,
        {
          op: node.op,
        },
      );
    const given = node.inputs.map((name) => {
      if (name !== "" && !shapes[name])
        throw new ShapeError(
          `input "${name}" of ${nameOf(node)}`,
          "made before it is used",
          "missing",
        );
      return shapes[name] ?? [];
    });
    const shape = rule(node, given, graph);
    checkLengths(node, shape);
    shapes[node.outputs[0]] = shape;
  }
  return shapes;
}

function checkLengths(node: Node, shape: Shape): void {
  const whole = shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  if (!whole || !Number.isSafeInteger(product(shape)))
    throw new ShapeError(`what ${nameOf(node)} makes`, "of whole lengths from 0", `[${shape}]`);
}

/** How many multiplications with addition a run takes, in Conv and the matrix products; the rest is small beside them. */
export function countMultiplyAdds(graph: Graph, inputs: Shapes): number {
  const shapes = inferShapes(graph, inputs);
  let count = 0;
  for (const node of graph.nodes) {
    const out = product(shapes[node.outputs[0]]);
    if (node.op === "Conv") count += out * product(shapes[node.inputs[1]].slice(1));
    else if (node.op === "MatMul") count += out * (shapes[node.inputs[0]].at(-1) ?? 1);
    else if (node.op === "FusedMatMul")
      count += out * (turned(node, "transA", shapes[node.inputs[0]]).at(-1) ?? 1);
  }
  return count;
}

/** The number of elements of a shape. */
export function product(shape: Shape): number {
  return shape.reduce((a, b) => a * b, 1);
}

function fits(shape: Shape, port: readonly (number | string)[]): boolean {
  if (shape.length !== port.length) return false;
  return port.every((n, i) => shape[i] === n || (typeof n === "string" && shape[i] > 0));
}

const same: Rule = (_node, inputs) => inputs[0];

function normalized(node: Node, inputs: readonly Shape[]): Shape {
  for (const statistic of inputs.slice(1))
    if (statistic.length !== 1 || statistic[0] !== inputs[0][1])
      throw new ShapeError(
        `input of ${nameOf(node)}`,
        `of ${product(statistic)} channels (axis 1)`,
        `[${inputs[0]}]`,
      );
  return inputs[0];
}

function convolved(node: Node, [image, kernel, bias]: readonly Shape[]): Shape {
  const channels = kernel[1] * numberAttribute(node, "group", 1);
  if (image.length !== kernel.length || image[1] !== channels)
    throw new ShapeError(
      `input of ${nameOf(node)}`,
      `${kernel.length} axes, ${channels} channels (axis 1)`,
      `[${image}]`,
    );
  if (bias && bias.length > 0 && bias[0] !== kernel[0])
    throw new ShapeError(`bias of ${nameOf(node)}`, `[${kernel[0]}]`, `[${bias}]`);
  const window = windowOf(node, kernel.slice(2));
  return [image[0], kernel[0], ...slid(node, image, window)];
}

function pooled(node: Node, [image]: readonly Shape[]): Shape {
  const window = windowOf(node);
  if (window.kernel.length !== image.length - 2)
    throw new ShapeError(
      `input of ${nameOf(node)}`,
      `of ${window.kernel.length + 2} axes`,
      `[${image}]`,
    );
  return [image[0], image[1], ...slid(node, image, window)];
}

function slid(node: Node, image: Shape, window: Window): number[] {
  const counts = window.kernel.map((_, i) => windowCount(window, i, image[i + 2]));
  if (counts.some((count) => count < 1))
    throw new ShapeError(
      `input of ${nameOf(node)}`,
      `at least as large as its window of ${window.kernel.map((k, i) => (k - 1) * window.dilations[i] + 1).join(" x ")}`,
      `[${image}]`,
    );
  return counts;
}

function concatenated(node: Node, inputs: readonly Shape[]): Shape {
  const axis = axisOf(node, numberAttribute(node, "axis", 0), inputs[0].length);
  for (const shape of inputs)
    if (shape.length !== inputs[0].length || shape.some((n, i) => i !== axis && n !== inputs[0][i]))
      throw new ShapeError(
        `inputs of ${nameOf(node)}`,
        `of equal lengths but on axis ${axis}`,
        inputs.map((s) => `[${s}]`).join(" and "),
      );
  return inputs[0].with(
    axis,
    inputs.reduce((sum, shape) => sum + shape[axis], 0),
  );
}

function reduced(node: Node, [shape]: readonly Shape[], graph: Graph): Shape {
  const axes = axesOf(node, graph, shape.length) ?? shape.map((_, i) => i);
  if (numberAttribute(node, "keepdims", 1) === 1)
    return shape.map((n, i) => (axes.includes(i) ? 1 : n));
  return shape.filter((_, i) => !axes.includes(i));
}

function reshaped(node: Node, [shape]: readonly Shape[], graph: Graph): Shape {
  const asked = integerWeight(graph, node.inputs[1]).map((n, i) => (n === 0 ? shape[i] : n));
  const unknown = asked.indexOf(-1);
  const out = unknown < 0 ? asked : asked.with(unknown, product(shape) / -product(asked));
  if (product(out) !== product(shape) || !out.every((n) => Number.isInteger(n) && n >= 0))
    throw new ShapeError(`input of ${nameOf(node)}`, `as many values as [${asked}]`, `[${shape}]`);
  return out;
}

function transposed(node: Node, [shape]: readonly Shape[]): Shape {
  const order = listAttribute(
    node,
    "perm",
    shape.map((_, i) => shape.length - 1 - i),
  );
  if (order.length !== shape.length)
    throw new ShapeError(`input of ${nameOf(node)}`, `of ${order.length} axes`, `[${shape}]`);
  if (!shape.every((_, axis) => order.includes(axis)))
    throw new ShapeError(`perm of ${nameOf(node)}`, "every axis once", `[${order}]`);
  return order.map((axis) => shape[axis]);
}

function multiplied(node: Node, inputs: readonly Shape[]): Shape {
  const a = turned(node, "transA", inputs[0]);
  const b = turned(node, "transB", inputs[1]);
  if (a.length < 2 || b.length < 2 || a.at(-1) !== b.at(-2))
    throw new ShapeError(
      `inputs of ${nameOf(node)}`,
      "matrices of which the first is as wide as the second is high",
      `[${a}] and [${b}]`,
    );
  const batch = broadcast(node, [a.slice(0, -2), b.slice(0, -2)]);
  return [...batch, a[a.length - 2], b[b.length - 1]];
}

/** The shape of a matrix input as FusedMatMul reads it: its last two axes swapped where the attribute says so. */
function turned(node: Node, attribute: string, shape: Shape): Shape {
  if (numberAttribute(node, attribute, 0) === 0) return shape;
  return [...shape.slice(0, -2), shape[shape.length - 1], shape[shape.length - 2]];
}

function unsqueezed(node: Node, [shape]: readonly Shape[], graph: Graph): Shape {
  const rank = shape.length + integerWeight(graph, node.inputs[1]).length;
  const axes = axesOf(node, graph, rank) ?? [];
  let next = 0;
  return Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : shape[next++]));
}

function squeezed(node: Node, [shape]: readonly Shape[], graph: Graph): Shape {
  const axes = axesOf(node, graph, shape.length) ?? shape.flatMap((n, i) => (n === 1 ? [i] : []));
  if (axes.some((axis) => shape[axis] !== 1))
    throw new ShapeError(`input of ${nameOf(node)}`, `of length 1 on axes ${axes}`, `[${shape}]`);
  return shape.filter((_, i) => !axes.includes(i));
}

function padded(node: Node, [shape]: readonly Shape[], graph: Graph): Shape {
  const { before, after } = padsOf(node, graph, shape.length);
  return shape.map((n, i) => n + before[i] + after[i]);
}

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...["Relu", "Sigmoid", "Softmax", "Neg", "Sqrt", "Exp", "Log", "Sign", "Abs", "Cast", "Not"].map(
    (op): [string, Rule] => [op, same],
  ),
  ...["Clip", "Identity"].map((op): [string, Rule] => [op, same]),
  ...[
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Pow",
    "Max",
    "Min",
    "Mean",
    "Equal",
    "Greater",
    "Less",
    "Where",
  ].map((op): [string, Rule] => [op, broadcast]),
  ["BatchNormalization", normalized],
  ["Conv", convolved],
  ["MaxPool", pooled],
  ["AveragePool", pooled],
  ["Concat", concatenated],
  ["Slice", (node, [shape], graph) => cutsOf(node, graph, shape).map((cut) => cut.count)],
  ["Pad", padded],
  [
    "Resize",
    (node, [shape], graph) =>
      scalesOf(node, graph, shape.length).map((scale, i) => Math.floor(shape[i] * scale)),
  ],
  ["ReduceSum", reduced],
  ["ReduceMean", reduced],
  ["Reshape", reshaped],
  ["Transpose", transposed],
  ["MatMul", multiplied],
  ["FusedMatMul", multiplied],
  [
    "Expand",
    (node, [shape], graph) => broadcast(node, [shape, integerWeight(graph, node.inputs[1])]),
  ],
  ["Unsqueeze", unsqueezed],
  ["Squeeze", squeezed],
]);
