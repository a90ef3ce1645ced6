/**
 * From maps to cells: which decoder a model names, with which parameters, as plain data; and running it.
 * In: maps `[c, y, x]` and a decoder. Out: labels `[y, x]`.
 *
 * @module
 */
import { ModelError } from "../errors.js";
import type { Labels, Mask, Tensor } from "../image.js";
import type { Watch } from "../source.js";
import { type BacteriaDecoder, decodeBacteria } from "./bacteria.js";
import { type CellposeDecoder, decodeCellpose } from "./cellpose.js";
import { type CytoplasmDecoder, decodeCytoplasm } from "./cytoplasm.js";
import { decodeNuclei, type NucleiDecoder } from "./nuclei.js";
import { decodeStardist, type StardistDecoder } from "./stardist.js";
import { decodeWatershed, type WatershedDecoder } from "./watershed.js";

/** How to find cells in a network's maps, with every parameter. */
export type Decoder =
  | WatershedDecoder
  | NucleiDecoder
  | BacteriaDecoder
  | CytoplasmDecoder
  | StardistDecoder
  | CellposeDecoder;

/** What {@link decode} is given besides maps and decoder. */
export interface DecodeOptions extends Watch {
  /** The nuclei that cells grow from; the cytoplasm decoder needs them, the others take none. */
  readonly seeds?: Labels | Mask;
  /** Height and width of the labels, for decoders of maps that have a pixel for several of the image's. */
  readonly size?: readonly [height: number, width: number];
}

/**
 * Finds the cells in the maps. Throws `ShapeError` where the maps lack a channel the decoder needs, or the cytoplasm
 * decoder is given no seeds.
 */
export function decode(maps: Tensor, decoder: Decoder, options: DecodeOptions = {}): Labels {
  options.signal?.throwIfAborted();
  switch (decoder.kind) {
    case "watershed":
      return decodeWatershed(maps, decoder);
    case "nuclei":
      return decodeNuclei(maps, decoder);
    case "bacteria":
      return decodeBacteria(maps, decoder);
    case "cytoplasm":
      return decodeCytoplasm(maps, decoder, options);
    case "stardist":
      return decodeStardist(maps, decoder, options.size);
    case "cellpose":
      return decodeCellpose(maps, decoder);
  }
}

/** What a parameter may be, and what it is where nothing is said. */
type Parameter =
  | {
      readonly default: number;
      readonly max: number;
      readonly min?: number;
      readonly whole?: boolean;
    }
  | { readonly default: boolean };

const share = (value: number): Parameter => ({ default: value, max: 1 });
const pixels = (value: number): Parameter => ({ default: value, max: 1e9, whole: true });

type Parameters<D extends Decoder> = Readonly<Record<Exclude<keyof D, "kind">, Parameter>>;

const parameters: { readonly [D in Decoder as D["kind"]]: Parameters<D> } = {
  watershed: {
    threshold: share(0.5),
    prominence: share(0.12),
    minHeight: share(0.3),
    smoothing: { default: 1, max: 100 },
    minArea: pixels(16),
  },
  nuclei: {
    threshold: share(0.75),
    minArea: pixels(100),
    maxEccentricity: share(0.95),
    minSolidity: share(0.75),
  },
  bacteria: {
    threshold: share(0.6),
    minArea: pixels(25),
    minEccentricity: share(0.1),
    border: pixels(0),
    clearBorder: { default: false },
  },
  cytoplasm: {
    iterations: { default: 120, max: 10_000, whole: true },
    smoothing: { default: 1, max: 100, whole: true },
  },
  stardist: {
    threshold: share(0.5),
    overlap: share(0.4),
    rays: { default: 32, min: 3, max: 1024, whole: true },
    grid: { default: 1, min: 1, max: 64, whole: true },
    border: pixels(2),
  },
  cellpose: {
    threshold: { default: 0, min: -1000, max: 1000 },
    flowError: { default: 0.4, max: 1000 },
    minArea: pixels(15),
    steps: { default: 200, min: 1, max: 100_000, whole: true },
  },
};

/**
 * A decoder from parsed data, such as a model's description: `{ kind: "watershed", threshold: 0.4 }`. What is left out
 * gets its default. Throws {@link ModelError} naming the field that is unknown or out of range.
 */
export function checkDecoder(value: unknown): Decoder {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrong("decoder", 'fields, such as kind: "watershed"', value);
  const given = value as Readonly<Record<string, unknown>>;
  const kinds = Object.keys(parameters);
  const kind = kinds.find((name) => name === given.kind);
  if (kind === undefined) throw wrong("decoder kind", `one of ${kinds.join(", ")}`, given.kind);
  const known: Readonly<Record<string, Parameter>> = parameters[kind as Decoder["kind"]];
  for (const field of Object.keys(given))
    if (field !== "kind" && !Object.hasOwn(known, field))
      throw wrong(`field of the ${kind} decoder`, `one of ${Object.keys(known).join(", ")}`, field);
  const decoder: Record<string, unknown> = { kind };
  for (const [field, parameter] of Object.entries(known))
    decoder[field] = checkParameter(`decoder ${field}`, parameter, given[field]);
  return decoder as unknown as Decoder;
}

function checkParameter(what: string, parameter: Parameter, value: unknown): number | boolean {
  if (value === undefined) return parameter.default;
  if (!("max" in parameter)) {
    if (typeof value === "boolean") return value;
    throw wrong(what, "true or false", value);
  }
  const { min = 0, max, whole } = parameter;
  if (typeof value === "number" && value >= min && value <= max && !(whole && value % 1 !== 0))
    return value;
  throw wrong(what, `a ${whole ? "whole number" : "number"} from ${min} to ${max}`, value);
}

function wrong(what: string, expected: string, value: unknown): ModelError {
  const actual =
    value === undefined
      ? "nothing"
      : typeof value === "number"
        ? `${value}`
        : (JSON.stringify(value) ?? typeof value);
  return new ModelError(`${what} must be ${expected}, got ${actual}`, { what, expected, actual });
}
