/**
 * Brightness of planes that are too large to be read whole: pixels from all over them, of a coarser level.
 *
 * @module
 */
import {
  type Box,
  type Image,
  type PyramidLevel,
  type Signal,
  stackPlanes,
} from "@cellwright/core";
import type { PlaneAt } from "../edit/label-store.js";
import { channelOf, type View } from "./planes.js";

/** Pixels of a sample, about: a level that has no more is read whole. */
const PIXELS = 2 ** 22;
/** Else so many boxes are read along each side, of so many pixels a side. */
const BOXES = 8;
const SIDE = 256;

/** The channels named of a whole plane, `"cyx"`: fewer pixels, as bright. Their places mean nothing. */
export async function readSample(
  view: View,
  names: readonly string[],
  at: PlaneAt,
  signal?: Signal,
): Promise<Image> {
  const planes = await Promise.all(
    names.map(async (name) => {
      const { reader, index } = channelOf(view, name, at);
      const level = sampledLevel(reader.levels);
      const pieces: Image[] = [];
      for (const box of sampledBoxes(reader.levels[level]))
        pieces.push(await reader.readRegion({ index, box, level, ...(signal && { signal }) }));
      return inOneRow(pieces);
    }),
  );
  return stackPlanes(planes, names);
}

/** The finest level that is small enough; the coarsest where none is. */
export function sampledLevel(levels: readonly Pick<PyramidLevel, "height" | "width">[]): number {
  const found = levels.findIndex(({ height, width }) => height * width <= PIXELS);
  return found < 0 ? levels.length - 1 : found;
}

/** What of a level is read: all of it, or boxes of equal size that are evenly spread. */
export function sampledBoxes({
  height,
  width,
}: Pick<PyramidLevel, "height" | "width">): readonly Box[] {
  if (height * width <= PIXELS) return [{ y: 0, x: 0, height, width }];
  const rows = placesAlong(height);
  const columns = placesAlong(width);
  return rows.places.flatMap((y) =>
    columns.places.map((x) => ({ y, x, height: rows.side, width: columns.side })),
  );
}

function placesAlong(length: number): { side: number; places: readonly number[] } {
  const side = Math.min(SIDE, length);
  const count = Math.min(BOXES, Math.floor(length / side));
  const places = Array.from({ length: count }, (_, i) =>
    Math.floor(((i + 0.5) * length) / count - side / 2),
  );
  return { side, places };
}

/** The pixels of planes of one size, one after the other, as one plane. */
function inOneRow(planes: readonly Image[]): Image {
  const [first] = planes;
  const type = first.data.constructor as new (length: number) => typeof first.data;
  const data = new type(planes.length * first.data.length);
  for (const [i, plane] of planes.entries()) data.set(plane.data, i * first.data.length);
  return { data, shape: [planes.length * first.shape[0], first.shape[1]], axes: "yx" };
}
