/**
 * The whole road in one call: raw image → normalised → maps → cells.
 * In: an image `"yx"` or `"cyx"` with the channels a model wants, the model, and its network ready to run.
 * Out: labels `"yx"` of the image's size.
 *
 * @module
 */

import type { Program } from "./engine.js";
import { ShapeError } from "./errors.js";
import { checkImage, type Image, type Labels, lengthOf, type Mask } from "./image.js";
import { decode } from "./instance/decode.js";
import type { Model } from "./model.js";
import { normalize } from "./normalize.js";
import { checkSameSize } from "./plane.js";
import { type PredictOptions, predict } from "./predict.js";

/** Options of {@link segment}; `onProgress` counts tiles. */
export interface SegmentOptions extends PredictOptions {
  /** For decoders that grow cells from seeds: nuclei, or a mask of them, of the image's size. */
  readonly seeds?: Labels | Mask;
}

/**
 * Finds the cells of an image: each gets a number of its own, background is 0. The same image, model and engine give
 * the same labels, whatever the tile and batch.
 *
 * Throws {@link ShapeError} where the image has other axes or another number of channels than the model,
 * where seeds are of another size, and whatever {@link normalize}, {@link predict} and {@link decode} throw.
 */
export async function segment(
  image: Image,
  model: Pick<Model, "channels" | "normalization" | "decoder">,
  program: Program,
  options: SegmentOptions = {},
): Promise<Labels> {
  const { seeds, signal, ...rest } = options;
  signal?.throwIfAborted();
  checkChannels(image, model.channels);
  if (seeds) checkSameSize(seeds, "seeds", image, "image");
  const tensor = normalize(image, model.normalization);
  const maps = await predict(tensor, program, { ...rest, signal });
  return decode(maps, model.decoder, { seeds, signal });
}

function checkChannels(image: Image, channels: readonly string[]): void {
  if (image.axes !== "yx" && image.axes !== "cyx")
    throw new ShapeError("image axes", '"yx" or "cyx"', `"${image.axes}"`);
  checkImage(image);
  const found = lengthOf(image, "c");
  if (found !== channels.length)
    throw new ShapeError(
      "channels of the image",
      `${channels.length} (${channels.join(", ")}) for this model`,
      `${found}`,
    );
}
