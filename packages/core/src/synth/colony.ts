/**
 * How a micro-colony comes about: one bacterium grows, divides, and its offspring push each other aside.
 * In: how many cells, and chance. Out: rods that lie side by side and end to end, around the point 0, 0.
 *
 * @module
 */
import { normal, type Random } from "../random.js";

/** A bacterium: a cylinder with half spheres as ends, seen from above. */
export interface Rod {
  readonly y: number;
  readonly x: number;
  /** Radians; 0 lies along x. */
  readonly angle: number;
  /** Between the middles of the half spheres, in pixels. */
  readonly length: number;
  readonly radius: number;
  /** How far its middle bulges sideways, in pixels. */
  readonly bend: number;
  /** How far division has come, 0 to 1: the waist narrows. */
  readonly division: number;
}

/** A rod that can be pushed; as {@link Rod}. */
export interface Body {
  y: number;
  x: number;
  angle: number;
  length: number;
}

/** A rod while it grows. */
interface Cell extends Body {
  /** At which length it divides, and how fast it grows. */
  limit: number;
  rate: number;
  bend: number;
}

/** A colony of `count` rods of `radius` pixels. */
export function growColony(count: number, radius: number, random: Random): Rod[] {
  const length = radius * (3 + 3 * random());
  let cells = [newCell(0, 0, Math.PI * random(), length, radius, random)];
  while (cells.length < count) {
    for (const cell of cells) cell.length *= 1 + 0.1 * cell.rate;
    cells = cells.flatMap((cell) =>
      cell.length < cell.limit ? [cell] : divide(cell, radius, random),
    );
    for (let round = 0; round < 3; round++) pushApart(cells, radius);
  }
  for (let round = 0; round < 12; round++) pushApart(cells, radius);
  return cells.map(({ y, x, angle, length, limit, bend }) => {
    const division = Math.max(0, (length / limit - 0.85) / 0.15);
    return { y, x, angle, length, radius, bend, division };
  });
}

function newCell(
  y: number,
  x: number,
  angle: number,
  length: number,
  radius: number,
  random: Random,
): Cell {
  const limit = radius * (6.8 + 0.7 * normal(random));
  const bend = 0.12 * radius * normal(random);
  return {
    y,
    x,
    angle,
    length,
    limit: Math.max(limit, 4 * radius),
    rate: 0.8 + 0.4 * random(),
    bend,
  };
}

/** Two daughters end to end, a little askew; together as long as their mother. */
function divide({ y, x, angle, length }: Cell, radius: number, random: Random): Cell[] {
  const each = Math.max(length / 2 - radius, radius);
  return [-1, 1].map((side) => {
    const far = side * (each / 2 + radius);
    const turned = angle + 0.12 * normal(random);
    return newCell(
      y + far * Math.sin(angle),
      x + far * Math.cos(angle),
      turned,
      each,
      radius,
      random,
    );
  });
}

/** Moves and turns cells that overlap, each pair half as far as it takes. */
function pushApart(cells: readonly Cell[], radius: number): void {
  for (let i = 0; i < cells.length; i++)
    for (let j = i + 1; j < cells.length; j++) {
      const [a, b] = [cells[i], cells[j]];
      const near = (a.length + b.length) / 2 + 2 * radius;
      if ((a.y - b.y) ** 2 + (a.x - b.x) ** 2 < near * near) pushPair(a, b, radius);
    }
}

/** Moves and turns two rods apart, half as far as it takes, and answers how deep they lay in each other in pixels. */
export function pushPair(a: Body, b: Body, radius: number): number {
  const { onA, onB, distance } = closest(a, b);
  const depth = 2 * radius - distance;
  if (depth <= 0) return 0;
  let ny = a.y + onA * Math.sin(a.angle) - b.y - onB * Math.sin(b.angle);
  let nx = a.x + onA * Math.cos(a.angle) - b.x - onB * Math.cos(b.angle);
  if (distance > 1e-9) {
    ny /= distance;
    nx /= distance;
  } else {
    ny = Math.cos(a.angle);
    nx = -Math.sin(a.angle);
  }
  const [leverA, leverB] = [lever(a, onA, ny, nx, radius), lever(b, onB, ny, nx, radius)];
  const push = (0.5 * depth) / (2 + leverA.ease * leverA.arm ** 2 + leverB.ease * leverB.arm ** 2);
  a.y += push * ny;
  a.x += push * nx;
  a.angle += push * leverA.ease * leverA.arm;
  b.y -= push * ny;
  b.x -= push * nx;
  b.angle -= push * leverB.ease * leverB.arm;
  return depth;
}

/** How a push at `along` pixels from the middle turns a rod: the arm it has, and how easily the rod turns. */
function lever(
  cell: Body,
  along: number,
  ny: number,
  nx: number,
  radius: number,
): { arm: number; ease: number } {
  const arm = along * (Math.cos(cell.angle) * ny - Math.sin(cell.angle) * nx);
  return { arm, ease: 12 / (cell.length + 2 * radius) ** 2 };
}

/** Where two rods' axes come closest, as pixels from their middles. Axes that cross count as nearest at an end. */
function closest(a: Body, b: Body): { onA: number; onB: number; distance: number } {
  let best = { onA: 0, onB: 0, distance: Infinity };
  for (const end of [-0.5, 0, 0.5]) {
    const onA = end * a.length;
    const fromA = nearestOn(b, a.y + onA * Math.sin(a.angle), a.x + onA * Math.cos(a.angle));
    if (fromA.distance < best.distance) best = { onA, onB: fromA.along, distance: fromA.distance };
    const onB = end * b.length;
    const fromB = nearestOn(a, b.y + onB * Math.sin(b.angle), b.x + onB * Math.cos(b.angle));
    if (fromB.distance < best.distance) best = { onA: fromB.along, onB, distance: fromB.distance };
  }
  return best;
}

function nearestOn(cell: Body, y: number, x: number): { along: number; distance: number } {
  const [sin, cos] = [Math.sin(cell.angle), Math.cos(cell.angle)];
  const half = cell.length / 2;
  const along = Math.min(Math.max((y - cell.y) * sin + (x - cell.x) * cos, -half), half);
  return { along, distance: Math.hypot(y - cell.y - along * sin, x - cell.x - along * cos) };
}
