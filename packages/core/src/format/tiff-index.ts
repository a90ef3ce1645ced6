/**
 * Where the strips or tiles of one part of a page lie, for pages with more of them than one would list: of their tables
 * only the pieces that are needed are read, each once.
 *
 * @module
 */
import { FormatError } from "../errors.js";
import type { Box } from "../tile.js";
import {
  type Directory,
  readSomeIntegers,
  type TagName,
  type TiffFile,
  tags,
} from "./tiff-directory.js";
import {
  type Cut,
  type PageLayout,
  placeOf,
  readCut,
  type Segment,
  segmentAt,
} from "./tiff-layout.js";

/** The strips or tiles of a page. */
export interface SegmentIndex {
  readonly cut: Cut;
  /** Those that hold pixels of a sample in a box, each checked against the file and against what it must hold. */
  segmentsIn(box: Box, sample: number): Promise<Segment[]>;
}

/** A part of a table of numbers: read once, kept. */
type Table = (i: number) => Promise<number>;

/** Entries that are read together: a read of 32 KiB in a BigTIFF. */
const block = 4096;

/** Throws {@link FormatError} where the tables do not have a number for each strip or tile. */
export async function indexSegments(
  file: TiffFile,
  directory: Directory,
  page: PageLayout,
): Promise<SegmentIndex> {
  const cut = await readCut(file, directory, page);
  const across = Math.ceil(page.width / cut.columns);
  const inPlane = across * Math.ceil(page.height / cut.rows);
  const count = inPlane * (page.planar ? page.samples : 1);
  const offsets = tableOf(file, directory, cut.tiled ? "TileOffsets" : "StripOffsets", count);
  if (!offsets) throw new FormatError(`${page.name} does not say where its pixels are`);
  const lengths = tableOf(file, directory, cut.tiled ? "TileByteCounts" : "StripByteCounts", count);
  const segmentOf = async (i: number): Promise<Segment> => {
    const place = placeOf(page, cut, i, inPlane);
    return segmentAt(file, page, place, await offsets(i), await lengths?.(i));
  };
  return {
    cut,
    async segmentsIn({ y, x, height, width }, sample) {
      const found: Promise<Segment>[] = [];
      const first = page.planar ? sample * inPlane : 0;
      for (let row = Math.floor(y / cut.rows); row * cut.rows < y + height; row++)
        for (let column = Math.floor(x / cut.columns); column * cut.columns < x + width; column++)
          found.push(segmentOf(first + row * across + column));
      return Promise.all(found);
    },
  };
}

/** The numbers of a tag by their place; undefined where the page lacks the tag. */
function tableOf(
  file: TiffFile,
  directory: Directory,
  name: TagName,
  count: number,
): Table | undefined {
  const values = directory.tags.get(tags[name]);
  if (!values) return undefined;
  if (values.count !== count)
    throw new FormatError(
      `${name} of ${directory.name} must have ${count} values, it has ${values.count}`,
    );
  const blocks = new Map<number, Promise<Float64Array>>();
  const read = async (n: number): Promise<Float64Array> => {
    const first = n * block;
    const length = Math.min(block, count - first);
    return Float64Array.from(await readSomeIntegers(file, directory, name, first, length));
  };
  return async (i) => {
    const n = Math.floor(i / block);
    let found = blocks.get(n);
    if (!found) {
      found = read(n);
      blocks.set(n, found);
      found.catch(() => blocks.delete(n));
    }
    return (await found)[i % block];
  };
}
