import { describe, expect, test } from "vitest";
import { unet } from "../architecture/unet.js";
import { ModelError, UnsupportedError } from "../errors.js";
import { foldBatchNorm } from "../fold.js";
import { floats, type Graph, integers, type Node, type Values } from "../network.js";
import { seeded } from "../random.js";
import { referenceEngine } from "../reference/engine.js";
import { gradientGraph } from "./gradient-graph.js";
import { ADAM, type Optimizer, PAPER_SGD } from "./optimizer.js";
import { type Batch, startTrainer } from "./trainer.js";
import { trainingStep, withWeights } from "./training.js";

type Attributes = Node["attributes"];

/** One weight w, one bias b: maps = sigmoid(w x + b), on a single pixel. */
const neuron: Graph = {
  inputs: [{ name: "x", shape: ["n", 1, "y", "x"] }],
  nodes: [
    { op: "Conv", inputs: ["x", "w", "b"], outputs: ["z"], attributes: { kernel_shape: [1, 1] } },
    { op: "Sigmoid", inputs: ["z"], outputs: ["maps"], attributes: {} },
  ],
  outputs: [{ name: "maps", shape: ["n", 1, "y", "x"] }],
  weights: { w: floats([0.5], [1, 1, 1, 1]), b: floats([-0.25], [1]) },
};

const pixel = (value: number) => floats([value], [1, 1, 1, 1]);
const lesson: Batch = { image: pixel(2), target: pixel(1), weight: pixel(3) };

/** The slope of the loss by the neuron's sum, and its value. */
function byHand(w: number, b: number): { loss: number; slope: number } {
  const map = 1 / (1 + Math.exp(-(w * 2 + b)));
  return { loss: -Math.log(map), slope: map - 1 };
}

async function steps(
  optimizer: Optimizer,
  count: number,
): Promise<{ losses: number[]; w: number; b: number }> {
  const trainer = await startTrainer(
    referenceEngine,
    trainingStep(neuron, [1, 1, 1, 1], optimizer),
  );
  const losses: number[] = [];
  for (let i = 0; i < count; i++) losses.push(await trainer.step(lesson, 0.1));
  const { weights } = trainer.network();
  return { losses, w: Number(weights.w.data[0]), b: Number(weights.b.data[0]) };
}

describe("one neuron, worked out by hand", () => {
  test("gradient descent with Nesterov momentum and L2 on the kernel", async () => {
    let [w, b, vw, vb] = [0.5, -0.25, 0, 0];
    const losses: number[] = [];
    for (let i = 0; i < 3; i++) {
      const { loss, slope } = byHand(w, b);
      losses.push(loss);
      const [gw, gb] = [slope * 2 + 2e-5 * w, slope];
      vw = 0.9 * vw - 0.1 * gw;
      vb = 0.9 * vb - 0.1 * gb;
      w += 0.9 * vw - 0.1 * gw;
      b += 0.9 * vb - 0.1 * gb;
    }
    const found = await steps(PAPER_SGD, 3);
    expect(found.w).toBeCloseTo(w, 6);
    expect(found.b).toBeCloseTo(b, 6);
    for (const [i, loss] of found.losses.entries()) expect(loss).toBeCloseTo(losses[i], 6);
  });

  test("Adam with decay of the kernel alone", async () => {
    let [w, b] = [0.5, -0.25];
    const [mw, mb] = [
      { first: 0, second: 0 },
      { first: 0, second: 0 },
    ];
    for (let i = 1; i <= 3; i++) {
      const { slope } = byHand(w, b);
      const move = (memory: typeof mw, gradient: number) => {
        memory.first = 0.9 * memory.first + 0.1 * gradient;
        memory.second = 0.999 * memory.second + 0.001 * gradient ** 2;
        const mean = memory.first / (1 - 0.9 ** i);
        return mean / (Math.sqrt(memory.second / (1 - 0.999 ** i)) + 1e-8);
      };
      w -= 0.1 * (move(mw, slope * 2) + 1e-4 * w);
      b -= 0.1 * move(mb, slope);
    }
    const found = await steps(ADAM, 3);
    expect(found.w).toBeCloseTo(w, 5);
    expect(found.b).toBeCloseTo(b, 5);
  });
});

/** Two weights and two biases: maps = softmax of w x + b over two classes. */
const chooser: Graph = {
  inputs: [{ name: "x", shape: ["n", 1, "y", "x"] }],
  nodes: [
    { op: "Conv", inputs: ["x", "w", "b"], outputs: ["z"], attributes: { kernel_shape: [1, 1] } },
    { op: "Softmax", inputs: ["z"], outputs: ["maps"], attributes: { axis: 1 } },
  ],
  outputs: [{ name: "maps", shape: ["n", 2, "y", "x"] }],
  weights: { w: floats([0.5, -0.75], [2, 1, 1, 1]), b: floats([-0.25, 0.125], [2]) },
};

