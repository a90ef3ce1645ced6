import { expect, test } from "vitest";
import type { Image } from "./image.js";
import { disbelievedPixelSize, planScale, scaleOf, settledScale } from "./scale.js";

const image: Image = { data: new Uint8Array(4), shape: [2, 2], axes: "yx" };
const of = (x: number, y = x): Image => ({ ...image, spacing: { x, y } });
const both = { pixelSize: 1, diameter: 20 };

test("what is said goes before what the file says, and that before the estimate", () => {
  const before = { zoom: 0.5, from: "estimate", diameter: 40 } as const;
  const said = { diameter: 30, pixelSize: 0.5 };
  expect(planScale(both, { ...said, keep: true }, of(2), before).options).toEqual({
    rescale: false,
  });
  expect(planScale(both, said, of(2), before).options).toEqual({ diameter: 30 });
  expect(planScale(both, { pixelSize: 0.5 }, of(2), before).options).toEqual({ pixelSize: 0.5 });
  expect(planScale(both, {}, of(2), before)).toEqual({ options: { pixelSize: 2 }, from: "file" });
  expect(planScale(both, {}, of(1), before)).toEqual({
    options: { rescale: false },
    from: "file",
  });
  expect(planScale(both, {}, image, before)).toEqual({
    options: { diameter: 40 },
    from: "estimate",
  });
  expect(planScale(both, {}, image).options).toEqual({});
});

test("a file's pixel size counts from a tenth off, in both directions, and only as far as it can be believed", () => {
  for (const size of [0.92, 1.09])
    expect(planScale(both, {}, of(size)).options).toEqual({ rescale: false });
  for (const size of [9, 0.1]) expect(planScale(both, {}, of(size)).options).toEqual({});
  for (const size of [0.9, 1.11, 7.9, 0.13])
    expect(planScale(both, {}, of(size)).options).toEqual({ pixelSize: size });
  expect(planScale(both, {}, of(4, 1)).options).toEqual({ pixelSize: 2 });
  expect(planScale({ diameter: 20 }, {}, of(3)).options).toEqual({});
  expect(disbelievedPixelSize(both, {}, of(9))).toBe(9);
  expect(disbelievedPixelSize(both, {}, of(7))).toBeUndefined();
  expect(disbelievedPixelSize(both, { keep: true }, of(9))).toBeUndefined();
});

test("a stack is looked at as its first plane was, or as the first on which cells could be found", () => {
  const none = { zoom: 1, from: "estimate" } as const;
  const some = scaleOf({ zoom: 0.5, zoomFrom: "estimate", diameter: 40 }, { options: {} });
  expect(settledScale(undefined, none)).toBe(none);
  expect(settledScale(none, some)).toBe(some);
  expect(settledScale(some, none)).toBe(some);
  const file = scaleOf({ zoom: 2, zoomFrom: "pixel-size" }, { options: {}, from: "file" });
  expect(settledScale(file, some)).toBe(file);
});
