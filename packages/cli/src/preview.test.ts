import { expect, test } from "vitest";
import { drawPreview } from "./preview.js";

/** Two cells of 3 x 3 pixels on a plane of 5 x 48. */
function scene() {
  const [height, width] = [5, 48];
  const labels = new Uint32Array(height * width);
  for (let y = 1; y < 4; y++)
    for (let x = 0; x < 3; x++) {
      labels[y * width + x + 1] = 7;
      labels[y * width + x + 20] = 9;
    }
  const shape = [height, width];
  return {
    plane: { data: Float32Array.from(labels, (label) => label), shape, axes: "yx" },
    labels: { data: labels, shape, axes: "yx" },
  };
}

const colourAt = ({ data, shape }: ReturnType<typeof drawPreview>, y: number, x: number) =>
  [0, 1, 2].map((c) => data[(c * shape[1] + y) * shape[2] + x]);

test("without types the picture has the image's size, and grey wherever no outline is", () => {
  const { plane, labels } = scene();
  const picture = drawPreview(plane, labels);
  expect(picture.shape).toEqual([3, 5, 48]);
  expect(new Set(colourAt(picture, 2, 2)).size).toBe(1);
  expect(new Set(colourAt(picture, 1, 1)).size).toBe(3);
});

test("types give the outlines their colours, and a strip below says which is which", () => {
  const { plane, labels } = scene();
  const names = ["a", "b"];
  const of = new Map([
    [7, "b"],
    [9, "a"],
  ]);
  const picture = drawPreview(plane, labels, { names, of });
  const [seven, nine] = [colourAt(picture, 1, 1), colourAt(picture, 1, 20)];
  expect(seven).not.toEqual(nine);
  const [, height] = picture.shape;
  expect(height).toBe(5 + 3 + 10);
  // The squares of the legend stand in the order of the names.
  expect(colourAt(picture, 9, 4)).toEqual(nine);
  const squares = Array.from({ length: 48 }, (_, x) => colourAt(picture, 9, x).join());
  expect(squares.indexOf(seven.join())).toBeGreaterThan(squares.indexOf(nine.join()));
  const unknown = drawPreview(plane, labels, { names, of: new Map([[9, "a"]]) });
  expect(colourAt(unknown, 1, 1)).toEqual([255, 255, 255]);
});

test("names that do not fit beside each other stand below each other", () => {
  const { plane, labels } = scene();
  const of = new Map();
  const picture = drawPreview(plane, labels, { names: ["nih3t3", "mcf10a"], of });
  expect(picture.shape).toEqual([3, 5 + 3 + 2 * 10, 48]);
});
