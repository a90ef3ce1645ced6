/**
 * Reads TIFF and BigTIFF: bytes → image. Pages of one shape and type form one image; every number is as it is stored.
 *
 * Read: 8-, 16- and 32-bit integers, 16- (as float32), 32- and 64-bit floats; strips and tiles; uncompressed, deflate, LZW,
 * PackBits; predictors 1 to 3; samples interleaved or in planes. Palette images give their indices, white-is-zero images
 * their stored values. All else is refused by name.
 *
 * Axes come from ImageJ's or OME's text; without one, pages are frames `t`. Samples are channels `c`. Smaller copies
 * (pyramids, thumbnails) are passed over. Axes of length 1 are left out.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import type { Image } from "../image.js";
import type { Source } from "../source.js";
import { checkDecodedSize, type Format, namingSource, type ReadOptions } from "./format.js";
import type { PageAxes } from "./page-axes.js";
import { bytesOf, pixelsOf } from "./sample-type.js";
import { readAxes } from "./tiff-axes.js";
import { decompress } from "./tiff-codec.js";
import {
  type Directory,
  looksLikeTiff,
  openTiff,
  readDirectories,
  type TiffFile,
} from "./tiff-directory.js";
import {
  decodedLength,
  isSecondary,
  type PageLayout,
  readLayout,
  readSegments,
  type Segment,
} from "./tiff-layout.js";
import { placeSegment } from "./tiff-pixels.js";
import { contiguousPages } from "./tiff-stack.js";

/** TIFF, BigTIFF, ImageJ TIFF and simple OME-TIFF. */
export const tiff: Format = {
  name: "TIFF",
  matches: looksLikeTiff,
  read: (source, options) => namingSource(source, () => readTiff(source, options)),
};

/** A page: its directory, what it is, and later where its strips or tiles lie. */
interface Page {
  readonly directory: Directory;
  readonly layout: PageLayout;
}

async function readTiff(source: Source, options?: ReadOptions): Promise<Image> {
  const file = await openTiff(source);
  const found = await findPages(file);
  const { directory, layout } = found[0];
  const stacked = found.length === 1 ? await contiguousPages(file, directory, layout) : 1;
  const pages = found.length * stacked;
  const { width, height, samples, type } = layout;
  checkDecodedSize(pages * width * height * samples * bytesOf(type), options);
  const segments = await planSegments(file, found, stacked);
  const axes = await readAxes(file, directory, { pages, width, height, samples });
  const data = pixelsOf(type, pages * width * height * samples);
  const plane = width * height;
  const sampleStep = axes.lengths.z * plane;
  for (const [i, list] of segments.entries()) {
    const page = found[Math.min(i, found.length - 1)].layout;
    for (const segment of list) {
      const bytes = await decodeSegment(file, page, segment);
      placeSegment(
        bytes,
        page,
        segment,
        data,
        axes.planes[i] * plane + segment.sample * sampleStep,
        sampleStep,
      );
    }
  }
  return { data, ...nameAxes(axes, layout) };
}

/** All pages but smaller copies and masks; of one shape and type. */
async function findPages(file: TiffFile): Promise<Page[]> {
  const pages: Page[] = [];
  for (const directory of await readDirectories(file)) {
    if (await isSecondary(file, directory)) continue;
    const layout = await readLayout(file, directory);
    if (pages.length > 0) checkSameKind(pages[0].layout, layout);
    pages.push({ directory, layout });
  }
  if (pages.length === 0)
    throw new FormatError("is a TIFF that holds only smaller copies of an image");
  return pages;
}

function checkSameKind(first: PageLayout, page: PageLayout): void {
  const [a, b] = [first, page].map((p) => `${p.width} x ${p.height} x ${p.samples} ${p.type}`);
  if (a !== b)
    throw new UnsupportedError(
      `${page.name} is ${b}, ${first.name} is ${a}: save pages of different kinds as separate images`,
    );
}

/** The strips or tiles of every page, all checked before the first is decoded. */
async function planSegments(
  file: TiffFile,
  pages: readonly Page[],
  stacked: number,
): Promise<Segment[][]> {
  const all: Segment[][] = [];
  for (const { directory, layout } of pages) all.push(await readSegments(file, directory, layout));
  const [first] = all[0];
  for (let i = 1; i < stacked; i++)
    all.push([{ ...first, name: `plane ${i + 1}`, offset: first.offset + i * first.length }]);
  return all;
}

async function decodeSegment(
  file: TiffFile,
  page: PageLayout,
  segment: Segment,
): Promise<Uint8Array> {
  const { name, offset, length } = segment;
  const bytes = await file.read(offset, length, name);
  try {
    return decompress(bytes, page.compression, decodedLength(page, segment));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const details = { ...error.details, start: offset, end: offset + length };
    throw new FormatError(
      `${name} (bytes ${offset} to ${offset + length}) ${error.message}`,
      details,
      error,
    );
  }
}

/** Axes, shape and what else is known; axes of length 1 are left out. */
function nameAxes(axes: PageAxes, page: PageLayout): Omit<Image, "data"> {
  const { t, c, z } = axes.lengths;
  const all: [string, number][] = [
    ["t", t],
    ["c", c],
    ["z", z],
    ["y", page.height],
    ["x", page.width],
  ];
  const kept = all.filter(([axis, length]) => length > 1 || axis === "y" || axis === "x");
  const spacing = kept.filter(([axis]) => Object.hasOwn(axes.spacing, axis));
  return {
    axes: kept.map(([axis]) => axis).join(""),
    shape: kept.map(([, length]) => length),
    ...(spacing.length > 0
      ? { spacing: Object.fromEntries(spacing.map(([axis]) => [axis, axes.spacing[axis]])) }
      : {}),
    ...(axes.channels && c > 1 ? { channels: axes.channels } : {}),
  };
}
