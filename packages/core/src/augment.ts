/**
 * A training crop as a microscope might have taken it on another day: turned, flipped, scaled, bent, brighter, out of
 * focus, noisier. In: an image and its targets as whole planes. Out: a crop of both, moved alike.
 *
 * @module
 */
import { gaussian } from "./gaussian.js";
import { mirrored } from "./mirror.js";
import { normal, type Random } from "./random.js";

/** How far augmentation goes; each field may be 0 (or 1 for a factor) to switch it off. */
export interface Augmentation {
  /** Flips and quarter turns, each of the eight equally likely, as in the 2016 paper. */
  readonly turns: boolean;
  /** Zoom by a factor between 1 / scale and scale, even in the logarithm. At least 1. */
  readonly scale: number;
  /** Rotation by an angle up to this many radians either way. */
  readonly rotation: number;
  /** Bending: the corners of a 4 x 4 grid over the crop move by this standard deviation in pixels, those between go along. */
  readonly elastic: number;
  /** Contrast by a factor between 1 / gain and gain. At least 1. */
  readonly gain: number;
  /** Brightness by an offset of this standard deviation, in units of the normalised image. */
  readonly offset: number;
  /** What is above 0 to a power between 1 / gamma and gamma. At least 1. */
  readonly gamma: number;
  /** Every other crop is blurred by a Gaussian of up to this standard deviation in pixels. */
  readonly blur: number;
  /** Noise of up to this standard deviation, in units of the normalised image. */
  readonly noise: number;
  /**
   * Every third crop gets bright granules in its cells, each up to this many times as bright as what it lies on, and is
   * then as dark as normalisation leaves an image with such granules. Absent: none.
   */
  readonly spots?: number;
}

/** Nothing but a crop. */
export const NO_AUGMENTATION: Augmentation = {
  turns: false,
  scale: 1,
  rotation: 0,
  elastic: 0,
  gain: 1,
  offset: 0,
  gamma: 1,
  blur: 0,
  noise: 0,
};

/** The paper's: flips and quarter turns. */
export const PAPER_AUGMENTATION: Augmentation = { ...NO_AUGMENTATION, turns: true };

/**
 * Maps crop coordinates to image coordinates: `y = y0 + yy·r + yx·c + dy`, `x = x0 + xy·r + xx·c + dx` for row r, column c,
 * where (dy, dx) is the bend there, interpolated between the places that move.
 */
export interface Placement {
  readonly y0: number;
  readonly x0: number;
  readonly yy: number;
  readonly yx: number;
  readonly xy: number;
  readonly xx: number;
  /** dy and dx in image pixels at the 5 x 5 corners of that grid, all dy first; absent where nothing bends. */
  readonly bends?: Float64Array;
}

/** Pieces along a side of a crop between places that move. */
const BENDS = 4;

/**
 * A random placement of a `size` × `size` crop on an image. Its centre is drawn so that the crop lies within the image
 * where it fits; what sticks out is mirrored.
 */
export function drawPlacement(
  height: number,
  width: number,
  size: number,
  augmentation: Augmentation,
  random: Random,
): Placement {
  const zoom = augmentation.scale ** (2 * random() - 1);
  const quarter = augmentation.turns ? Math.floor(random() * 4) * (Math.PI / 2) : 0;
  const flip = augmentation.turns && random() < 0.5 ? -1 : 1;
  const angle = quarter + augmentation.rotation * (2 * random() - 1);
  const cos = snap(Math.cos(angle)) / zoom;
  const sin = snap(Math.sin(angle)) / zoom;
  const reach = ((size - 1) / 2) * (Math.abs(cos) + Math.abs(sin));
  const place = (length: number) => {
    const room = length - 1 - 2 * reach;
    const free = random();
    return room > 0 ? reach + free * room : (length - 1) / 2;
  };
  const middle = (size - 1) / 2;
  const [yy, yx, xy, xx] = [cos * flip, -sin, sin * flip, cos];
  const origin = (centre: number, down: number, right: number) =>
    centre - down * middle - right * middle;
  const exact = zoom === 1 && augmentation.rotation === 0;
  const y0 = origin(place(height), yy, yx);
  const x0 = origin(place(width), xy, xx);
  const placement = {
    y0: exact ? Math.round(y0) : y0,
    x0: exact ? Math.round(x0) : x0,
    yy,
    yx,
    xy,
    xx,
  };
  if (augmentation.elastic === 0) return placement;
  const bends = new Float64Array(2 * (BENDS + 1) ** 2);
  return { ...placement, bends: bends.map(() => (augmentation.elastic / zoom) * normal(random)) };
}

