/**
 * How far the network's flows are from those that a cell's shape asks for: heat that spreads from its middle, uphill.
 * In: cells and flows. Out: a mean squared difference for each cell.
 *
 * @module
 */
import type { Labels } from "../image.js";
import type { CellBox } from "./cell-boxes.js";

/** Steps between two looks at how it stands, and what counts as directions that no longer change. */
const looks = 16;
const settled = 5e-3;

/** Steps after the heat has reached the furthest pixel before the first look: there it is next to nothing at first. */
const warm = 4;

/** A cell whose flows are so many times better than they must be is sound, wherever the rest of the heat goes. */
const clearly = 4;

/** No slope is smaller. */
const flat = 1e-9;

/**
 * Which of the labels 1 … n have flows that are none of a cell's: 1 where the mean over its pixels of the squared distance
 * between the flow it has (`flows`: y and x side by side) and the one that its shape asks for is above `most`; index 0 is
 * unused. `boxes` are those of the labels.
 *
 * The heat is 1 more at the pixel nearest to the cell's centroid in every step, and each pixel becomes the mean of the nine
 * around, 0 outside the cell (Stringer et al. 2021, Methods). The flow is the gradient of its logarithm at unit length. Steps
 * end when the directions settle, or the answer is clear; there are none where flows go straight to the cell's middle.
 */
export function flowsAstray(
  labels: Labels,
  flows: Float32Array,
  boxes: readonly CellBox[],
  most: number,
): Uint8Array {
  const width = labels.shape[1];
  const astray = new Uint8Array(boxes.length + 1);
  const room = roomFor(boxes);
  const enough = most / clearly;
  for (const [n, box] of boxes.entries()) {
    // Round cells, which most are: no heat has to spread to see that all flows go to the middle.
    if (straightError(box, n + 1, labels.data, flows, width) < enough) continue;
    if (errorOf(box, n + 1, labels.data, flows, width, room, enough) > most) astray[n + 1] = 1;
  }
  return astray;
}

/** The mean squared distance of a cell's flows from those that go straight to its middle. */
function straightError(
  box: CellBox,
  label: number,
  labels: Uint32Array,
  flows: Float32Array,
  width: number,
): number {
  let sum = 0;
  for (let y = box.top; y <= box.bottom; y++) {
    const dy = box.y - y;
    for (let x = box.left, i = y * width + x; x <= box.right; x++, i++) {
      if (labels[i] !== label) continue;
      const dx = box.x - x;
      const scale = 1 / Math.max(1, Math.sqrt(dy * dy + dx * dx));
      const alongY = dy * scale - flows[2 * i];
      const alongX = dx * scale - flows[2 * i + 1];
      sum += alongY * alongY + alongX * alongX;
    }
  }
  return sum / box.area;
}

/** Arrays that all cells take in turn, as large as the largest needs. */
interface Room {
  /** A ninth inside the cell, 0 outside. */
  readonly inside: Float64Array;
  readonly heat: Float64Array;
  readonly sums: Float64Array;
  /** Directions, y and x side by side. */
  readonly directions: Float64Array;
  /** The first and last column of the cell in each row; 1 and 0 where it has none. Further out all is cold. */
  readonly first: Int32Array;
  readonly last: Int32Array;
}

function roomFor(boxes: readonly CellBox[]): Room {
  const size = boxes.reduce((most, box) => Math.max(most, wideOf(box) * highOf(box)), 0);
  const tall = boxes.reduce((most, box) => Math.max(most, highOf(box)), 0);
  return {
    inside: new Float64Array(size),
    heat: new Float64Array(size),
    sums: new Float64Array(size),
    directions: new Float64Array(2 * size),
    first: new Int32Array(tall),
    last: new Int32Array(tall),
  };
}

/** A frame of cold is around each box, so that no neighbour is missing. */
function wideOf(box: CellBox): number {
  return box.right - box.left + 3;
}

function highOf(box: CellBox): number {
  return box.bottom - box.top + 3;
}

