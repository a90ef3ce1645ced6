import { expect, test } from "vitest";
import { labelsFromRois } from "../annotation/roi-set.js";
import type { Labels } from "../image.js";
import { seeded } from "../random.js";
import { writeCoco } from "./coco.js";

interface Annotation {
  id: number;
  image_id: number;
  category_id: number;
  segmentation: number[][] | { size: [number, number]; counts: number[] };
  area: number;
  bbox: number[];
  label: number;
}

const parsed = (...args: Parameters<typeof writeCoco>) =>
  JSON.parse(writeCoco(...args)) as {
    images: object[];
    annotations: Annotation[];
    categories: object[];
  };

function picture(...rows: string[]): Labels {
  const data = Uint32Array.from(rows.join(""), (sign) => (sign === "." ? 0 : Number(sign)));
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

/** Draws annotations by COCO's own rules: polygons are filled, runs go down the columns. */
function redrawn(annotations: Annotation[], height: number, width: number): Uint32Array {
  const data = new Uint32Array(height * width);
  for (const { segmentation, label } of annotations) {
    if (!Array.isArray(segmentation)) {
      let at = 0;
      for (const [i, count] of segmentation.counts.entries()) {
        for (let n = at; n < at + count; n++)
          if (i % 2 === 1) data[(n % height) * width + Math.floor(n / height)] = label;
        at += count;
      }
      expect(at).toBe(height * width);
      continue;
    }
    const paths = segmentation.map((flat) =>
      Float64Array.from(flat, (_, i) => flat[i % 2 === 0 ? i + 1 : i - 1]),
    );
    const roi = { name: "", paths, position: { channel: 0, slice: 0, frame: 0 } };
    const filled = labelsFromRois([roi], height, width).data;
    for (let i = 0; i < data.length; i++) if (filled[i] === 1) data[i] = label;
  }
  return data;
}

test("a cell is a polygon with its box and area, a pierced one is runs", () => {
  const labels = picture(".55", "...");
  const typeOf = () => "MCF10A";
  const file = parsed([{ file: "a.tif", labels, typeOf }], { types: ["3T3", "MCF10A"] });
  expect(file).toEqual({
    images: [{ id: 1, file_name: "a.tif", height: 2, width: 3 }],
    annotations: [
      {
        ...{ id: 1, image_id: 1, category_id: 3, label: 5, iscrowd: 0 },
        segmentation: [[3, 0, 3, 1, 1, 1, 1, 0]],
        area: 2,
        bbox: [1, 0, 2, 1],
      },
    ],
    categories: [
      { id: 1, name: "cell" },
      { id: 2, name: "3T3" },
      { id: 3, name: "MCF10A" },
    ],
  });
  const [pierced] = parsed([
    { file: "a.tif", labels: picture("...", "111", "1.1", "111") },
  ]).annotations;
  expect(pierced).toMatchObject({ category_id: 1, area: 8, bbox: [0, 1, 3, 3] });
  expect(pierced.segmentation).toEqual({ size: [4, 3], counts: [1, 3, 1, 1, 1, 1, 1, 3] });
});

test("drawn again they give the labels", () => {
  const random = seeded(7);
  for (const kinds of [2, 3, 9]) {
    const data = Uint32Array.from({ length: 1200 }, () => Math.floor(random() * kinds) * 70_000);
    const labels = { data, shape: [30, 40], axes: "yx" };
    const { annotations } = parsed([{ file: "a.tif", labels }]);
    expect(redrawn(annotations, 30, 40)).toEqual(data);
    expect(annotations.reduce((sum, { area }) => sum + area, 0)).toBe(
      data.filter((n) => n > 0).length,
    );
  }
});

test("several images, and planes of one", () => {
  const labels = picture("1");
  const { images, annotations } = parsed([
    { file: "a.tif", labels, t: 0 },
    { file: "a.tif", labels, t: 1, z: 2 },
  ]);
  expect(images).toEqual([
    { id: 1, file_name: "a.tif", height: 1, width: 1, t: 0 },
    { id: 2, file_name: "a.tif", height: 1, width: 1, t: 1, z: 2 },
  ]);
  expect(annotations.map(({ id, image_id }) => [id, image_id])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(parsed([]).annotations).toEqual([]);
});
