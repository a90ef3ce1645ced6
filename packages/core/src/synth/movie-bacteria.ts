/**
 * A world of rod-shaped bacteria: each grows exponentially at a rate of its own, divides at a size of its own, and all
 * push each other aside.
 *
 * @module
 */
import { normal, type Random, seeded } from "../random.js";
import { drawRod, throughMicroscope } from "./bacteria.js";
import { type Body, pushPair, type Rod } from "./colony.js";
import { nearPairs } from "./crowd.js";
import { expose } from "./light.js";
import type { Look, MovieOptions, World } from "./movie-options.js";

/** A living rod. Its area is the truth; its length follows from it. */
interface Bacterium extends Body {
  id: number;
  mother: number;
  area: number;
  /** At which area it divides, and how fast the area's logarithm grows, a frame. */
  limit: number;
  rate: number;
  bend: number;
  contrast: number;
}

/** How deep rods may lie in each other, in radii, before pushing ends for this frame; and how often it is tried. */
const tolerance = 0.04;
const rounds = 240;

/** A world of `count` bacteria around the middle of the view. */
export function bacteriaWorld(options: Required<MovieOptions>): World {
  const { height, width, seed, diameter, speed, noise } = options;
  const radius = diameter / 2;
  const random = seeded(seed, 21);
  let born = 0;
  const beget = (rod: Body, area: number, mother: number): Bacterium =>
    newBacterium(rod, area, mother, ++born, options, random);
  let cells = settle(options, random).map((rod) => beget(rod, areaOf(rod.length, radius), 0));
  pushApart(cells, radius);
  // Further out than this nobody is seen or pushes those who are.
  const margin = 12 * diameter + 30 * options.drift;
  return {
    get cells() {
      return cells;
    },
    step() {
      for (const cell of cells) {
        cell.area *= Math.exp(cell.rate);
        cell.y += speed * normal(random);
        cell.x += speed * normal(random);
        cell.angle += ((0.5 * speed) / cell.length) * normal(random);
      }
      cells = cells
        .filter(({ y, x }) => Math.max(-y, -x, y - height, x - width) < margin)
        .flatMap((cell) => (cell.area < cell.limit ? [cell] : divide(cell, radius, beget, random)));
      for (const cell of cells) cell.length = lengthOf(cell.area, divisionOf(cell), radius);
      pushApart(cells, radius);
    },
    look: (y, x) => lookAt(cells, y, x, height, width, diameter, noise, seed),
  };
}

/** Rods that do not touch, thrown on a disk around the middle of the view. */
function settle({ height, width, count, diameter }: Required<MovieOptions>, random: Random) {
  const most = Math.min(height, width) / 2;
  const disk = Math.min(most, diameter * 4 * Math.sqrt(count - 1));
  return Array.from({ length: count }, (): Body => {
    const [far, turn] = [disk * Math.sqrt(random()), 2 * Math.PI * random()];
    const y = height / 2 + far * Math.sin(turn);
    const x = width / 2 + far * Math.cos(turn);
    // From just born to nearly dividing: ages in a population that doubles are not uniform, but near enough.
    const length = (diameter / 2) * (2.2 + 3 * random());
    return { y, x, angle: Math.PI * random(), length };
  });
}

function newBacterium(
  rod: Body,
  area: number,
  mother: number,
  id: number,
  { doubling, spread, diameter }: Required<MovieOptions>,
  random: Random,
): Bacterium {
  const radius = diameter / 2;
  const limit = areaOf(radius * (6.8 + 0.7 * normal(random)), radius);
  // At least a third of a cycle, at most two.
  const bounded = Math.min(Math.max(limit, 1.3 * area), 4 * area);
  const rate = (Math.LN2 / doubling) * Math.max(1 + spread * normal(random), 0.2);
  const bend = 0.1 * radius * normal(random);
  const contrast = 1 + 0.08 * normal(random);
  return { ...rod, id, mother, area, limit: bounded, rate, bend, contrast };
}

