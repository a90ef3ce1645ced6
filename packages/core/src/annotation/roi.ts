/**
 * One region of interest as ImageJ saves it: bytes → closed outlines in pixels.
 * Format: the header that ImageJ's `RoiDecoder` documents, big-endian, beginning with "Iout".
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import { flattenShape } from "./roi-shape.js";

/** Where in a stack a region was drawn: numbers from 1; 0 where it belongs to all. */
export interface RoiPosition {
  readonly channel: number;
  readonly slice: number;
  readonly frame: number;
}

/** A region: what lies inside an odd number of its outlines. */
export interface Roi {
  readonly name: string;
  /** Closed outlines, each y, x, y, x, … in pixels: pixel 0 reaches from 0 to 1, its centre is at 0.5. */
  readonly paths: readonly Float64Array[];
  readonly position: RoiPosition;
}

const kinds: Readonly<Record<number, string>> = {
  0: "polygon",
  1: "rectangle",
  2: "oval",
  3: "line",
  4: "freehand line",
  5: "polyline",
  6: "empty region",
  7: "freehand region",
  8: "traced region",
  9: "angle",
  10: "point",
};
const [RECTANGLE, OVAL] = [1, 2];
const outlined = [0, 7, 8];
const [TEXT, IMAGE] = [1, 4];
const SUBPIXEL = 128;
const HEADER = 64;
/** Pixels from top to bottom of an ellipse. */
const tallest = 2 ** 20;

/**
 * Reads one region; `name` is taken where the bytes hold none. Polygons, freehand and traced regions, rectangles, ovals
 * and composites of several outlines are regions; throws {@link UnsupportedError} for lines, points, texts and the like,
 * which have no inside, and {@link FormatError} for bytes that are no region or a damaged one.
 */
export function readRoi(bytes: Uint8Array, name: string): Roi {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || view.getUint32(0) !== 0x496f7574)
    throw new FormatError(
      `is not an ImageJ region: it must begin with "Iout" and have ${HEADER} bytes or more, has ${bytes.length}`,
    );
  const { title = name, position } = readSecondHeader(view);
  return { name: title, paths: readPaths(view, title), position };
}

function readPaths(view: DataView, name: string): Float64Array[] {
  const type = view.getUint8(6);
  const subtype = view.getInt16(48);
  const shapeSize = view.getInt32(36);
  const what = Object.hasOwn(kinds, type) ? kinds[type] : `region of the unknown type ${type}`;
  if (shapeSize > 0) return flattenShape(floatsAt(view, HEADER, shapeSize));
  if (subtype === TEXT || subtype === IMAGE)
    throw notAnArea(name, subtype === TEXT ? "text" : "image");
  if (type === RECTANGLE && view.getUint16(54) > 0) throw notAnArea(name, "rounded rectangle");
  if (type === RECTANGLE) return [rectangle(boundsOf(view))];
  if (type === OVAL) return [oval(boundsOf(view))];
  if (!outlined.includes(type)) throw notAnArea(name, what);
  return [outline(view, name)];
}

function notAnArea(name: string, what: string): UnsupportedError {
  return new UnsupportedError(
    `region "${name}" must be a polygon, freehand or traced region, rectangle, oval or a composite of them, is a ${what}: remove it from the set or redraw it`,
    { region: name, what },
  );
}

/** Vertices: 16-bit steps from the upper left corner or, where the options say so, 32-bit floats from the image's. */
function outline(view: DataView, name: string): Float64Array {
  const count = view.getUint16(16) || view.getInt32(18);
  const isFine = (view.getUint16(50) & SUBPIXEL) !== 0 && view.getInt16(4) >= 222;
  const [top, left] = [view.getInt16(8), view.getInt16(10)];
  if (count < 3)
    throw new FormatError(`region "${name}" must have 3 vertices or more, has ${count}`);
  checkLength(view, HEADER + 4 * count);
  const path = new Float64Array(2 * count);
  if (isFine) {
    const values = floatsAt(view, HEADER + 4 * count, 2 * count);
    for (let i = 0; i < count; i++) {
      path[2 * i] = values[count + i];
      path[2 * i + 1] = values[i];
    }
    return path;
  }
  for (let i = 0; i < count; i++) {
    path[2 * i] = top + stepAt(view, HEADER + 2 * (count + i));
    path[2 * i + 1] = left + stepAt(view, HEADER + 2 * i);
  }
  return path;
}

