import { expect, test } from "vitest";
import type { Image, Labels, Tensor } from "./image.js";
import { floats, type Graph, GraphBuilder } from "./network.js";
import { referenceEngine } from "./reference/engine.js";
import { resample, resampleLabels } from "./resample.js";
import { countMatches, scoreMatches } from "./score/average-precision.js";
import { findCells, segment } from "./segment.js";
import { synthNuclei } from "./synth/nuclei.js";

/** A network that was never trained: bright is cell, and the blurred brightness has its peaks in the cells' middles. */
function brightnessNet(): Graph {
  const build = new GraphBuilder();
  const box = (from: string, side: number): string =>
    build.add(
      "Conv",
      [
        from,
        build.weight(floats(new Float32Array(side * side).fill(1 / side ** 2), [1, 1, side, side])),
      ],
      {
        pads: new Array(4).fill((side - 1) / 2),
      },
    );
  const threshold = build.scalar(0.2);
  const steep = build.scalar(40);
  const over = build.add("Sub", [box("image", 3), threshold]);
  const probability = build.add("Sigmoid", [build.add("Mul", [over, steep])]);
  const distance = box(box(probability, 11), 11);
  const maps = build.add("Concat", [probability, distance], { axis: 1 });
  return build.build(
    [{ name: "image", shape: ["n", 1, "y", "x"] }],
    [{ name: maps, shape: ["n", 2, "y", "x"] }],
  );
}

const model = {
  channels: ["nuclear"],
  normalization: { kind: "percentile", low: 1, high: 99 },
  decoder: {
    kind: "watershed",
    threshold: 0.5,
    prominence: 0.01,
    minHeight: 0.3,
    smoothing: 1,
    minArea: 20,
  },
} as const;

const made = synthNuclei({ height: 150, width: 190, seed: 1, diameter: 22, density: 0.12 });

test("nuclei are found from the raw image, and numbered alike however it is tiled", async () => {
  const program = await referenceEngine.load(brightnessNet());
  const whole = await segment(made.image, model, program, { tile: Infinity });
  expect(whole.axes).toBe("yx");
  expect(whole.shape).toEqual([150, 190]);
  const [half] = scoreMatches(countMatches(made.labels, whole, [0.5]));
  expect(half.averagePrecision).toBeGreaterThan(0.7);
  for (const [tile, batch] of [
    [31, 1],
    [64, 3],
    [100, 2],
  ])
    expect((await segment(made.image, model, program, { tile, batch })).data).toEqual(whole.data);
});

test("an empty field has no cells", async () => {
  const program = await referenceEngine.load(brightnessNet());
  for (const [height, width] of [
    [1, 1],
    [30, 20],
  ]) {
    const image: Image = {
      data: new Uint16Array(height * width),
      shape: [height, width],
      axes: "yx",
    };
    const labels = await segment(image, model, program);
    expect(labels.shape).toEqual([height, width]);
    expect(Math.max(...labels.data)).toBe(0);
  }
});

test("images without the channels the model wants are refused, naming them", async () => {
  const program = await referenceEngine.load(brightnessNet());
  const two = { ...model, channels: ["phase", "nuclear"] };
  await expect(segment(made.image, two, program)).rejects.toThrow(
    "channels of the image must be 2 (phase, nuclear) for this model, got 1",
  );
  const movie: Image = { data: new Uint8Array(8), shape: [2, 2, 2], axes: "tyx" };
  await expect(segment(movie, model, program)).rejects.toThrow(
    'image axes must be "yx" or "cyx", got "tyx"',
  );
});

test("seeds of another size are refused before the network runs", async () => {
  const inner = await referenceEngine.load(brightnessNet());
  let runs = 0;
  const program = {
    ...inner,
    run: (inputs: Parameters<typeof inner.run>[0]) => {
      runs++;
      return inner.run(inputs);
    },
  };
  const seeds = { data: new Uint32Array(4), shape: [2, 2], axes: "yx" };
  await expect(segment(made.image, model, program, { seeds })).rejects.toThrow(
    "seeds size must be 150 x 190 like the image, got 2 x 2",
  );
  expect(runs).toBe(0);
});

test("a stopped signal stops before any work, and tiles are counted", async () => {
  const program = await referenceEngine.load(brightnessNet());
  const reason = new Error("stopped");
  await expect(
    segment(made.image, model, program, { signal: AbortSignal.abort(reason) }),
  ).rejects.toBe(reason);
  const seen: string[] = [];
  const onProgress = (done: number, total: number): void => void seen.push(`${done}/${total}`);
  await segment(made.image, model, program, { tile: 100, onProgress });
  expect(seen).toEqual(["1/4", "2/4", "3/4", "4/4"]);
});