/** The mean squared distance of a cell's flows; perhaps not the last word where it is below `enough`. */
function errorOf(
  box: CellBox,
  label: number,
  labels: Uint32Array,
  flows: Float32Array,
  width: number,
  room: Room,
  enough: number,
): number {
  const [wide, high] = [wideOf(box), highOf(box)];
  const source = fill(box, label, labels, width, room);
  const [y, x] = [Math.floor(source / wide), source % wide];
  const total = 2 * (wide + high);
  let look = Math.min(total, Math.max(y, high - y, x, wide - x) + warm);
  for (let step = 1; ; step++) {
    room.heat[source] += 1;
    spread(room, wide, high, y, x, step);
    if (step < look) continue;
    const changed = turn(room, wide, wide * high);
    const error = differenceOf(box, flows, width, room);
    if (error < enough || changed < settled * box.area || step === total) return error;
    look = Math.min(total, look + looks);
  }
}

/** The mean squared distance between directions and flows. */
function differenceOf(
  box: CellBox,
  flows: Float32Array,
  width: number,
  { inside, directions, first, last }: Room,
): number {
  const wide = wideOf(box);
  let sum = 0;
  for (let y = box.top; y <= box.bottom; y++) {
    const row = y - box.top + 1;
    for (let column = first[row]; column <= last[row]; column++) {
      const i = row * wide + column;
      if (inside[i] === 0) continue;
      const at = 2 * (y * width + box.left + column - 1);
      const dy = directions[2 * i] - flows[at];
      const dx = directions[2 * i + 1] - flows[at + 1];
      sum += dy * dy + dx * dx;
    }
  }
  return sum / box.area;
}

/** Lays a cell into the room, cold; the pixel nearest to its middle, the first of equals. */
function fill(box: CellBox, label: number, labels: Uint32Array, width: number, room: Room): number {
  const wide = wideOf(box);
  const size = wide * highOf(box);
  const { inside, heat, sums, directions, first, last } = room;
  for (const array of [inside, heat, sums]) array.fill(0, 0, size);
  directions.fill(0, 0, 2 * size);
  first.fill(1);
  last.fill(0);
  let source = 0;
  let least = Infinity;
  for (let y = box.top; y <= box.bottom; y++)
    for (let x = box.left; x <= box.right; x++) {
      if (labels[y * width + x] !== label) continue;
      const row = y - box.top + 1;
      const column = x - box.left + 1;
      const i = row * wide + column;
      inside[i] = 1 / 9;
      if (last[row] === 0) first[row] = column;
      last[row] = column;
      const distance = (y - box.y) ** 2 + (x - box.x) ** 2;
      if (distance >= least) continue;
      least = distance;
      source = i;
    }
  return source;
}

/**
 * The mean of nine in place, as sums along rows and then along columns; only where the cell is, and beside it, and no further
 * from the source at y, x than heat can have come in so many steps.
 */
function spread(
  { heat, sums, inside, first, last }: Room,
  wide: number,
  high: number,
  y: number,
  x: number,
  steps: number,
): void {
  const top = Math.max(1, y - steps);
  const bottom = Math.min(high - 2, y + steps);
  for (let row = top; row <= bottom; row++) {
    const end = row * wide + Math.min(last[row] + 1, x + steps);
    let i = row * wide + Math.max(first[row] - 1, x - steps);
    // Each number is read once.
    let before = heat[i - 1];
    let here = heat[i];
    for (; i <= end; i++) {
      const after = heat[i + 1];
      sums[i] = before + here + after;
      before = here;
      here = after;
    }
  }
  for (let row = top; row <= bottom; row++) {
    const end = row * wide + Math.min(last[row], x + steps);
    for (let i = row * wide + Math.max(first[row], x - steps); i <= end; i++)
      heat[i] = (sums[i - wide] + sums[i] + sums[i + wide]) * inside[i];
  }
}

/** Turns the directions to where the logarithm of the heat rises, at length 1; by how much, squared and added up. */
function turn({ heat, sums, inside, directions }: Room, wide: number, size: number): number {
  for (let i = 0; i < size; i++) sums[i] = heat[i] === 0 ? 0 : Math.log(1 + heat[i]);
  let changed = 0;
  for (let i = wide; i < size - wide; i++) {
    if (inside[i] === 0) continue;
    let dy = sums[i + wide] - sums[i - wide];
    let dx = sums[i + 1] - sums[i - 1];
    const length = Math.sqrt(dy * dy + dx * dx);
    // On a summit rounding alone would give a direction.
    const scale = length > flat ? 1 / length : 0;
    dy *= scale;
    dx *= scale;
    changed += (dy - directions[2 * i]) ** 2 + (dx - directions[2 * i + 1]) ** 2;
    directions[2 * i] = dy;
    directions[2 * i + 1] = dx;
  }
  return changed;
}
