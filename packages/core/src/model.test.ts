import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { isCoreError } from "./errors.js";
import type { Model } from "./model.js";
import { checkModel } from "./model-check.js";
import { readModelTest } from "./model-expected.js";
import type { ModelFiles } from "./model-files.js";
import { readModelCard, readModelFiles } from "./model-read.js";
import { inputSizes, type ModelParts, writeModelFiles } from "./model-write.js";
import { readYaml, writeYaml } from "./model-yaml.js";
import { floats, type Graph } from "./network.js";
import { normalize } from "./normalize.js";
import { writeOnnx } from "./onnx-write.js";
import { seeded } from "./random.js";
import { referenceEngine } from "./reference/engine.js";
import { bytesSource } from "./source.js";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const random = seeded(1);
const noise = (n: number) => Float32Array.from({ length: n }, () => random() - 0.5);

/** One 3 x 3 convolution; padded, it keeps the size of the image. */
function network(channels: number, maps: number, pad: 0 | 1): Graph {
  return {
    inputs: [{ name: "in", shape: ["n", channels, "y", "x"] }],
    nodes: [
      {
        op: "Conv",
        inputs: ["in", "kernel", "bias"],
        outputs: ["out"],
        attributes: { kernel_shape: [3, 3], pads: [pad, pad, pad, pad] },
      },
    ],
    outputs: [{ name: "out", shape: ["n", maps, "y_out", "x_out"] }],
    weights: {
      kernel: floats(noise(maps * channels * 9), [maps, channels, 3, 3]),
      bias: floats(noise(maps), [maps]),
    },
  };
}

const nuclei: Model = {
  name: "test nuclei (2)",
  description: "Nuclei: in fluorescence, 20x.",
  version: "1.0",
  channels: ["nuclear"],
  maps: ["inside", "distance"],
  normalization: { kind: "percentile", low: 1, high: 99.8 },
  decoder: {
    kind: "watershed",
    threshold: 0.5,
    prominence: 0.12,
    minHeight: 0.3,
    smoothing: 1,
    minArea: 16,
  },
  pixelSize: 0.65,
  license: "MIT",
  authors: [{ name: "Ada Lovelace", affiliation: "Cellwright", orcid: "0000-0002-1825-0097" }],
  tags: ["nuclei", "fluorescence"],
  citations: [{ text: "A paper", doi: "10.1371/journal.pcbi.1005177" }],
  graph: network(1, 2, 1),
};

const cytoplasm: Model = {
  name: "cells",
  description: "Whole cells.",
  channels: ["phase", "nuclear"],
  maps: ["edge", "interior", "background"],
  normalization: { kind: "deepcell2016", window: 61 },
  decoder: { kind: "cytoplasm", iterations: 120, smoothing: 1 },
  graph: network(2, 3, 0),
};

async function partsOf(model: Model): Promise<ModelParts> {
  const shape = [1, model.channels.length, 9, 11];
  const testInput = floats(
    noise(99 * model.channels.length).map((value) => 100 + value),
    shape,
  );
  const image = { data: testInput.data, shape: shape.slice(1), axes: "cyx" };
  const eaten =
    model.normalization.kind === "deepcell2016"
      ? testInput.data
      : normalize(image, model.normalization).data;
  const program = await referenceEngine.load(model.graph);
  const { out } = await program.run({ in: floats(eaten, shape) });
  const testOutput = floats(out.data as Float32Array, out.shape);
  return {
    weights: writeOnnx(model.graph),
    testInput,
    testOutput,
    readme: "# A card\n\n## Validation\n",
    sha256,
  };
}

function filesOf(files: Readonly<Record<string, Uint8Array>>): ModelFiles {
  return {
    name: "m",
    open: async (path) =>
      Object.hasOwn(files, path) ? bytesSource(`m/${path}`, files[path]) : undefined,
  };
}

/** The description of `nuclei`, changed, with the other files as they were. */
async function changed(change: (description: Description) => void): Promise<ModelFiles> {
  const files = await writeModelFiles(nuclei, await partsOf(nuclei));
  const description = readYaml("d", files["bioimageio.yaml"]) as Description;
  change(description);
  return filesOf({ ...files, "bioimageio.yaml": writeYaml(description) });
}

// biome-ignore lint/suspicious/noExplicitAny: a description is changed in ways its type would forbid
type Description = any;

