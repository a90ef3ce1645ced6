/**
 * Labels as COCO's annotations of instances, as detection networks are trained and judged on.
 * Format: cocodataset.org, object detection.
 *
 * @module
 */
import type { Labels } from "../image.js";
import { type CellOutline, outlinePolygons } from "./polygon.js";

/** One plane of one image. */
export interface CocoImage {
  /** Name of the image file. */
  readonly file: string;
  readonly labels: Labels;
  /** Where the plane stands in a movie or stack, from 0. */
  readonly t?: number;
  readonly z?: number;
  /** The type of a cell; one of `types` of {@link CocoOptions}. */
  readonly typeOf?: (label: number) => string | undefined;
}

/** What categories there are. */
export interface CocoOptions {
  /** The types of cells; they get the numbers 2, 3, …. Number 1 is `"cell"`, for all of no type. */
  readonly types?: readonly string[];
}

/**
 * The text of a COCO file. Images and annotations are numbered from 1; an annotation has the cell's own number as
 * `label`. Cells without holes are polygons, one a part, in pixels with the first pixel from 0 to 1; a cell with a hole,
 * which COCO's polygons cannot say, is a run-length encoding (not compressed, columns first). Both give the cell's
 * pixels exactly. `area` counts pixels, `bbox` is x, y, width, height.
 */
export function writeCoco(images: Iterable<CocoImage>, options: CocoOptions = {}): string {
  const types = options.types ?? [];
  const files: object[] = [];
  const annotations: string[] = [];
  for (const { file, labels, t, z, typeOf } of images) {
    const [height, width] = labels.shape;
    const id = files.length + 1;
    const place = { ...(t !== undefined && { t }), ...(z !== undefined && { z }) };
    files.push({ id, file_name: file, height, width, ...place });
    const areas = areasOf(labels.data);
    for (const cell of outlinePolygons(labels)) {
      const type = types.indexOf(typeOf?.(cell.label) ?? "");
      const bbox = boxOf(cell);
      annotations.push(
        JSON.stringify({
          id: annotations.length + 1,
          image_id: id,
          category_id: type + 2,
          segmentation: segmentationOf(cell, labels, bbox),
          area: areas.get(cell.label),
          bbox,
          iscrowd: 0,
          label: cell.label,
        }),
      );
    }
  }
  const categories = ["cell", ...types].map((name, i) => ({ id: i + 1, name }));
  const lines = (items: readonly string[]) => `[\n${items.join(",\n")}\n]`;
  return `{"images":${lines(files.map((file) => JSON.stringify(file)))},
"annotations":${lines(annotations)},
"categories":${JSON.stringify(categories)}}
`;
}

function areasOf(data: Uint32Array): Map<number, number> {
  const areas = new Map<number, number>();
  // In runs: neighbours are mostly of one cell.
  for (let i = 0; i < data.length; ) {
    let end = i + 1;
    while (end < data.length && data[end] === data[i]) end++;
    areas.set(data[i], (areas.get(data[i]) ?? 0) + end - i);
    i = end;
  }
  return areas;
}

/** x, y, width, height. */
function boxOf({ parts }: CellOutline): [number, number, number, number] {
  let [top, left, bottom, right] = [Infinity, Infinity, 0, 0];
  for (const { outer } of parts)
    for (let i = 0; i < outer.length; i += 2) {
      top = Math.min(top, outer[i]);
      bottom = Math.max(bottom, outer[i]);
      left = Math.min(left, outer[i + 1]);
      right = Math.max(right, outer[i + 1]);
    }
  return [left, top, right - left, bottom - top];
}

function segmentationOf(
  cell: CellOutline,
  labels: Labels,
  bbox: readonly [number, number, number, number],
): object {
  if (cell.parts.some(({ holes }) => holes.length > 0)) return runsOf(cell.label, labels, bbox);
  return cell.parts.map(({ outer }) => {
    const places: number[] = [];
    for (let i = 0; i < outer.length; i += 2) places.push(outer[i + 1], outer[i]);
    return places;
  });
}

/** How many pixels are none of the cell, then how many are, and so on, down one column after the other. */
function runsOf(
  label: number,
  { data, shape }: Labels,
  [left, top, width, height]: readonly [number, number, number, number],
): object {
  const [rows, columns] = shape;
  const counts: number[] = [];
  let end = 0;
  for (let x = left; x < left + width; x++)
    for (let y = top; y < top + height; y++) {
      if (data[y * columns + x] !== label) continue;
      const at = x * rows + y;
      if (counts.length > 0 && at === end) counts[counts.length - 1]++;
      else counts.push(at - end, 1);
      end = at + 1;
    }
  if (end < rows * columns) counts.push(rows * columns - end);
  return { size: [rows, columns], counts };
}
