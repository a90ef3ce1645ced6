/**
 * COCO's annotations of instances → labels, an image each. Format: cocodataset.org, object detection; compressed
 * run-length encodings are those of its own tools.
 *
 * @module
 */
import { labelsFromRois } from "../annotation/roi-set.js";
import { FormatError } from "../errors.js";
import type { Labels } from "../image.js";
import { checkDecodedSize, type ReadOptions } from "./format.js";
import { type Fields, fieldsOf } from "./json-fields.js";
import { parseJson } from "./json-text.js";

/** An image of a COCO file, or one plane of it. */
export interface CocoLabels {
  /** The name of the image file. */
  readonly file: string;
  /** Where the plane stands in a movie or stack, from 0, where the file says it. */
  readonly t?: number;
  readonly z?: number;
  readonly labels: Labels;
}

/** Whether parsed JSON is such a file. */
function isCoco(value: unknown): boolean {
  const { images, annotations } = fieldsOf(value);
  return Array.isArray(images) && Array.isArray(annotations);
}

/**
 * The images of a file, in its order. Cells have the number that their annotation has as `label`, where all have one and none
 * twice in an image; else 1, 2, 3, … in their order. Of overlapping cells the earlier one keeps the pixel, and polygons keep
 * it before run-length encodings; crowds (`iscrowd`) are no cells. All images together may take
 * `maxBytes`, by default 128 MiB and 1024 times the text's: their size stands in the text alone. Throws {@link FormatError} for a damaged file.
 */
export function readCoco(text: string, options: ReadOptions = {}): CocoLabels[] {
  const value = parseJson(text);
  if (!isCoco(value)) throw new FormatError('must be COCO: with lists "images" and "annotations"');
  const { images, annotations } = fieldsOf(value) as Readonly<Record<string, unknown[]>>;
  const cells = new Map<unknown, Fields[]>();
  for (const image of images) cells.set(fieldsOf(image).id, []);
  if (cells.size !== images.length) throw new FormatError("must have images with an id each");
  for (const [i, annotation] of annotations.map(fieldsOf).entries()) {
    const own = cells.get(annotation.image_id);
    if (!own)
      throw new FormatError(
        `annotation ${i} is of image ${annotation.image_id}, which is not there`,
      );
    if (annotation.iscrowd !== 1) own.push(annotation);
  }
  let bytes = 0;
  return images.map(fieldsOf).map((image, i) => {
    const { file_name, height, width, t, z } = image;
    if (![height, width].every((n) => Number.isSafeInteger(n) && (n as number) > 0))
      throw new FormatError(`image ${i} must have height and width, has ${height} and ${width}`);
    bytes += (height as number) * (width as number) * 4;
    checkDecodedSize(bytes, options, 16 * text.length);
    return {
      file: `${file_name ?? image.id}`,
      ...(isIndex(t) && { t }),
      ...(isIndex(z) && { z }),
      labels: labelsOf(cells.get(image.id) ?? [], height as number, width as number),
    };
  });
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function labelsOf(cells: readonly Fields[], height: number, width: number): Labels {
  const known = new Set(cells.map(({ label }) => label));
  const named =
    known.size === cells.length &&
    [...known].every((label) => isIndex(label) && label > 0 && label <= 0xffffffff);
  const numberOf = (i: number) => (named ? (cells[i].label as number) : i + 1);
  const outlines: { name: string; paths: Float64Array[] }[] = [];
  const numbers: number[] = [];
  for (const [i, { segmentation, id }] of cells.entries())
    for (const polygon of Array.isArray(segmentation) ? segmentation : []) {
      // Each by itself: polygons of one cell may overlap.
      outlines.push({ name: `${id ?? i}`, paths: [pathOf(polygon, i)] });
      numbers.push(numberOf(i));
    }
  const labels = labelsFromRois(outlines, height, width, numbers);
  for (const [i, { segmentation }] of cells.entries())
    if (!Array.isArray(segmentation)) putRuns(fieldsOf(segmentation), numberOf(i), labels, i);
  return labels;
}

/** x, y, x, y, … as y, x, y, x, … */
function pathOf(polygon: unknown, i: number): Float64Array {
  const isPath =
    Array.isArray(polygon) && polygon.length % 2 === 0 && polygon.every(Number.isFinite);
  if (!isPath) throw new FormatError(`cell ${i} must have polygons of numbers x, y, x, y, …`);
  const path = Float64Array.from(polygon as number[]);
  for (let n = 0; n < path.length; n += 2) [path[n], path[n + 1]] = [path[n + 1], path[n]];
  return path;
}

/** Runs go down one column after the other: so many pixels outside, so many inside, and so on. */
function putRuns(
  { size, counts }: Fields,
  label: number,
  { data, shape }: Labels,
  i: number,
): void {
  const [height, width] = shape;
  const lengths = typeof counts === "string" ? unpackCounts(counts) : counts;
  const isWhole =
    Array.isArray(size) &&
    size[0] === height &&
    size[1] === width &&
    Array.isArray(lengths) &&
    lengths.every(isIndex) &&
    lengths.reduce((a, b) => a + b, 0) === data.length;
  if (!isWhole)
    throw new FormatError(
      `cell ${i} must have polygons, or runs that fill an image of ${height} x ${width}`,
    );
  let at = 0;
  for (const [n, length] of (lengths as number[]).entries()) {
    for (let end = at + length; n % 2 === 1 && at < end; at++) {
      const place = (at % height) * width + Math.floor(at / height);
      if (data[place] === 0) data[place] = label;
    }
    if (n % 2 === 0) at += length;
  }
}

/** Text of COCO's own tools: digits of 5 bits, the lowest first, a sign in the last; from the third on less the one two before. */
function unpackCounts(text: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let [value, scale, more] = [0, 1, true];
    while (more && at < text.length) {
      const digit = text.charCodeAt(at++) - 48;
      value += (digit & 31) * scale;
      scale *= 32;
      more = (digit & 32) !== 0;
      if (!more && (digit & 16) !== 0) value -= scale;
    }
    counts.push(counts.length > 2 ? value + counts[counts.length - 2] : value);
  }
  return counts;
}
