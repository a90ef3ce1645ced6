/**
 * A TIFF whose pixels are read by region: of its strips and tiles only those that a region touches. In: a source. Out: a
 * reader with the smaller copies that the file has as levels. The file's directories are read and checked when it is
 * opened, the places of strips and tiles when they are wanted.
 *
 * @module
 */
import { type Held, holding } from "../held.js";
import type { Image, Pixels } from "../image.js";
import type { PyramidLevel, PyramidReader, Region } from "../pyramid.js";
import { checkRegion } from "../pyramid-box.js";
import type { Signal, Source } from "../source.js";
import type { Box } from "../tile.js";
import { exactReader } from "./byte-reader.js";
import { checkDecodedSize, namingSource, type ReadOptions } from "./format.js";
import { indexOf, type PageAxes, planeAt } from "./page-axes.js";
import { bytesOf, pixelsOf } from "./sample-type.js";
import { readAxes } from "./tiff-axes.js";
import { openTiff, readDirectories, type TiffFile } from "./tiff-directory.js";
import { indexSegments, type SegmentIndex } from "./tiff-index.js";
import { decodedLength, type PageLayout, readCut, type Segment } from "./tiff-layout.js";
import { findCopies, type TiffLevel } from "./tiff-levels.js";
import { decodeSegment, findPages, nameAxes } from "./tiff-pages.js";
import { placeInBox, valuesOf } from "./tiff-pixels.js";
import { contiguousPages, type PlaneStack } from "./tiff-stack.js";

/** Strips or tiles that are read at once. */
const together = 8;

/** Rows of an uncompressed strip that are worth a read. */
const rowsTogether = 256;

/** Bytes of decoded tiles that are kept, where a tile holds several channels and the next channel will want it again. */
const keptBytes = 64 * 1024 ** 2;

/** A page of a level: where its pixels are. */
interface Place {
  readonly layout: PageLayout;
  readonly index: SegmentIndex;
  /** Bytes to the plane behind the page's own. */
  readonly shift: number;
}

/** An open file. */
interface Opened {
  readonly file: TiffFile;
  readonly source: Source;
  readonly levels: readonly TiffLevel[];
  /** For each plane of the image, in the order t, c, z: its page and sample. */
  readonly planes: ReadonlyMap<number, { readonly page: number; readonly sample: number }>;
  /** Planes that lie behind the only page. */
  readonly behind: PlaneStack;
  readonly places: Map<string, Promise<Place>>;
  readonly decoded: Held<Pixels>;
  readonly options: ReadOptions;
}

/** Opens a TIFF. The limit of `options` is that of a region. Throws as `readImage` does. */
export function openTiffPyramid(source: Source, options: ReadOptions = {}): Promise<PyramidReader> {
  return namingSource(source, async () => {
    const file = await openTiff(source);
    const directories = await readDirectories(file);
    const pages = await findPages(file, directories);
    const { directory, layout } = pages[0];
    const behind =
      pages.length === 1 ? await contiguousPages(file, directory, layout) : { planes: 1, step: 0 };
    const { width, height, samples } = layout;
    const grid = { pages: pages.length * behind.planes, width, height, samples };
    const axes = await readAxes(file, directory, grid);
    const levels =
      behind.planes > 1
        ? [{ layout, scale: { y: 1, x: 1 }, pageAt: async () => pages[0] }]
        : await findCopies(file, directories, pages);
    const opened: Opened = {
      ...{ file, source, levels, behind, options, planes: planesOf(axes, samples) },
      places: new Map(),
      decoded: holding(samples > 1 && !layout.planar ? keptBytes : 0, (data) => data.byteLength),
    };
    const described = await Promise.all(levels.map((level) => describe(file, level)));
    const reader = { ...nameAxes(axes, layout), type: layout.type, levels: described };
    return {
      ...reader,
      readRegion: (region) =>
        namingSource(source, () => {
          checkRegion(reader, region);
          return readRegion(opened, axes, reader.spacing, region);
        }),
    };
  });
}

