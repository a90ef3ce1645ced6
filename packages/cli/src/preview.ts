/**
 * A picture for people: the image stretched to what a screen shows, every cell outlined in colour.
 *
 * @module
 */
import { type Image, type Labels, outlines, percentilesOf } from "@cellwright/core";

/** Bright on grey, and told apart by colour-blind eyes too (Okabe and Ito 2008, without black). */
const colours: readonly (readonly [number, number, number])[] = [
  [230, 159, 0],
  [86, 180, 233],
  [240, 228, 66],
  [0, 158, 115],
  [213, 94, 0],
  [204, 121, 167],
];

/**
 * A plane `"yx"` with the outlines of its labels, as red, green and blue `"cyx"` of 8 bits. The darkest and brightest
 * thousandth of the pixels become black and white. The outline lies on the outermost pixels of each cell.
 */
export function drawPreview(plane: Image, labels: Labels): Image<Uint8Array> {
  const [height, width] = plane.shape;
  const area = height * width;
  const [low, high] = percentilesOf(plane.data, [0.1, 99.9]);
  const scale = 255 / (high - low || 1);
  const outline = outlines(labels).data;
  const data = new Uint8Array(3 * area);
  for (let i = 0; i < area; i++) {
    const grey = Math.max(0, Math.min(255, Math.round((plane.data[i] - low) * scale)));
    const colour = outline[i] ? colours[labels.data[i] % colours.length] : undefined;
    for (let c = 0; c < 3; c++) data[c * area + i] = colour ? colour[c] : grey;
  }
  return { data, shape: [3, height, width], axes: "cyx" };
}
