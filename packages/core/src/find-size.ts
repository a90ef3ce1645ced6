/**
 * At what size a network is to see an image: what is known of its cells or pixels, else what the network says itself.
 *
 * @module
 */
import type { Program } from "./engine.js";
import { estimateSize } from "./estimate.js";
import type { Tensor } from "./image.js";
import type { Model } from "./model.js";
import { zoomFor } from "./size.js";
import type { Watch } from "./source.js";

/** What is known of an image. */
interface Known extends Pick<Watch, "signal"> {
  readonly diameter?: number;
  readonly pixelSize?: number;
  readonly rescale?: boolean;
}

/** At what size to look at an image; with the maps of the whole of it, where that has been done on the way. */
export interface Sized {
  readonly zoom: number;
  readonly zoomFrom: "diameter" | "pixel-size" | "estimate" | "none";
  readonly diameter?: number;
  readonly maps?: Tensor;
}

/** How to look at an image; `tensor` gives it normalised, where the cells must be looked at to know. */
export async function findSize(
  tensor: () => Tensor,
  model: Pick<Model, "decoder" | "diameter" | "pixelSize" | "types">,
  program: Program,
  { diameter, pixelSize, rescale, signal }: Known,
): Promise<Sized> {
  if (rescale === false) return { zoom: 1, zoomFrom: "none" };
  if (diameter && model.diameter)
    return { zoom: zoomFor(diameter, model.diameter), zoomFrom: "diameter", diameter };
  if (pixelSize && model.pixelSize)
    return { zoom: pixelSize / model.pixelSize, zoomFrom: "pixel-size" };
  // Where cells are of several types, how large they are tells them apart: that is not to be taken away unasked.
  const { decoder } = model;
  const silent = !model.diameter || model.types || decoder.kind === "cytoplasm";
  if (silent) return { zoom: 1, zoomFrom: "none" };
  const found = await estimateSize(tensor(), program, decoder, model.diameter, { signal });
  return { zoom: zoomFor(found?.diameter, model.diameter), zoomFrom: "estimate", ...found };
}
