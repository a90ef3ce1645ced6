import { expect, test } from "vitest";
import type { Tensor } from "./image.js";
import { type Disc, discLabels, starMaps } from "./instance/fixture.js";
import { findMaps } from "./maps.js";
import { checkModel } from "./model-check.js";
import { readModelTest } from "./model-expected.js";
import {
  cellpose,
  cells,
  type Package,
  passing,
  sha256,
  truth,
  write,
} from "./model-package-fixture.js";
import { readMapModel, readModelFiles, readModelNetwork } from "./model-read.js";
import { descriptionFiles } from "./model-sources.js";
import { validateModel } from "./model-validate.js";
import { writeOnnx } from "./onnx-write.js";
import { referenceEngine } from "./reference/engine.js";
import { segment } from "./segment.js";

/** Each label by its first pixel: numbers aside, what two images see alike. */
function shapes(data: Uint32Array): string {
  const first = new Map<number, number>([[0, 0]]);
  return Array.from(data, (label, i) => {
    if (!first.has(label)) first.set(label, i);
    return first.get(label);
  }).join();
}

test("a Cellpose-shaped package gives the exact cells of its flows, tiled or not", async () => {
  const files = write(cellpose);
  expect(await validateModel(files, sha256)).toEqual([]);
  const model = await readModelFiles(files, sha256);
  expect(model.decoder).toEqual({
    kind: "cellpose",
    threshold: 0,
    flowError: 0.4,
    minArea: 15,
    steps: 200,
  });
  const program = await referenceEngine.load(model.graph);
  for (const tile of [24, 512]) {
    const labels = await segment(cellpose.input, model, program, { tile });
    expect(Array.from(labels.data)).toEqual(Array.from(truth.data));
  }
  const check = await checkModel(await readModelTest(files, sha256), program);
  expect(check).toMatchObject({ passed: true, mismatches: 0, count: 64 * 80 });
});

const rays = 96;
const round: Disc[] = [
  { y: 20, x: 20, radius: 9.5 },
  { y: 20, x: 39, radius: 9.5 },
  { y: 46, x: 30, radius: 13.5 },
];
const stars = discLabels(round, 64, 80);
const half = starMaps(stars, round, rays, 2);
const stardist = (): Package => {
  // An image whose every second pixel is the maps: the network's stride makes the grid.
  const [count, height, width] = [1 + rays, 64, 80];
  const data = new Float32Array(count * height * width);
  for (let c = 0; c < count; c++)
    for (let y = 0; y < height; y += 2)
      for (let x = 0; x < width; x += 2)
        data[(c * height + y) * width + x] = half.data[(c * 32 + y / 2) * 40 + x / 2];
  return {
    graph: passing(count, 2),
    input: { data, shape: [count, height, width], axes: "cyx" },
    output: cells(stars),
    postprocessing: [
      {
        id: "stardist_postprocessing",
        kwargs: { prob_threshold: 0.5, nms_threshold: 0.4, n_rays: rays, grid: [2, 2], b: 2 },
      },
      { id: "ensure_dtype", kwargs: { dtype: "uint16" } },
    ],
    axis: { halo: 6 },
    step: 2,
  };
};

test("a StarDist-shaped package of a grid gives the exact cells of its stars, tiled or not", async () => {
  const one = stardist();
  const files = write(one);
  expect(await validateModel(files, sha256)).toEqual([]);
  const model = await readModelFiles(files, sha256);
  expect(model.maps).toHaveLength(1 + rays);
  expect(model.graph.field).toMatchObject({ grid: 2, stride: 2, least: 16, halo: { before: 6 } });
  const program = await referenceEngine.load(model.graph);
  for (const tile of [24, 512]) {
    const labels = await segment(one.input, model, program, { tile });
    expect(shapes(labels.data) === shapes(stars.data)).toBe(true);
  }
  // An odd size: what the network lacks is mirrored, what is too much is cut off.
  const odd = {
    ...one.input,
    data: one.input.data.slice(0, (1 + rays) * 63 * 80),
    shape: [1 + rays, 63, 80],
  };
  for (let c = 0; c <= rays; c++)
    odd.data.set(one.input.data.subarray(c * 5120, c * 5120 + 5040), c * 5040);
  const cut = await segment(odd, model, program);
  expect(shapes(cut.data) === shapes(stars.data.subarray(0, 5040))).toBe(true);
});

test("operations before and after the network are done, over the whole image", async () => {
  const image: Tensor = {
    data: Float32Array.from({ length: 3 * 5120 }, (_, i) => cellpose.input.data[i] * 3 + 7),
    shape: [3, 64, 80],
    axes: "cyx",
  };
  const one: Package = {
    ...cellpose,
    input: image,
    preprocessing: [{ id: "scale_linear", kwargs: { gain: 1 / 3, offset: -7 / 3 } }],
    postprocessing: [
      { id: "scale_linear", kwargs: { axis: "channel", gain: [1, 1, -1], offset: [0, 0, 0] } },
      { id: "scale_linear", kwargs: { axis: "channel", gain: [1, 1, -1], offset: [0, 0, 0] } },
      ...cellpose.postprocessing,
    ],
  };
  const files = write(one);
  const model = await readModelFiles(files, sha256);
  expect(model.postprocessing).toHaveLength(2);
  const program = await referenceEngine.load(model.graph);
  const labels = await segment(image, model, program, { tile: 32 });
  expect(Array.from(labels.data)).toEqual(Array.from(truth.data));
  expect(await checkModel(await readModelTest(files, sha256), program)).toMatchObject({
    passed: true,
  });
});