test("a model comes back as it was written, with the hash of its weights", async () => {
  for (const model of [nuclei, cytoplasm]) {
    const parts = await partsOf(model);
    const files = filesOf(await writeModelFiles(model, parts));
    const { graph, ...card } = model;
    expect(await readModelCard(files)).toEqual(card);
    const found = await readModelFiles(files, sha256);
    expect(found).toEqual({ ...card, weightsHash: sha256(parts.weights), graph: found.graph });
    expect(writeOnnx(found.graph)).toEqual(parts.weights);
  }
});

test("the same model gives the same bytes", async () => {
  const parts = await partsOf(nuclei);
  const first = await writeModelFiles(nuclei, { ...parts, cover: new Uint8Array([1]) });
  const second = await writeModelFiles(structuredClone(nuclei), {
    ...parts,
    cover: new Uint8Array([1]),
  });
  expect(second).toEqual(first);
  expect(Object.keys(first).sort()).toEqual([
    "README.md",
    "bioimageio.yaml",
    "cover.png",
    "test_input.npy",
    "test_output.npy",
    "weights.onnx",
  ]);
});

test("the description says what bioimage.io must know", async () => {
  const files = await writeModelFiles(nuclei, await partsOf(nuclei));
  const description = readYaml("d", files["bioimageio.yaml"]) as Description;
  expect(description).toMatchObject({
    format_version: "0.5.7",
    type: "model",
    name: "test nuclei (2)",
    license: "MIT",
    documentation: "README.md",
    weights: {
      onnx: { source: "weights.onnx", opset_version: 17, sha256: sha256(files["weights.onnx"]) },
    },
  });
  const [input] = description.inputs;
  expect(input.axes).toEqual([
    { type: "batch" },
    { type: "channel", channel_names: ["nuclear"] },
    { type: "space", id: "y", size: { min: 3, step: 1 }, unit: "micrometer", scale: 0.65 },
    { type: "space", id: "x", size: { min: 3, step: 1 }, unit: "micrometer", scale: 0.65 },
  ]);
  expect(input.preprocessing).toEqual([
    {
      id: "scale_range",
      kwargs: { axes: ["y", "x"], min_percentile: 1, max_percentile: 99.8, eps: 1e-6 },
    },
  ]);
  const [output] = description.outputs;
  expect(output.axes[1]).toEqual({ type: "channel", channel_names: ["inside", "distance"] });
  expect(output.axes[3]).toMatchObject({
    halo: 1,
    size: { tensor_id: "image", axis_id: "x", offset: 0 },
  });
  expect(description.config.cellwright).toEqual({ decoder: nuclei.decoder });
});

test("a network that shortens the image says so by an offset and has no border to distrust", async () => {
  const files = await writeModelFiles(cytoplasm, await partsOf(cytoplasm));
  const description = readYaml("d", files["bioimageio.yaml"]) as Description;
  expect(description.outputs[0].axes[2]).toEqual({
    type: "space",
    id: "y",
    size: { tensor_id: "image", axis_id: "y", offset: -2 },
  });
  expect(description.inputs[0].axes[2].size).toEqual({ min: 3, step: 1 });
  expect(description.inputs[0].preprocessing).toEqual([]);
  expect(description.config.cellwright.normalization).toEqual({ kind: "deepcell2016", window: 61 });
  expect(inputSizes(cytoplasm.graph)).toEqual({ least: 3, step: 1, halo: 0, crop: 2 });
});

test("a model's own test passes on its own network, and not on another", async () => {
  for (const model of [nuclei, cytoplasm]) {
    const files = filesOf(await writeModelFiles(model, await partsOf(model)));
    const check = await readModelTest(files, sha256);
    expect(check.inputs[0].operations.length).toBe(model === nuclei ? 1 : 0);
    const right = await checkModel(check, await referenceEngine.load(model.graph));
    expect(right).toMatchObject({ passed: true, mismatches: 0 });
    const { bias } = model.graph.weights;
    const shifted = floats(
      (bias.data as Float32Array).map((value) => value + 0.01),
      bias.shape,
    );
    const other = { ...model.graph, weights: { ...model.graph.weights, bias: shifted } };
    const wrong = await checkModel(check, await referenceEngine.load(other));
    expect(wrong.passed).toBe(false);
    expect(wrong.worst).toBeCloseTo(0.01, 4);
    expect(wrong.mismatches).toBeGreaterThan(wrong.tolerated);
  }
});

