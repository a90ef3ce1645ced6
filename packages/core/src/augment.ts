/**
 * A training crop as a microscope might have taken it on another day: turned, flipped, scaled, brighter, noisier.
 * In: an image and its targets as whole planes. Out: a crop of both, moved alike.
 *
 * @module
 */
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
  /** Contrast by a factor between 1 / gain and gain. At least 1. */
  readonly gain: number;
  /** Brightness by an offset of this standard deviation, in units of the normalised image. */
  readonly offset: number;
  /** Noise of up to this standard deviation, in units of the normalised image. */
  readonly noise: number;
}

/** Nothing but a crop. */
export const NO_AUGMENTATION: Augmentation = {
  turns: false,
  scale: 1,
  rotation: 0,
  gain: 1,
  offset: 0,
  noise: 0,
};

/** The paper's: flips and quarter turns. */
export const PAPER_AUGMENTATION: Augmentation = { ...NO_AUGMENTATION, turns: true };

/** Maps crop coordinates to image coordinates: `y = y0 + yy·r + yx·c`, `x = x0 + xy·r + xx·c` for row r, column c. */
export interface Placement {
  readonly y0: number;
  readonly x0: number;
  readonly yy: number;
  readonly yx: number;
  readonly xy: number;
  readonly xx: number;
}

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
  return { y0: exact ? Math.round(y0) : y0, x0: exact ? Math.round(x0) : x0, yy, yx, xy, xx };
}

/** Values of one plane at a placement, bilinear, mirrored at the borders; written into `out` from `at` on. */
export function samplePlane(
  plane: Float32Array | Uint8Array,
  height: number,
  width: number,
  placement: Placement,
  size: number,
  out: Float32Array,
  at: number,
): void {
  const { y0, x0, yy, yx, xy, xx } = placement;
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      const y = y0 + yy * r + yx * c;
      const x = x0 + xy * r + xx * c;
      const top = Math.floor(y);
      const left = Math.floor(x);
      const down = y - top;
      const right = x - left;
      const upper = mirrored(top, height) * width;
      const lower = mirrored(top + 1, height) * width;
      const west = mirrored(left, width);
      const east = mirrored(left + 1, width);
      const above = plane[upper + west] * (1 - right) + plane[upper + east] * right;
      const below = plane[lower + west] * (1 - right) + plane[lower + east] * right;
      out[at + r * size + c] = above * (1 - down) + below * down;
    }
  }
}

/** Changes contrast and brightness and adds noise, in place, to one channel's crop of a batch under construction. */
export function jitter(
  out: Float32Array,
  at: number,
  count: number,
  augmentation: Augmentation,
  random: Random,
): void {
  const gain = augmentation.gain ** (2 * random() - 1);
  const offset = augmentation.offset * normal(random);
  const noise = augmentation.noise * random();
  for (let i = at; i < at + count; i++) out[i] = out[i] * gain + offset;
  if (noise > 0) for (let i = at; i < at + count; i++) out[i] += noise * normal(random);
}

/** Cosines of quarter turns are whole numbers. */
function snap(value: number): number {
  return Math.abs(value - Math.round(value)) < 1e-12 ? Math.round(value) : value;
}
