/**
 * How large the cells of an image are, and what zoom brings them to the size a network is at home with.
 *
 * @module
 */
import type { Labels } from "./image.js";

/**
 * The diameter in pixels of the typical cell: that of a circle with the area of the cell in which the median cell pixel
 * lies, so that specks do not count. `undefined` where there are no cells.
 */
export function typicalDiameter(labels: Labels): number | undefined {
  const areas = new Map<number, number>();
  let pixels = 0;
  const { data } = labels;
  // Pixels side by side are counted together.
  for (let i = 0, end = 0; i < data.length; i = end) {
    const label = data[i];
    for (end = i + 1; end < data.length && data[end] === label; ) end++;
    if (label === 0) continue;
    areas.set(label, (areas.get(label) ?? 0) + end - i);
    pixels += end - i;
  }
  let passed = 0;
  for (const area of [...areas.values()].sort((a, b) => a - b)) {
    passed += area;
    if (2 * passed >= pixels) return Math.sqrt((4 * area) / Math.PI);
  }
  return undefined;
}

/** Within this factor of the network's own size cells are left as they are. */
const CLOSE = 1.2;
/** No image is enlarged or shrunk by more. */
const LARGEST = 8;

/** The zoom that brings cells of `diameter` pixels to `wanted` pixels: 1 where they are within a factor of 1.2 of it. */
export function zoomFor(diameter: number | undefined, wanted: number | undefined): number {
  if (!diameter || !wanted) return 1;
  const zoom = Math.min(LARGEST, Math.max(1 / LARGEST, wanted / diameter));
  return zoom < CLOSE && zoom > 1 / CLOSE ? 1 : zoom;
}
