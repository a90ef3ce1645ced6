/**
 * Made-up images for a model's cover and test: those it was trained on are not ours to hand on.
 *
 * @module
 */
import { type Image, stackChannels } from "../image.js";
import { seeded } from "../random.js";
import { synthBacteria } from "./bacteria.js";
import { synthNuclei } from "./nuclei.js";

/** How large the image is, and the cells on it. */
export interface ExampleOptions {
  /** Pixels along each side. */
  readonly size: number;
  readonly seed: number;
  /** The diameter in pixels of the cells the model knows; absent: as synthetic cells usually are. */
  readonly diameter?: number;
}

/** A bacterium of ordinary length has the area of a circle so many times as wide as itself. */
const ROD = 2;
/** How wide a nucleus is beside its cell, and how many pixels a cell is where nothing is said. */
const NUCLEUS = 0.55;
const CELL = 50;

/**
 * Axes `"yx"` for one channel, `"cyx"` for more. `phase` alone are bacteria in phase contrast. With `nuclear` they are
 * nuclei in fluorescence, and `phase` is a crude stand-in: the shades of larger cells with the same middles, which makes
 * numbers to compare and a picture to look at, but no test of accuracy. All other channels are nuclei too.
 */
export function exampleImage(channels: readonly string[], options: ExampleOptions): Image {
  const planes = channels.map((channel) =>
    channel === "phase"
      ? channels.length === 1
        ? bacteria(options)
        : shades(options)
      : nuclei(channels.length === 1 ? options : besideCells(options)),
  );
  return planes.length === 1 ? planes[0] : stackChannels(planes);
}

/** The nuclei of cells of a size. */
function besideCells(options: ExampleOptions): ExampleOptions {
  return { ...options, diameter: NUCLEUS * (options.diameter ?? CELL) };
}

function nuclei({ size, seed, diameter }: ExampleOptions): Image {
  return synthNuclei({
    height: size,
    width: size,
    seed,
    ...(diameter && { diameter: clamped(diameter) }),
  }).image;
}

function bacteria({ size, seed, diameter }: ExampleOptions): Image {
  return synthBacteria({
    height: size,
    width: size,
    seed,
    ...(diameter && { diameter: clamped(diameter / ROD) }),
  }).image;
}

/** Dark rims and bright bodies around the places of the nuclei, on a grey ground with a little noise. */
function shades(options: ExampleOptions): Image {
  const { size, seed, diameter = CELL } = options;
  const { labels } = synthNuclei({
    height: size,
    width: size,
    seed,
    diameter: clamped(diameter * NUCLEUS),
  });
  const random = seeded(seed, 6);
  const rim = Math.max(1, Math.round(0.2 * diameter));
  const data = new Uint16Array(size * size);
  const inside = (y: number, x: number): number =>
    y < 0 || x < 0 || y >= size || x >= size ? 0 : Math.min(1, labels.data[y * size + x]);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      let near = 0;
      for (const [dy, dx] of [
        [rim, 0],
        [-rim, 0],
        [0, rim],
        [0, -rim],
      ])
        near += inside(y + dy, x + dx);
      const light = inside(y, x) ? 1.25 : near > 0 ? 0.75 : 1;
      data[y * size + x] = Math.round(1000 * light + 40 * random());
    }
  return { data, shape: [size, size], axes: "yx" };
}

/** Synthetic cells may be from 4 to 1000 pixels across. */
function clamped(diameter: number): number {
  return Math.min(1000, Math.max(4, diameter));
}
