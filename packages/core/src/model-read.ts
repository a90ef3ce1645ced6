/**
 * The files of a bioimage.io model → a model. Nothing from the model is run: the description is plain data, every
 * path stays inside the folder, and every file is the one that was promised.
 *
 * @module
 */
import { ModelError, UnsupportedError } from "./errors.js";
import { readNpy } from "./format/npy.js";
import type { Model, ModelCard } from "./model.js";
import { cardOf, mappingAt, within } from "./model-card.js";
import {
  type Field,
  fieldAt,
  isAbsent,
  itemsOf,
  numberOf,
  wordOf,
  wrongField,
} from "./model-field.js";
import { type Hash, type ModelFiles, readFileOf, readPromised } from "./model-files.js";
import { MODEL_FILE } from "./model-write.js";
import { longestYaml, readYaml } from "./model-yaml.js";
import type { Values } from "./network.js";
import { readOnnx } from "./onnx.js";

/** What a description was called before it was called `bioimageio.yaml`. */
const olderName = "rdf.yaml";

/** A model's own test: what goes in, what must come out, and how exactly. */
export interface ModelTest {
  readonly input: Values<Float32Array>;
  readonly output: Values<Float32Array>;
  /** Whether `input` is an image that the description's preprocessing must first be applied to. */
  readonly preprocess: boolean;
  /** An element is wrong where it is further off than `absolute + relative · |expected|` … */
  readonly relative: number;
  readonly absolute: number;
  /** … and so many of a million may be. */
  readonly mismatches: number;
}

/** What a model says of itself, without reading its network. Throws {@link ModelError} where it says too little. */
export async function readModelCard(files: ModelFiles): Promise<ModelCard> {
  return cardOf(await readDescription(files));
}

/**
 * The model in a set of files. `sha256` checks that the weights are those the description was written for.
 * Throws {@link ModelError} naming the file and the field where something is missing or contradicts something else,
 * `UnsupportedError` where the model is sound but made for other programs.
 */
export async function readModelFiles(files: ModelFiles, sha256: Hash): Promise<Model> {
  const description = await readDescription(files);
  const card = cardOf(description);
  const weights = await readPromised(files, onnxOf(description), sha256);
  const graph = within(weightsFile(files, description), () => readOnnx(weights));
  const model = { ...card, weightsHash: await sha256(weights), graph };
  checkPorts(files, model);
  return model;
}

/** The test tensors that come with a model. Throws {@link ModelError} where it brings none. */
export async function readModelTest(files: ModelFiles, sha256: Hash): Promise<ModelTest> {
  const description = await readDescription(files);
  const [input] = itemsOf(fieldAt(description, "inputs"));
  const [output] = itemsOf(fieldAt(description, "outputs"));
  const tolerance = toleranceOf(description);
  return {
    input: await readTensor(files, input, sha256),
    output: await readTensor(files, output, sha256),
    preprocess: itemsOf(fieldAt(input, "preprocessing")).length > 0,
    ...tolerance,
  };
}

async function readDescription(files: ModelFiles): Promise<Field> {
  const older =
    (await files.open(MODEL_FILE.description)) === undefined &&
    (await files.open(olderName)) !== undefined;
  const name = older ? olderName : MODEL_FILE.description;
  const file = `${files.name}/${name}`;
  const document: Field = {
    file,
    path: "",
    value: readYaml(file, await readFileOf(files, name, longestYaml)),
  };
  const type = fieldAt(document, "type");
  if (type.value !== "model") throw wrongField(type, '"model"');
  const version = wordOf(fieldAt(document, "format_version"), 20);
  if (!/^0\.5\.\d+/.test(version))
    throw new UnsupportedError(
      `${file} has format_version ${version}; Cellwright reads 0.5 (convert it with bioimageio.core)`,
    );
  return document;
}

/** The kinds of weights that bioimage.io knows beside ONNX. */
const weightKinds = [
  "keras_hdf5",
  "keras_v3",
  "pytorch_state_dict",
  "tensorflow_js",
  "tensorflow_saved_model_bundle",
  "torchscript",
];

/** The ONNX weights. An entry may stand there with nothing in it; other kinds of weights we cannot run. */
function onnxOf(description: Field): Field {
  const weights = fieldAt(description, "weights");
  const onnx = fieldAt(weights, "onnx");
  if (!isAbsent(onnx)) {
    if (isAbsent(fieldAt(onnx, "external_data"))) return onnx;
    throw new UnsupportedError(
      `${onnx.file}: ${onnx.path}.external_data: weights must be one file for Cellwright`,
    );
  }
  const others = weightKinds.filter((kind) => !isAbsent(fieldAt(weights, kind)));
  throw new ModelError(
    `${description.file}: the model has no onnx weights, only ${others.join(", ") || "none at all"} (convert it to ONNX first)`,
    { file: description.file, field: "weights.onnx" },
  );
}

function weightsFile(files: ModelFiles, description: Field): string {
  return `${files.name}/${fieldAt(onnxOf(description), "source").value}`;
}

/** The network must eat and give what the description says. */
function checkPorts(files: ModelFiles, { graph, channels, maps }: Model): void {
  const { inputs, outputs } = graph;
  if (inputs.length !== 1 || outputs.length !== 1)
    throw new UnsupportedError(
      `${files.name}: the network must have one input and one output, has ${inputs.length} and ${outputs.length}`,
    );
  for (const [what, port, names] of [
    ["input", inputs[0], channels] as const,
    ["output", outputs[0], maps] as const,
  ]) {
    const { shape } = port;
    // Third parties often leave an output's shape open; then the first run tells.
    if (shape.length === 0 && what === "output") continue;
    if (shape.length !== 4)
      throw new ModelError(
        `${files.name}: the network's ${what} must have 4 axes, has ${shape.length}`,
      );
    if (typeof shape[1] === "number" && shape[1] !== names.length)
      throw new ModelError(
        `${files.name}: the network's ${what} has ${shape[1]} channels, the description names ${names.length}`,
      );
  }
}

async function readTensor(
  files: ModelFiles,
  tensor: Field,
  sha256: Hash,
): Promise<Values<Float32Array>> {
  const field = fieldAt(tensor, "test_tensor");
  if (isAbsent(field))
    throw new ModelError(`${field.file}: ${field.path} is missing: the model brings no test`);
  const bytes = await readPromised(files, field, sha256);
  const { data, shape } = within(`${files.name}/${fieldAt(field, "source").value}`, () =>
    readNpy(bytes),
  );
  if (shape.length !== 4) throw wrongField(field, "a tensor of 4 axes");
  return { data: Float32Array.from(data), shape };
}

/** Of the stated tolerances the first that is not for other weights; else what bioimage.io takes. */
function toleranceOf(description: Field): Pick<ModelTest, "relative" | "absolute" | "mismatches"> {
  const bioimageio = mappingAt(mappingAt(description, "config"), "bioimageio");
  const stated = itemsOf(fieldAt(bioimageio, "reproducibility_tolerance")).find((tolerance) => {
    const formats = itemsOf(fieldAt(tolerance, "weights_formats"));
    return formats.length === 0 || formats.some((format) => format.value === "onnx");
  });
  const numberAt = (name: string, most: number, absent: number) => {
    const field = stated && fieldAt(stated, name);
    return field && !isAbsent(field) ? numberOf(field, 0, most) : absent;
  };
  return {
    relative: numberAt("relative_tolerance", 0.01, 1e-3),
    absolute: numberAt("absolute_tolerance", 1e6, 1e-3),
    mismatches: numberAt("mismatched_elements_per_million", 1000, 100),
  };
}