/** ImageJ never steps left of the corner: small negative numbers are 0, large ones are steps of more than 32 767. */
function stepAt(view: DataView, at: number): number {
  const value = view.getInt16(at);
  if (value >= 0) return value;
  return value < -5000 ? value + 65536 : 0;
}

interface Bounds {
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
}

function boundsOf(view: DataView): Bounds {
  const isFine = (view.getUint16(50) & SUBPIXEL) !== 0 && view.getInt16(4) >= 223;
  const [top, left, bottom, right] = [8, 10, 12, 14].map((at) => view.getInt16(at));
  let [x, y, width, height] = [left, top, right - left, bottom - top];
  if (isFine) [x, y, width, height] = floatsAt(view, 18, 4);
  if (width < 0 || height < 0)
    throw new FormatError(`must have a height and width of 0 or more, has ${height} x ${width}`);
  return { y, x, height, width };
}

function rectangle({ y, x, height, width }: Bounds): Float64Array {
  return Float64Array.of(y, x, y, x + width, y + height, x + width, y + height, x);
}

/** An ellipse with a vertex wherever it crosses the middle of a row of pixels, so that filling it is exact. */
function oval({ y, x, height, width }: Bounds): Float64Array {
  if (height > tallest)
    throw new UnsupportedError(`must be at most ${tallest} pixels high, is ${height}`);
  const [middle, half] = [y + height / 2, x + width / 2];
  const first = Math.ceil(y - 0.5) + 0.5;
  const right: number[] = [y, half];
  const left: number[] = [];
  for (let row = first; row < y + height; row++) {
    const share = (2 * (row - middle)) / height;
    const reach = (width / 2) * Math.sqrt(Math.max(0, 1 - share * share));
    right.push(row, half + reach);
    left.push(half - reach, row);
  }
  return Float64Array.from([...right, y + height, half, ...left.reverse()]);
}

/** The second header's name and place in a stack; older files have none and say the slice in the first. */
function readSecondHeader(view: DataView): { title?: string; position: RoiPosition } {
  const slice = Math.max(0, view.getInt32(56));
  const at = view.getInt32(60);
  const position = { channel: 0, slice, frame: 0 };
  if (at < HEADER || at + 24 > view.byteLength) return { position };
  const of = (offset: number) => Math.max(0, view.getInt32(at + offset));
  const inStack = slice > 0 ? position : { channel: of(4), slice: of(8), frame: of(12) };
  const [start, length] = [of(16), of(20)];
  if (start === 0 || length === 0 || length > 4096 || start + 2 * length > view.byteLength)
    return { position: inStack };
  let title = "";
  for (let i = 0; i < length; i++) title += String.fromCharCode(view.getUint16(start + 2 * i));
  return { title, position: inStack };
}

function floatsAt(view: DataView, at: number, count: number): Float64Array {
  checkLength(view, at + 4 * count);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    values[i] = view.getFloat32(at + 4 * i);
    // Anything beyond is no place in an image, and NaN would fill nothing without a word.
    if (!(Math.abs(values[i]) < 2 ** 31))
      throw new FormatError(`must have finite coordinates, has ${values[i]} at byte ${at + 4 * i}`);
  }
  return values;
}

function checkLength(view: DataView, wanted: number): void {
  if (wanted > view.byteLength)
    throw new FormatError(`is cut off: must have ${wanted} bytes, has ${view.byteLength}`);
}
