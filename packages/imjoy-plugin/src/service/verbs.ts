/**
 * The verbs by name: what they take, in words that programs read too (JSON schema), and who does the work.
 *
 * @module
 */
import { readYaml } from "@cellwright/core";
import { LABELS_AS, writeLabels } from "./answers.js";
import type { Call } from "./call.js";
import { Fault, worded, wrong } from "./fault.js";
import type { ServiceHost } from "./host.js";
import { LEARN_FIELDS, learnVerb } from "./learn.js";
import { MEASURE_FIELDS, measureVerb } from "./measure.js";
import { fieldsOf } from "./read.js";
import { image, labels, optionsSchema, request, type Schema } from "./schemas.js";
import { SEGMENT_FIELDS, segmentVerb } from "./segment.js";
import { LABELS, readLabels, readSource } from "./source.js";
import { TRACK_FIELDS, trackVerb } from "./track.js";

/** The arguments of a call by their names. */
export type Arguments = ReadonlyMap<string, unknown>;

/** A verb. */
export interface Verb {
  readonly description: string;
  /** Its arguments in their order, `options` among them. */
  readonly parameters: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Names of its options: in Python, arguments too. */
  readonly options: readonly string[];
  /** Whether it waits for its turn. */
  readonly queued?: boolean;
  run(args: Arguments, host: ServiceHost, call: Call): Promise<unknown>;
}

/** Options of other runners that change nothing here. */
const PASSED_OVER = [
  "weights_format",
  "device",
  "default_blocksize_parameter",
  "sample_id",
  "cache",
  "return_download_url",
  "skip_cache",
] as const;

const given = (args: Arguments, name: string) => args.get(name);
const optionsOf = (args: Arguments) => fieldsOf(given(args, "options"), "options");
const idOf = (args: Arguments, name: string): string => {
  const value = given(args, name);
  if (typeof value !== "string" || value === "" || value.length > 256)
    throw wrong(name, "text of 1 to 256 characters", worded(value));
  return value;
};

/** All verbs but those of requests, which need to know of the others: `cancel` and the like. */
export const verbs: Readonly<Record<string, Verb>> = {
  segment: {
    description: "Finds the cells of an image: labels, and on request outlines and a table.",
    parameters: { image, options: optionsSchema(SEGMENT_FIELDS) },
    required: ["image"],
    options: SEGMENT_FIELDS,
    queued: true,
    run: (args, host, call) => segmentVerb(given(args, "image"), optionsOf(args), host, call),
  },
  track: {
    description:
      "Gives the cells of a movie one number over time. Frames are labels; with options.model they are images, whose cells are found first.",
    parameters: {
      frames: { description: "an ndarray [T, H, W], or {url}" },
      options: optionsSchema(TRACK_FIELDS),
    },
    required: ["frames"],
    options: TRACK_FIELDS,
    queued: true,
    run: (args, host, call) => trackVerb(given(args, "frames"), optionsOf(args), host, call),
  },
  measure: {
    description: "Measures cells: size, shape and, with an image, brightness.",
    parameters: { labels, image, options: optionsSchema(MEASURE_FIELDS) },
    options: MEASURE_FIELDS,
    queued: true,
    run: (args, host, call) =>
      measureVerb(given(args, "labels"), given(args, "image"), optionsOf(args), host, call),
  },
  finetune: {
    description:
      "Goes on training a model on images with cells that are right. A fifth is held back to judge by; the new model is there for segment afterwards, where it is better.",
    parameters: {
      examples: {
        type: "array",
        items: { type: "object", properties: { image, labels }, required: ["image", "labels"] },
      },
      options: optionsSchema(LEARN_FIELDS),
    },
    required: ["examples"],
    options: LEARN_FIELDS,
    queued: true,
    run: (args, host, call) => learnVerb(given(args, "examples"), optionsOf(args), host, call),
  },
  list_models: {
    description: "The models there are.",
    parameters: {},
    options: [],
    run: async (_, host) => host.models(),
  },
  get_model_rdf: {
    description: "The description of a model in bioimage.io's format, as an object.",
    parameters: { model_id: { type: "string", description: "id of list_models" } },
    required: ["model_id"],
    options: [],
    run: async (args, host) => {
      const id = idOf(args, "model_id");
      const bytes = await host.description(id);
      if (!bytes) throw new Fault("missing", `${id} is a method without a network: it has no RDF`);
      return readYaml(`${id}/bioimageio.yaml`, bytes);
    },
  },
  open: {
    description: "Opens an image and shows it, where there is a window.",
    parameters: { source: image, options: optionsSchema(["axes", "pixel_size", "name"]) },
    required: ["source"],
    options: ["axes", "pixel_size", "name"],
    queued: true,
    run: async (args, host, call) => {
      const options = optionsOf(args).only(["axes", "pixel_size", "name"]);
      const found = await readSource(given(args, "source"), options, host, call.signal);
      const name = options.text("name", 256) ?? found.name;
      await host.stage(call.caller).open({ ...found, name });
      const { axes, shape, type, channels } = found.reader;
      return {
        name,
        axes,
        shape: [...shape],
        dtype: type,
        ...(channels && { channels: [...channels] }),
      };
    },
  },
  get_labels: {
    description: "The labels as they are now: found, or set, and corrected by hand since.",
    parameters: { options: optionsSchema(["labels"]) },
    options: ["labels"],
    run: async (args, host, call) => {
      const as = optionsOf(args).only(["labels"]).word("labels", LABELS_AS) ?? "auto";
      const found = await host.stage(call.caller).labels(call.signal);
      if (!found) throw noLabels();
      return { labels: writeLabels(found, as, found.shape, call.wire), axes: found.axes };
    },
  },
  set_labels: {
    description: "Puts labels over the image, to be corrected by hand.",
    parameters: { labels, options: optionsSchema(["axes", "pixel_size", "name"]) },
    required: ["labels"],
    options: ["axes", "pixel_size", "name"],
    run: async (args, host, call) => {
      const options = optionsOf(args).only(["axes", "pixel_size", "name"]);
      const source = await readSource(given(args, "labels"), options, host, call.signal, LABELS);
      const found = await readLabels(source, call.signal);
      await host.stage(call.caller).setLabels(found, options.text("name", 256) ?? "labels");
      return { shape: [...found.shape], axes: found.axes };
    },
  },
  export: {
    description:
      "The labels as files of a format of other programs: a list of {name, type, bytes}.",
    parameters: {
      format: {
        type: "string",
        description: "tif, geojson, roi, npy, coco or csv; in a window more",
      },
    },
    required: ["format"],
    options: [],
    run: async (args, host, call) => {
      const format = idOf(args, "format");
      if (!host.formats.includes(format))
        throw wrong("format", `one of ${host.formats.join(", ")}`, worded(format));
      const files = await host.stage(call.caller).save(format, call.signal);
      if (files.length === 0) throw noLabels();
      return files.map(({ name, type, bytes }) => ({
        name,
        type,
        bytes: call.wire === "buffer" ? bytes.slice().buffer : bytes.slice(),
      }));
    },
  },
};

