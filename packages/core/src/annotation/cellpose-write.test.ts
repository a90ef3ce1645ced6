import { expect, test } from "vitest";
import type { Labels } from "../image.js";
import { seeded } from "../random.js";
import { bytesSource } from "../source.js";
import { readCellposeSeg } from "./cellpose-seg.js";
import { writeCellposeSeg } from "./cellpose-write.js";

function noise(height: number, width: number, kinds: number, step = 1): Labels {
  const random = seeded(3);
  const data = Uint32Array.from(
    { length: height * width },
    () => Math.floor(random() * kinds) * step,
  );
  return { data, shape: [height, width], axes: "yx" };
}

const read = (bytes: Uint8Array) => readCellposeSeg(bytesSource("a_seg.npy", bytes));

test("our strict reader gives the labels back, of any size", async () => {
  for (const labels of [noise(7, 9, 4), noise(30, 20, 500, 200), noise(3, 3, 3, 2 ** 31 - 1)])
    expect(await read(writeCellposeSeg(labels, { image: "ä.tif", diameter: 17.5 }))).toEqual(
      labels,
    );
  const empty = { data: new Uint32Array(6), shape: [2, 3], axes: "yx" };
  expect(await read(writeCellposeSeg(empty))).toEqual(empty);
});

test("images of other axes are refused", () => {
  const labels = { data: new Uint32Array(8), shape: [2, 1, 2, 2], axes: "tzyx" };
  expect(() => writeCellposeSeg(labels)).toThrow('label axes must be "yx", "zyx" or "tyx"');
});