test("a choice of two classes on two pixels of unequal weight, worked out by hand", async () => {
  const pixels = [
    { x: 2, class: 1, share: 1 / 4 },
    { x: -0.5, class: 0, share: 3 / 4 },
  ];
  const [w, b] = [
    [0.5, -0.75],
    [-0.25, 0.125],
  ];
  const [gw, gb] = [w.map((kernel) => 2e-5 * kernel), [0, 0]];
  let expected = 0;
  for (const pixel of pixels) {
    const powers = w.map((kernel, i) => Math.exp(kernel * pixel.x + b[i]));
    const maps = powers.map((power) => power / (powers[0] + powers[1]));
    expected -= pixel.share * Math.log(maps[pixel.class]);
    for (const i of [0, 1]) {
      const slope = pixel.share * (maps[i] - (i === pixel.class ? 1 : 0));
      gw[i] += slope * pixel.x;
      gb[i] += slope;
    }
  }
  const step = trainingStep(chooser, [1, 1, 1, 2], PAPER_SGD);
  const trainer = await startTrainer(referenceEngine, step);
  const choice: Batch = {
    image: floats([2, -0.5], [1, 1, 1, 2]),
    target: floats([0, 1, 1, 0], [1, 2, 1, 2]),
    weight: floats([1, 3], [1, 1, 1, 2]),
  };
  expect(await trainer.step(choice, 0.1)).toBeCloseTo(expected, 6);
  const { weights } = trainer.network();
  for (const i of [0, 1]) {
    // the first step of Nesterov momentum 0.9 goes 1.9 times as far as plain descent
    expect(weights.w.data[i]).toBeCloseTo(w[i] - 0.19 * gw[i], 6);
    expect(weights.b.data[i]).toBeCloseTo(b[i] - 0.19 * gb[i], 6);
  }
});

const small = unet({ inputs: 1, outputs: 2, widths: [3, 4] }, seeded(5));
const shape = [2, 1, 8, 8];

function batch(index: number): Batch {
  const random = seeded(9, index);
  const image = floats(
    new Float32Array(128).map(() => random()),
    shape,
  );
  const target = floats(
    new Float32Array(256).map((_, i) => (image.data[(i >> 7) * 64 + (i % 64)] > 0.5 ? 1 : 0)),
    [2, 2, 8, 8],
  );
  return { image, target, weight: floats(new Float32Array(128).fill(1), shape) };
}

async function train(from: number, to: number, kept?: Record<string, Values>) {
  const trainer = await startTrainer(referenceEngine, trainingStep(small, shape, ADAM), kept);
  let loss = 0;
  for (let i = from; i < to; i++) loss = await trainer.step(batch(i), 0.01);
  return { loss, state: trainer.state(), network: trainer.network() };
}

test("a small network learns", async () => {
  const first = await train(0, 1);
  const last = await train(0, 40);
  expect(last.loss).toBeLessThan(0.8 * first.loss);
});

test("training that went on from a kept state ends with the same weights", async () => {
  const whole = await train(0, 6);
  const half = await train(0, 3);
  const rest = await train(3, 6, half.state);
  expect(rest.network.weights).toEqual(whole.network.weights);
  expect(rest.loss).toBe(whole.loss);
});

test("running averages make the trained network work on single images, folded or not", async () => {
  const { network } = await train(0, 40);
  const input = { image: batch(77).image };
  const plain = await (await referenceEngine.load(network)).run(input);
  const folded = await (await referenceEngine.load(foldBatchNorm(network))).run(input);
  for (const [i, value] of folded.maps.data.entries())
    expect(Math.abs(Number(value) - Number(plain.maps.data[i]))).toBeLessThan(1e-5);
  expect(network.weights.encode_0_a_mean).not.toEqual(small.weights.encode_0_a_mean);
});

test("a pixel of weight 0 teaches nothing", async () => {
  const trained = async (target: number) => {
    const trainer = await startTrainer(referenceEngine, trainingStep(neuron, [1, 1, 1, 2], ADAM));
    const pair = (a: number, b: number) => floats([a, b], [1, 1, 1, 2]);
    await trainer.step({ image: pair(1, 2), target: pair(1, target), weight: pair(1, 0) }, 0.1);
    return trainer.network().weights;
  };
  expect(await trained(0)).toEqual(await trained(1));
});

test("a network that does not end in softmax or sigmoid is refused", () => {
  const relu = { ...neuron, nodes: [neuron.nodes[0], { ...neuron.nodes[1], op: "Relu" }] };
  expect(() => trainingStep(relu, [1, 1, 1, 1], ADAM)).toThrow(ModelError);
  const [output] = neuron.outputs;
  const last = { ...neuron, outputs: [{ ...output, channelsLast: true }] };
  for (const network of [last, { ...neuron, nodes: [] }])
    expect(() => trainingStep(network, [1, 1, 1, 1], ADAM)).toThrow(
      /with its channels second, to learn/,
    );
});

