// Image files read, cut and written, for studies that need other pixels than the data folder has.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { bytesSource, readImage, toLabels, writeTiff } from "@cellwright/core";

/** @typedef {import("@cellwright/core").Image} Image */
/** @typedef {import("@cellwright/core").Labels} Labels */
/** @typedef {{ top: number, left: number, height: number, width: number }} Box */

/** An image file. @param {string} path @returns {Promise<Image>} */
export function readPicture(path) {
  return readImage(bytesSource(basename(path), readFileSync(path)));
}

/** A file of labels. @param {string} path @returns {Promise<Labels>} */
export async function readLabelPicture(path) {
  return toLabels(await readPicture(path));
}

/** Writes an image as TIFF, making its folder. @param {string} path @param {Image} image */
export function writePicture(path, image) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, writeTiff(narrow(image)));
}

/** A box of an image `"yx"` or `"cyx"`. @template {Image} T @param {T} image @param {Box} box @returns {T} */
export function cut(image, { top, left, height, width }) {
  const [rows, columns] = image.shape.slice(-2);
  const planes = image.data.length / (rows * columns);
  const data = image.data.slice(0, planes * height * width);
  for (let plane = 0; plane < planes; plane++)
    for (let y = 0; y < height; y++) {
      const from = (plane * rows + top + y) * columns + left;
      data.set(image.data.subarray(from, from + width), (plane * height + y) * width);
    }
  return { ...image, data, shape: [...image.shape.slice(0, -2), height, width] };
}

/** The middle of an image, `size` pixels on a side or as many as there are. @param {readonly number[]} shape @param {number} size @returns {Box} */
export function middleOf(shape, size) {
  const [rows, columns] = shape.slice(-2);
  const [height, width] = [Math.min(size, rows), Math.min(size, columns)];
  return { top: (rows - height) >> 1, left: (columns - width) >> 1, height, width };
}

/** Labels of 32 bits that fit into 16 as such, which every program reads. @param {Image} image @returns {Image} */
function narrow(image) {
  if (!(image.data instanceof Uint32Array) || image.data.some((value) => value > 0xffff))
    return image;
  return { ...image, data: Uint16Array.from(image.data) };
}

/**
 * The smallest square around a place, cut at the borders, that holds the middles of `count` cells or more; the whole image
 * where there are fewer.
 *
 * @param {Labels} labels
 * @param {number} count
 * @param {readonly [y: number, x: number]} centre
 * @returns {Box}
 */
export function windowOf(labels, count, [y, x]) {
  const [rows, columns] = labels.shape;
  const distances = middlesOf(labels).map((cell) =>
    Math.max(Math.abs(cell.y - y), Math.abs(cell.x - x)),
  );
  const reach = distances.sort((a, b) => a - b)[count - 1] ?? Math.max(rows, columns);
  const [top, left] = [y, x].map((middle) => Math.max(0, Math.floor(middle - reach)));
  const bottom = Math.min(rows, Math.ceil(y + reach) + 1);
  const right = Math.min(columns, Math.ceil(x + reach) + 1);
  return { top, left, height: bottom - top, width: right - left };
}

/** The middle of each cell. @param {Labels} labels */
export function middlesOf({ data, shape }) {
  const sums = new Map();
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    const sum = sums.get(data[i]) ?? { label: data[i], area: 0, y: 0, x: 0 };
    sum.area++;
    sum.y += Math.floor(i / shape[1]);
    sum.x += i % shape[1];
    sums.set(data[i], sum);
  }
  return [...sums.values()].map(({ label, area, y, x }) => ({
    label,
    area,
    y: y / area,
    x: x / area,
  }));
}
