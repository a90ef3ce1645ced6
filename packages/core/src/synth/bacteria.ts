/**
 * A small phase-contrast microscope: rod-shaped bacteria in micro-colonies, with the truth about each pixel.
 * In: options with a seed. Out: an image of 16 bits and its labels. For tests, examples and benchmarks of any size.
 *
 * @module
 */
import { gaussian } from "../gaussian.js";
import { normal, type Random, seeded } from "../random.js";
import { growColony, type Rod } from "./colony.js";
import { expose, haze, smoothNoise } from "./light.js";
import { keepLargestPieces } from "./pieces.js";
import { emptyRoom, hasRoom, type Room, takeRoom } from "./room.js";
import { checkSynthOptions, type Synthetic, type SynthOptions } from "./synthetic.js";

/** Micrometres across a bacterium. */
export const micrometres = 1.1;

/**
 * Rod-shaped bacteria as a phase-contrast microscope shows them: dark rods with bright halos, side by side and end to
 * end in micro-colonies of one to sixty cells, some just dividing; uneven light, and a camera's noise.
 */
export function synthBacteria(options: SynthOptions = {}): Synthetic {
  const checked = checkSynthOptions(options, 9);
  const { height, width, seed, diameter, noise } = checked;
  const shape = [height, width];
  const owners = new Uint32Array(height * width);
  const thickness = new Float32Array(height * width);
  const nearest = new Float32Array(height * width).fill(1);
  const random = seeded(seed, 1);
  for (const [n, rod] of placeColonies(checked, random).entries()) {
    const contrast = 1 + 0.08 * normal(random);
    drawRod(rod, height, width, (i, far) => {
      thickness[i] = Math.max(thickness[i], contrast * Math.sqrt(1 - far * far));
      if (far >= nearest[i]) return;
      nearest[i] = far;
      owners[i] = n + 1;
    });
  }
  const photons = throughMicroscope(thickness, height, width, diameter, seeded(seed, 2));
  const camera = { gain: 2, offset: 200, readNoise: 6, noise };
  const data = expose(photons, camera, seeded(seed, 3));
  const spacing = { y: micrometres / diameter, x: micrometres / diameter };
  const labels = keepLargestPieces({ data: owners, shape, axes: "yx", spacing });
  return { image: { data, shape, axes: "yx", spacing }, labels };
}

/** Colonies of different size that do not overlap, until their cells cover as much as is wanted. */
function placeColonies(options: Required<SynthOptions>, random: Random): Rod[] {
  const { height, width, density, count, diameter } = options;
  const room = emptyRoom(height, width, diameter / 2);
  const placed: Rod[] = [];
  const wanted = density * height * width;
  const typical = 3 * diameter * diameter;
  let covered = 0;
  let most = Math.min(60, Math.ceil(wanted / typical));
  while (covered < wanted && placed.length < count && most >= 1) {
    const size = Math.ceil(Math.min(most, count - placed.length) ** (0.3 + 0.7 * random()));
    const colony = findRoom(growColony(size, diameter / 2, random), room, random);
    const seen = colony.filter(({ y, x }) => y >= 0 && x >= 0 && y < height && x < width);
    // Where there is no room for such a colony any more, smaller ones are tried.
    if (seen.length === 0) most = Math.min(most, size) * 0.8;
    for (const rod of colony) takeRoom(room, rod);
    for (const { length } of seen) covered += diameter * length + (Math.PI / 4) * diameter ** 2;
    placed.push(...seen);
  }
  return placed.slice(0, count);
}

/** The colony at a free place of the image, turned some way; nothing where none was found in twenty tries. */
function findRoom(rods: readonly Rod[], room: Room, random: Random): Rod[] {
  for (let attempt = 0; attempt < 20; attempt++) {
    const [y, x] = [random() * room.height, random() * room.width];
    const turn = 2 * Math.PI * random();
    const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
    const moved = rods.map((rod) => ({
      ...rod,
      y: y + rod.y * cos + rod.x * sin,
      x: x - rod.y * sin + rod.x * cos,
      angle: rod.angle + turn,
    }));
    if (moved.every((rod) => hasRoom(room, rod))) return moved;
  }
  return [];
}

/** Calls `visit(i, far)` for each pixel i of a rod; `far` is 0 on its axis and 1 on its outline. */
export function drawRod(
  rod: Rod,
  height: number,
  width: number,
  visit: (i: number, far: number) => void,
): void {
  const { y, x, angle, length, radius, bend, division } = rod;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const half = length / 2;
  const reach = half + radius + Math.abs(bend);
  const [top, bottom] = [Math.max(0, Math.ceil(y - reach)), Math.min(height - 1, y + reach)];
  const [left, right] = [Math.max(0, Math.ceil(x - reach)), Math.min(width - 1, x + reach)];
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) {
      const along = (row - y) * sin + (column - x) * cos;
      const inside = Math.min(Math.max(along, -half), half);
      const bulge = bend * (1 - (inside / (half + radius)) ** 2 * 2);
      const across = (row - y) * cos - (column - x) * sin - bulge;
      const waist = 1 - 0.3 * division * Math.exp(-((along / (0.5 * radius)) ** 2));
      const far = Math.hypot(along - inside, across) / (radius * waist);
      if (far < 1) visit(row * width + column, far);
    }
}

/**
 * What phase contrast makes of thickness: dark where light is held back, less so amid others; a bright rim around, and
 * a glow around whole colonies. In photons.
 */
export function throughMicroscope(
  thickness: Float32Array,
  height: number,
  width: number,
  diameter: number,
  random: Random,
): Float32Array {
  const shape = [height, width];
  const sharp = gaussian({ data: thickness, shape, axes: "yx" }, 0.11 * diameter).data;
  const rim = haze(thickness, height, width, 0.55 * diameter);
  const glow = haze(thickness, height, width, 2.2 * diameter);
  const uneven = smoothNoise(height, width, Math.max(height, width, 20 * diameter) / 2, random);
  const grain = smoothNoise(height, width, 0.7 * diameter, random);
  const photons = new Float32Array(thickness.length);
  for (let i = 0; i < photons.length; i++) {
    const lamp = 3200 * (1 + 0.04 * uneven[i] + 0.008 * grain[i]);
    const phase = 1 - 1.15 * sharp[i] + 0.75 * rim[i] + 0.7 * glow[i];
    photons[i] = lamp * Math.max(phase, 0.12);
  }
  return photons;
}
