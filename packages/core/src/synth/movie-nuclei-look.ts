/**
 * How a fluorescence microscope sees a world of nuclei.
 *
 * @module
 */
import { seeded } from "../random.js";
import type { Torus } from "./crowd.js";
import { expose, smoothNoise } from "./light.js";
import { type LivingNucleus, outlineOf, seenArea, towards } from "./living-nucleus.js";
import type { Look, MovieOptions } from "./movie-options.js";
import { throughMicroscope } from "./nuclei.js";

/** The part of the world from `top`, `left` on. */
export function lookAtNuclei(
  cells: readonly LivingNucleus[],
  top: number,
  left: number,
  torus: Torus,
  chromatin: Float32Array,
  options: Required<MovieOptions>,
): Look {
  const { height, width, seed, diameter, noise } = options;
  const owners = new Uint32Array(height * width);
  const nearest = new Float32Array(height * width).fill(1);
  for (const [n, cell] of cells.entries())
    eachPixel(cell, top, left, torus, height, width, (i, far) => {
      if (far >= nearest[i]) return;
      nearest[i] = far;
      owners[i] = n + 1;
    });
  const whole = Float64Array.from(cells, seenArea);
  const photograph = (frame: number): Uint16Array => {
    const light = new Float32Array(height * width);
    for (const [n, cell] of cells.entries())
      shine(cell, n + 1, owners, light, chromatin, top, left, torus, options);
    // The lamp is the same in all frames.
    const photons = throughMicroscope(light, height, width, diameter, seeded(seed, 4));
    const camera = { gain: 2, offset: 100, readNoise: 4, noise };
    return expose(photons, camera, seeded(seed, 5, frame));
  };
  return { owners, whole, photograph };
}

/** Pixels on a side of the picture of chromatin that all nuclei share, each a part of it. */
const side = 256;

/** The picture of chromatin. */
export function chromatinOf({ seed, diameter }: Required<MovieOptions>): Float32Array {
  return smoothNoise(side, side, diameter / 9, seeded(seed, 32));
}

/** Calls `visit(i, far, y, x)` for each pixel: `far` is 0 in the middle and 1 on the outline; y, x turn with the cell. */
function eachPixel(
  cell: LivingNucleus,
  top: number,
  left: number,
  torus: Torus,
  height: number,
  width: number,
  visit: (i: number, far: number, y: number, x: number) => void,
): void {
  const scale = Math.sqrt(seenArea(cell));
  const outline = outlineOf(cell);
  const reach = scale * Math.max(...outline);
  const y = inView(cell.y - top, height, torus.height);
  const x = inView(cell.x - left, width, torus.width);
  const [above, below] = [Math.max(0, Math.ceil(y - reach)), Math.min(height - 1, y + reach)];
  const [before, after] = [Math.max(0, Math.ceil(x - reach)), Math.min(width - 1, x + reach)];
  const [sin, cos] = [Math.sin(cell.turn), Math.cos(cell.turn)];
  for (let row = above; row <= below; row++)
    for (let column = before; column <= after; column++) {
      const [dy, dx] = [row - y, column - x];
      const distance = Math.sqrt(dy * dy + dx * dx);
      if (distance >= reach) continue;
      const angle = Math.atan2(dy, dx) - cell.turn;
      const far = distance / (scale * outline[towards(angle)]);
      if (far < 1) visit(row * width + column, far, dy * cos - dx * sin, dx * cos + dy * sin);
    }
}

/** Of all the places round the world where something is, the one nearest to the view's middle. */
function inView(position: number, length: number, round: number): number {
  return position - round * Math.round((position - length / 2) / round);
}

/** Adds a nucleus's light; where it lies under another one, less of it. Dense chromatin is brighter and rougher. */
function shine(
  cell: LivingNucleus,
  number: number,
  owners: Uint32Array,
  light: Float32Array,
  chromatin: Float32Array,
  top: number,
  left: number,
  torus: Torus,
  { height, width }: Required<MovieOptions>,
): void {
  const { brightness, condensed, texture, nucleoli } = cell;
  const dense = brightness * (1 + 1.3 * condensed);
  const roughness = 0.2 * (1 + 0.5 * condensed);
  const [startY, startX] = [texture % side, Math.floor(texture / side) % side];
  eachPixel(cell, top, left, torus, height, width, (i, far, y, x) => {
    const row = (startY + Math.floor(y) + side * side) % side;
    const column = (startX + Math.floor(x) + side * side) % side;
    let stain = Math.max(1 + roughness * chromatin[row * side + column], 0.2);
    for (const spot of nucleoli) {
      const distance = Math.hypot(y - spot.y, x - spot.x) / spot.radius;
      if (distance < 3) stain *= 1 - 0.5 * (1 - condensed) * Math.exp(-0.5 * distance * distance);
    }
    const share = owners[i] === number ? 1 : 0.6;
    light[i] += share * dense * (0.72 + 0.28 * Math.sqrt(1 - far * far)) * stain;
  });
}