function noLabels(): Fault {
  return new Fault("missing", "there are no labels yet: segment an image, or set some");
}

/** What BioEngine's clients give `infer` beside the model and its input, and what of that is ours. */
export function inferOptions(args: Arguments): Record<string, unknown> {
  const options = { ...(given(args, "options") as Record<string, unknown> | undefined) };
  for (const name of PASSED_OVER) delete options[name];
  return { ...options, model: idOf(args, "model_id"), show: false };
}

/** The input of `infer`: an array, or the only one of a dictionary of them. */
export function inferInput(args: Arguments): unknown {
  const inputs = given(args, "inputs");
  const isDictionary =
    typeof inputs === "object" &&
    inputs !== null &&
    Object.getPrototypeOf(inputs) === Object.prototype &&
    !["_rtype", "url", "imageType", "shape"].some((name) => Object.hasOwn(inputs, name));
  if (!isDictionary) return inputs;
  const values = Object.entries(inputs).filter(([name]) => !name.startsWith("_"));
  if (values.length !== 1) throw wrong("inputs", "one image", `${values.length}`);
  return values[0][1];
}

/** Verbs of requests: what they take. */
export const requestVerbs: Readonly<Record<string, Omit<Verb, "run">>> = {
  infer: {
    description:
      "segment for clients that come back later: answers a request id at once, for get_infer_status.",
    parameters: {
      model_id: { type: "string", description: "id of list_models" },
      inputs: image,
      options: optionsSchema(SEGMENT_FIELDS.filter((name) => name !== "model" && name !== "show")),
    },
    required: ["model_id", "inputs"],
    options: [...SEGMENT_FIELDS, ...PASSED_OVER],
  },
  get_infer_status: {
    description: "How a request stands, with its result where it is done.",
    parameters: { request_id: request },
    required: ["request_id"],
    options: [],
  },
  cancel_request: {
    description: "Cancels a request of infer.",
    parameters: { request_id: request },
    required: ["request_id"],
    options: [],
  },
  cancel: {
    description: "Cancels a call by its request_id, or all of the caller's.",
    parameters: { request_id: request },
    options: [],
  },
};
