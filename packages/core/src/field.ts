/**
 * How far a network sees: computed from its graph by following one output pixel back to the input.
 * In: a graph. Out: its receptive field, and the halo, stride and crop that tiling needs.
 *
 * @module
 */
import { ModelError, UnsupportedError } from "./errors.js";
import { inferShapes } from "./infer-shapes.js";
import { type Field, type Graph, type Node, numberAttribute, type Port } from "./network.js";
import { axesOf, axisOf, cutsOf, nameOf, padsOf, repeatsOf, windowOf } from "./operator.js";

/** What pixel i of a value depends on along one axis: input pixels `i · jump + low` to `i · jump + high`. */
interface Span {
  readonly jump: number;
  readonly low: number;
  readonly high: number;
}

/** The spans of a value along y and x. */
type Spans = readonly [y: Span, x: Span];

/**
 * How far the first output of a graph sees into its first input; both have axes `[n, c, y, x]`. What the graph states of
 * itself counts.
 * Throws {@link UnsupportedError} where the output has not the input's pixel size, where y and x differ, for
 * operators that mix the whole image, and for a Resize that does more than repeat pixels.
 */
export function fieldOf(graph: Graph): Field {
  if (graph.field) return graph.field;
  const start: Span = { jump: 1, low: 0, high: 0 };
  const seen = new Map<string, Spans>([[graph.inputs[0].name, [start, start]]]);
  let stride = 1;
  for (const node of graph.nodes) {
    const given = node.inputs.flatMap((name) => seen.get(name) ?? []);
    if (given.length === 0) continue;
    const spans = through(node, graph, pairs(given));
    for (const { jump } of spans)
      if (Number.isInteger(jump)) stride = leastCommonMultiple(stride, jump);
    seen.set(node.outputs[0], spans);
  }
  const name = graph.outputs[0].name;
  const [span, other] = seen.get(name) ?? [];
  if (!span || !other)
    throw new UnsupportedError(`output "${name}" does not depend on the input`, { name });
  if (span.low !== other.low || span.high !== other.high || span.jump !== other.jump)
    throw new UnsupportedError("the network must see as far along y as along x", {
      y: span,
      x: other,
    });
  if (span.jump !== 1)
    throw new UnsupportedError(
      `output "${name}" must have a pixel for each input pixel, has one for every ${span.jump}`,
      { name },
    );
  const receptiveField = span.high - span.low + 1;
  const total = cropOf(graph, stride * Math.ceil((2 * receptiveField) / stride));
  if (total < -stride)
    throw new ModelError(
      `output "${name}" must not be larger than the input, has ${-total} pixels more along a side`,
    );
  const before = Math.floor(total / 2);
  return {
    receptiveField,
    halo: { before: Math.max(0, before - span.low), after: Math.max(0, span.high - before) },
    stride,
    crop: { before, after: total - before },
  };
}

/** How many rows the output lacks for an input of `size` rows, where the graph lets us choose. */
function cropOf(graph: Graph, size: number): number {
  const shapes = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [
      name,
      shape.map((n, axis) => (typeof n === "number" ? n : axis === 0 ? 1 : size)),
    ]),
  );
  const out = inferShapes(graph, shapes)[graph.outputs[0].name];
  const row = (port: Port) => (port.channelsLast ? 1 : 2);
  return shapes[graph.inputs[0].name][row(graph.inputs[0])] - out[row(graph.outputs[0])];
}

/** Whether a node brings the channels of an input from last to second, or those of an output from second to last. */
function turnsChannels({ attributes, inputs, outputs }: Node, graph: Graph): boolean {
  const last = (ports: readonly Port[], name: string) =>
    ports.some((port) => port.channelsLast && port.name === name);
  const order = `${attributes.perm}`;
  if (order === "0,3,1,2") return last(graph.inputs, inputs[0]);
  return order === "0,2,3,1" && last(graph.outputs, outputs[0]);
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

function pairs(flat: readonly Span[]): Spans[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

/** The spans of a node's output, from those of its inputs that depend on the image. */
function through(node: Node, graph: Graph, inputs: readonly Spans[]): Spans {
  if (pointwise.has(node.op)) return joined(node, inputs);
  const [y, x] = inputs[0];
  const both = (change: (span: Span, axis: 0 | 1) => Span): Spans => [change(y, 0), change(x, 1)];
  switch (node.op) {
    case "Conv":
    case "MaxPool":
    case "AveragePool": {
      const window = windowOf(
        node,
        node.op === "Conv" ? graph.weights[node.inputs[1]]?.shape.slice(2) : undefined,
      );
      return both((span, i) => {
        const first = -window.before[i];
        const last = first + (window.kernel[i] - 1) * window.dilations[i];
        return stepped(span, first, last, window.strides[i]);
      });
    }
    case "Resize": {
      const scales = repeatsOf(node, graph, 4);
      return both((span, i) => {
        const jump = span.jump / scales[i + 2];
        return { jump, low: span.low - (span.jump - jump), high: span.high };
      });
    }
    case "Slice": {
      const far = Number.MAX_SAFE_INTEGER;
      const cuts = cutsOf(node, graph, [1, 1, far, far]).slice(2);
      if (cuts.some(({ start, step }) => step < 1 || start > far / 2)) break;
      return both((span, i) => stepped(span, cuts[i].start, cuts[i].start, cuts[i].step));
    }
    case "Pad": {
      if ((node.attributes.mode ?? "constant") !== "constant") break;
      const { before } = padsOf(node, graph, 4);
      return both((span, i) => stepped(span, -before[i + 2], -before[i + 2], 1));
    }
    case "Concat":
    case "Softmax": {
      const axis = numberAttribute(node, "axis", node.op === "Concat" ? 0 : -1);
      if (axisOf(node, axis, 4) > 1) break;
      return joined(node, inputs);
    }
    case "Transpose":
      // At the ends of a network with channels last; elsewhere nobody knows what became of y and x.
      if (!turnsChannels(node, graph)) break;
      return inputs[0];
    case "ReduceSum":
    case "ReduceMean": {
      const axes = axesOf(node, graph, 4);
      if (!axes || axes.some((axis) => axis > 1) || numberAttribute(node, "keepdims", 1) === 0)
        break;
      return inputs[0];
    }
  }
  throw new UnsupportedError(
    `${nameOf(node)} may mix the whole image, so the network has no receptive field`,
    {
      op: node.op,
    },
  );
}

/** What pixel i depends on when it is made of pixels `i · stride + first` to `i · stride + last`. */
function stepped({ jump, low, high }: Span, first: number, last: number, stride: number): Span {
  return { jump: jump * stride, low: low + first * jump, high: high + last * jump };
}

function joined(node: Node, inputs: readonly Spans[]): Spans {
  const join = (a: Span, b: Span): Span => {
    if (a.jump !== b.jump)
      throw new UnsupportedError(
        `inputs of ${nameOf(node)} must have pixels of one size, have ${a.jump} and ${b.jump} input pixels`,
        { op: node.op },
      );
    return { jump: a.jump, low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
  };
  return inputs.reduce(([y, x], [otherY, otherX]) => [join(y, otherY), join(x, otherX)]);
}

/** Operators whose output pixel depends on the same pixel of their inputs alone. */
const pointwise: ReadonlySet<string> = new Set(
  (
    "Relu Sigmoid BatchNormalization Add Mean Sub Mul Div Neg Sqrt Exp Log Pow Sign Abs Max Min Equal Greater Less " +
    "Where Cast Not Clip Identity"
  ).split(" "),
);
