import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { writeNpy } from "./format/npy.js";
import type { Tensor } from "./image.js";
import { type Disc, discLabels, flowMaps, starMaps } from "./instance/fixture.js";
import { findMaps } from "./maps.js";
import { checkModel } from "./model-check.js";
import { readModelTest } from "./model-expected.js";
import type { ModelFiles } from "./model-files.js";
import { readMapModel, readModelFiles, readModelNetwork } from "./model-read.js";
import { descriptionFiles } from "./model-sources.js";
import { validateModel } from "./model-validate.js";
import { writeYaml } from "./model-yaml.js";
import { floats, type Graph, integers } from "./network.js";
import { writeOnnx } from "./onnx-write.js";
import { referenceEngine } from "./reference/engine.js";
import { segment } from "./segment.js";
import { bytesSource } from "./source.js";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function filesOf(content: Readonly<Record<string, Uint8Array>>): ModelFiles {
  return {
    name: "m",
    open: async (path) => content[path] && bytesSource(`m/${path}`, content[path]),
  };
}

/** A network that gives its input, or every second pixel of it. */
function passing(channels: number, step = 1): Graph {
  return {
    inputs: [{ name: "raw", shape: ["n", channels, "y", "x"] }],
    nodes:
      step === 1
        ? [{ op: "Identity", inputs: ["raw"], outputs: ["maps"], attributes: {} }]
        : [
            {
              op: "Slice",
              inputs: ["raw", "from", "to", "axes", "steps"],
              outputs: ["maps"],
              attributes: {},
            },
          ],
    outputs: [{ name: "maps", shape: ["n", channels, "y_out", "x_out"] }],
    weights:
      step === 1
        ? {}
        : {
            from: integers([0, 0]),
            to: integers([1e9, 1e9]),
            axes: integers([2, 3]),
            steps: integers([step, step]),
          },
  };
}

interface Package {
  readonly graph: Graph;
  readonly input: Tensor;
  readonly output: Tensor;
  readonly preprocessing?: readonly object[];
  readonly postprocessing: readonly object[];
  /** What of the output's axes differs. */
  readonly axis?: object;
  readonly min?: number;
  readonly step?: number;
}

const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, c) => `${prefix}${c}`);
const space = (id: string, size: unknown, more: object = {}) => ({
  type: "space",
  id,
  size,
  ...more,
});

function write(one: Package, change: (d: Record<string, unknown>) => object = (d) => d) {
  const batch = { type: "batch" };
  const tensor = ({ data, shape }: Tensor) => writeNpy(floats(data, [1, ...shape]));
  const weights = writeOnnx(one.graph);
  const files = { "w.onnx": weights, "in.npy": tensor(one.input), "out.npy": tensor(one.output) };
  const test = (source: keyof typeof files) => ({ source, sha256: sha256(files[source]) });
  const size = { min: one.min ?? 16, step: one.step ?? 1 };
  const like = (id: string) => space(id, { tensor_id: "raw", axis_id: id, offset: 0 }, one.axis);
  const channel = (prefix: string, { shape }: Tensor) => ({
    type: "channel",
    channel_names: named(prefix, shape[0]),
  });
  const description = {
    format_version: "0.5.10",
    type: "model",
    name: "a package of others",
    description: "Cells.",
    license: "MIT",
    authors: [{ name: "A" }],
    documentation: "README.md",
    inputs: [
      {
        id: "raw",
        axes: [batch, channel("c", one.input), space("y", size), space("x", size)],
        test_tensor: test("in.npy"),
        preprocessing: one.preprocessing ?? [],
      },
    ],
    outputs: [
      {
        id: "maps",
        axes: [batch, channel("m", one.output), like("y"), like("x")],
        test_tensor: test("out.npy"),
        postprocessing: one.postprocessing,
      },
    ],
    weights: {
      onnx: { source: "w.onnx", sha256: sha256(weights), opset_version: 17 },
      torchscript: null,
    },
  };
  return filesOf({
    ...files,
    "README.md": Uint8Array.of(35),
    "rdf.yaml": writeYaml(change(description)),
  });
}

const discs: Disc[] = [
  { y: 20, x: 20, radius: 9 },
  { y: 20, x: 38, radius: 9 },
  { y: 46, x: 30, radius: 13 },
];
const truth = discLabels(discs, 64, 80);
const cells = (labels: { data: Uint32Array; shape: readonly number[] }): Tensor => ({
  data: Float32Array.from(labels.data),
  shape: [1, ...labels.shape],
  axes: "cyx",
});

