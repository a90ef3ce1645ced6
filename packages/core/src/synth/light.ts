/**
 * Light on its way to the camera: smooth unevenness, haze, and the noise of the camera itself.
 *
 * @module
 */
import { gaussian } from "../gaussian.js";
import { normal, type Random } from "../random.js";

/** Numbers of mean 0 and standard deviation near 1 that change smoothly, over about `grain` pixels (1 or more). */
export function smoothNoise(
  height: number,
  width: number,
  grain: number,
  random: Random,
): Float32Array {
  // A coarse lattice of two nodes a grain, blurred by one node and scaled back up to unit deviation.
  const step = Math.max(1, grain / 2);
  const rows = Math.ceil(height / step) + 1;
  const columns = Math.ceil(width / step) + 1;
  const lattice = Float32Array.from({ length: rows * columns }, () => normal(random));
  const smooth = gaussian({ data: lattice, shape: [rows, columns], axes: "yx" }, 1).data;
  const spread = 2 * Math.sqrt(Math.PI);
  return enlarged(
    smooth.map((value) => value * spread),
    rows,
    columns,
    height,
    width,
    step,
  );
}

/** Light blurred by a wide Gaussian of `sigma` pixels, worked out on fewer pixels where that shows no difference. */
export function haze(
  light: Float32Array,
  height: number,
  width: number,
  sigma: number,
): Float32Array {
  const step = Math.max(1, Math.floor(sigma / 2));
  const rows = Math.ceil(height / step);
  const columns = Math.ceil(width / step);
  const sums = new Float32Array(rows * columns);
  const counts = new Uint32Array(rows * columns);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = Math.floor(y / step) * columns + Math.floor(x / step);
      sums[at] += light[y * width + x];
      counts[at]++;
    }
  const means = sums.map((sum, i) => sum / counts[i]);
  const blurred = gaussian({ data: means, shape: [rows, columns], axes: "yx" }, sigma / step).data;
  return enlarged(blurred, rows, columns, height, width, step, (step - 1) / 2);
}

/** A coarse lattice, one node every `step` pixels from pixel `origin` on, drawn linearly in between. */
function enlarged(
  lattice: Float32Array,
  rows: number,
  columns: number,
  height: number,
  width: number,
  step: number,
  origin = 0,
): Float32Array {
  const data = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const v = Math.min(Math.max((y - origin) / step, 0), rows - 1);
    const above = Math.floor(v) * columns;
    const below = Math.min(Math.floor(v) + 1, rows - 1) * columns;
    const down = v - Math.floor(v);
    for (let x = 0; x < width; x++) {
      const u = Math.min(Math.max((x - origin) / step, 0), columns - 1);
      const left = Math.floor(u);
      const right = Math.min(left + 1, columns - 1);
      const across = u - left;
      const top = lattice[above + left] * (1 - across) + lattice[above + right] * across;
      const bottom = lattice[below + left] * (1 - across) + lattice[below + right] * across;
      data[y * width + x] = top * (1 - down) + bottom * down;
    }
  }
  return data;
}

/** A camera: what it counts for a photon, in the dark, and by mistake. */
export interface Camera {
  /** Counts a photon. */
  readonly gain: number;
  /** Counts in the dark. */
  readonly offset: number;
  /** Standard deviation of the reading, in counts. */
  readonly readNoise: number;
  /** Factor on all noise: 1 ordinary, 0 none. */
  readonly noise: number;
}

/** A picture of light given in photons a pixel: shot noise, reading noise, offset, 16 bits. */
export function expose(photons: Float32Array, camera: Camera, random: Random): Uint16Array {
  const { gain, offset, readNoise, noise } = camera;
  const counts = new Uint16Array(photons.length);
  for (let i = 0; i < counts.length; i++) {
    // Tens of photons and more come as good as normally distributed, with as much variance as mean.
    const light = Math.max(photons[i], 0);
    const deviation = noise * Math.sqrt(light * gain * gain + readNoise * readNoise);
    const value = offset + gain * light + (noise > 0 ? deviation * normal(random) : 0);
    counts[i] = Math.min(Math.max(Math.round(value), 0), 65535);
  }
  return counts;
}
