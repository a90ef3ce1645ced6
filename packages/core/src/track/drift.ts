/**
 * How far the whole picture moved from one frame to the next, as when the stage drifts.
 * In: images or labels `[y, x]`. Out: a shift in pixels, and whether it is sure.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import type { Image, Labels } from "../image.js";
import { checkPlane } from "../plane.js";
import { fourier, powerOfTwo } from "./fourier.js";

/** How far a picture moved. */
export interface FrameShift {
  /** Whole pixels: what was at (0, 0) is now at (y, x). */
  readonly y: number;
  readonly x: number;
  /** How far the best match stands out: its height over the root mean square of all matches. */
  readonly height: number;
  /** Whether that is more than chance gives: only then should the shift be used. */
  readonly sure: boolean;
}

/** Detail finer than this standard deviation in pixels is left out: there, camera noise speaks. */
const finest = 1.5;

/** The best of some 10⁶ matches of unlike pictures is about 5 of their deviations high. */
const surely = 10;

/** The part of each side that fades to nothing, so that the picture's border does not count as a thing in it. */
const fading = 0.15;

/**
 * By phase correlation (Kuglin & Hines 1975): every frequency has the same say, whatever the light. Shifts are found up
 * to half the image's side. Patterns that stay with the camera, dirt or uneven light, speak for no shift; where they are
 * stronger than the cells, {@link labelShift} is the better way. Throws `ShapeError` unless both are planes of one size.
 */
export function frameShift(before: Image, after: Image): FrameShift {
  checkPlane(before, "frame before");
  checkPlane(after, "frame after");
  const [height, width] = before.shape;
  if (after.shape[0] !== height || after.shape[1] !== width)
    throw new ShapeError("frame after", `${height} x ${width}`, after.shape.join(" x "));
  const [rows, columns] = [powerOfTwo(height), powerOfTwo(width)];
  // Two real planes go through one complex transform, as its real and imaginary parts.
  const re = faded(before, rows, columns);
  const im = faded(after, rows, columns);
  fourier(re, im, rows, columns);
  if (!crossPhase(re, im, rows, columns)) return { y: 0, x: 0, height: 0, sure: false };
  fourier(re, im, rows, columns, true);
  return highest(re, rows, columns, height, width);
}

/**
 * {@link frameShift} of two frames' cells: of their insides, so that cells that touch are told apart. Numbers need not
 * agree. Growth and motion of single cells blur the match, and make it unsure where they are much larger than the shift.
 */
export function labelShift(before: Labels, after: Labels): FrameShift {
  return frameShift(insides(before), insides(after));
}

/**
 * Where each picture of a movie lies against the first: shifts added up, whole pixels. A step that is not sure counts as
 * none. `shift` is {@link frameShift} for images and {@link labelShift} for labels.
 */
export function* cumulativeShifts<T>(
  frames: Iterable<T>,
  shift: (before: T, after: T) => FrameShift,
): Generator<{ y: number; x: number }> {
  let at = { y: 0, x: 0 };
  let before: T | undefined;
  for (const frame of frames) {
    if (before !== undefined) {
      const step = shift(before, frame);
      if (step.sure) at = { y: at.y + step.y, x: at.x + step.x };
    }
    before = frame;
    yield at;
  }
}

function insides(labels: Labels): Image<Uint8Array> {
  checkPlane(labels, "labels");
  const width = labels.shape[1];
  const from = labels.data;
  const data = new Uint8Array(from.length);
  for (let i = 0; i < data.length; i++) {
    const label = from[i];
    const inside = label !== 0 && from[i + 1] === label && from[i + width] === label;
    data[i] = inside ? 1 : 0;
  }
  return { ...labels, data };
}