/** Two daughters end to end, a little askew, who share the mother's area. */
function divide(
  mother: Bacterium,
  radius: number,
  beget: (rod: Body, area: number, mother: number) => Bacterium,
  random: Random,
): Bacterium[] {
  const { y, x, angle, area, length, id } = mother;
  const share = Math.min(Math.max(0.5 + 0.02 * normal(random), 0.4), 0.6);
  return [-1, 1].map((side) => {
    const own = area * (side < 0 ? share : 1 - share);
    const each = lengthOf(own, 0, radius);
    const far = side * (length / 2 - each / 2);
    const turned = angle + 0.06 * normal(random);
    const rod = { y: y + far * Math.sin(angle), x: x + far * Math.cos(angle), angle: turned };
    return beget({ ...rod, length: each }, own, id);
  });
}

/** How far division has come, 0 to 1, by the part of the area at division that is reached. */
function divisionOf({ area, limit }: Bacterium): number {
  return Math.min(Math.max((area / limit - 0.88) / 0.12, 0), 1);
}

/** What a waist takes from the area of a rod, in squared radii, when division is complete; see {@link drawRod}. */
const waist = 2 * 0.3 * 0.5 * Math.sqrt(Math.PI);

function areaOf(length: number, radius: number): number {
  return 2 * radius * length + Math.PI * radius * radius;
}

/** How long a rod of this area is, without its round ends. */
function lengthOf(area: number, division: number, radius: number): number {
  const ends = (Math.PI - waist * division) * radius * radius;
  return Math.max((area - ends) / (2 * radius), 0.1);
}

/** Pushes until nobody lies deep in another, or for some rounds. */
function pushApart(cells: readonly Bacterium[], radius: number): void {
  const longest = cells.reduce((most, { length }) => Math.max(most, length), 0);
  // Pairs are looked up again before anybody can have moved far enough to meet a new neighbour.
  const slack = radius;
  const reach = longest + 2 * radius + slack;
  let pairs = nearPairs(cells, reach);
  for (let round = 0, moved = 0; round < rounds; round++) {
    let deepest = 0;
    for (let p = 0; p < pairs.length; p += 2) {
      const [a, b] = [cells[pairs[p]], cells[pairs[p + 1]]];
      const near = (a.length + b.length) / 2 + 2 * radius;
      if ((a.y - b.y) ** 2 + (a.x - b.x) ** 2 < near * near)
        deepest = Math.max(deepest, pushPair(a, b, radius));
    }
    if (deepest < tolerance * radius) return;
    moved += 2 * deepest;
    if (moved < slack) continue;
    pairs = nearPairs(cells, reach);
    moved = 0;
  }
}

function lookAt(
  cells: readonly Bacterium[],
  top: number,
  left: number,
  height: number,
  width: number,
  diameter: number,
  noise: number,
  seed: number,
): Look {
  const owners = new Uint32Array(height * width);
  const nearest = new Float32Array(height * width).fill(1);
  const thickness = new Float32Array(height * width);
  for (const [n, cell] of cells.entries()) {
    const rod = rodOf(cell, top, left, diameter / 2);
    drawRod(rod, height, width, (i, far) => {
      thickness[i] = Math.max(thickness[i], cell.contrast * Math.sqrt(1 - far * far));
      if (far >= nearest[i]) return;
      nearest[i] = far;
      owners[i] = n + 1;
    });
  }
  const whole = Float64Array.from(cells, ({ area }) => area);
  const photograph = (frame: number): Uint16Array => {
    // Lamp and dirt on the lens are the same in all frames.
    const photons = throughMicroscope(thickness, height, width, diameter, seeded(seed, 2));
    const camera = { gain: 2, offset: 200, readNoise: 6, noise };
    return expose(photons, camera, seeded(seed, 3, frame));
  };
  return { owners, whole, photograph };
}

function rodOf(cell: Bacterium, top: number, left: number, radius: number): Rod {
  const { y, x, angle, length, bend } = cell;
  return { y: y - top, x: x - left, angle, length, radius, bend, division: divisionOf(cell) };
}
