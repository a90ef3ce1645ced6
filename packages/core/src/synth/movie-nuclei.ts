/**
 * A world of nuclei in culture: they crawl, keep each other at a distance, grow, round up and divide. It has no edges,
 * and the view shows a part of it, so that nuclei come and go.
 *
 * @module
 */
import { normal, type Random, seeded } from "../random.js";
import { nearPairs, shortest, type Torus } from "./crowd.js";
import {
  dense,
  type LivingNucleus,
  ofUnitArea,
  outlineOf,
  plate,
  seenArea,
  towards,
} from "./living-nucleus.js";
import { chromatinOf, lookAtNuclei } from "./movie-nuclei-look.js";
import type { MovieOptions, World } from "./movie-options.js";
import { makeOutline } from "./nuclei.js";

/** When nuclei cover this share of their world they touch on all sides, and stop growing. */
const full = 0.72;

/** A world of nuclei, a few diameters larger than the view. */
export function nucleiWorld(options: Required<MovieOptions>): World {
  const { height, width, seed, diameter, speed, density, count, doubling } = options;
  const torus = { height: height + 4 * diameter, width: width + 4 * diameter };
  const corner = 2 * diameter;
  const random = seeded(seed, 31);
  const chromatin = chromatinOf(options);
  const space = torus.height * torus.width;
  let born = 0;
  const beget = (y: number, x: number, area: number, mother: number): LivingNucleus =>
    newNucleus(y, x, area, mother, ++born, options, random);
  let cells: LivingNucleus[] = [];
  const typical = (Math.PI / 4) * diameter * diameter;
  for (let covered = 0; covered < density * space && cells.length < count; ) {
    const area = 0.72 * typical * 2 ** random();
    covered += area;
    cells.push(beget(random() * torus.height, random() * torus.width, area, 0));
  }
  keepApart(cells, torus, 60);
  // Rounding up and metaphase together: a twelfth of the cycle, in whole frames.
  const frames = Math.max(2, Math.min(Math.round(doubling / 12), 20));
  return {
    get cells() {
      return cells;
    },
    step() {
      const covered = cells.reduce((sum, { area }) => sum + area, 0);
      const grows = covered < full * space;
      for (const cell of cells) live(cell, grows, frames, speed, torus, random);
      cells = cells.flatMap((cell) =>
        cell.mitosis < frames ? [cell] : divide(cell, beget, speed, random),
      );
      keepApart(cells, torus, 8);
    },
    look: (y, x) => lookAtNuclei(cells, y - corner, x - corner, torus, chromatin, options),
  };
}

function newNucleus(
  y: number,
  x: number,
  area: number,
  mother: number,
  id: number,
  { diameter, speed, doubling, spread }: Required<MovieOptions>,
  random: Random,
): LivingNucleus {
  const typical = (Math.PI / 4) * diameter * diameter;
  const limit = 1.44 * typical * Math.max(1 + 0.08 * normal(random), 0.6);
  const rate = (Math.LN2 / doubling) * Math.max(1 + spread * normal(random), 0.2);
  const nucleoli = Array.from({ length: 1 + Math.floor(4 * random()) }, () => {
    const [turn, far] = [2 * Math.PI * random(), 0.3 * diameter * Math.sqrt(random())];
    const radius = diameter * (0.04 + 0.04 * random());
    return { y: far * Math.sin(turn), x: far * Math.cos(turn), radius };
  });
  return {
    id,
    mother,
    y,
    x,
    vy: speed * normal(random),
    vx: speed * normal(random),
    turn: 2 * Math.PI * random(),
    area,
    limit: Math.max(limit, 1.3 * area),
    rate,
    mitosis: -1,
    condensed: 0,
    outline: ofUnitArea(makeOutline(1, 1 + 0.5 * random() ** 1.5, random)),
    brightness: Math.exp(0.3 * normal(random)),
    texture: Math.floor(2 ** 20 * random()),
    nucleoli,
  };
}

