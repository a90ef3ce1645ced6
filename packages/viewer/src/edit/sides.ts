/**
 * Which pixels share a side with a pixel. In: its place in rows of one width. Out: theirs.
 *
 * @module
 */

/** The pixels beside pixel `i` of `size`, in reading order. */
export function sidesOf(i: number, width: number, size: number): number[] {
  const x = i % width;
  const sides: number[] = [];
  if (i >= width) sides.push(i - width);
  if (x > 0) sides.push(i - 1);
  if (x + 1 < width) sides.push(i + 1);
  if (i + width < size) sides.push(i + width);
  return sides;
}
