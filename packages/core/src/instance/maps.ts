/**
 * What the decoders read from a network's maps.
 * In: maps `[c, y, x]`. Out: single planes and masks.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import { checkImage, type Image, type Mask, planeOf, type Tensor } from "../image.js";

/** Throws {@link ShapeError} unless these are maps `"cyx"` with at least `channels` channels. */
export function checkMaps(maps: Tensor, channels: number, meaning: string): void {
  checkImage(maps, "maps");
  if (maps.axes !== "cyx") throw new ShapeError("maps axes", '"cyx"', `"${maps.axes}"`);
  if (maps.shape[0] < channels)
    throw new ShapeError("maps", `${channels} or more channels (${meaning})`, `${maps.shape[0]}`);
}

/**
 * The probability of being inside a cell, from maps whose first channel is the cell's edge, whose last is the background
 * and whose others are interiors, one for each kind of cell: the interiors added up.
 */
export function interiorOf(maps: Tensor): Image<Float32Array> {
  checkMaps(maps, 3, "edge, interior, background");
  const kinds = maps.shape[0] - 2;
  if (kinds === 1) return planeOf(maps, { c: 1 });
  const sum = planeOf(maps, { c: 1 }).data.slice();
  for (let c = 2; c <= kinds; c++) {
    const plane = planeOf(maps, { c }).data;
    for (let i = 0; i < sum.length; i++) sum[i] += plane[i];
  }
  return { ...planeOf(maps), data: sum };
}

/** 1 where the map is above the threshold; NaN is not. */
export function above(map: Image<Float32Array>, threshold: number): Mask {
  const data = new Uint8Array(map.data.length);
  for (let i = 0; i < data.length; i++) data[i] = map.data[i] > threshold ? 1 : 0;
  return { ...map, data };
}
