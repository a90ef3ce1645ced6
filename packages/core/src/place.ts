/**
 * An image that was cut out of a larger one, looked at as that one would be: on the same grid of pixels at another size, and
 * in step with the pooling of the network.
 * In: where the image lies, the zoom. Out: which pixels of the zoomed larger image it can make, these, and labels drawn back.
 *
 * @module
 */
import { ShapeError } from "./errors.js";
import { type Image, type Labels, lengthOf, type Pixels, type Tensor } from "./image.js";
import type { Decoder } from "./instance/decode.js";
import {
  redrawLabelsAlong,
  resampleBy,
  resampleLabelsAlong,
  type Stretch,
  supportOf,
  weightsOf,
} from "./resample.js";
import type { Box } from "./tile.js";

/** Where an image lies in the one that it was cut out of, and how large that one is, in pixels. */
export interface Place {
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
}

/** What an image can make of the zoomed larger one. */
export interface ZoomedPlace {
  /** Along y and x: the larger image's pixels and the zoomed one's; of these the stretch that the image can make. */
  readonly y: Stretch;
  readonly x: Stretch;
}

/**
 * The pixels of the zoomed larger image of which all is there that they are made of. They begin at a multiple of `step` from
 * the one end, and end at one from the other, so that a network that pools sees them as it would in the larger image, and
 * as it would with that one turned round. Throws {@link ShapeError} where the image does not lie in the larger one, or too
 * little of it is there.
 */
export function zoomPlace(image: Image, place: Place, zoom: number, step: number): ZoomedPlace {
  return {
    y: zoomAxis(place.y, lengthOf(image, "y"), place.height, zoom, step),
    x: zoomAxis(place.x, lengthOf(image, "x"), place.width, zoom, step),
  };
}

function zoomAxis(
  start: number,
  length: number,
  whole: number,
  zoom: number,
  step: number,
): Stretch {
  if (!(start >= 0 && start + length <= whole))
    throw new ShapeError("place", `within ${whole} pixels`, `${length} from ${start} on`);
  const to = Math.max(1, Math.round(whole * zoom));
  const isThere = (i: number) => {
    const [first, last] = to === whole ? [i, i] : supportOf(i, whole, to);
    return first >= start && last < start + length;
  };
  // A step further than can be: rounding may take a pixel, never two.
  let first = step * Math.max(0, Math.ceil((start * to) / whole / step) - 1);
  while (first < to && !isThere(first)) first += step;
  let end = to - step * Math.max(0, Math.ceil(((whole - start - length) * to) / whole / step) - 1);
  while (end > first && !isThere(end - 1)) end -= step;
  if (end <= first)
    throw new ShapeError("image", `at least ${2 * step} zoomed pixels wide`, `${length} pixels`);
  return { from: whole, to, fromStart: start, toStart: first, length: end - first };
}

/** The zoomed pixels that an image `"cyx"` or `"yx"` makes. */
export function zoomInto(image: Image, { y, x }: ZoomedPlace): Image {
  if (y.from === y.to && x.from === x.to)
    return cut(image, {
      ...{ y: y.toStart - y.fromStart, height: y.length },
      ...{ x: x.toStart - x.fromStart, width: x.length },
    });
  return resampleBy(image, weightsOf(y.from, y.to, y), weightsOf(x.from, x.to, x));
}

/** The same box, which is one of the image, in zoomed pixels that were made: all that it touches, as far as they go. */
export function zoomBox(box: Box, { y, x }: ZoomedPlace): Box {
  const along = (stretch: Stretch, from: number, length: number) => {
    const ratio = stretch.to / stretch.from;
    const start = Math.floor((from + stretch.fromStart) * ratio);
    const end = Math.ceil((from + stretch.fromStart + length) * ratio);
    const first = Math.min(Math.max(0, start - stretch.toStart), stretch.length - 1);
    return [first, Math.max(1, Math.min(stretch.length, end - stretch.toStart) - first)] as const;
  };
  const [top, height] = along(y, box.y, box.height);
  const [left, width] = along(x, box.x, box.width);
  return { y: top, x: left, height, width };
}

/** A box of the zoomed pixels that were made, by itself. */
export function narrowPlace({ y, x }: ZoomedPlace, box: Box): ZoomedPlace {
  return {
    y: { ...y, toStart: y.toStart + box.y, length: box.height },
    x: { ...x, toStart: x.toStart + box.x, length: box.width },
  };
}

/** Labels of the zoomed pixels, drawn at the image's size; 0 where there are none. `maps` are of the labels' size. */
export function drawBack(
  labels: Labels,
  maps: Tensor,
  decoder: Decoder,
  image: Image,
  zoomed: ZoomedPlace,
): Labels {
  // Seen from the labels, which lie at the zoomed size.
  const back = ({ from, to, fromStart, toStart }: Stretch, length: number): Stretch => ({
    ...{ from: to, to: from },
    ...{ fromStart: toStart, toStart: fromStart },
    length,
  });
  const down = back(zoomed.y, lengthOf(image, "y"));
  const across = back(zoomed.x, lengthOf(image, "x"));
  const isSame = zoomed.y.from === zoomed.y.to && zoomed.x.from === zoomed.x.to;
  return decoder.kind === "watershed" && !isSame
    ? redrawLabelsAlong(labels, maps, decoder.threshold, down, across)
    : resampleLabelsAlong(labels, down, across);
}

/** Labels of the image, such as seeds, at the zoomed pixels. */
export function labelsInto(labels: Labels, { y, x }: ZoomedPlace): Labels {
  return resampleLabelsAlong(labels, y, x);
}

/** Maps of the zoomed pixels at the image's size; near its borders they repeat what is nearest. */
export function mapsInPlace(maps: Tensor, image: Image, zoomed: ZoomedPlace): Tensor {
  const [height, width] = [lengthOf(image, "y"), lengthOf(image, "x")];
  const down = weightsBack(zoomed.y, height, maps.shape[1]);
  const across = weightsBack(zoomed.x, width, maps.shape[2]);
  return resampleBy(maps, down, across);
}

function weightsBack(stretch: Stretch, length: number, made: number): ReturnType<typeof weightsOf> {
  const { from, to, fromStart, toStart } = stretch;
  const parts = weightsOf(to, from, { fromStart: toStart, toStart: fromStart, length });
  const inside = (place: number) => Math.min(made - 1, Math.max(0, place));
  return { ...parts, places: parts.places.map(inside) };
}

/** The pixels of a box, of all other axes. */
export function cut<P extends Pixels>(image: Image<P>, box: Box): Image<P> {
  const [height, width] = image.shape.slice(-2);
  if (box.height === height && box.width === width) return image;
  const planes = image.data.length / (height * width);
  const size = box.height * box.width;
  const data = new (image.data.constructor as new (length: number) => P)(planes * size);
  for (let plane = 0; plane < planes; plane++)
    for (let row = 0; row < box.height; row++) {
      const from = (plane * height + box.y + row) * width + box.x;
      data.set(image.data.subarray(from, from + box.width), plane * size + row * box.width);
    }
  return { ...image, data, shape: [...image.shape.slice(0, -2), box.height, box.width] };
}
