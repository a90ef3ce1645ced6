import { expect, test } from "vitest";
import type { Program } from "./engine.js";
import type { Tensor } from "./image.js";
import { floats, type Graph, GraphBuilder } from "./network.js";
import { predict } from "./predict.js";
import { seeded } from "./random.js";
import { referenceEngine } from "./reference/engine.js";

const random = seeded(11);

function kernel(build: GraphBuilder, out: number, into: number, side: number): string {
  const data = Float32Array.from({ length: out * into * side * side }, () => random() - 0.5);
  return build.weight(floats(data, [out, into, side, side]));
}

function bias(build: GraphBuilder, out: number): string {
  return build.weight(
    floats(
      Float32Array.from({ length: out }, () => random() - 0.5),
      [out],
    ),
  );
}

/** A convolution of `side` x `side` with a bias; it pads with zeros unless told otherwise. */
function convolve(
  build: GraphBuilder,
  from: string,
  into: number,
  out: number,
  side: number,
  dilation = 1,
  pad = true,
): string {
  const edge = pad ? (dilation * (side - 1)) / 2 : 0;
  return build.add("Conv", [from, kernel(build, out, into, side), bias(build, out)], {
    dilations: [dilation, dilation],
    pads: [edge, edge, edge, edge],
  });
}

function finish(build: GraphBuilder, channels: number, output: string, classes: number): Graph {
  return build.build(
    [{ name: "image", shape: ["n", channels, "y", "x"] }],
    [{ name: output, shape: ["n", classes, "y2", "x2"] }],
  );
}

/** Two levels of pooling and their way back, with a skip: a small U-Net. */
function poolingNet(): Graph {
  const build = new GraphBuilder();
  const pool = { kernel_shape: [2, 2], strides: [2, 2] };
  const scales = build.weight(floats([1, 1, 2, 2], [4]));
  const up = (from: string): string =>
    build.add("Resize", [from, "", scales], {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
    });
  const top = build.add("Relu", [convolve(build, "image", 2, 3, 3)]);
  const middle = build.add("Relu", [convolve(build, build.add("MaxPool", [top], pool), 3, 3, 3)]);
  const low = build.add("Relu", [convolve(build, build.add("MaxPool", [middle], pool), 3, 3, 3)]);
  const raised = build.add("Concat", [up(low), middle], { axis: 1 });
  const joined = build.add("Concat", [up(convolve(build, raised, 6, 3, 3)), top], { axis: 1 });
  return finish(build, 2, convolve(build, joined, 6, 2, 3), 2);
}

/** A dense form of a patch network: dilated convolutions and pooling that do not pad. */
function croppingNet(): Graph {
  const build = new GraphBuilder();
  const first = build.add("Relu", [convolve(build, "image", 2, 3, 3, 1, false)]);
  const pooled = build.add("MaxPool", [first], { kernel_shape: [2, 2] });
  const second = build.add("Relu", [convolve(build, pooled, 3, 3, 4, 2, false)]);
  return finish(build, 2, build.add("Softmax", [convolve(build, second, 3, 3, 1)], { axis: 1 }), 3);
}

function convolutionNet(): Graph {
  const build = new GraphBuilder();
  const first = build.add("Relu", [convolve(build, "image", 2, 3, 3, 2)]);
  return finish(build, 2, convolve(build, first, 3, 1, 5), 1);
}

function tensor(height: number, width: number, channels = 2): Tensor {
  const data = Float32Array.from({ length: channels * height * width }, () => random() - 0.5);
  return { data, shape: [channels, height, width], axes: "cyx" };
}

const networks = [
  ["a network of convolutions", convolutionNet(), 1],
  ["a network that pools and rises again", poolingNet(), 1],
  ["a network that crops", croppingNet(), 10],
] as const;