test("a test with NaN where a number must be fails", async () => {
  const parts = await partsOf(nuclei);
  const data = parts.testOutput.data.slice();
  data[3] = Number.NaN;
  const files = filesOf(
    await writeModelFiles(nuclei, { ...parts, testOutput: { ...parts.testOutput, data } }),
  );
  const check = await readModelTest(files, sha256);
  const result = await checkModel(check, await referenceEngine.load(nuclei.graph));
  expect(result).toMatchObject({ passed: false, mismatches: 1, worst: Number.NaN });
});

test("names that bioimage.io forbids are refused when writing", async () => {
  const parts = await partsOf(nuclei);
  for (const name of ["hela", "née", "a/b/c", "x".repeat(129)])
    await expect(writeModelFiles({ ...nuclei, name }, parts), name).rejects.toThrow(
      /name must be 5 to 128/,
    );
  await expect(writeModelFiles({ ...nuclei, channels: ["my channel"] }, parts)).rejects.toThrow(
    /channel's name/,
  );
  await expect(writeModelFiles({ ...nuclei, maps: [] }, parts)).rejects.toThrow(
    "must name its maps, names none",
  );
  await expect(writeModelFiles({ ...nuclei, description: "" }, parts)).rejects.toThrow(
    /1 to 1024 characters/,
  );
});

test("each wrong field is an error of one line that names file and field", async () => {
  const cases: [RegExp, (d: Description) => void][] = [
    [/^m\/bioimageio\.yaml: type must be "model", got "dataset"$/, (d) => (d.type = "dataset")],
    [/^m\/bioimageio\.yaml: name must be a text .*, got nothing$/, (d) => delete d.name],
    [
      /^m\/bioimageio\.yaml has format_version 0\.3\.6; Cellwright reads 0\.4 and 0\.5/,
      (d) => (d.format_version = "0.3.6"),
    ],
    [/: inputs must be one tensor for Cellwright, are 2$/, (d) => d.inputs.push(d.inputs[0])],
    [/: inputs must be a list, got a mapping$/, (d) => (d.inputs = {})],
    [
      /: inputs\[0\]\.axes must be batch, channel, y, x for Cellwright \(the channel second or last\), are batch, channel, y$/,
      (d) => d.inputs[0].axes.pop(),
    ],
    [
      /: inputs\[0\]\.axes\[1\]\.channel_names must be a list/,
      (d) => (d.inputs[0].axes[1].channel_names = "a{i}"),
    ],
    [
      /: inputs\[0\]\.axes\[2\]\.scale must be 0\.65, like that of x, got 1$/,
      (d) => (d.inputs[0].axes[2].scale = 1),
    ],
    [
      /: outputs\[0\]\.postprocessing\[0\] asks for custom, a file of Python, which .* nothing from a model is run/,
      (d) => (d.outputs[0].postprocessing = [{ id: "custom", source: "a.py" }]),
    ],
    [
      /: outputs\[0\]\.postprocessing\[0\] asks for blur, which .* none of bioimage\.io's operations/,
      (d) => (d.outputs[0].postprocessing = [{ id: "blur" }]),
    ],
    [/: config\.cellwright\.decoder is missing/, (d) => delete d.config.cellwright],
    [
      /: config\.cellwright: decoder kind must be one of .*, got "magic"$/,
      (d) => (d.config.cellwright.decoder = { kind: "magic" }),
    ],
    [
      /: config\.cellwright: normalization\.window must be/,
      (d) => (d.config.cellwright.normalization = { kind: "deepcell2016" }),
    ],
    [
      /: weights\.onnx\.source must be a path inside the model's folder, got "\.\.\/w\.onnx"$/,
      (d) => (d.weights.onnx.source = "../w.onnx"),
    ],
    [/^m\/w\.onnx is missing from the model$/, (d) => (d.weights.onnx.source = "w.onnx")],
    [
      /^m\/weights\.onnx is not the file the model was made with: weights\.onnx\.sha256 is 0000/,
      (d) => (d.weights.onnx.sha256 = "0".repeat(64)),
    ],
    [/^m\/README\.md: ./, (d) => (d.weights.onnx = { source: "README.md", opset_version: 17 })],
    [
      /external_data: weights must be one file/,
      (d) => (d.weights.onnx.external_data = { source: "a" }),
    ],
    [
      /^m: the network's output has 2 channels, the description names 3$/,
      (d) => d.outputs[0].axes[1].channel_names.push("c"),
    ],
  ];
  for (const [message, change] of cases) {
    const attempt = readModelFiles(await changed(change), sha256);
    await expect(attempt, `${message}`).rejects.toThrow(message);
    await expect(attempt).rejects.not.toThrow(/\n/);
    await expect(attempt).rejects.toMatchObject({ kind: /ModelError|UnsupportedError/ });
  }
});

