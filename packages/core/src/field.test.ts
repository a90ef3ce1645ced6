import fc from "fast-check";
import { expect, test } from "vitest";
import { fieldOf } from "./field.js";
import { floats, type Graph, GraphBuilder, integers } from "./network.js";
import { seeded } from "./random.js";
import { referenceEngine } from "./reference/engine.js";

const random = seeded(7);
const input = { name: "x", shape: ["n", 1, "y", "x"] };

/** A kernel of positive weights: whatever changes under it changes its sum. */
function conv(
  builder: GraphBuilder,
  from: string,
  size: number,
  rest: Record<string, number[]> = {},
): string {
  const weights = Float32Array.from({ length: size * size }, () => 0.5 + random());
  return builder.add("Conv", [from, builder.weight(floats(weights, [1, 1, size, size]))], rest);
}

function upsample(builder: GraphBuilder, from: string, times: number): string {
  const scales = builder.weight(floats([1, 1, times, times], [4]));
  const attributes = {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  };
  return builder.add("Resize", [from, "", scales], attributes);
}

function cut(builder: GraphBuilder, from: string, start: number, end: number): string {
  const lists = [
    [start, start],
    [end, end],
    [2, 3],
  ].map((list) => builder.weight(integers(list)));
  return builder.add("Slice", [from, ...lists]);
}

function finish(builder: GraphBuilder, output: string): Graph {
  return builder.build([input], [{ name: output, shape: ["n", 1, "y", "x"] }]);
}

/** A chain of small layers, a U with a skip, or both, as the seeds of `layers` say. */
function build(
  layers: readonly { kind: number; size: number; dilation: number; pad: boolean }[],
): Graph {
  const builder = new GraphBuilder();
  let at = "x";
  for (const { kind, size, dilation, pad } of layers) {
    const reach = (size - 1) * dilation;
    const [before, after] = pad ? [Math.floor(reach / 2), Math.ceil(reach / 2)] : [0, 0];
    const rest = { dilations: [dilation, dilation], pads: [before, before, after, after] };
    if (kind === 0) at = conv(builder, at, size, rest);
    else if (kind === 1) at = builder.add("MaxPool", [at], { kernel_shape: [size, size], ...rest });
    else if (kind === 2) {
      const down = builder.add("AveragePool", [at], {
        kernel_shape: [size, size],
        strides: [size, size],
      });
      const deep = conv(builder, down, 3, { pads: [1, 1, 1, 1] });
      at = builder.add("Concat", [at, upsample(builder, deep, size)], { axis: 1 });
      at = builder.add("ReduceSum", [at, builder.weight(integers([1]))]);
    } else {
      const inner = conv(builder, at, 5, { pads: [2, 2, 2, 2] });
      at = builder.add("Add", [cut(builder, at, 1, -1), cut(builder, inner, 1, -1)]);
    }
  }
  return finish(builder, at);
}

/** How far before and after itself an output pixel really depends on input pixels: by brightening one at a time. */
async function reach(graph: Graph, size: number, crop: number) {
  const middle = Math.floor(size / 2);
  const images = Float32Array.from({ length: size * size * size }, () => random());
  for (let x = 0; x < size; x++) {
    if (x > 0) images.copyWithin(x * size * size, 0, size * size);
  }
  for (let x = 1; x < size; x++) images[x * size * size + middle * size + x] += 1000;
  const program = await referenceEngine.load(graph);
  const run = await program.run({ x: floats(images, [size, 1, size, size]) });
  const { data, shape } = run[graph.outputs[0].name];
  const plane = shape[2] * shape[3];
  let [before, after] = [0, 0];
  for (let x = 1; x < size; x++)
    for (let i = 0; i < plane; i++)
      if (data[x * plane + i] !== data[i]) {
        const distance = x - ((i % shape[3]) + crop);
        before = Math.max(before, -distance);
        after = Math.max(after, distance);
      }
  return { before, after };
}

