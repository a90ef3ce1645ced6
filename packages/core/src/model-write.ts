/**
 * Model → the files of a bioimage.io model: description, weights, test tensors, card, cover.
 *
 * @module
 */
import { strToU8 } from "fflate";
import { ModelError } from "./errors.js";
import { fieldOf } from "./field.js";
import { writeNpy } from "./format/npy.js";
import type { Model, ModelCard } from "./model.js";
import type { Hash } from "./model-files.js";
import { operationsOf } from "./model-operation.js";
import { writeYaml } from "./model-yaml.js";
import type { Graph, Values } from "./network.js";
import { OPSET } from "./onnx-schema.js";

/** The names of the files in a model's folder. */
export const MODEL_FILE = {
  description: "bioimageio.yaml",
  weights: "weights.onnx",
  input: "test_input.npy",
  output: "test_output.npy",
  card: "README.md",
  cover: "cover.png",
} as const;

/** The version of bioimage.io's model description that is written. */
export const FORMAT_VERSION = "0.5.7";

/** What a model's folder holds beside the description. */
export interface ModelParts {
  /** The network as ONNX bytes (`writeOnnx`). */
  readonly weights: Uint8Array;
  /**
   * `[1, channels, y, x]`, and what the network makes of it. The input is as it comes before the preprocessing that
   * the description names; a recipe bioimage.io has no name for (`deepcell2016`) is applied already.
   */
  readonly testInput: Values<Float32Array>;
  readonly testOutput: Values<Float32Array>;
  /** The card, Markdown: data, training, a section `## Validation`. */
  readonly readme: string;
  /** A PNG that shows an image and its cells. */
  readonly cover?: Uint8Array;
  /** Largest difference between the test output and what another engine makes of it; default 1e-3. */
  readonly tolerance?: number;
  /** SHA-256 as hexadecimal text. */
  readonly sha256: Hash;
}

/**
 * The files of a model by name; the same model gives the same bytes.
 * Throws {@link ModelError} where the model says something that bioimage.io does not allow.
 */
export async function writeModelFiles(
  model: Model,
  parts: ModelParts,
): Promise<Record<string, Uint8Array>> {
  checkCard(model);
  if (model.postprocessing)
    throw new ModelError(
      "a model whose maps are changed before cells are looked for is passed on as the package it came in",
    );
  const input = writeNpy(parts.testInput);
  const output = writeNpy(parts.testOutput);
  const hashes = {
    weights: await parts.sha256(parts.weights),
    input: await parts.sha256(input),
    output: await parts.sha256(output),
  };
  const description = describe(model, hashes, parts.cover !== undefined, parts.tolerance ?? 1e-3);
  return {
    [MODEL_FILE.description]: writeYaml(description),
    [MODEL_FILE.weights]: parts.weights,
    [MODEL_FILE.input]: input,
    [MODEL_FILE.output]: output,
    [MODEL_FILE.card]: strToU8(parts.readme),
    ...(parts.cover && { [MODEL_FILE.cover]: parts.cover }),
  };
}

/** Throws {@link ModelError} unless a card's texts are ones that bioimage.io allows. */
export function checkCard(card: ModelCard): void {
  const { name, description, channels, maps } = card;
  if (!/^[A-Za-z0-9_+\- ()]{5,128}$/.test(name))
    throw new ModelError(
      `the model's name must be 5 to 128 letters, digits, blanks or _ + - ( ), got "${name.slice(0, 140)}"`,
    );
  if (description.trim() === "" || description.length > 1024)
    throw new ModelError(
      `the model's description must have 1 to 1024 characters, has ${description.length}`,
    );
  for (const [what, names] of [["channel", channels] as const, ["map", maps] as const]) {
    if (names.length === 0) throw new ModelError(`the model must name its ${what}s, names none`);
    for (const one of names)
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(one))
        throw new ModelError(
          `a ${what}'s name must be letters, digits and _, got "${one.slice(0, 80)}"`,
        );
  }
}

function describe(
  model: Model,
  hashes: Readonly<Record<"weights" | "input" | "output", string>>,
  covered: boolean,
  tolerance: number,
): object {
  const { normalization, decoder } = model;
  const operations = operationsOf(normalization);
  return {
    format_version: FORMAT_VERSION,
    type: "model",
    name: model.name,
    description: model.description,
    version: model.version,
    license: model.license,
    authors: model.authors,
    tags: model.tags,
    cite: model.citations,
    documentation: MODEL_FILE.card,
    covers: covered ? [MODEL_FILE.cover] : undefined,
    ...tensors(model, operations ?? [], hashes),
    weights: { onnx: { source: MODEL_FILE.weights, sha256: hashes.weights, opset_version: OPSET } },
    config: {
      bioimageio: {
        reproducibility_tolerance: [
          { relative_tolerance: tolerance, absolute_tolerance: tolerance },
        ],
      },
      cellwright: {
        ...(operations ? {} : { normalization }),
        decoder,
        diameter: model.diameter,
        types: model.types,
      },
    },
  };
}

/** The tensors: their axes, sizes and borders follow from the network. */
function tensors(
  model: Model,
  preprocessing: readonly object[],
  hashes: Readonly<Record<"input" | "output", string>>,
): { inputs: object[]; outputs: object[] } {
  const { least, step, halo, crop } = inputSizes(model.graph);
  const scale = model.pixelSize === undefined ? {} : { unit: "micrometer", scale: model.pixelSize };
  const inner = (id: string) => ({ type: "space", id, size: { min: least, step }, ...scale });
  const outer = (id: string) => {
    const size = { tensor_id: "image", axis_id: id, offset: crop === 0 ? 0 : -crop };
    return { type: "space", id, size, ...(halo > 0 && { halo }), ...scale };
  };
  const batch = { type: "batch" };
  const channel = (names: readonly string[]) => ({ type: "channel", channel_names: names });
  const input = {
    id: "image",
    axes: [batch, channel(model.channels), inner("y"), inner("x")],
    test_tensor: { source: MODEL_FILE.input, sha256: hashes.input },
    data: { type: "float32" },
    preprocessing,
  };
  const output = {
    id: "maps",
    axes: [batch, channel(model.maps), outer("y"), outer("x")],
    test_tensor: { source: MODEL_FILE.output, sha256: hashes.output },
    data: { type: "float32" },
  };
  return { inputs: [input], outputs: [output] };
}

/** Which sizes of image a network takes, and what becomes of its border; along y and x alike, in pixels. */
export interface InputSizes {
  /** The smallest length that leaves one pixel to trust. */
  readonly least: number;
  /** Lengths are `least` plus a multiple of this. */
  readonly step: number;
  /** At each side of the maps, so many pixels miss some of what the network looks at. */
  readonly halo: number;
  /** The maps are this much shorter than the image. */
  readonly crop: number;
}

/** The sizes of image that a network takes, as bioimage.io describes them. */
export function inputSizes(graph: Graph): InputSizes {
  const { halo, crop, stride } = fieldOf(graph);
  const border = Math.max(0, halo.before - crop.before, halo.after - crop.after);
  const lost = crop.before + crop.after;
  const least = Math.ceil((2 * border + lost + 1) / stride) * stride;
  return { least, step: stride, halo: border, crop: lost };
}