/** Where each pixel of a `size` × `size` crop lies in the image: all y, then all x. */
export function placesOf(placement: Placement, size: number): Float32Array {
  const { y0, x0, yy, yx, xy, xx, bends } = placement;
  const places = new Float32Array(2 * size * size);
  const count = size * size;
  for (let r = 0; r < size; r++)
    for (let c = 0; c < size; c++) {
      const i = r * size + c;
      places[i] = y0 + yy * r + yx * c;
      places[count + i] = x0 + xy * r + xx * c;
      if (!bends) continue;
      places[i] += bendAt(bends, 0, (r * BENDS) / size, (c * BENDS) / size);
      places[count + i] += bendAt(bends, bends.length / 2, (r * BENDS) / size, (c * BENDS) / size);
    }
  return places;
}

/** The bend at (r, c) of the grid of places that move, bilinear. `start` is 0 for dy. */
function bendAt(bends: Float64Array, start: number, r: number, c: number): number {
  const side = BENDS + 1;
  const [top, left] = [Math.floor(r), Math.floor(c)];
  const at = start + top * side + left;
  const above = bends[at] * (1 - c + left) + bends[at + 1] * (c - left);
  const below = bends[at + side] * (1 - c + left) + bends[at + side + 1] * (c - left);
  return above * (1 - r + top) + below * (r - top);
}

/** Values of one plane at the places of a crop, bilinear, mirrored at the borders; written into `out` from `at` on. */
export function samplePlane(
  plane: Float32Array | Uint8Array,
  height: number,
  width: number,
  places: Float32Array,
  out: Float32Array,
  at: number,
): void {
  const count = places.length / 2;
  for (let i = 0; i < count; i++) {
    const y = places[i];
    const x = places[count + i];
    const top = Math.floor(y);
    const left = Math.floor(x);
    const down = y - top;
    const right = x - left;
    const within = top >= 0 && left >= 0 && top + 1 < height && left + 1 < width;
    const upper = (within ? top : mirrored(top, height)) * width;
    const lower = within ? upper + width : mirrored(top + 1, height) * width;
    const west = within ? left : mirrored(left, width);
    const east = within ? left + 1 : mirrored(left + 1, width);
    const above = plane[upper + west] * (1 - right) + plane[upper + east] * right;
    const below = plane[lower + west] * (1 - right) + plane[lower + east] * right;
    out[at + i] = above * (1 - down) + below * down;
  }
}

/** Pixels of cells for each granule, at most so dense, and their standard deviations in pixels. */
const SPOTS = { room: 50, spread: [0.6, 1.8] } as const;

/** Bright granules on the brighter half of a crop's range, then the crop made darker by as much as the brightest of them. */
function addSpots(crop: Float32Array, size: number, strength: number, random: Random): void {
  const bright = crop.reduce((most, value) => Math.max(most, value), 0) / 2;
  const within = [...crop.keys()].filter((i) => crop[i] > bright);
  const count = Math.round((random() * within.length) / SPOTS.room);
  const most = strength * random();
  const base = crop.slice();
  for (let n = 0; n < count; n++) {
    const centre = within[Math.floor(random() * within.length)];
    const [narrow, wide] = SPOTS.spread;
    const spread = narrow + (wide - narrow) * random();
    const height = most * base[centre] * (0.5 + 0.5 * random());
    const reach = Math.ceil(3 * spread);
    const [row, column] = [Math.floor(centre / size), centre % size];
    for (let r = Math.max(0, row - reach); r <= Math.min(size - 1, row + reach); r++)
      for (let c = Math.max(0, column - reach); c <= Math.min(size - 1, column + reach); c++) {
        const far = ((r - row) ** 2 + (c - column) ** 2) / spread ** 2;
        crop[r * size + c] += height * Math.exp(-far / 2);
      }
  }
  const dimming = 1 / (1 + most * random());
  for (let i = 0; i < crop.length; i++) crop[i] *= dimming;
}

/** Changes focus, contrast and brightness and adds noise, in place, to one channel's `size` × `size` crop of a batch. */
export function jitter(
  out: Float32Array,
  at: number,
  size: number,
  augmentation: Augmentation,
  random: Random,
): void {
  const { gamma, blur } = augmentation;
  const crop = out.subarray(at, at + size * size);
  const gain = augmentation.gain ** (2 * random() - 1);
  const offset = augmentation.offset * normal(random);
  const noise = augmentation.noise * random();
  const { spots = 0 } = augmentation;
  if (spots > 0 && random() < 1 / 3) addSpots(crop, size, spots, random);
  if (gamma > 1) {
    const power = gamma ** (2 * random() - 1);
    for (let i = 0; i < crop.length; i++) if (crop[i] > 0) crop[i] **= power;
  }
  if (blur > 0 && random() < 0.5)
    crop.set(gaussian({ data: crop, shape: [size, size], axes: "yx" }, blur * random()).data);
  for (let i = 0; i < crop.length; i++) crop[i] = crop[i] * gain + offset;
  if (noise > 0) for (let i = 0; i < crop.length; i++) crop[i] += noise * normal(random);
}

/** Cosines of quarter turns are whole numbers. */
function snap(value: number): number {
  return Math.abs(value - Math.round(value)) < 1e-12 ? Math.round(value) : value;
}
