import { expect, test } from "vitest";
import type { Image, Labels } from "./image.js";
import type { Decoder } from "./instance/decode.js";
import { cut, drawBack, labelsInto, narrowPlace, zoomBox, zoomInto, zoomPlace } from "./place.js";
import { seeded } from "./random.js";
import { redrawLabels, resampleLabels, rescale } from "./resample.js";

const [height, width] = [97, 131];
const random = seeded(5);
const whole: Image<Float32Array> = {
  data: Float32Array.from({ length: height * width }, () => random()),
  shape: [1, height, width],
  axes: "cyx",
};
const box = { y: 21, x: 34, height: 61, width: 70 };
const part = cut(whole, box);
const place = { y: box.y, x: box.x, height, width };

test("the pixels that a part makes of the zoomed image are those of the zoomed image, in step with pooling", () => {
  for (const zoom of [1, 0.6, 0.713, 1.4, 2])
    for (const step of [1, 4]) {
      const zoomed = rescale(whole, zoom);
      const [rows, columns] = zoomed.shape.slice(1);
      const at = zoomPlace(part, place, zoom, step);
      expect([at.y.to, at.x.to]).toEqual([rows, columns]);
      expect([at.y.toStart % step, at.x.toStart % step]).toEqual([0, 0]);
      expect((rows - at.y.toStart - at.y.length) % step).toBe(0);
      const made = zoomInto(part, at);
      const same = cut(zoomed, {
        ...{ y: at.y.toStart, height: at.y.length },
        ...{ x: at.x.toStart, width: at.x.length },
      });
      expect(made.shape).toEqual(same.shape);
      expect([...made.data]).toEqual([...same.data]);
      // Little is lost: what lies near the part's borders, and what is out of step.
      expect(at.y.length).toBeGreaterThan(box.height * zoom - 2 * step - 4);
    }
});

test("labels of a part are drawn as in the whole image, and 0 beyond what there is", () => {
  const decoders: Decoder[] = [
    { kind: "watershed", threshold: 0.4, prominence: 0, minHeight: 0, smoothing: 0, minArea: 0 },
    { kind: "nuclei", threshold: 0.5, minArea: 0, maxEccentricity: 1, minSolidity: 0 },
  ];
  for (const zoom of [1, 0.6, 1.4])
    for (const decoder of decoders) {
      const maps = rescale(whole, zoom) as Image<Float32Array>;
      const [rows, columns] = maps.shape.slice(1);
      const labels: Labels = {
        data: Uint32Array.from({ length: rows * columns }, (_, i) => 1 + Math.floor(i / 5)),
        shape: [rows, columns],
        axes: "yx",
      };
      const isRedrawn = decoder.kind === "watershed" && zoom !== 1;
      const drawn = isRedrawn
        ? redrawLabels(labels, maps, 0.4, height, width)
        : resampleLabels(labels, height, width);
      const all = zoomPlace(part, place, zoom, 1);
      const inner = { y: 10, x: 12, height: 30, width: 41 };
      const at = narrowPlace(all, zoomBox(inner, all));
      const window = {
        ...{ y: at.y.toStart, height: at.y.length },
        ...{ x: at.x.toStart, width: at.x.length },
      };
      const back = drawBack(cut(labels, window), cut(maps, window), decoder, part, at);
      expect(back.shape).toEqual([box.height, box.width]);
      // Interpolation wants a pixel more at the rim.
      for (let y = inner.y + 2; y < inner.y + inner.height - 2; y++)
        for (let x = inner.x + 2; x < inner.x + inner.width - 2; x++)
          expect(back.data[y * box.width + x]).toBe(drawn.data[(box.y + y) * width + box.x + x]);
      expect(back.data[0]).toBe(0);
      expect(back.data.at(-1)).toBe(0);
      expect(labelsInto(cut(drawn, box), at).shape).toEqual([at.y.length, at.x.length]);
    }
});

test("a part that does not lie in the image, or of which nothing can be made, is an error", () => {
  expect(() => zoomPlace(part, { ...place, y: 50 }, 1, 1)).toThrow(
    /place must be within 97 pixels/,
  );
  expect(() => zoomPlace(part, place, 0.1, 64)).toThrow(/zoomed pixels wide/);
});
