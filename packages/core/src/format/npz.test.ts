import { expect, test } from "vitest";
import { readImage } from "../read-image.js";
import { bytesSource } from "../source.js";
import { startZip } from "../zip-write.js";
import { writeNpy } from "./npy.js";

const image = { data: Uint16Array.of(1, 2, 3, 4, 5, 65535), shape: [2, 3], axes: "yx" };

function npz(...names: string[]): Uint8Array {
  const zip = startZip();
  for (const name of names) zip.add(name, writeNpy(image), { deflate: true });
  return zip.end();
}

test("the only array of an NPZ file is the image", async () => {
  expect(await readImage(bytesSource("a.npz", npz("arr_0.npy")))).toEqual(image);
});

test("of several arrays none is guessed", async () => {
  await expect(readImage(bytesSource("a.npz", npz("X.npy", "y.npy")))).rejects.toThrow(
    "a.npz: must hold one array, holds 2 (X, y): save the one you want as NPY",
  );
});

test("the limit is that of the array, and a damaged one is told by its name", async () => {
  const bytes = npz("arr_0.npy");
  await expect(readImage(bytesSource("a.npz", bytes), { maxBytes: 11 })).rejects.toThrow(
    /^a\.npz: .*takes 12 bytes when decoded, the limit is 11/,
  );
  bytes[60] ^= 255;
  await expect(readImage(bytesSource("a.npz", bytes))).rejects.toThrow(/^a\.npz: .*is damaged/);
});
