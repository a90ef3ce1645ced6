/**
 * ImageJ's regions as truth: `RoiSet.zip` or a single `.roi` → regions → labels.
 *
 * @module
 */
import { FormatError, ShapeError, UnsupportedError } from "../errors.js";
import { namingSource } from "../format/format.js";
import type { Labels } from "../image.js";
import type { Source } from "../source.js";
import { listZip, readZipEntry } from "../zip.js";
import { type Roi, readRoi } from "./roi.js";

/** No region has more bytes (a million vertices), and no set more in all. */
const [largestRoi, largestSet] = [1 << 24, 1 << 28];
/** The regions of the largest set we read take a directory of some megabytes. */
const largestDirectory = 1 << 24;
/**
 * How often the outlines of a set may cross the middle of a row, and how often its regions may cover the whole image:
 * far more than any that people drew, so little that it is soon done.
 */
const [mostCrossings, mostCovers] = [1 << 24, 64];

/**
 * The regions of a `RoiSet.zip` in its order, or the one of a `.roi`, known by their first bytes. What lies in the zip
 * beside `.roi` files is passed over. Throws `FormatError` for damaged files and sets without a region,
 * `UnsupportedError` for regions without an inside (lines, points, texts); both name the file.
 */
export async function readRois(source: Source): Promise<Roi[]> {
  const head = await source.read(0, Math.min(4, source.byteLength));
  const isZip = head[0] === 0x50 && head[1] === 0x4b;
  if (!isZip) {
    checkSize(source.name, source.byteLength, largestRoi);
    const stem = source.name.replace(/\.roi$/i, "");
    return namingSource(source, async () => [
      readRoi(await source.read(0, source.byteLength), stem),
    ]);
  }
  const entries = (await listZip(source, { maxDirectory: largestDirectory })).filter(
    ({ name }) => /\.roi$/i.test(name) && !/(^|\/)(\._|__MACOSX\/)/.test(name),
  );
  if (entries.length === 0)
    throw new FormatError(`${source.name} must hold ImageJ regions (.roi files), holds none`);
  checkSize(
    source.name,
    entries.reduce((sum, { size }) => sum + size, 0),
    largestSet,
  );
  const rois: Roi[] = [];
  for (const entry of entries) {
    const bytes = await readZipEntry(source, entry, largestRoi);
    const stem = entry.name.replace(/^.*\//, "").replace(/\.roi$/i, "");
    const { byteLength, read } = source;
    const inner = { name: `${source.name}/${entry.name}`, byteLength, read };
    rois.push(await namingSource(inner, async () => readRoi(bytes, stem)));
  }
  return rois;
}

/** What of a region says which pixels are inside. */
export type Outlined = Pick<Roi, "name" | "paths">;

/**
 * Regions as labels: the pixels whose centres lie inside the first region are 1, those of the second 2, … or what
 * `numbers` has for it; where regions overlap, the earlier one keeps the pixel. Throws {@link ShapeError} where a region
 * lies wholly outside, and {@link UnsupportedError} where regions are so many or so jagged that they would keep us busy
 * for ever.
 */
export function labelsFromRois(
  rois: readonly Outlined[],
  height: number,
  width: number,
  numbers?: readonly number[],
): Labels {
  const data = new Uint32Array(height * width);
  let crossings = 0;
  let covered = 0;
  for (const [i, roi] of rois.entries()) {
    checkPlace(roi, height, width);
    crossings += countCrossings(roi, height);
    if (crossings <= mostCrossings)
      covered += fillRoi(roi, numbers?.[i] ?? i + 1, data, height, width);
    if (crossings > mostCrossings || covered > mostCovers * data.length)
      throw new UnsupportedError(
        `regions must cross the rows of the image at most ${mostCrossings} times and cover it at most ${mostCovers} times, "${roi.name}" goes beyond: simplify the set`,
      );
  }
  return { data, shape: [height, width], axes: "yx" };
}

function checkPlace(roi: Outlined, height: number, width: number): void {
  let [top, left, bottom, right] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const path of roi.paths)
    for (let i = 0; i < path.length; i += 2) {
      top = Math.min(top, path[i]);
      bottom = Math.max(bottom, path[i]);
      left = Math.min(left, path[i + 1]);
      right = Math.max(right, path[i + 1]);
    }
  if (bottom <= 0 || right <= 0 || top >= height || left >= width)
    throw new ShapeError(
      `region "${roi.name}"`,
      `within the image of ${height} x ${width}`,
      `y ${top} to ${bottom}, x ${left} to ${right}`,
    );
}

/** Row by row: between an odd and an even crossing of the outlines lies the inside. Returns how many pixels it looked at. */
function fillRoi(
  roi: Outlined,
  label: number,
  data: Uint32Array,
  height: number,
  width: number,
): number {
  let looked = 0;
  for (const [y, crossings] of crossingsOf(roi, height)) {
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const start = Math.max(0, Math.ceil(crossings[i] - 0.5));
      const end = Math.min(width, Math.ceil(crossings[i + 1] - 0.5));
      looked += Math.max(0, end - start);
      for (let x = start; x < end; x++) if (data[y * width + x] === 0) data[y * width + x] = label;
    }
  }
  return looked;
}

function countCrossings({ paths }: Outlined, height: number): number {
  let count = 0;
  for (const path of paths)
    for (let i = 0; i < path.length; i += 2) {
      const [start, end] = rowsBetween(path[i], path[(i + 2) % path.length], height);
      count += Math.max(0, end - start);
    }
  return count;
}

/** Where a region's outlines cross the middle of each row: x in pixels, unsorted. */
function crossingsOf({ paths }: Outlined, height: number): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (const path of paths)
    for (let i = 0; i < path.length; i += 2) {
      const next = (i + 2) % path.length;
      const [fromY, fromX, toY, toX] = [path[i], path[i + 1], path[next], path[next + 1]];
      const [start, end] = rowsBetween(fromY, toY, height);
      for (let y = start; y < end; y++) {
        const x = fromX + ((y + 0.5 - fromY) * (toX - fromX)) / (toY - fromY);
        const row = rows.get(y);
        if (row) row.push(x);
        else rows.set(y, [x]);
      }
    }
  return rows;
}

/** The rows whose middle lies between two heights. Half open: a vertex on a middle counts for one of its two edges. */
function rowsBetween(fromY: number, toY: number, height: number): [start: number, end: number] {
  const start = Math.max(0, Math.ceil(Math.min(fromY, toY) - 0.5));
  return [start, Math.min(height, Math.ceil(Math.max(fromY, toY) - 0.5))];
}

function checkSize(name: string, size: number, most: number): void {
  if (size > most)
    throw new UnsupportedError(`${name}: regions must take at most ${most} bytes, take ${size}`);
}
