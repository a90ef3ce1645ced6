/**
 * A small fluorescence microscope: stained nuclei of a cell culture, with the truth about each pixel.
 * In: options with a seed. Out: an image of 16 bits and its labels. For tests, examples and benchmarks of any size.
 *
 * @module
 */
import { gaussian } from "../gaussian.js";
import { normal, type Random, seeded } from "../random.js";
import { expose, haze, smoothNoise } from "./light.js";
import { keepLargestPieces } from "./pieces.js";
import { checkSynthOptions, type Synthetic, type SynthOptions } from "./synthetic.js";

/** One nucleus: where it is, its outline in polar form, and how it glows. */
interface Nucleus {
  readonly y: number;
  readonly x: number;
  /** Distance of the outline from the middle for each of 256 directions, in pixels. */
  readonly outline: Float64Array;
  readonly reach: number;
  readonly brightness: number;
  /** How much the chromatin varies; high in dividing cells. */
  readonly roughness: number;
  readonly nucleoli: readonly { readonly y: number; readonly x: number; readonly radius: number }[];
}

/** How many directions an outline has. */
export const directions = 256;

/** Micrometres across a nucleus of average size. */
export const micrometres = 13;

/**
 * Nuclei as a fluorescence microscope shows them: smooth irregular ovals with chromatin and nucleoli, bright and dim
 * ones, some dividing, many touching; blur, haze, uneven background, specks of debris, and a camera's noise.
 */
export function synthNuclei(options: SynthOptions = {}): Synthetic {
  const { height, width, seed, density, count, diameter, noise } = checkSynthOptions(options, 28);
  const shape = [height, width];
  const nuclei: Nucleus[] = [];
  const owners = new Uint32Array(height * width);
  const light = new Float32Array(height * width);
  const fine = smoothNoise(height, width, diameter / 9, seeded(seed, 1));
  const coarse = smoothNoise(height, width, diameter / 3, seeded(seed, 2));
  const random = seeded(seed, 3);
  const wanted = density * height * width;
  const typical = (Math.PI / 4) * diameter * diameter;
  const attempts = Math.ceil((30 * wanted) / typical) + 30;
  let covered = 0;
  for (let i = 0; i < attempts && covered < wanted && nuclei.length < count; i++) {
    const nucleus = makeNucleus(height, width, diameter, nuclei, random);
    const area = claim(nucleus, owners, height, width, nuclei.length + 1);
    if (area === 0) continue;
    covered += area;
    nuclei.push(nucleus);
    shine(nucleus, owners, nuclei.length, light, fine, coarse, height, width);
  }
  addDebris(light, height, width, diameter, nuclei.length, random);
  const photons = throughMicroscope(light, height, width, diameter, seeded(seed, 4));
  const camera = { gain: 2, offset: 100, readNoise: 4, noise };
  const spacing = { y: micrometres / diameter, x: micrometres / diameter };
  const data = expose(photons, camera, seeded(seed, 5));
  const labels = keepLargestPieces({ data: owners, shape, axes: "yx", spacing });
  return { image: { data, shape, axes: "yx", spacing }, labels };
}

/** A nucleus somewhere, or beside one that is already there. */
function makeNucleus(
  height: number,
  width: number,
  diameter: number,
  others: readonly Nucleus[],
  random: Random,
): Nucleus {
  const dividing = random() < 0.04;
  const radius = (diameter / 2) * Math.exp(0.16 * normal(random)) * (dividing ? 0.75 : 1);
  const elongation = dividing ? 1.9 : 1 + 0.55 * random() ** 1.5;
  const outline = makeOutline(radius, elongation, random);
  const reach = outline.reduce((most, r) => Math.max(most, r), 0);
  let y = random() * (height + radius) - radius / 2;
  let x = random() * (width + radius) - radius / 2;
  if (others.length > 0 && random() < 0.45) {
    const neighbour = others[Math.floor(random() * others.length)];
    const angle = 2 * Math.PI * random();
    const distance =
      radiusTowards(neighbour.outline, angle) + radiusTowards(outline, angle + Math.PI);
    y = neighbour.y + distance * Math.sin(angle);
    x = neighbour.x + distance * Math.cos(angle);
  }
  const nucleoli = Array.from({ length: dividing ? 0 : 1 + Math.floor(4 * random()) }, () => {
    const angle = 2 * Math.PI * random();
    const far = 0.65 * Math.sqrt(random()) * radiusTowards(outline, angle);
    return {
      y: y + far * Math.sin(angle),
      x: x + far * Math.cos(angle),
      radius: diameter * (0.04 + 0.04 * random()),
    };
  });
  const brightness = Math.exp(0.4 * normal(random)) * (dividing ? 2.2 : 1);
  return { y, x, outline, reach, brightness, roughness: dividing ? 1.6 : 1, nucleoli };
}