/** The plane less its mean, faded at the border, in the corner of a larger one. NaN counts as the mean. */
function faded(image: Image, rows: number, columns: number): Float64Array {
  const [height, width] = image.shape;
  const { data } = image;
  let [sum, count] = [0, 0];
  for (let i = 0; i < data.length; i++)
    if (Number.isFinite(data[i])) {
      sum += data[i];
      count++;
    }
  const mean = sum / Math.max(count, 1);
  const [down, along] = [fade(height), fade(width)];
  const out = new Float64Array(rows * columns);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x];
      if (Number.isFinite(value)) out[y * columns + x] = (value - mean) * down[y] * along[x];
    }
  return out;
}

/** Weights that rise as a cosine from the ends and are 1 in the middle (a Tukey window). */
function fade(length: number): Float64Array {
  const edge = fading * length;
  return Float64Array.from({ length }, (_, i) => {
    const inward = Math.min(i + 0.5, length - i - 0.5);
    return inward >= edge ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * inward) / edge);
  });
}

/**
 * From the transform of `before + i after` makes, in place, that of their match: the phase differences alone, fine detail
 * left out. False where one of them is empty.
 */
function crossPhase(re: Float64Array, im: Float64Array, rows: number, columns: number): boolean {
  let [most, power] = [0, 0];
  const [outRe, outIm] = [new Float64Array(re.length), new Float64Array(re.length)];
  for (let v = 0; v < rows; v++)
    for (let u = 0; u < columns; u++) {
      const i = v * columns + u;
      const j = ((rows - v) % rows) * columns + ((columns - u) % columns);
      // The two planes' own transforms, A and B, from the symmetry of real ones.
      const [aRe, aIm] = [(re[i] + re[j]) / 2, (im[i] - im[j]) / 2];
      const [bRe, bIm] = [(im[i] + im[j]) / 2, (re[j] - re[i]) / 2];
      outRe[i] = aRe * bRe + aIm * bIm;
      outIm[i] = aRe * bIm - aIm * bRe;
      most = Math.max(most, Math.abs(outRe[i]) + Math.abs(outIm[i]));
      power = Math.max(power, re[i] * re[i] + im[i] * im[i]);
    }
  // Only rounding is left of a product with an empty plane.
  if (!(most > 1e-12 * power)) return false;
  for (let v = 0; v < rows; v++) {
    const fy = (Math.min(v, rows - v) / rows) * 2 * Math.PI;
    for (let u = 0; u < columns; u++) {
      const i = v * columns + u;
      const fx = (Math.min(u, columns - u) / columns) * 2 * Math.PI;
      const size = Math.hypot(outRe[i], outIm[i]);
      const part = Math.exp(-0.5 * finest ** 2 * (fy * fy + fx * fx));
      const weight = size > 1e-12 * most ? part / size : 0;
      re[i] = outRe[i] * weight;
      im[i] = outIm[i] * weight;
    }
  }
  // The mean says nothing of a shift.
  re[0] = 0;
  im[0] = 0;
  return true;
}

/** The best match within half the picture's sides. */
function highest(
  match: Float64Array,
  rows: number,
  columns: number,
  height: number,
  width: number,
): FrameShift {
  let [best, squares] = [0, 0];
  for (let i = 1; i < match.length; i++) squares += match[i] * match[i];
  for (let i = 0; i < match.length; i++) {
    const { y, x } = placeOf(i, rows, columns);
    if (2 * Math.abs(y) > height || 2 * Math.abs(x) > width) continue;
    if (match[i] > match[best]) best = i;
  }
  const rms = Math.sqrt(squares / match.length);
  const over = rms > 0 ? match[best] / rms : 0;
  return { ...placeOf(best, rows, columns), height: over, sure: over >= surely };
}

/** A place in a plane that goes round, as a shift from its corner. */
function placeOf(i: number, rows: number, columns: number): { y: number; x: number } {
  const [y, x] = [Math.floor(i / columns), i % columns];
  return { y: 2 * y > rows ? y - rows : y, x: 2 * x > columns ? x - columns : x };
}