const plain = {
  mode: "nearest",
  coordinate_transformation_mode: "asymmetric",
  nearest_mode: "floor",
};
const scales = floats([1, 1, 2, 2], [4]);
const window = { kernel_shape: [2, 2] };
const uncovered: [string, Attributes, string[], Graph["weights"]][] = [
  ["Pad", { mode: "reflect" }, ["p"], { p: integers([0, 0, 1, 1, 0, 0, 1, 1]) }],
  ["Pad", {}, ["p"], { p: integers([0, 0, -1, 0, 0, 0, 0, 0]) }],
  ["Resize", { ...plain, mode: "linear" }, ["", "s"], { s: scales }],
  ["Resize", { ...plain, nearest_mode: "ceil" }, ["", "s"], { s: scales }],
  ["Resize", { ...plain, coordinate_transformation_mode: "half_pixel" }, ["", "s"], { s: scales }],
  ["Resize", plain, ["", "s"], { s: floats([1, 1, 1.5, 1.5], [4]) }],
  ["MaxPool", { ...window, auto_pad: "SAME_UPPER" }, [], {}],
  ["AveragePool", { ...window, auto_pad: "SAME_LOWER" }, [], {}],
];

test.each(uncovered)("no wrong gradient for %s %j", (op, attributes, inputs, weights) => {
  const network: Graph = {
    inputs: [{ name: "x", shape: [1, 1, 4, 4] }],
    nodes: [{ op, inputs: ["x", ...inputs], outputs: ["out"], attributes }],
    outputs: [{ name: "out", shape: [1, 1, "y", "x"] }],
    weights,
  };
  expect(() => gradientGraph(network, { x: [1, 1, 4, 4] }, ["x"])).toThrow(UnsupportedError);
});

/** The derivatives by `wanted` of a graph of one node, on numbers drawn at random. */
async function derivatives(node: Node, weights: Graph["weights"], wanted: readonly string[]) {
  const network: Graph = {
    inputs: [{ name: "x", shape: [1, 1, 4, 4] }],
    nodes: [node],
    outputs: [{ name: "out", shape: [1, "c", "y", "x"] }],
    weights,
  };
  const graph = gradientGraph(network, { x: [1, 1, 4, 4] }, wanted);
  const random = seeded(11);
  const draw = ({ shape }: Graph["inputs"][number]) =>
    floats(
      Float32Array.from({ length: shape.reduce<number>((n, m) => n * Number(m), 1) }, random),
      shape.map(Number),
    );
  const inputs = Object.fromEntries(graph.inputs.map((port) => [port.name, draw(port)]));
  const found = await (await referenceEngine.load(graph)).run(inputs);
  return wanted.map((name) => found[`d_${name}`]);
}

test("a convolution told to keep the size has the gradients of one with those pads", async () => {
  const weights = { w: floats([1, 2, 3, 4], [1, 1, 2, 2]) };
  const conv = (attributes: Attributes): Node => ({
    op: "Conv",
    inputs: ["x", "w"],
    outputs: ["out"],
    attributes,
  });
  for (const [auto_pad, pads] of [
    ["SAME_UPPER", [0, 0, 1, 1]],
    ["SAME_LOWER", [1, 1, 0, 0]],
    ["VALID", [0, 0, 0, 0]],
  ] as const)
    expect(await derivatives(conv({ auto_pad }), weights, ["x", "w"])).toEqual(
      await derivatives(conv({ pads }), weights, ["x", "w"]),
    );
});

test("parts joined along an axis counted from the end get their pieces back", async () => {
  const join = (axis: number): Node => ({
    op: "Concat",
    inputs: ["x", "w"],
    outputs: ["out"],
    attributes: { axis },
  });
  const weights = { w: floats([1, 2, 3, 4], [1, 1, 4, 1]) };
  const [dx, dw] = await derivatives(join(-1), weights, ["x", "w"]);
  expect([dx, dw]).toEqual(await derivatives(join(3), weights, ["x", "w"]));
  expect([dx.shape, dw.shape]).toEqual([
    [1, 1, 4, 4],
    [1, 1, 4, 1],
  ]);
});

test("a loss that is no number stops training", async () => {
  const trainer = await startTrainer(referenceEngine, trainingStep(neuron, [1, 1, 1, 1], ADAM));
  await expect(trainer.step({ ...lesson, image: pixel(Number.NaN) }, 0.1)).rejects.toThrow(
    /smaller learning rate/,
  );
});

test("other weights go in by name, strangers are passed over", () => {
  const changed = withWeights(neuron, { w: floats([7], [1, 1, 1, 1]), stranger: floats([1], [1]) });
  expect(Object.keys(changed.weights)).toEqual(["w", "b"]);
  expect(changed.weights.w.data[0]).toBe(7);
});
