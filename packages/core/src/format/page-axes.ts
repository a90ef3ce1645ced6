/**
 * How the pages of a file become an image: lengths of the axes, and the place of each page in them.
 *
 * @module
 */
import { ShapeError } from "../errors.js";

/** What is known of a file's pages before their meaning is. */
export interface PageGrid {
  readonly pages: number;
  readonly width: number;
  readonly height: number;
  /** Numbers a pixel; they are the channels where there are several. */
  readonly samples: number;
}

/** Lengths of the axes before y and x; 1 where there is no such axis. */
export type PageLengths = Readonly<Record<"t" | "c" | "z", number>>;

/** How pages become an image. */
export interface PageAxes {
  readonly lengths: PageLengths;
  /** For each page the plane of the image that it fills (with its first sample), counted in the order t, c, z. */
  readonly planes: readonly number[];
  /** Micrometres for x, y and z, seconds for t; only what is known. */
  readonly spacing: Readonly<Record<string, number>>;
  readonly channels?: readonly string[];
}

/** The plane that stands at a place. */
export function planeAt(lengths: PageLengths, at: PageLengths): number {
  return (at.t * lengths.c + at.c) * lengths.z + at.z;
}

/** An index for every axis, 0 where none is given. Throws {@link ShapeError} where one is beyond its axis. */
export function indexOf(
  index: Readonly<Record<string, number>>,
  lengths: PageLengths,
): PageLengths {
  const { t = 0, c = 0, z = 0 } = index;
  const all = { t, c, z };
  for (const [axis, at] of Object.entries(all))
    if (!Number.isInteger(at) || at < 0 || at >= lengths[axis as keyof PageLengths])
      throw new ShapeError(
        `index of axis ${axis}`,
        `0 to ${lengths[axis as keyof PageLengths] - 1}`,
        `${at}`,
      );
  return all;
}

/**
 * Planes of pages that run over the axes of `order`, the first the fastest (`"czt"` for ImageJ).
 * An axis that `order` leaves out lies within the pages.
 */
export function planesInOrder(lengths: PageLengths, order: string, pages: number): number[] {
  const planes: number[] = [];
  for (let page = 0; page < pages; page++) {
    const at = { t: 0, c: 0, z: 0 };
    let rest = page;
    for (const axis of order as Iterable<keyof PageLengths>) {
      at[axis] = rest % lengths[axis];
      rest = Math.floor(rest / lengths[axis]);
    }
    planes.push(planeAt(lengths, at));
  }
  return planes;
}

/** Micrometres of a length unit, as ImageJ and OME spell them; `undefined` for pixels and unknown units. */
export function micrometresOf(unit: string): number | undefined {
  const units: Readonly<Record<string, number>> = {
    pm: 1e-6,
    Å: 1e-4,
    nm: 0.001,
    um: 1,
    µm: 1,
    μm: 1,
    "\\u00B5m": 1,
    micron: 1,
    microns: 1,
    micrometer: 1,
    mm: 1000,
    cm: 10000,
    m: 1e6,
  };
  return Object.hasOwn(units, unit) ? units[unit] : undefined;
}

/** The entries that are positive finite numbers. */
export function positiveOnly(
  sizes: Readonly<Record<string, number | undefined>>,
): Record<string, number> {
  const kept: Record<string, number> = {};
  for (const [axis, size] of Object.entries(sizes))
    if (size !== undefined && Number.isFinite(size) && size > 0) kept[axis] = size;
  return kept;
}