test("a package that says nothing of cells gives maps, and says what is missing", async () => {
  const output = {
    ...cellpose.input,
    data: cellpose.input.data.map((x) => 1 / (1 + Math.exp(-x))),
  };
  const files = write({ ...cellpose, output, postprocessing: [{ id: "sigmoid" }] });
  await expect(readModelFiles(files, sha256)).rejects.toThrow(
    /config\.cellwright\.decoder is missing: .* "models run" gives the maps/,
  );
  const graph = await readModelNetwork(files, sha256);
  const check = await checkModel(
    await readModelTest(files, sha256),
    await referenceEngine.load(graph),
  );
  expect(check).toMatchObject({ passed: true, count: 3 * 64 * 80 });
  const model = await readMapModel(files, sha256);
  const maps = await findMaps(cellpose.input, model, await referenceEngine.load(model.graph));
  expect(maps.data).toEqual(output.data);
});

test("format 0.4 is the same model", async () => {
  const files = write(
    {
      ...cellpose,
      output: { ...cellpose.input, data: cellpose.input.data.map((x) => 2 * x + 1) },
      postprocessing: [],
    },
    (d) => ({
      ...d,
      format_version: "0.4.9",
      inputs: [
        {
          name: "raw",
          axes: "bcyx",
          data_type: "float32",
          shape: { min: [1, 3, 16, 16], step: [0, 0, 1, 1] },
          preprocessing: [
            {
              name: "zero_mean_unit_variance",
              kwargs: {
                mode: "fixed",
                axes: "yx",
                mean: [0, 0, 0],
                std: [0.999999, 0.999999, 0.999999],
              },
            },
          ],
        },
      ],
      outputs: [
        {
          name: "maps",
          axes: "bcyx",
          data_type: "float32",
          halo: [0, 0, 4, 4],
          shape: { reference_tensor: "raw", scale: [1, 1, 1, 1], offset: [0, 0, 0, 0] },
          postprocessing: [{ name: "scale_linear", kwargs: { axes: "cyx", gain: 2, offset: 1 } }],
        },
      ],
      test_inputs: ["in.npy"],
      test_outputs: ["out.npy"],
    }),
  );
  const model = await readMapModel(files, sha256);
  expect(model).toMatchObject({
    channels: ["channel0", "channel1", "channel2"],
    maps: ["channel0", "channel1", "channel2"],
    normalization: { kind: "operations", operations: [{ axis: "channel" }] },
    postprocessing: [{ id: "scale_linear", gain: [2], offset: [1] }],
  });
  const program = await referenceEngine.load(model.graph);
  expect(await checkModel(await readModelTest(files, sha256), program)).toMatchObject({
    passed: true,
  });
  const problems = await validateModel(files, sha256);
  expect(problems).toMatchObject([{ level: "warning", field: "format_version" }]);
});

test("a network of a later operator set is run by its file, by an engine that can", async () => {
  const bytes = writeOnnx(passing(3));
  // The last field says the operator set.
  expect(bytes[bytes.length - 1]).toBe(17);
  const later = bytes.slice();
  later[later.length - 1] = 18;
  const files = write({ ...cellpose, graph: { ...passing(3), onnx: later } });
  const { graph } = await readModelFiles(files, sha256);
  expect(graph).toMatchObject({
    nodes: [],
    inputs: [{ name: "raw" }],
    outputs: [{ name: "maps" }],
  });
  expect(writeOnnx(graph)).toEqual(later);
  expect(graph.field).toMatchObject({ stride: 1, least: 16, halo: { before: 64, after: 64 } });
  await expect(referenceEngine.load(graph)).rejects.toThrow(/needs ONNX Runtime/);
});

test("cells in volumes and unequal grids are refused, with the reason", async () => {
  const star = (kwargs: object) => [
    {
      id: "stardist_postprocessing",
      kwargs: { prob_threshold: 0.5, nms_threshold: 0.4, n_rays: 8, ...kwargs },
    },
  ];
  const cases: [readonly object[], RegExp][] = [
    [star({ grid: [1, 2, 2] }), /finds cells in volumes/],
    [star({ grid: [1, 2] }), /kwargs\.grid must be the same along y and x .* is 1, 2/],
    [
      star({ grid: [1, 1], prob_threshold: 7 }),
      /decoder threshold must be a number from 0 to 1, got 7/,
    ],
    [[{ id: "cellpose_flow_dynamics", kwargs: { do_3D: true } }], /do_3D finds cells in volumes/],
    [[...cellpose.postprocessing, { id: "sigmoid" }], /sigmoid after cells were found/],
  ];
  for (const [postprocessing, message] of cases)
    await expect(
      readModelFiles(write({ ...cellpose, postprocessing }), sha256),
      `${message}`,
    ).rejects.toThrow(message);
});

test("the files that a description names are listed once", async () => {
  expect(await descriptionFiles(write(cellpose))).toEqual({
    description: "rdf.yaml",
    paths: ["w.onnx", "in.npy", "out.npy", "README.md"],
  });
});
