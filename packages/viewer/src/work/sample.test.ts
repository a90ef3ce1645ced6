import { pyramidOf } from "@cellwright/core";
import { expect, test } from "vitest";
import type { View } from "./planes.js";
import { readSample, sampledBoxes, sampledLevel } from "./sample.js";

const levels = [
  { height: 20_000, width: 30_000 },
  { height: 5000, width: 7500 },
  { height: 1250, width: 1875 },
  { height: 312, width: 468 },
];

test("the finest level of few enough pixels is read whole", () => {
  expect(sampledLevel(levels)).toBe(2);
  expect(sampledBoxes(levels[2])).toEqual([{ y: 0, x: 0, height: 1250, width: 1875 }]);
  expect(sampledLevel(levels.slice(0, 1))).toBe(0);
});

test("where there is none, boxes from all over the plane are, also of a long narrow one", () => {
  const boxes = sampledBoxes(levels[0]);
  expect(boxes.length).toBe(64);
  expect(boxes.every(({ height, width }) => height === 256 && width === 256)).toBe(true);
  expect([boxes[0].y, boxes[0].x, boxes[63].y, boxes[63].x]).toEqual([1122, 1747, 18_622, 27_997]);
  for (const box of sampledBoxes({ height: 100, width: 100_000 }))
    expect([box.y, box.height, box.width]).toEqual([0, 100, 256]);
});

test("a sample has the channels in the order asked, of the plane asked", async () => {
  const [t, c, height, width] = [2, 2, 3, 4];
  const area = height * width;
  const data = Uint8Array.from({ length: t * c * area }, (_, i) => Math.floor(i / area));
  const reader = pyramidOf({ data, shape: [t, c, height, width], axes: "tcyx" });
  const view: View = {
    name: "movie",
    size: { t, z: 1, y: height, x: width },
    channels: [0, 1].map((channel) => ({ shows: `channel ${channel}`, reader, channel })),
  };
  const sample = await readSample(view, ["channel 1", "channel 0"], { t: 1, z: 0 });
  expect(sample.shape).toEqual([2, height, width]);
  expect([sample.data[0], sample.data[area]]).toEqual([3, 2]);
});