/** An oval, turned, with a few gentle waves on it. */
export function makeOutline(radius: number, elongation: number, random: Random): Float64Array {
  const turn = 2 * Math.PI * random();
  const long = radius * Math.sqrt(elongation);
  const short = radius / Math.sqrt(elongation);
  const waves = [2, 3, 4, 5].map((n) => ({
    n,
    height: (0.09 * normal(random)) / n,
    phase: 2 * Math.PI * random(),
  }));
  return Float64Array.from({ length: directions }, (_, i) => {
    const angle = (2 * Math.PI * i) / directions - turn;
    const oval = (long * short) / Math.hypot(short * Math.cos(angle), long * Math.sin(angle));
    const wave = waves.reduce((sum, w) => sum + w.height * Math.cos(w.n * angle + w.phase), 0);
    return oval * Math.max(1 + wave, 0.5);
  });
}

function radiusTowards(outline: Float64Array, angle: number): number {
  const turn = angle / (2 * Math.PI);
  return outline[Math.floor((turn - Math.floor(turn)) * directions) % directions];
}

/** Calls `visit(i, far)` for each pixel i inside; `far` is 0 in the middle and 1 on the outline. */
function eachPixel(
  { y, x, outline, reach }: Nucleus,
  height: number,
  width: number,
  visit: (i: number, far: number) => void,
): void {
  const [top, bottom] = [Math.max(0, Math.ceil(y - reach)), Math.min(height - 1, y + reach)];
  const [left, right] = [Math.max(0, Math.ceil(x - reach)), Math.min(width - 1, x + reach)];
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) {
      const distance = Math.hypot(row - y, column - x);
      const far = distance / radiusTowards(outline, Math.atan2(row - y, column - x));
      if (far < 1) visit(row * width + column, far);
    }
}

/** Takes the free pixels inside as its own and answers how many; none where it would lie over others too much. */
function claim(
  nucleus: Nucleus,
  owners: Uint32Array,
  height: number,
  width: number,
  number: number,
): number {
  const inside: number[] = [];
  let taken = 0;
  eachPixel(nucleus, height, width, (i) => {
    if (owners[i] === 0) inside.push(i);
    else taken++;
  });
  const whole = nucleus.outline.reduce((sum, r) => sum + (Math.PI / directions) * r * r, 0);
  if (inside.length < 0.15 * whole || taken > 0.06 * whole) return 0;
  for (const i of inside) owners[i] = number;
  return inside.length;
}

/** Adds a nucleus's light; where it lies under another one, less of it. */
function shine(
  nucleus: Nucleus,
  owners: Uint32Array,
  number: number,
  light: Float32Array,
  fine: Float32Array,
  coarse: Float32Array,
  height: number,
  width: number,
): void {
  const { brightness, roughness, nucleoli } = nucleus;
  eachPixel(nucleus, height, width, (i, far) => {
    const thickness = 0.72 + 0.28 * Math.sqrt(1 - far * far);
    const chromatin = 1 + roughness * (0.15 * fine[i] + 0.1 * coarse[i]);
    let stain = Math.max(chromatin, 0.2);
    for (const spot of nucleoli) {
      const distance =
        Math.hypot(Math.floor(i / width) - spot.y, (i % width) - spot.x) / spot.radius;
      if (distance < 3) stain *= 1 - 0.5 * Math.exp(-0.5 * distance * distance);
    }
    const share = owners[i] === number ? 1 : 0.6;
    light[i] += share * brightness * thickness * stain;
  });
}

/** Dim specks that are not cells. */
function addDebris(
  light: Float32Array,
  height: number,
  width: number,
  diameter: number,
  nuclei: number,
  random: Random,
): void {
  for (let n = 0; n < nuclei / 6; n++) {
    const [y, x] = [random() * height, random() * width];
    const radius = diameter * (0.02 + 0.04 * random());
    const brightness = 0.15 + 0.35 * random();
    const reach = Math.ceil(3 * radius);
    for (let row = Math.max(0, Math.floor(y) - reach); row < Math.min(height, y + reach); row++)
      for (
        let column = Math.max(0, Math.floor(x) - reach);
        column < Math.min(width, x + reach);
        column++
      ) {
        const distance = Math.hypot(row - y, column - x) / radius;
        light[row * width + column] += brightness * Math.exp(-0.5 * distance * distance);
      }
  }
}

/** Blur, haze of what is out of focus, and an uneven background; in photons. */
export function throughMicroscope(
  light: Float32Array,
  height: number,
  width: number,
  diameter: number,
  random: Random,
): Float32Array {
  const sharp = gaussian(
    { data: light, shape: [height, width], axes: "yx" },
    0.035 * diameter,
  ).data;
  const glow = haze(light, height, width, 0.25 * diameter);
  const fog = haze(light, height, width, 2 * diameter);
  const uneven = smoothNoise(height, width, Math.max(height, width, 4 * diameter), random);
  const [tilt, lean] = [normal(random), normal(random)];
  const photons = new Float32Array(light.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const slope = tilt * (y / height - 0.5) + lean * (x / width - 0.5);
      const background = 0.12 * Math.exp(0.35 * uneven[i] + 0.4 * slope);
      photons[i] = 260 * (0.82 * sharp[i] + 0.14 * glow[i] + 0.1 * fog[i] + background);
    }
  return photons;
}
