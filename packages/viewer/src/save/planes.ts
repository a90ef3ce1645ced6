/**
 * The labels of a layer on their way out: plane by plane, as one array, or by region.
 *
 * @module
 */
import {
  type Image,
  type Labels,
  type RegionSource,
  type Signal,
  UnsupportedError,
} from "@cellwright/core";
import type { LabelStore, PlaneAt } from "../edit/label-store.js";

/** Labels larger than this are saved as OME-Zarr alone, which need not be in memory. */
const largest = 2 ** 29;

type Spacing = Readonly<Record<string, number>>;

/** All planes, frame by frame and within a frame from z to z. */
export function planesAt({ size }: Pick<LabelStore, "size">): PlaneAt[] {
  return Array.from({ length: size.t * size.z }, (_, n) => ({
    t: Math.floor(n / size.z),
    z: n % size.z,
  }));
}

/** A whole plane. */
export async function readPlane(
  store: LabelStore,
  at: PlaneAt,
  spacing: Spacing,
  signal?: Signal,
): Promise<Labels> {
  const { y: height, x: width } = store.size;
  checkSize(height * width);
  const plane = await store.read(at, { y: 0, x: 0, height, width }, signal);
  return { ...plane, ...spacingOf(spacing, "yx") };
}

/** All labels as one array, of the axes that have more than one step. Throws `UnsupportedError` for more than 2²⁹ pixels. */
export async function readStack(
  store: LabelStore,
  spacing: Spacing,
  signal?: Signal,
): Promise<Image<Uint32Array>> {
  const { t, z, y, x } = store.size;
  checkSize(t * z * y * x);
  const data = new Uint32Array(t * z * y * x);
  for (const [n, at] of planesAt(store).entries())
    data.set((await readPlane(store, at, spacing, signal)).data, n * y * x);
  return { data, ...shapeOf(store, spacing) };
}

/** The labels as an image that is read by region: of any size. */
export function regionsOf(store: LabelStore, spacing: Spacing): RegionSource {
  return {
    ...shapeOf(store, spacing),
    type: "uint32",
    readRegion: ({ index, box, signal }) =>
      store.read({ t: index?.t ?? 0, z: index?.z ?? 0 }, box, signal),
  };
}

function shapeOf(
  { size }: LabelStore,
  spacing: Spacing,
): Pick<Image, "axes" | "shape" | "spacing"> {
  const axes = `${size.t > 1 ? "t" : ""}${size.z > 1 ? "z" : ""}yx`;
  const shape = [...axes].map((axis) => size[axis as keyof LabelStore["size"]]);
  return { axes, shape, ...spacingOf(spacing, axes) };
}

function spacingOf(spacing: Spacing, axes: string): Pick<Image, "spacing"> {
  const known = Object.entries(spacing).filter(([axis, step]) => axes.includes(axis) && step > 0);
  return known.length > 0 ? { spacing: Object.fromEntries(known) } : {};
}

function checkSize(pixels: number): void {
  if (pixels > largest)
    throw new UnsupportedError(
      `labels of ${pixels} pixels are too many for this format, the limit is ${largest}: save them as OME-Zarr`,
    );
}
