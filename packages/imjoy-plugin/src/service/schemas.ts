/**
 * What arguments and options are, as JSON schema: for agents, and for forms.
 *
 * @module
 */
import { LABELS_AS } from "./answers.js";
import { OUTPUTS } from "./segment.js";

/** A JSON schema, as far as ours go. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
}

/** An image, wherever an argument is one. */
export const image: Schema = {
  description:
    "an ndarray (uint8 … float64; [H, W], [H, W, C], [Z, H, W] or with options.axes), {url} of a TIFF, OME-TIFF, PNG, NPY or OME-Zarr, or an ITK image",
};
/** Labels. */
export const labels: Schema = {
  description: "whole numbers, 0 is background: an ndarray, or {url}",
};
/** The id of a request. */
export const request: Schema = { type: "string", description: "as the call was named or answered" };

const optionSchemas: Readonly<Record<string, Schema>> = {
  model: { type: "string", description: "id of list_models; default nuclei" },
  seeds: { type: "string", description: "model of the nuclei that cells grow from" },
  channels: {
    description:
      "which channels show what the model wants: a number or name, a list, or {phase: 0, nuclear: 1}",
  },
  axes: { type: "string", description: 'a letter for each axis of the array, such as "zyxc"' },
  pixel_size: { type: "number", description: "micrometres a pixel" },
  diameter: { type: "number", description: "of the cells, pixels" },
  keep_size: { type: "boolean", description: "look at the pixels as they are" },
  average_turns: {
    type: "boolean",
    description: "average over flips and turns; eight times the work",
  },
  saturated: { type: "number", description: "percent of the brightest pixels that count as equal" },
  tile: { type: "integer", description: "side of the pieces that are worked on" },
  labels: { type: "string", enum: LABELS_AS, description: "numbers of the labels; default auto" },
  outputs: {
    type: "array",
    items: { type: "string", enum: OUTPUTS },
    description: 'what to answer; default ["labels"]',
  },
  show: { type: "boolean", description: "lay image and cells into the window; default true" },
  divisions: { type: "boolean", description: "whether cells divide; default true" },
  epochs: { type: "integer", minimum: 1, description: "rounds of training" },
  minutes: { type: "number", description: "train for about so long instead" },
  steps: { type: "integer", minimum: 1, description: "batches an epoch" },
  name: { type: "string", description: "what to call it" },
  seed: { type: "integer", description: "the same seed gives the same model" },
  request_id: { type: "string", description: "to cancel the call by; default one that we make" },
  on_progress: {
    description:
      "a function, told {request_id, share, message}; over ImJoy, set _rintf: true on the object it is in",
  },
};

/** Options by their names. */
export function optionsSchema(names: readonly string[]): Schema {
  return {
    type: "object",
    description: "all may be left out",
    properties: Object.fromEntries(names.map((name) => [name, optionSchemas[name]])),
  };
}
