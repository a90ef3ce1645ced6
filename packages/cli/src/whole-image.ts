/**
 * The planes of an image that is read by region, and all of it in memory.
 *
 * @module
 */
import { type Image, lengthOf, type RegionSource, UnsupportedError } from "@cellwright/core";
import { wholeBudget } from "./budget.js";

/** An index for each plane: the last of the axes before y and x runs fastest. */
export function planeIndices({
  axes,
  shape,
}: Pick<Image, "axes" | "shape">): Record<string, number>[] {
  let indices: Record<string, number>[] = [{}];
  for (const [i, axis] of [...axes.slice(0, -2)].entries())
    indices = indices.flatMap((index) =>
      Array.from({ length: shape[i] }, (_, n) => ({ ...index, [axis]: n })),
    );
  return indices;
}

/** All pixels of an image. Throws {@link UnsupportedError} where they are more than `most`, with `advice`. */
export async function wholeOf(
  pixels: RegionSource,
  advice: string,
  most: number = wholeBudget(),
): Promise<Image> {
  const { axes, shape, spacing, channels } = pixels;
  const [height, width] = [lengthOf(pixels, "y"), lengthOf(pixels, "x")];
  const count = shape.reduce((a, b) => a * b, 1);
  if (count > most)
    throw new UnsupportedError(
      `has ${count} pixels, too many to hold at once (${most}): ${advice}, or raise --max-pixels`,
    );
  let data: Image["data"] | undefined;
  for (const [plane, index] of planeIndices(pixels).entries()) {
    const part = await pixels.readRegion({ index, box: { y: 0, x: 0, height, width } });
    data ??= new (part.data.constructor as new (length: number) => Image["data"])(count);
    data.set(part.data, plane * height * width);
  }
  return {
    ...{ data: data as Image["data"], axes, shape },
    ...(spacing && { spacing }),
    ...(channels && { channels }),
  };
}