test("models whose weights nobody runs here say which they have", async () => {
  const files = await changed((d) => {
    d.weights = {
      onnx: null,
      torchscript: { source: "w.pt" },
      keras_hdf5: null,
    };
  });
  await expect(readModelFiles(files, sha256)).rejects.toThrow(
    "m/bioimageio.yaml: the model has neither onnx nor tensorflow_js weights, only torchscript (convert it to ONNX first)",
  );
});

test("an older name of the description is found, and a folder without one is named", async () => {
  const files = await writeModelFiles(nuclei, await partsOf(nuclei));
  const { "bioimageio.yaml": description, ...rest } = files;
  expect((await readModelCard(filesOf({ ...rest, "rdf.yaml": description }))).name).toBe(
    nuclei.name,
  );
  await expect(readModelCard(filesOf(rest))).rejects.toThrow(
    "m/bioimageio.yaml is missing from the model",
  );
});

test("a damaged network is an error that names its file", async () => {
  const files = await writeModelFiles(nuclei, await partsOf(nuclei));
  const description = readYaml("d", files["bioimageio.yaml"]) as Description;
  delete description.weights.onnx.sha256;
  const cut = {
    ...files,
    "bioimageio.yaml": writeYaml(description),
    "weights.onnx": files["weights.onnx"].slice(0, 200),
  };
  await expect(readModelFiles(filesOf(cut), sha256)).rejects.toThrow(/^m\/weights\.onnx: /);
});

test("without tolerances of its own a model's test takes bioimage.io's", async () => {
  const files = await changed((d) => delete d.config.bioimageio);
  expect(await readModelTest(files, sha256)).toMatchObject({
    relative: 1e-3,
    absolute: 1e-3,
    mismatches: 100,
  });
  const own = await changed((d) => {
    d.config.bioimageio.reproducibility_tolerance = [
      { relative_tolerance: 0.01, weights_formats: ["torchscript"] },
      { relative_tolerance: 0.002, mismatched_elements_per_million: 7, weights_formats: ["onnx"] },
    ];
  });
  expect(await readModelTest(own, sha256)).toMatchObject({
    relative: 0.002,
    absolute: 1e-3,
    mismatches: 7,
  });
});

test("whatever stands in one field, the answer is a model or an error of one line about this model", async () => {
  const files = await writeModelFiles(nuclei, await partsOf(nuclei));
  const original = readYaml("d", files["bioimageio.yaml"]);
  const outcomes = { read: 0, refused: 0 };
  const values = [null, -1e300, "y\nz", [1], { source: 1 }];
  for (const path of pathsOf(original))
    for (const value of values) {
      const description = structuredClone(original) as Description;
      const parent = path.slice(0, -1).reduce((place, key) => place[key], description);
      parent[path[path.length - 1]] = value;
      const hostile = filesOf({ ...files, "bioimageio.yaml": writeYaml(description) });
      const attempt = Promise.all([
        readModelFiles(hostile, sha256),
        readModelTest(hostile, sha256),
      ]);
      const error = await attempt.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      outcomes[error ? "refused" : "read"]++;
      if (!error) continue;
      const where = `${path.join(".")} = ${JSON.stringify(value)}`;
      expect(isCoreError(error, "ModelError", "UnsupportedError"), `${where}: ${error}`).toBe(true);
      expect((error as Error).message, where).toMatch(/^m(\/\S+)?[: ].+$/);
    }
  expect(outcomes.refused).toBeGreaterThan(150);
  expect(outcomes.read).toBeGreaterThan(50);
});

/** The way to every field and every item of a document. */
function pathsOf(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    [key],
    ...pathsOf(child).map((path) => [key, ...path]),
  ]);
}
