import { expect, test } from "vitest";
import { bytesSource } from "../source.js";
import { startZip } from "../zip-write.js";
import { type DeepcellData, isDeepcellName, readDeepcell, writeDeepcell } from "./deepcell-npz.js";
import { writeNpy } from "./npy.js";

const read = (bytes: Uint8Array) => readDeepcell(bytesSource("a.npz", bytes));
const back = (data: DeepcellData) => read(writeDeepcell(data));

test("images and labels come back, with channels and batches or without", async () => {
  for (const [axes, shape, own] of [
    ["yx", [3, 4], [3, 4]],
    ["cyx", [2, 3, 4], [3, 4]],
    ["tcyx", [2, 3, 3, 4], [2, 3, 4]],
  ] as const) {
    const count = shape.reduce((a: number, b: number) => a * b, 1);
    const image = { data: Float32Array.from({ length: count }, (_, i) => i / 2), shape, axes };
    const cells = own.reduce((a: number, b: number) => a * b, 1);
    const data = Int32Array.from({ length: cells }, (_, i) => 70_000 + i);
    const labels = { data, shape: own, axes: axes.replace("c", "") };
    expect(await back({ image, labels })).toEqual({ image, labels });
    expect(await back({ labels })).toEqual({ labels });
    expect(await back({ image })).toEqual({ image });
  }
});

test("what does not fit is refused", async () => {
  const plane = (height: number, value = 1) => ({
    data: new Uint32Array(height * 2).fill(value),
    shape: [height, 2],
    axes: "yx",
  });
  expect(() => writeDeepcell({ image: plane(2), labels: plane(3) })).toThrow(/1 x 2 x 2 like/);
  expect(() => writeDeepcell({ labels: plane(2, 2 ** 31) })).toThrow(/renumber the cells/);
  const czyx = { data: new Uint8Array(16), shape: [2, 2, 2, 2], axes: "czyx" };
  expect(() => writeDeepcell({ image: czyx })).toThrow(/c or z/);
  const zip = (files: Record<string, number[]>) => {
    const made = startZip();
    for (const [name, shape] of Object.entries(files))
      made.add(name, writeNpy({ data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape }));
    return read(made.end());
  };
  await expect(zip({ "Z.npy": [1, 2, 2, 1] })).rejects.toThrow(
    /a\.npz: must hold the arrays X or y/,
  );
  await expect(zip({ "X.npy": [2, 2, 1] })).rejects.toThrow(/must have X\.npy of the axes batch/);
  await expect(zip({ "X.npy": [1, 2, 2, 1], "y.npy": [1, 2, 3, 1] })).rejects.toThrow(
    /of one size/,
  );
  expect((await zip({ "y.npy": [3, 2, 2] })).labels?.axes).toBe("tyx");
  expect([isDeepcellName("X.npy"), isDeepcellName("a/X.npy")]).toEqual([true, false]);
});
