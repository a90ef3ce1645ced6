import { expect, test } from "vitest";
import { featureNet } from "./architecture/feature-net.js";
import { toDense } from "./dense.js";
import { foldBatchNorm } from "./fold.js";
import { floats, type Graph, GraphBuilder, type Port } from "./network.js";
import { seeded } from "./random.js";
import { referenceEngine } from "./reference/engine.js";

const random = seeded(11);
const noise = (...shape: number[]) =>
  floats(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.1 + random()),
    shape,
  );

const x: Port = { name: "x", shape: ["n", 2, "y", "x"] };

function norm(builder: GraphBuilder, from: string, channels: number): string {
  const statistics = [0, 1, 2, 3].map(() => builder.weight(noise(channels)));
  return builder.add("BatchNormalization", [from, ...statistics], { epsilon: 0.01 });
}

function conv(builder: GraphBuilder, from: string, bias: boolean): string {
  const inputs = [
    from,
    builder.weight(noise(3, 2, 3, 3)),
    ...(bias ? [builder.weight(noise(3))] : []),
  ];
  return builder.add("Conv", inputs, { pads: [1, 1, 1, 1] });
}

function build(builder: GraphBuilder, ...outputs: string[]): Graph {
  return builder.build(
    [x],
    outputs.map((name) => ({ name, shape: ["n", 3, "y", "x"] })),
  );
}

/** The largest difference between the outputs of two graphs, relative to the largest output. */
async function difference(a: Graph, b: Graph, input: ReturnType<typeof noise>): Promise<number> {
  const runs = await Promise.all([a, b].map((graph) => referenceEngine.load(graph)));
  const [one, other] = await Promise.all(
    runs.map((program) => program.run({ [a.inputs[0].name]: input })),
  );
  let largest = 0;
  for (const { name } of a.outputs)
    for (let i = 0; i < one[name].data.length; i++) {
      const [p, q] = [Number(one[name].data[i]), Number(other[name].data[i])];
      largest = Math.max(largest, Math.abs(p - q) / Math.max(1, Math.abs(p)));
    }
  return largest;
}

const operators = (graph: Graph) => graph.nodes.map((node) => node.op);

test("batch norm behind a convolution disappears into it, and the maps stay", async () => {
  for (const bias of [true, false]) {
    const builder = new GraphBuilder();
    const graph = build(builder, builder.add("Relu", [norm(builder, conv(builder, "x", bias), 3)]));
    const folded = foldBatchNorm(graph);
    expect(operators(folded)).toEqual(["Conv", "Relu"]);
    expect(Object.keys(folded.weights)).toHaveLength(2);
    expect(folded.nodes[0].attributes).toEqual({ pads: [1, 1, 1, 1] });
    expect(await difference(graph, folded, noise(2, 2, 6, 7))).toBeLessThan(1e-5);
  }
});

test("a kernel that two layers share is folded for each by itself", async () => {
  const builder = new GraphBuilder();
  const kernel = builder.weight(noise(2, 2, 3, 3));
  const twice = ["x", "x"].map((from) => norm(builder, builder.add("Conv", [from, kernel]), 2));
  const graph = build(builder, builder.add("Add", twice));
  const folded = foldBatchNorm(graph);
  expect(operators(folded)).toEqual(["Conv", "Conv", "Add"]);
  expect(await difference(graph, folded, noise(1, 2, 5, 5))).toBeLessThan(1e-5);
});

test("a convolution that others read too, and other inputs, are left alone", () => {
  const shared = new GraphBuilder();
  const c = conv(shared, "x", true);
  const graph = build(shared, shared.add("Add", [c, norm(shared, c, 3)]));
  expect(foldBatchNorm(graph)).toEqual(graph);
  const shown = new GraphBuilder();
  const d = conv(shown, "x", true);
  const both = build(shown, norm(shown, d, 3), d);
  expect(foldBatchNorm(both)).toEqual(both);
  const first = new GraphBuilder();
  const plain = build(first, norm(first, "x", 2));
  expect(foldBatchNorm(plain)).toEqual(plain);
});

test("a whole network of the paper keeps its maps", async () => {
  const graph = toDense(featureNet({ patch: 21, inputs: 2, outputs: 3 }, seeded(1)));
  const weights = Object.fromEntries(
    Object.entries(graph.weights).map(([name, w]) => [
      name,
      /_kernel$/.test(name) ? w : noise(...w.shape),
    ]),
  );
  const stirred = { ...graph, weights };
  const folded = foldBatchNorm(stirred);
  expect(operators(folded)).not.toContain("BatchNormalization");
  expect(await difference(stirred, folded, noise(1, 2, 24, 26))).toBeLessThan(1e-5);
});
