/**
 * Prior methods by name, to be used where the name of a model is: they need no network, so what a network gains on one's
 * own images can be scored.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import type { Image, Labels } from "../image.js";
import { bacteriaParameters, classicalBacteria } from "./bacteria.js";
import { classicalNuclei, nucleiParameters } from "./nuclei.js";

/** What a classical method says of itself: the fields of a model's card that it has. */
export interface ClassicalModel {
  /** One of {@link classicalNames}. */
  readonly name: string;
  /** One sentence: which cells it finds, and how. */
  readonly description: string;
  /** What the one channel that it looks at must show. */
  readonly channels: readonly string[];
  /** Every number it works with, for reports. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** How {@link runClassical} runs. */
export interface ClassicalOptions {
  /** Diameter in pixels of the cells in this image; the method's own default without. */
  readonly diameter?: number;
}

/** A method: its card, what follows from the cells' diameter, and how to run it. */
interface Method {
  readonly description: string;
  readonly channel: string;
  /** All parameters, for cells of this diameter where one is given. */
  readonly parameters: (diameter?: number) => Readonly<Record<string, number>>;
  readonly run: (image: Image, parameters: Readonly<Record<string, number>>) => Labels;
}

const methods: Readonly<Record<string, Method>> = {
  "classical-nuclei": {
    description:
      "Bright nuclei on a dark background: local threshold around Otsu's, distance watershed; no network.",
    channel: "nuclear",
    parameters: (diameter) => ({
      ...nucleiParameters(diameter === undefined ? {} : { window: within(diameter / 2, 1, 500) }),
    }),
    run: (image, parameters) => classicalNuclei(image, parameters),
  },
  "classical-bacteria": {
    description:
      "Dark rods in phase contrast: background taken away, local threshold, distance watershed; no network.",
    channel: "phase",
    // A rod four times as long as wide has the area of a circle about twice as wide as the rod.
    parameters: (diameter) => ({
      ...bacteriaParameters(diameter === undefined ? {} : { width: within(diameter / 2, 2, 200) }),
    }),
    run: (image, parameters) => classicalBacteria(image, parameters),
  },
};

/** The names that may stand where a model's name does. */
export const classicalNames: readonly string[] = Object.keys(methods);

/** What the method of a name says of itself; undefined where the name is none of {@link classicalNames}. */
export function classicalModel(
  name: string,
  options: ClassicalOptions = {},
): ClassicalModel | undefined {
  const method = methodOf(name);
  if (!method) return undefined;
  const { description, channel } = method;
  return {
    name,
    description,
    channels: [channel],
    parameters: method.parameters(options.diameter),
  };
}

/**
 * Finds the cells of an image `"yx"`, the channel that the method asks for. The same numbers as in {@link classicalModel}.
 * Throws {@link ShapeError} for an image of other axes or with pixels that are no numbers, and for a name that is none of
 * {@link classicalNames}.
 */
export function runClassical(name: string, image: Image, options: ClassicalOptions = {}): Labels {
  const method = methodOf(name);
  if (!method) throw new ShapeError("method", `one of ${classicalNames.join(", ")}`, `"${name}"`);
  return method.run(image, method.parameters(options.diameter));
}

function methodOf(name: string): Method | undefined {
  return Object.hasOwn(methods, name) ? methods[name] : undefined;
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
