/**
 * The maps of an image by a model, with all that its description asks for before and after the network. Steps 2 to 7 of
 * the road.
 * In: an image `"yx"` or `"cyx"` at the size that the network wants, the model, its network ready to run. Out: maps `"cyx"`.
 *
 * @module
 */
import type { Program } from "./engine.js";
import type { Image, Tensor } from "./image.js";
import type { Model } from "./model.js";
import { normalize } from "./normalize.js";
import { operateOnImage } from "./operation/apply.js";
import { type PredictOptions, predict } from "./predict.js";

/** What of a model {@link findMaps} needs. */
export type MapsModel = Pick<Model, "normalization" | "postprocessing">;

/** The maps of an image, nothing rescaled. Throws what `normalize` and `predict` throw. */
export async function findMaps(
  image: Image,
  model: MapsModel,
  program: Program,
  options: PredictOptions = {},
): Promise<Tensor> {
  const maps = await predict(normalize(image, model.normalization), program, options);
  return model.postprocessing ? operateOnImage(maps, model.postprocessing, image) : maps;
}