test("the field is exactly what changes an output pixel", async () => {
  const layer = fc.record({
    kind: fc.integer({ min: 0, max: 3 }),
    size: fc.integer({ min: 2, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    pad: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(layer, { minLength: 1, maxLength: 3 }), async (layers) => {
      // a valid layer below a U may leave a length that its pooling does not divide: such graphs are not built
      fc.pre(
        layers.every(
          ({ kind }, i) => kind !== 2 || layers.slice(0, i).every((l) => l.kind < 2 && l.pad),
        ),
      );
      const graph = build(layers);
      const field = fieldOf(graph);
      const size = field.stride * Math.ceil((2 * field.receptiveField + 4) / field.stride);
      fc.pre(size <= 60);
      expect(await reach(graph, size, field.crop.before)).toEqual(field.halo);
      expect(field.receptiveField).toBe(field.halo.before + field.halo.after + 1);
    }),
    { numRuns: 40 },
  );
});

test("layers that keep the size crop nothing, valid ones half of what they lose on each side", () => {
  const builder = new GraphBuilder();
  expect(fieldOf(finish(builder, conv(builder, "x", 3, { pads: [1, 1, 1, 1] })))).toEqual({
    receptiveField: 3,
    halo: { before: 1, after: 1 },
    stride: 1,
    crop: { before: 0, after: 0 },
  });
  const valid = new GraphBuilder();
  expect(fieldOf(finish(valid, conv(valid, "x", 4, { dilations: [3, 3] })))).toEqual({
    receptiveField: 10,
    halo: { before: 4, after: 5 },
    stride: 1,
    crop: { before: 4, after: 5 },
  });
});

test("a padded margin moves the output back over its input", () => {
  const builder = new GraphBuilder();
  const pads = builder.weight(integers([0, 0, 2, 2, 0, 0, 2, 2]));
  const padded = builder.add("Pad", ["x", pads]);
  const { halo, crop } = fieldOf(finish(builder, conv(builder, padded, 5)));
  expect({ halo, crop }).toEqual({ halo: { before: 2, after: 2 }, crop: { before: 0, after: 0 } });
});

test("stride is the coarsest grid on the way", () => {
  const builder = new GraphBuilder();
  const window = { kernel_shape: [2, 2], strides: [2, 2] };
  const down = builder.add("MaxPool", [builder.add("MaxPool", ["x"], window)], window);
  const graph = finish(builder, upsample(builder, down, 4));
  expect(fieldOf(graph)).toMatchObject({
    stride: 4,
    receptiveField: 7,
    halo: { before: 3, after: 3 },
  });
});

test("networks without a field of their own are refused", () => {
  const global = new GraphBuilder();
  const axes = global.weight(integers([2, 3]));
  const mean = global.add("Sub", ["x", global.add("ReduceSum", ["x", axes])]);
  expect(() => fieldOf(finish(global, mean))).toThrow("may mix the whole image");
  const coarse = new GraphBuilder();
  expect(() => fieldOf(finish(coarse, conv(coarse, "x", 3, { strides: [2, 2] })))).toThrow(
    "must have a pixel for each input pixel, has one for every 2",
  );
  const smooth = new GraphBuilder();
  const scales = smooth.weight(floats([1, 1, 2, 2], [4]));
  const halved = smooth.add("AveragePool", ["x"], { kernel_shape: [2, 2], strides: [2, 2] });
  const blended = smooth.add("Resize", [halved, "", scales], { mode: "linear" });
  expect(() => fieldOf(finish(smooth, blended))).toThrow("must repeat pixels");
  const uneven = new GraphBuilder();
  const wide = uneven.add("MaxPool", ["x"], { kernel_shape: [1, 3], pads: [0, 1, 0, 1] });
  expect(() => fieldOf(finish(uneven, wide))).toThrow("as far along y as along x");
  const mixed = new GraphBuilder();
  const half = mixed.add("MaxPool", ["x"], { kernel_shape: [2, 2], strides: [2, 2] });
  expect(() => fieldOf(finish(mixed, mixed.add("Add", ["x", half])))).toThrow("pixels of one size");
});