function planesOf(axes: PageAxes, samples: number): Opened["planes"] {
  const planes = new Map<number, { page: number; sample: number }>();
  for (const [page, plane] of axes.planes.entries())
    for (let sample = 0; sample < samples; sample++)
      planes.set(plane + sample * axes.lengths.z, { page, sample });
  return planes;
}

async function describe(file: TiffFile, level: TiffLevel): Promise<PyramidLevel> {
  const { height, width } = level.layout;
  const { directory, layout } = await level.pageAt(0);
  const { tiled, rows, columns } = await readCut(file, directory, layout);
  // Of a strip that is stored as it is, rows are read as they are wanted.
  const least = !tiled && layout.compression === "none" ? Math.min(rows, rowsTogether) : rows;
  return { height, width, scale: level.scale, tile: { height: least, width: columns } };
}

async function readRegion(
  opened: Opened,
  axes: PageAxes,
  spacing: Image["spacing"],
  { index = {}, box, level = 0, signal }: Region,
): Promise<Image> {
  const plane = planeAt(axes.lengths, indexOf(index, axes.lengths));
  const { page, sample } = opened.planes.get(plane) as { page: number; sample: number };
  const place = await placeOf(opened, level, page);
  const { type } = place.layout;
  checkDecodedSize(box.height * box.width * bytesOf(type), opened.options);
  const data = pixelsOf(type, box.height * box.width);
  const segments = await place.index.segmentsIn(box, sample);
  for (let first = 0; first < segments.length; first += together) {
    signal?.throwIfAborted();
    const group = segments.slice(first, first + together);
    await Promise.all(
      group.map(async (segment) => {
        const part = partOf(place, segment, box);
        const values = await valuesIn(opened, place, part, `${level} ${page}`, signal);
        placeInBox(values, place.layout, part, sample, box, data);
      }),
    );
  }
  const shape = [box.height, box.width];
  return { data, shape, axes: "yx", ...(level === 0 && spacing ? { spacing } : {}) };
}

function placeOf(opened: Opened, level: number, page: number): Promise<Place> {
  const key = `${level} ${page}`;
  const known = opened.places.get(key);
  if (known) return known;
  const found = findPlace(opened, level, page);
  opened.places.set(key, found);
  found.catch(() => opened.places.delete(key));
  return found;
}

async function findPlace(opened: Opened, level: number, n: number): Promise<Place> {
  const { file, levels, behind } = opened;
  const { directory, layout } = await levels[level].pageAt(behind.planes > 1 ? 0 : n);
  const index = await indexSegments(file, directory, layout);
  return { layout, index, shift: n * behind.step };
}

/** The rows that are wanted, where a strip or tile is stored as it is; else all of it. */
function partOf({ layout, shift }: Place, segment: Segment, box: Box): Segment {
  const moved = { ...segment, offset: segment.offset + shift };
  if (layout.compression !== "none") return moved;
  const first = Math.max(0, box.y - segment.y);
  const rows = Math.min(segment.rows, box.y + box.height - segment.y) - first;
  const row = decodedLength(layout, { rows: 1, columns: segment.columns });
  return {
    ...moved,
    offset: moved.offset + first * row,
    ...{ length: rows * row, y: segment.y + first, rows },
  };
}

async function valuesIn(
  { source, file, decoded, options }: Opened,
  { layout }: Place,
  part: Segment,
  page: string,
  signal: Signal | undefined,
): Promise<Pixels> {
  checkDecodedSize(decodedLength(layout, part), options);
  const several = layout.samples > 1 && !layout.planar;
  const decode = async (watched?: Signal) => {
    const exact = { ...file, read: exactReader(source, watched) };
    return valuesOf(await decodeSegment(exact, layout, part), layout, part);
  };
  // What others may be waiting for too does not end with one of them.
  return several ? decoded.get(`${page} ${part.y} ${part.x} ${part.rows}`, decode) : decode(signal);
}