test.each(networks)(
  "tiled maps of %s equal those in one piece bit for bit",
  async (_, graph, least) => {
    const program = await referenceEngine.load(graph);
    for (const [height, width] of [
      [1, 1],
      [3, 18],
      [16, 17],
      [37, 23],
    ]) {
      const image = tensor(Math.max(height, least), Math.max(width, least));
      const whole = await predict(image, program, { tile: Infinity });
      expect(whole.shape.slice(1)).toEqual(image.shape.slice(1));
      for (const tile of [1, 4, 5, 8, 13, 32]) {
        if (tile === 1 && height > 20) continue;
        expect(await predict(image, program, { tile, batch: (tile % 3) + 1 })).toEqual(whole);
      }
    }
  },
);

test.each(networks)("the maps of a part, by %s, are there those of the whole", async (_, graph) => {
  const program = await referenceEngine.load(graph);
  const image = tensor(37, 29);
  const whole = await predict(image, program);
  const area = 37 * 29;
  for (const part of [
    { y: 0, x: 0, height: 37, width: 29 },
    { y: 11, x: 13, height: 9, width: 5 },
    { y: 36, x: 0, height: 1, width: 1 },
    { y: 3, x: 28, height: 30, width: 1 },
  ])
    for (const tile of [4, Infinity]) {
      const { data, shape } = await predict(image, program, { part, tile });
      expect(shape).toEqual(whole.shape);
      let looked = 0;
      for (let i = 0; i < data.length; i++) {
        const [y, x] = [Math.floor((i % area) / 29) - part.y, (i % 29) - part.x];
        const isWanted = y >= 0 && x >= 0 && y < part.height && x < part.width;
        if (isWanted || data[i] !== 0) expect(data[i]).toBe(whole.data[i]);
        if (data[i] !== 0) looked++;
      }
      if (part.height < 10) expect(looked).toBeLessThan(data.length / 2);
    }
  const beside = { y: 30, x: 0, height: 8, width: 4 };
  await expect(predict(image, program, { part: beside })).rejects.toThrow(
    "box must be within 37 x 29 pixels, got 8 x 4 pixels from row 30, column 0",
  );
});

test("a network that fits the image gives what the engine gives", async () => {
  for (const graph of [convolutionNet(), poolingNet()]) {
    const program = await referenceEngine.load(graph);
    const image = tensor(16, 20);
    const input = { image: { data: image.data, shape: [1, 2, 16, 20] } };
    const expected = (await program.run(input))[graph.outputs[0].name];
    const maps = await predict(image, program);
    expect(maps.shape).toEqual(expected.shape.slice(1));
    expect(maps.data).toEqual(expected.data);
  }
});

test("a network that crops leaves a frame of 0 around what the engine gives", async () => {
  const graph = croppingNet();
  const program = await referenceEngine.load(graph);
  const image = tensor(12, 14);
  const input = { image: { data: image.data, shape: [1, 2, 12, 14] } };
  const inner = (await program.run(input))[graph.outputs[0].name];
  const maps = await predict(image, program);
  expect(inner.shape).toEqual([1, 3, 3, 5]);
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < 12; y++)
      for (let x = 0; x < 14; x++) {
        const inside = y >= 4 && y < 7 && x >= 4 && x < 9;
        const expected = inside ? inner.data[(c * 3 + y - 4) * 5 + x - 4] : 0;
        expect(maps.data[(c * 12 + y) * 14 + x]).toBe(expected);
      }
});

test("an image that is no multiple of the pooling is mirrored at its bottom and right", async () => {
  const program = await referenceEngine.load(poolingNet());
  const image = tensor(5, 6);
  const mirrored = new Float32Array(2 * 8 * 8);
  const rows = [0, 1, 2, 3, 4, 4, 3, 2];
  const columns = [0, 1, 2, 3, 4, 5, 5, 4];
  for (let c = 0; c < 2; c++)
    for (const [i, y] of rows.entries())
      for (const [j, x] of columns.entries())
        mirrored[(c * 8 + i) * 8 + j] = image.data[(c * 5 + y) * 6 + x];
  const padded = await predict({ data: mirrored, shape: [2, 8, 8], axes: "cyx" }, program);
  const maps = await predict(image, program);
  for (let c = 0; c < 2; c++)
    for (let y = 0; y < 5; y++)
      expect(maps.data.subarray((c * 5 + y) * 6, (c * 5 + y + 1) * 6)).toEqual(
        padded.data.subarray((c * 8 + y) * 8, (c * 8 + y) * 8 + 6),
      );
});

