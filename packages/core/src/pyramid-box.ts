/**
 * Boxes and sizes of the levels of a pyramid.
 *
 * @module
 */
import { ShapeError } from "./errors.js";
import type { PyramidReader, Region } from "./pyramid.js";
import type { Box } from "./tile.js";

/** How many pixels a plane has. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/**
 * How many pixels of `full` lie along a side of one of `coarse`: a whole number where one explains both sizes, rounded up
 * or down. Undefined where height and width shrink by factors that differ by more than the rounding of a pixel can make.
 */
export function scaleBetween(full: Size, coarse: Size): { y: number; x: number } | undefined {
  const y = factorOf(full.height, coarse.height);
  const x = factorOf(full.width, coarse.width);
  const rounding = 1 / Math.min(coarse.height, coarse.width);
  return Math.abs(y / x - 1) <= 2 * rounding ? { y, x } : undefined;
}

function factorOf(full: number, coarse: number): number {
  const whole = Math.round(full / coarse);
  return Math.floor(full / whole) === coarse || Math.ceil(full / whole) === coarse
    ? whole
    : full / coarse;
}

/** Throws {@link ShapeError} where a region names no level of an image or leaves it. */
export function checkRegion(reader: Pick<PyramidReader, "levels">, region: Region): void {
  const { box, level = 0 } = region;
  const size = reader.levels[level];
  if (size === undefined)
    throw new ShapeError("level", `0 to ${reader.levels.length - 1}`, `${level}`);
  checkBox(box, size);
}

/** Throws {@link ShapeError} where a box leaves a plane, holds no pixel or is not of whole numbers. */
export function checkBox({ y, x, height, width }: Box, size: Size): void {
  const fits =
    [y, x, height, width].every(Number.isSafeInteger) &&
    Math.min(y, x) >= 0 &&
    Math.min(height, width) > 0 &&
    y + height <= size.height &&
    x + width <= size.width;
  if (!fits)
    throw new ShapeError(
      "box",
      `within ${size.height} x ${size.width} pixels`,
      `${height} x ${width} pixels from row ${y}, column ${x}`,
    );
}

/** The smallest box around two. */
export function boxAround(a: Box, b: Box): Box {
  const y = Math.min(a.y, b.y);
  const x = Math.min(a.x, b.x);
  return {
    y,
    x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
  };
}

/** The box that two boxes share; undefined where they do not meet. */
export function sharedBox(a: Box, b: Box): Box | undefined {
  const y = Math.max(a.y, b.y);
  const x = Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  return height > 0 && width > 0 ? { y, x, height, width } : undefined;
}
