/**
 * Planes that are read one by one as an image that is read by region: a plane is read whole, and kept while there is room.
 *
 * @module
 */
import type { PlaneReader } from "./format/format.js";
import { indexOf } from "./format/page-axes.js";
import { typeOf } from "./format/sample-type.js";
import { holding } from "./held.js";
import { type Image, lengthOf } from "./image.js";
import type { PyramidReader } from "./pyramid.js";
import { pyramidOf } from "./pyramid-image.js";

/** Bytes of planes that are kept. */
const keptBytes = 256 * 1024 ** 2;

/** A reader over planes; the first of them is read at once, to know of what type they are. */
export async function pyramidOfPlanes(planes: PlaneReader): Promise<PyramidReader> {
  const { readPlane, ...described } = planes;
  const held = holding<Image>(keptBytes, ({ data }) => data.byteLength);
  const lengths = { t: lengthOf(planes, "t"), c: lengthOf(planes, "c"), z: lengthOf(planes, "z") };
  const planeAt = (index: Readonly<Record<string, number>>): Promise<Image> => {
    const at = indexOf(index, lengths);
    return held.get(`${at.t} ${at.c} ${at.z}`, () => readPlane(at));
  };
  const first = await planeAt({});
  return {
    ...described,
    type: typeOf(first.data),
    levels: pyramidOf(first).levels,
    readRegion: async ({ index = {}, ...region }) =>
      pyramidOf(await planeAt(index)).readRegion(region),
  };
}
