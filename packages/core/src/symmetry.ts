/**
 * The eight faces of a square: an image flipped and turned by quarters, and back. A network's maps averaged over them are
 * a little better, for eight times the work (test-time augmentation).
 *
 * @module
 */
import { ShapeError } from "./errors.js";
import type { Tensor } from "./image.js";
import type { Box } from "./tile.js";

/** How many faces there are: 0 is the image itself, bit 2 swaps y and x, bit 1 then flips y, bit 0 flips x. */
export const FACES = 8;

/** One face of a tensor `"cyx"`: for faces 4 … 7 height and width change places. */
export function turn(tensor: Tensor, face: number): Tensor {
  return turned(tensor, face, false);
}

/** The tensor that {@link turn} made this face of. */
export function turnBack(tensor: Tensor, face: number): Tensor {
  return turned(tensor, face, true);
}

/** Where a box of an image of `height` x `width` lies in one face of it. */
export function turnBox(box: Box, height: number, width: number, face: number): Box {
  const { y, x, ...size } = box;
  const swapped = (face & 4) !== 0;
  const [rows, columns] = swapped ? [width, height] : [height, width];
  const into = swapped
    ? { y: x, x: y, height: size.width, width: size.height }
    : { y, x, height: size.height, width: size.width };
  return {
    ...into,
    ...(face & 2 && { y: rows - into.y - into.height }),
    ...(face & 1 && { x: columns - into.x - into.width }),
  };
}

function turned(tensor: Tensor, face: number, back: boolean): Tensor {
  if (!(Number.isInteger(face) && face >= 0 && face < FACES))
    throw new ShapeError("face", `a whole number from 0 to ${FACES - 1}`, `${face}`);
  const [channels, rows, columns] = tensor.shape;
  const [height, width] = face & 4 ? [columns, rows] : [rows, columns];
  const data = new Float32Array(tensor.data.length);
  const plane = rows * columns;
  const places = back ? placesOf(rows, columns, face) : placesOf(height, width, face);
  for (let inFace = 0; inFace < plane; inFace++) {
    const [from, to] = back ? [inFace, places[inFace]] : [places[inFace], inFace];
    for (let c = 0; c < channels; c++) data[c * plane + to] = tensor.data[c * plane + from];
  }
  return { data, shape: [channels, height, width], axes: "cyx" };
}

/** Where each pixel of a face of `rows` x `columns` lies in the image. */
function placesOf(rows: number, columns: number, face: number): Int32Array {
  const places = new Int32Array(rows * columns);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const r = face & 2 ? rows - 1 - y : y;
      const c = face & 1 ? columns - 1 - x : x;
      places[y * columns + x] = face & 4 ? c * rows + r : r * columns + c;
    }
  return places;
}
