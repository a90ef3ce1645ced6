/**
 * Grows a cell from a click to its border in the image.
 * In: the image of a window around the click. Out: the cell's pixels in that window.
 *
 * The image is blurred; its gradient is a landscape whose ridges are the borders of cells. Water rises in it from the click
 * and from where the image is as dark (or, of dark cells, as bright) as the background, and the two meet on the ridge. What
 * is then several cells grown together is cut at its waists, and the part with the click is the cell.
 *
 * @module
 */
import {
  decodeWatershed,
  distanceTransform,
  fillHoles,
  type Image,
  percentilesOf,
  ShapeError,
  watershed,
} from "@cellwright/core";
import { withSkirt } from "./grow-skirt.js";

/** How {@link grownArea} works. */
export interface GrowOptions {
  /** Pixels that the cell cannot have, rows of the window: other cells. */
  readonly blocked?: Uint8Array;
}

/** Pixels along a side of the window that a cell is looked for in, the click in its middle. */
export const GROW_WINDOW = 192;

/** Values nearer to the background's than this share of the way to the click's are background. */
const BACKGROUND_SHARE = 0.25;

/** How deep a waist is, as a share of the largest distance to the border, that parts two cells. */
const WAIST = 0.15;

/**
 * The cell at (`y`, `x`) of a window `"yx"`: 1 for its pixels. Throws {@link ShapeError} where the click is no different from
 * the background, or lies on another cell.
 */
export function grownArea(
  image: Image,
  y: number,
  x: number,
  options: GrowOptions = {},
): Uint8Array {
  const [height, width] = image.shape;
  const click = y * width + x;
  const { blocked } = options;
  if (blocked?.[click]) throw new ShapeError("place to grow from", "on no other cell", "on one");
  const smooth = blurred(blurred(image.data, height, width), height, width);
  const value = smooth[click];
  const [low, middle, high] = percentilesOf(smooth, [10, 50, 90]);
  const background = value >= middle ? low : high;
  if (value === background)
    throw new ShapeError("place to grow from", "brighter or darker than the background", "not");
  const seeds = new Uint32Array(smooth.length);
  for (let i = 0; i < seeds.length; i++) {
    const share = (smooth[i] - background) / (value - background);
    if (share < BACKGROUND_SHARE || blocked?.[i]) seeds[i] = 2;
  }
  for (let dy = -1; dy <= 1; dy++)
    for (let dx = -1; dx <= 1; dx++) {
      const [ny, nx] = [y + dy, x + dx];
      if (ny >= 0 && ny < height && nx >= 0 && nx < width && !blocked?.[ny * width + nx])
        seeds[ny * width + nx] = 1;
    }
  const plane = { shape: image.shape, axes: "yx" };
  const slope = { ...plane, data: gradientOf(smooth, height, width) };
  const grown = watershed(slope, { ...plane, data: seeds }).data;
  const inside = Uint8Array.from(grown, (each) => (each === 1 ? 1 : 0));
  const light = smooth.map((each) => (each - background) * Math.sign(value - background));
  return withSkirt(aroundClick(inside, height, width, click), light, width, blocked);
}

/** Of a shape with waists the part that has the click, holes filled. */
function aroundClick(inside: Uint8Array, height: number, width: number, click: number): Uint8Array {
  const plane = { shape: [height, width], axes: "yx" };
  const distance = distanceTransform({ ...plane, data: inside }).data;
  let top = 0;
  for (let i = 0; i < distance.length; i++) top = Math.max(top, distance[i]);
  const maps = new Float32Array(2 * inside.length);
  maps.set(inside);
  for (let i = 0; i < distance.length; i++) maps[inside.length + i] = distance[i] / (top || 1);
  const parts = decodeWatershed(
    { data: maps, shape: [2, height, width], axes: "cyx" },
    {
      kind: "watershed",
      threshold: 0.5,
      prominence: WAIST,
      minHeight: 0,
      smoothing: 1,
      minArea: 1,
    },
  ).data;
  const part = parts[click];
  const own = Uint32Array.from(inside, (each, i) => (each && parts[i] === part ? 1 : 0));
  return Uint8Array.from(fillHoles({ ...plane, data: own }).data);
}

/** Blurred by 1 4 6 4 1 along both axes, edge pixels repeated. */
function blurred(data: ArrayLike<number>, height: number, width: number): Float32Array {
  return alongRows(alongRows(data, height, width), width, height);
}

/** Blurs each row and turns the plane over, rows to columns, so that a second time does the columns and turns it back. */
function alongRows(data: ArrayLike<number>, height: number, width: number): Float32Array {
  const turned = new Float32Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (d: number): number =>
        data[y * width + Math.min(Math.max(x + d, 0), width - 1)] || 0;
      turned[x * height + y] = (at(-2) + at(2) + 4 * (at(-1) + at(1)) + 6 * at(0)) / 16;
    }
  return turned;
}

/** How steep a plane is at each pixel. */
function gradientOf(data: Float32Array, height: number, width: number): Float32Array {
  const slope = new Float32Array(data.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const down = data[y + 1 < height ? i + width : i] - data[y > 0 ? i - width : i];
      const across = data[x + 1 < width ? i + 1 : i] - data[x > 0 ? i - 1 : i];
      slope[i] = Math.hypot(down, across);
    }
  return slope;
}