/** One frame of a nucleus's life: it crawls with a persistence of a few frames, grows, and its chromatin condenses. */
function live(
  cell: LivingNucleus,
  grows: boolean,
  frames: number,
  speed: number,
  torus: Torus,
  random: Random,
): void {
  const persistence = 0.7;
  const kick = speed * Math.sqrt(1 - persistence ** 2);
  cell.vy = persistence * cell.vy + kick * normal(random);
  cell.vx = persistence * cell.vx + kick * normal(random);
  const still = cell.mitosis < 0 ? 1 : 0.4;
  cell.y = around(cell.y + still * cell.vy, torus.height);
  cell.x = around(cell.x + still * cell.vx, torus.width);
  cell.turn += 0.03 * normal(random);
  if (grows) cell.area *= Math.exp(cell.rate);
  if (cell.mitosis >= 0) cell.mitosis++;
  else if (cell.area >= cell.limit) cell.mitosis = 0;
  if (cell.mitosis >= 0) cell.condensed = Math.min(1, (cell.mitosis + 1) / Math.max(frames - 1, 1));
  else cell.condensed = Math.max(0, cell.condensed - 2 / (frames + 2));
}

function around(position: number, length: number): number {
  return ((position % length) + length) % length;
}

/** Two daughters: dense plates side by side that move apart, each with about half of the mother. */
function divide(
  mother: LivingNucleus,
  beget: (y: number, x: number, area: number, mother: number) => LivingNucleus,
  speed: number,
  random: Random,
): LivingNucleus[] {
  const { y, x, turn, id, area, brightness } = mother;
  const share = Math.min(Math.max(0.5 + 0.03 * normal(random), 0.4), 0.6);
  return [-1, 1].map((side) => {
    const own = area * (side < 0 ? share : 1 - share);
    // Half a plate's thickness and a narrow gap away from the mother's middle; then on by itself.
    const far = side * 0.55 * Math.sqrt((own * dense) / plate);
    const away = 0.12 * Math.sqrt(area) + 0.3 * speed;
    const daughter = beget(y + far * Math.sin(turn), x + far * Math.cos(turn), own, id);
    daughter.vy = side * away * Math.sin(turn);
    daughter.vx = side * away * Math.cos(turn);
    return { ...daughter, turn, condensed: 1, brightness: brightness * (0.95 + 0.1 * random()) };
  });
}

/** Moves nuclei that overlap apart, each pair most of the way, for some rounds. */
function keepApart(cells: readonly LivingNucleus[], torus: Torus, rounds: number): void {
  const shapes = cells.map((cell) => {
    const scale = Math.sqrt(seenArea(cell));
    return outlineOf(cell).map((r) => r * scale);
  });
  const widest = shapes.reduce((most, shape) => Math.max(most, Math.max(...shape)), 1);
  let pairs: Int32Array = new Int32Array(0);
  for (let round = 0; round < rounds; round++) {
    // A little further than they reach: in ten rounds few get closer by more than that.
    if (round % 10 === 0) pairs = nearPairs(cells, 2.2 * widest, torus);
    for (let p = 0; p < pairs.length; p += 2) push(cells, shapes, pairs[p], pairs[p + 1], torus);
  }
}

function push(
  cells: readonly LivingNucleus[],
  shapes: readonly Float64Array[],
  i: number,
  j: number,
  torus: Torus,
): void {
  const [a, b] = [cells[i], cells[j]];
  const dy = shortest(b.y - a.y, torus.height);
  const dx = shortest(b.x - a.x, torus.width);
  const distance = Math.hypot(dy, dx) || 1e-6;
  const angle = Math.atan2(dy, dx);
  const touching =
    shapes[i][towards(angle - a.turn)] + shapes[j][towards(angle + Math.PI - b.turn)];
  const step = (0.3 * (touching - distance)) / distance;
  if (step <= 0) return;
  a.y = around(a.y - step * dy, torus.height);
  a.x = around(a.x - step * dx, torus.width);
  b.y = around(b.y + step * dy, torus.height);
  b.x = around(b.x + step * dx, torus.width);
}
