/**
 * Files of a frame each as one image with time: a file is opened when its frame is wanted, and a few stay open.
 *
 * @module
 */
import { lengthOf, type PyramidReader, ShapeError } from "@cellwright/core";

/** A frame: what to call it, and how to open it. */
export interface Frame {
  readonly name: string;
  open(): Promise<PyramidReader>;
}

/** Files that stay open. */
const mostOpen = 16;

/** Whether files are frames of one movie: single planes, or channels of one, that are all of one size and type. */
export function isFrame(reader: PyramidReader, first: PyramidReader = reader): boolean {
  return (
    lengthOf(reader, "t") === 1 &&
    lengthOf(reader, "z") === 1 &&
    differenceOf(reader, first) === undefined
  );
}

/** One reader over frames, in their order. `first` is the first of them, opened. Throws `ShapeError` for a frame unlike it, when it is read. */
export function movieOf(frames: readonly Frame[], first: PyramidReader): PyramidReader {
  const open = new Map<number, Promise<PyramidReader>>([[0, Promise.resolve(first)]]);
  const frameAt = (t: number): Promise<PyramidReader> => {
    const known = open.get(t);
    const found = known ?? openChecked(frames[t], first);
    open.delete(t);
    open.set(t, found);
    if (!known) found.catch(() => open.delete(t));
    const [oldest] = open.keys();
    if (open.size > mostOpen) open.delete(oldest);
    return found;
  };
  return {
    ...first,
    axes: `t${first.axes}`,
    shape: [frames.length, ...first.shape],
    readRegion: async (region) => {
      const { t = 0, ...index } = region.index ?? {};
      if (!Number.isInteger(t) || t < 0 || t >= frames.length)
        throw new ShapeError("index of axis t", `0 to ${frames.length - 1}`, `${t}`);
      const reader = await frameAt(t);
      return reader.readRegion({ ...region, index });
    },
  };
}

async function openChecked(frame: Frame, first: PyramidReader): Promise<PyramidReader> {
  const reader = await frame.open();
  const difference = differenceOf(reader, first);
  if (difference)
    throw new ShapeError(`frame ${frame.name}`, difference.expected, difference.actual);
  return reader;
}

function differenceOf(
  reader: PyramidReader,
  first: PyramidReader,
): { expected: string; actual: string } | undefined {
  const [actual, expected] = [reader, first].map(
    ({ axes, shape, type, levels }) =>
      `${axes} ${shape.join(" x ")} ${type}, ${levels.length} levels`,
  );
  return actual === expected ? undefined : { expected, actual };
}
