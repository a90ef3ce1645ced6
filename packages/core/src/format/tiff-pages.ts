/**
 * The pages of a TIFF that form one image: which they are, the bytes of their strips and tiles, the axes over them.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import type { Image } from "../image.js";
import { turnBits } from "./bits.js";
import type { PageAxes } from "./page-axes.js";
import { decompress } from "./tiff-codec.js";
import type { Directory, TiffFile } from "./tiff-directory.js";
import {
  decodedLength,
  isSecondary,
  type PageLayout,
  readLayout,
  type Segment,
} from "./tiff-layout.js";

/** A page: its directory and what it is. */
export interface Page {
  readonly directory: Directory;
  readonly layout: PageLayout;
}

/** All pages but smaller copies and masks; of one shape and type. */
export async function findPages(
  file: TiffFile,
  directories: readonly Directory[],
): Promise<Page[]> {
  const pages: Page[] = [];
  for (const directory of directories) {
    if (await isSecondary(file, directory)) continue;
    const layout = await readLayout(file, directory);
    const first = pages[0]?.layout ?? layout;
    checkSameKind(first, layout);
    pages.push({ directory, layout: { ...layout, looseLengths: first.looseLengths } });
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

/** The decoded bytes of a strip or tile, in an array of their own. Errors say where in the file they lie. */
export async function decodeSegment(
  file: TiffFile,
  page: PageLayout,
  segment: Segment,
): Promise<Uint8Array> {
  const { name, offset, length } = segment;
  const stored = await file.read(offset, length, name);
  const bytes = page.turnedBits ? turnBits(stored) : stored;
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
export function nameAxes(axes: PageAxes, page: PageLayout): Omit<Image, "data"> {
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