test("cells of another size than the network knows are brought to it, and come back at the image's own size", async () => {
  const program = await referenceEngine.load(brightnessNet());
  const known = { ...model, diameter: 22, pixelSize: 1 };
  const large = resample(made.image, 300, 380);
  const truth = resampleLabels(made.labels, 300, 380);
  const ap = (labels: Labels) =>
    scoreMatches(countMatches(truth, labels, [0.5]))[0].averagePrecision;
  const given = await findCells(large, known, program, { diameter: 44 });
  expect(given).toMatchObject({ zoom: 0.5, zoomFrom: "diameter", diameter: 44 });
  expect(given.labels.shape).toEqual([300, 380]);
  expect(ap(given.labels)).toBeGreaterThan(0.7);
  expect(new Set(given.labels.data).size - 1).toBe(Math.max(...given.labels.data));
  const byPixel = await findCells(large, known, program, { pixelSize: 0.5 });
  expect(byPixel).toMatchObject({ zoom: 0.5, zoomFrom: "pixel-size" });
  expect(byPixel.labels).toEqual(given.labels);
  const estimated = await findCells(large, known, program);
  expect(estimated.zoomFrom).toBe("estimate");
  expect(estimated.zoom).toBeGreaterThan(0.4);
  expect(estimated.zoom).toBeLessThan(0.65);
  expect(ap(estimated.labels)).toBeGreaterThan(0.7);
});

test("nothing is rescaled where the model knows no size, or it is switched off", async () => {
  const program = await referenceEngine.load(brightnessNet());
  const plain = await findCells(made.image, model, program, { diameter: 44, pixelSize: 3 });
  expect(plain).toMatchObject({ zoom: 1, zoomFrom: "none" });
  const off = await findCells(made.image, { ...model, diameter: 5 }, program, { rescale: false });
  expect(off).toMatchObject({ zoom: 1, zoomFrom: "none" });
  expect(off.labels).toEqual(plain.labels);
});

test("maps that are wanted are of the image's size", async () => {
  const program = await referenceEngine.load(brightnessNet());
  const options = { diameter: 40, keepMaps: true };
  const { maps } = await findCells(made.image, { ...model, diameter: 20 }, program, options);
  expect(maps?.shape).toEqual([2, 150, 190]);
  expect((await findCells(made.image, model, program)).maps).toBeUndefined();
});

test("averaging over turns gives the same maps whichever way up the image is", async () => {
  const program = await referenceEngine.load(brightnessNet());
  const small = synthNuclei({ height: 60, width: 60, seed: 3, diameter: 20 }).image;
  const flipped = { ...small, data: small.data.slice().reverse() };
  const options = { averageTurns: true, keepMaps: true };
  const mapsOf = async (image: Image) =>
    (await findCells(image, model, program, options)).maps as Tensor;
  const one = await mapsOf(small);
  const back = (await mapsOf(flipped)).data.slice().reverse();
  const second = Float32Array.from([...back.subarray(3600), ...back.subarray(0, 3600)]);
  const worst = one.data.reduce((most, value, i) => Math.max(most, Math.abs(value - second[i])), 0);
  expect(worst).toBeLessThan(1e-5);
});

test("the cells of a part are those of the whole image there, whatever the size and the brightness of the part", async () => {
  const program = await referenceEngine.load(brightnessNet());
  const known = { ...model, diameter: 22 };
  // One half is much brighter: what is bright in the dark half alone would not be so by the whole.
  const { data, shape } = resample(made.image, 180, 228);
  const uneven: Image = {
    data: data.map((value, i) => (i % 228 > 130 ? 3 * value : value)),
    shape,
    axes: "yx",
  };
  const part = { y: 40, x: 15, height: 90, width: 100 };
  for (const options of [{ diameter: 33 }, {}, { rescale: false, averageTurns: true }]) {
    const whole = (await segment(uneven, known, program, options)).data;
    const some = (await segment(uneven, known, program, { ...options, part })).data;
    const outside = new Set<number>();
    const [top, left] = [part.y, part.x];
    for (let i = 0; i < whole.length; i++) {
      const [y, x] = [Math.floor(i / 228) - top, (i % 228) - left];
      if (y < 0 || x < 0 || y >= part.height || x >= part.width) outside.add(whole[i]);
    }
    const numbers = new Map<number, number>();
    let checked = 0;
    for (let i = 0; i < whole.length; i++) {
      if (whole[i] === 0 || outside.has(whole[i])) continue;
      if (!numbers.has(whole[i])) numbers.set(whole[i], some[i]);
      expect(some[i]).toBe(numbers.get(whole[i]));
      checked++;
    }
    expect(numbers.size).toBeGreaterThan(2);
    expect(new Set(numbers.values()).size).toBe(numbers.size);
    expect(some.reduce((sum, label) => sum + Number(label > 0), 0)).toBeGreaterThanOrEqual(checked);
    expect(some.slice(0, 20 * 228).some(Boolean)).toBe(false);
  }
});
