/**
 * MetaMorph's stacks (STK): a TIFF of one directory, plane after plane behind it. In: the tags that MetaMorph adds. Out: how
 * many planes there are, along which axis they run, how large a pixel is.
 * Format: "MetaMorph Stack (STK) Image File Format", tags UIC1 and UIC2.
 *
 * @module
 */
import { FormatError } from "../errors.js";
import {
  micrometresOf,
  type PageAxes,
  type PageGrid,
  planesInOrder,
  positiveOnly,
} from "./page-axes.js";
import { type Directory, type TagValues, type TiffFile, tags } from "./tiff-directory.js";

const mostPlanes = 65536;
/** Entries of UIC1 that we look at; it has some sixty. */
const mostEntries = 1024;
/** What entries of UIC1 are called by number. */
const calibration = { x: 4, y: 5, unit: 6 } as const;

/** How many planes a file of MetaMorph has; undefined where it is of another program. */
export function stkPlanes({ tags: found, name }: Directory): number | undefined {
  const planes = found.get(tags.UIC2)?.count;
  if (planes === undefined) return undefined;
  if (planes < 1 || planes > mostPlanes)
    throw new FormatError(`${name} must have 1 to ${mostPlanes} planes (UIC2), it says ${planes}`);
  return planes;
}

/** What MetaMorph says of the planes: slices where each has a distance from the one before, else frames. */
export async function stkAxes(
  file: TiffFile,
  directory: Directory,
  grid: PageGrid,
): Promise<PageAxes> {
  const { offset, count } = directory.tags.get(tags.UIC2) as TagValues;
  if (count !== grid.pages)
    throw new FormatError(`has ${grid.pages} pages, its tag UIC2 speaks of ${count}`);
  // Six numbers a plane: distance as a fraction, day and millisecond made, day and millisecond changed.
  const values = await longsOf(file, offset, 6 * grid.pages, "UIC2");
  const distances: number[] = [];
  const times: number[] = [];
  for (let i = 0; i < values.length; i += 6) {
    distances.push(values[i] / values[i + 1]);
    times.push(86400 * values[i + 2] + values[i + 3] / 1000);
  }
  const isStack = grid.pages > 1 && distances.every((distance) => distance > 0);
  const { unit, x, y } = await readCalibration(file, directory);
  const lengths = { t: isStack ? 1 : grid.pages, c: grid.samples, z: isStack ? grid.pages : 1 };
  const spacing = positiveOnly({
    t: isStack ? undefined : (times[times.length - 1] - times[0]) / (grid.pages - 1),
    z: isStack ? distances[0] * unit : undefined,
    y: y * unit,
    x: x * unit,
  });
  return { lengths, planes: planesInOrder(lengths, isStack ? "z" : "t", grid.pages), spacing };
}

/** How large a pixel is, in units of so many micrometres; NaN for what is not said. */
async function readCalibration(
  file: TiffFile,
  { tags: found }: Directory,
): Promise<{ unit: number; x: number; y: number }> {
  const values = found.get(tags.UIC1);
  const known = { unit: Number.NaN, x: Number.NaN, y: Number.NaN };
  if (values?.type !== 4 || values.count > mostEntries) return known;
  const entries = await longsOf(file, values.offset, 2 * values.count, "UIC1");
  for (let i = 0; i < entries.length; i += 2) {
    const [id, at] = [entries[i], entries[i + 1]];
    for (const axis of ["x", "y"] as const) {
      if (id !== calibration[axis]) continue;
      const [above, below] = await longsOf(file, at, 2, "a calibration");
      known[axis] = above / below;
    }
    if (id === calibration.unit) known.unit = micrometresOf(await textAt(file, at)) ?? Number.NaN;
  }
  return known;
}

async function textAt(file: TiffFile, at: number): Promise<string> {
  const [length] = await longsOf(file, at, 1, "the unit of the calibration");
  const bytes = await file.read(at + 4, Math.min(length, 64), "the unit of the calibration");
  const text = String.fromCharCode(...bytes);
  return text.split("\0")[0].trim();
}

async function longsOf(file: TiffFile, at: number, count: number, what: string): Promise<number[]> {
  const bytes = await file.read(at, 4 * count, what);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, i) => view.getUint32(4 * i, file.littleEndian));
}
