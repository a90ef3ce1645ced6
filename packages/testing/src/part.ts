/**
 * Parts of real images, so that tests in a page look at few pixels.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { bytesSource, lengthOf, readImage, writeTiff } from "@cellwright/core";

/** The upper left `height` x `width` pixels of a plane in a file, as a TIFF of 16 bits; default as wide as high. */
export async function partOf(
  path: string,
  height: number,
  width: number = height,
): Promise<Uint8Array> {
  const { data, ...image } = await readImage(
    bytesSource(path, Uint8Array.from(readFileSync(path))),
  );
  const whole = lengthOf(image, "x");
  const pixels = Uint16Array.from({ length: height * width }, (_, i) =>
    Number(data[Math.floor(i / width) * whole + (i % width)]),
  );
  return writeTiff({ data: pixels, shape: [height, width], axes: "yx" });
}
