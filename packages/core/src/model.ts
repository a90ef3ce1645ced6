/**
 * A trained network with all that is needed to use it: what to feed it, how to read cells from its maps, who made it.
 * On disk it is a bioimage.io model, see `model-write` and `model-read`.
 *
 * @module
 */
import type { Decoder } from "./instance/decode.js";
import type { Graph } from "./network.js";
import type { Normalization } from "./normalize.js";
import type { ModelOperation } from "./operation/operation.js";

/** Somebody to thank or to ask. */
export interface Author {
  readonly name: string;
  readonly affiliation?: string;
  /** Such as `0000-0002-1825-0097`. */
  readonly orcid?: string;
}

/** What to cite when the model was used: a text and a DOI or an address. */
export interface Citation {
  readonly text: string;
  readonly doi?: string;
  readonly url?: string;
}

/** What a model says of itself, without its network. */
export interface ModelCard {
  /** 5 to 128 letters, digits, blanks and `_ + - ( )`, as bioimage.io wants it. */
  readonly name: string;
  /** One sentence: which cells, which microscope. At most 1024 characters. */
  readonly description: string;
  readonly version?: string;
  /** What the image's channels must show, in this order, such as `["phase", "nuclear"]`. */
  readonly channels: readonly string[];
  /** What the network's maps mean, in their order, such as `["edge", "interior", "background"]`. */
  readonly maps: readonly string[];
  /** How to bring the brightness of an image to what the network was trained on. */
  readonly normalization: Normalization;
  /** What is done to the maps of a whole image before cells are looked for; nothing where absent. */
  readonly postprocessing?: readonly ModelOperation[];
  /** How to find single cells in the maps. */
  readonly decoder: Decoder;
  /** Micrometres a pixel as the network wants to see it. */
  readonly pixelSize?: number;
  /** The typical diameter in pixels of the cells as the network wants to see them, see `typicalDiameter`. */
  readonly diameter?: number;
  /** The types it tells cells apart by; each is the name of one of its maps. */
  readonly types?: readonly string[];
  /** SPDX name, such as `MIT` or `CC-BY-4.0`; absent where nobody has said. */
  readonly license?: string;
  readonly authors?: readonly Author[];
  readonly tags?: readonly string[];
  readonly citations?: readonly Citation[];
  /** SHA-256 of the file of weights, as 64 hexadecimal digits; known once it was written or read. */
  readonly weightsHash?: string;
}

/** A trained network and all that is needed to use it. Its graph eats `[n, c, y, x]` and gives `[n, maps, y, x]`. */
export interface Model extends ModelCard {
  readonly graph: Graph;
}