/** Each label by its first pixel: numbers aside, what two images see alike. */
function shapes(data: Uint32Array): string {
  const first = new Map<number, number>([[0, 0]]);
  return Array.from(data, (label, i) => {
    if (!first.has(label)) first.set(label, i);
    return first.get(label);
  }).join();
}

const cellpose: Package = {
  graph: passing(3),
  input: flowMaps(truth, discs),
  output: cells(truth),
  postprocessing: [
    {
      id: "cellpose_flow_dynamics",
      kwargs: { cellprob_threshold: 0, flow_threshold: 0.4, do_3D: false },
    },
  ],
};

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

// biome-ignore lint/suspicious/noExplicitAny: a document of any shape, to be spoilt
type Spoilt = any;

test("each fault of a description is told with its field", async () => {
  const cases: [string, RegExp, (d: Spoilt) => void][] = [
    ["name", /name must be 5 to 128/, (d) => (d.name = "a/b/c")],
    ["license", /license is missing: who may use it/, (d) => delete d.license],
    ["cite[0]", /doi or a url/, (d) => (d.cite = [{ text: "A" }])],
    ["covers[0]", /c\.png is missing/, (d) => (d.covers = ["c.png"])],
    ["documentation", /path inside the model/, (d) => (d.documentation = "../README.md")],
    ["outputs[0].id", /two tensors have the id raw/, (d) => (d.outputs[0].id = "raw")],
    ["inputs[0].axes[3]", /two axes of raw have the id y/, (d) => (d.inputs[0].axes[3].id = "y")],
    [
      "outputs[0].axes[2].size",
      /no other axis z of a tensor raw/,
      (d) => (d.outputs[0].axes[2].size.axis_id = "z"),
    ],
    [
      "outputs[0].axes[2].size",
      /unit must be that of raw\.y, none/,
      (d) => (d.outputs[0].axes[2].unit = "micrometer"),
    ],
    [
      "outputs[0].axes[2].halo",
      /leaves nothing of the smallest output: 16/,
      (d) => (d.outputs[0].axes[2].halo = 8),
    ],
    [
      "outputs[0].axes[2].size.offset",
      /offset must be even/,
      (d) =>
        Object.assign(d.outputs[0].axes[2], {
          halo: 2,
          size: { tensor_id: "raw", axis_id: "y", offset: -1 },
        }),
    ],
    ["inputs[0].axes[2].halo", /belongs to an output/, (d) => (d.inputs[0].axes[2].halo = 2)],
    [
      "inputs[0].test_tensor",
      /axis y must be 17 and steps of 3, is 64/,
      (d) => (d.inputs[0].axes[2].size = { min: 17, step: 3 }),
    ],
    [
      "outputs[0].test_tensor",
      /axis x must be 76, by that of raw\.x, is 80/,
      (d) => (d.outputs[0].axes[3].size.offset = -4),
    ],
    [
      "inputs[0].test_tensor.sha256",
      /is not the file/,
      (d) => (d.inputs[0].test_tensor.sha256 = "0".repeat(64)),
    ],
    [
      "inputs[0].preprocessing",
      /names an axis z/,
      (d) =>
        (d.inputs[0].preprocessing = [{ id: "zero_mean_unit_variance", kwargs: { axes: ["z"] } }]),
    ],
    [
      "outputs[0].postprocessing",
      /looks at other, which is no input/,
      (d) =>
        (d.outputs[0].postprocessing = [
          { id: "scale_mean_variance", kwargs: { reference_tensor: "other" } },
        ]),
    ],
    ["weights.onnx.parent", /must be another kind/, (d) => (d.weights.onnx.parent = "torchscript")],
    [
      "weights.onnx.opset_version",
      /whole number from 7/,
      (d) => delete d.weights.onnx.opset_version,
    ],
    ["weights", /at least one of onnx/, (d) => (d.weights = { onnx: null })],
    ["weights.pickle", /no kind of weights/, (d) => (d.weights.pickle = {})],
    [
      "weights.onnx.source",
      /not a readable ONNX file/,
      (d) => (d.weights.onnx = { source: "README.md", opset_version: 17 }),
    ],
    ["format_version", /must be 0\.5/, (d) => (d.format_version = "0.6.0")],
  ];
  for (const [field, message, spoil] of cases) {
    const files = write(cellpose, (d) => {
      const copy = structuredClone(d);
      spoil(copy);
      return copy;
    });
    const problems = await validateModel(files, sha256);
    const found = problems.filter(
      (problem) => problem.field === field && message.test(problem.message),
    );
    expect(found, `${message} in ${JSON.stringify(problems)}`).toHaveLength(1);
  }
});