test("progress counts tiles, batches share runs, and the image stays as it was", async () => {
  const inner = await referenceEngine.load(convolutionNet());
  const batches: number[] = [];
  const program: Program = {
    ...inner,
    run: (inputs) => {
      batches.push(inputs.image.shape[0]);
      return inner.run(inputs);
    },
  };
  const image = tensor(40, 40);
  const before = image.data.slice();
  const seen: [number, number][] = [];
  await predict(image, program, {
    tile: 8,
    batch: 9,
    onProgress: (done, total) => seen.push([done, total]),
  });
  expect(Math.max(...batches)).toBe(9);
  expect(batches.reduce((a, b) => a + b)).toBe(25);
  expect(seen.at(-1)).toEqual([25, 25]);
  expect(seen.map(([done]) => done)).toEqual([...seen.map(([done]) => done)].sort((a, b) => a - b));
  expect(image.data).toEqual(before);
});

test("stopping takes effect between tiles, with the signal's own reason", async () => {
  const program = await referenceEngine.load(convolutionNet());
  const stop = new AbortController();
  const reason = new Error("the user closed the page");
  let tiles = 0;
  const onProgress = (): void => {
    tiles++;
    if (tiles === 2) stop.abort(reason);
  };
  const run = predict(tensor(40, 40), program, { tile: 8, signal: stop.signal, onProgress });
  await expect(run).rejects.toBe(reason);
  expect(tiles).toBe(2);
});

test("images with other channels or too small, and networks of one size, are refused", async () => {
  const program = await referenceEngine.load(croppingNet());
  await expect(predict(tensor(20, 20, 1), program)).rejects.toThrow(
    "channels of the image must be 2 for this network, got 1",
  );
  await expect(predict(tensor(9, 8), program)).rejects.toThrow(
    "image must be at least 10 x 10 pixels for this network, got 9 x 8",
  );
  const graph = { ...program.graph, inputs: [{ name: "image", shape: ["n", 2, 64, 64] }] };
  await expect(predict(tensor(20, 20), { ...program, graph })).rejects.toThrow(
    "the network takes only inputs of 64 x 64 pixels",
  );
});

test("an answer of another size than the graph says is the model's fault", async () => {
  const program = await referenceEngine.load(convolutionNet());
  const wrong: Program = {
    ...program,
    run: async () => ({ [program.graph.outputs[0].name]: floats([0], [1, 1, 1, 1]) }),
  };
  await expect(predict(tensor(4, 4), wrong)).rejects.toMatchObject({ kind: "ModelError" });
});

test("maps that are no numbers are the model's fault, not an empty image", async () => {
  const program = await referenceEngine.load(convolutionNet());
  const broken: Program = {
    ...program,
    run: async (inputs) => {
      const outputs = await program.run(inputs);
      const [[name, values]] = Object.entries(outputs);
      return { [name]: { ...values, data: new Float32Array(values.data.length).fill(Number.NaN) } };
    },
  };
  await expect(predict(tensor(4, 4), broken)).rejects.toThrow(/not all finite numbers/);
});

test.each(networks)(
  "each part of the maps of %s is told once, when it is done",
  async (_, graph) => {
    const program = await referenceEngine.load(graph);
    const image = tensor(37, 23);
    const told = new Float32Array((await predict(image, program)).data.length).fill(Number.NaN);
    const area = 37 * 23;
    const maps = await predict(image, program, {
      tile: 8,
      onTile: ({ y, x, height, width }, { data }) => {
        for (let at = 0; at < told.length; at += area)
          for (let r = y; r < y + height; r++)
            for (let c = x; c < x + width; c++) {
              expect(told[at + r * 23 + c]).toBeNaN();
              told[at + r * 23 + c] = data[at + r * 23 + c];
            }
      },
    });
    // What a network that crops says nothing of is told nobody.
    for (const [i, value] of told.entries())
      expect(Number.isNaN(value) ? 0 : value).toBe(maps.data[i]);
  },
);
