/**
 * Reads TIFF and BigTIFF: bytes → image. Pages of one shape and type form one image; every number is as it is stored.
 *
 * Read: whole numbers of 1 to 16, 32 and 64 bits (64 as float64, up to 2^53), floats of 16 and 24 (as float32), 32 and 64 bits;
 * strips and tiles; uncompressed, deflate, LZW, PackBits, Zstandard; predictors 1 to 3; samples interleaved or in planes.
 * Palette images give their indices, white-is-zero and black-and-white images their stored values. All else is refused by name.
 *
 * Axes come from ImageJ's or OME's text, or from the tags of MetaMorph (STK) and Zeiss (LSM); without one, pages are frames `t`. Samples are channels `c`. Smaller copies
 * (pyramids, thumbnails) are passed over. Axes of length 1 are left out.
 *
 * @module
 */
import type { Image, Pixels } from "../image.js";
import type { Source } from "../source.js";
import {
  checkDecodedSize,
  type Format,
  namingSource,
  type PlaneReader,
  type ReadOptions,
} from "./format.js";
import { indexOf, type PageAxes, planeAt } from "./page-axes.js";
import { bytesOf, pixelsOf } from "./sample-type.js";
import { readAxes } from "./tiff-axes.js";
import { looksLikeTiff, openTiff, readDirectories, type TiffFile } from "./tiff-directory.js";
import { type PageLayout, readSegments, type Segment } from "./tiff-layout.js";
import { decodeSegment, findPages, nameAxes, type Page } from "./tiff-pages.js";
import { placeSegment } from "./tiff-pixels.js";
import { contiguousPages, type PlaneStack } from "./tiff-stack.js";

/** TIFF, BigTIFF, ImageJ TIFF, simple OME-TIFF, STK and LSM. */
export const tiff: Format = {
  name: "TIFF",
  matches: looksLikeTiff,
  read: (source, options) => namingSource(source, () => readTiff(source, options)),
  open: (source, options) => namingSource(source, () => openPlanes(source, options)),
};

/** A page of which all is checked; nothing of it is decoded yet. */
interface PlannedPage {
  readonly layout: PageLayout;
  readonly segments: readonly Segment[];
}

/** An image of which all is checked and nothing decoded. */
interface Plan {
  readonly file: TiffFile;
  readonly pages: readonly PlannedPage[];
  readonly axes: PageAxes;
}

async function readTiff(source: Source, options?: ReadOptions): Promise<Image> {
  const { file, pages, axes } = await planImage(source, options);
  const [{ layout }] = pages;
  const { width, height, samples, type } = layout;
  const data = pixelsOf(type, pages.length * width * height * samples);
  for (const [i, page] of pages.entries())
    await fillPage(file, page, data, axes.planes[i], axes.lengths.z);
  return { data, ...nameAxes(axes, layout) };
}

/** The image's planes, each decoded when it is asked for; with its page's other samples, where it has several. */
async function openPlanes(source: Source, options?: ReadOptions): Promise<PlaneReader> {
  const { file, pages, axes } = await planImage(source, options, true);
  const [{ layout }] = pages;
  const { width, height, samples, type } = layout;
  const size = width * height;
  const named = nameAxes(axes, layout);
  const places = new Map<number, { page: PlannedPage; sample: number }>();
  for (const [i, page] of pages.entries())
    for (let sample = 0; sample < samples; sample++)
      places.set(axes.planes[i] + sample * axes.lengths.z, { page, sample });
  return {
    ...named,
    readPlane: (index = {}) =>
      namingSource(source, async () => {
        const plane = planeAt(axes.lengths, indexOf(index, axes.lengths));
        const { page, sample } = places.get(plane) as { page: PlannedPage; sample: number };
        const data = pixelsOf(type, samples * size);
        await fillPage(file, page, data, 0, 1);
        const pixels = samples === 1 ? data : data.slice(sample * size, (sample + 1) * size);
        const { spacing } = named;
        return { data: pixels, shape: [height, width], axes: "yx", ...(spacing && { spacing }) };
      }),
  };
}

/** Reads and checks directories; the limit of `options` is that of the whole image, or of a page of it. */
async function planImage(source: Source, options?: ReadOptions, byPage = false): Promise<Plan> {
  const file = await openTiff(source);
  const found = await findPages(file, await readDirectories(file));
  const { directory, layout } = found[0];
  const behind =
    found.length === 1 ? await contiguousPages(file, directory, layout) : { planes: 1, step: 0 };
  const pages = found.length * behind.planes;
  const { width, height, samples, type } = layout;
  const pageBytes = width * height * samples * bytesOf(type);
  checkDecodedSize(byPage ? pageBytes : pages * pageBytes, options, source.byteLength);
  const planned = await planPages(file, found, behind);
  const axes = await readAxes(file, directory, { pages, width, height, samples });
  return { file, pages: planned, axes };
}

/** Checks the strips or tiles of every page before the first is decoded. */
async function planPages(
  file: TiffFile,
  pages: readonly Page[],
  { planes, step }: PlaneStack,
): Promise<PlannedPage[]> {
  const planned: PlannedPage[] = [];
  for (const { directory, layout } of pages)
    planned.push({ layout, segments: await readSegments(file, directory, layout) });
  const [{ layout, segments }] = planned;
  for (let i = 1; i < planes; i++) {
    const name = `plane ${i + 1}`;
    const moved = segments.map((segment) => ({
      ...segment,
      name,
      offset: segment.offset + i * step,
    }));
    planned.push({ layout, segments: moved });
  }
  return planned;
}

/** Decodes a page into the image's planes: `plane` for its first sample, every `step` planes on for further ones. */
async function fillPage(
  file: TiffFile,
  page: PlannedPage,
  data: Pixels,
  plane: number,
  step: number,
): Promise<void> {
  const { layout } = page;
  const size = layout.width * layout.height;
  for (const segment of page.segments) {
    const bytes = await decodeSegment(file, layout, segment);
    const start = (plane + segment.sample * step) * size;
    placeSegment(bytes, layout, segment, data, start, step * size);
  }
}
