/**
 * The smaller copies of a TIFF's pages: directories below a page (OME-TIFF), or pages of their own that say so.
 * In: pages. Out: for each copy how large it is and how to find the directory of any page's.
 *
 * @module
 */
import { FormatError, isCoreError } from "../errors.js";
import { scaleBetween } from "../pyramid-box.js";
import {
  type Directory,
  readDirectory,
  readInteger,
  readIntegers,
  type TiffFile,
} from "./tiff-directory.js";
import { type PageLayout, readLayout } from "./tiff-layout.js";
import type { Page } from "./tiff-pages.js";

/** A size that the pages are there in. */
export interface TiffLevel {
  readonly layout: PageLayout;
  readonly scale: { readonly y: number; readonly x: number };
  /** The page of an image's `n`-th page in this size. */
  pageAt(n: number): Promise<Page>;
}

/** More copies than this of one page are none; each would have at least half the length of the one before. */
const mostCopies = 32;

/** The pages themselves, then their copies, the larger first. Copies of another kind, and those we cannot decode, are passed over. */
export async function findCopies(
  file: TiffFile,
  directories: readonly Directory[],
  pages: readonly Page[],
): Promise<TiffLevel[]> {
  const [{ layout }] = pages;
  const own: TiffLevel = { layout, scale: { y: 1, x: 1 }, pageAt: async (n) => pages[n] };
  const copies = [
    ...(await copiesBelow(file, pages)),
    ...(await copiesBeside(file, directories, pages)),
  ];
  copies.sort((a, b) => b.layout.width - a.layout.width);
  const levels = [own];
  for (const copy of copies)
    if (copy.layout.width < (levels.at(-1) as TiffLevel).layout.width) levels.push(copy);
  return levels;
}

/** The copies that the first page names; those of other pages are looked up when they are wanted. */
async function copiesBelow(file: TiffFile, pages: readonly Page[]): Promise<TiffLevel[]> {
  const found: TiffLevel[] = [];
  const offsets = (await offsetsBelow(file, pages[0])) ?? [];
  for (let i = 0; i < offsets.length; i++) {
    const pageAt = onceEach((n) => copyBelow(file, pages[n], i));
    const level = await levelOf(pages[0].layout, pageAt);
    if (level) found.push(level);
  }
  return found;
}

async function copyBelow(file: TiffFile, page: Page, i: number): Promise<Page> {
  const { name } = page.directory;
  const offset = (await offsetsBelow(file, page))?.[i];
  if (offset === undefined) throw new FormatError(`${name} lacks the smaller copy ${i + 1}`);
  const { directory } = await readDirectory(file, offset, `copy ${i + 1} of ${name}`);
  return { directory, layout: await readLayout(file, directory) };
}

function offsetsBelow(file: TiffFile, { directory }: Page): Promise<number[] | undefined> {
  return readIntegers(file, directory, "SubIFDs", [0, mostCopies]);
}

/** Reduced pages among the others: as many of a size as there are pages, in the same order. */
async function copiesBeside(
  file: TiffFile,
  directories: readonly Directory[],
  pages: readonly Page[],
): Promise<TiffLevel[]> {
  const sizes = new Map<string, Directory[]>();
  for (const directory of directories) {
    // 1 is a smaller copy; 4 would be a mask.
    if (((await readInteger(file, directory, "NewSubfileType", 0)) & 5) !== 1) continue;
    const width = await readInteger(file, directory, "ImageWidth");
    const size = `${width} x ${await readInteger(file, directory, "ImageLength")}`;
    sizes.set(size, [...(sizes.get(size) ?? []), directory]);
  }
  const found: TiffLevel[] = [];
  for (const group of sizes.values()) {
    if (group.length !== pages.length) continue;
    const pageAt = onceEach(async (n) => {
      return { directory: group[n], layout: await readLayout(file, group[n]) };
    });
    const level = await levelOf(pages[0].layout, pageAt);
    if (level) found.push(level);
  }
  return found;
}

/** A level by its first page; undefined where that is no smaller copy of the image, or one that we cannot decode. */
async function levelOf(
  full: PageLayout,
  pageAt: (n: number) => Promise<Page>,
): Promise<TiffLevel | undefined> {
  try {
    const { layout } = await pageAt(0);
    const scale = scaleBetween(full, layout);
    return scale && isCopy(full, layout)
      ? { layout, scale, pageAt: checkedPages(layout, pageAt) }
      : undefined;
  } catch (error) {
    if (isCoreError(error)) return undefined;
    throw error;
  }
}

function isCopy(full: PageLayout, copy: PageLayout): boolean {
  return copy.type === full.type && copy.samples === full.samples && copy.width < full.width;
}

function checkedPages(
  layout: PageLayout,
  pageAt: (n: number) => Promise<Page>,
): (n: number) => Promise<Page> {
  return async (n) => {
    const page = await pageAt(n);
    const same =
      page.layout.width === layout.width &&
      page.layout.height === layout.height &&
      page.layout.type === layout.type &&
      page.layout.samples === layout.samples;
    if (!same) throw new FormatError(`${page.directory.name} must be like ${layout.name}, is not`);
    return page;
  };
}

function onceEach<T>(make: (n: number) => Promise<T>): (n: number) => Promise<T> {
  const made = new Map<number, Promise<T>>();
  return (n) => {
    const found = made.get(n) ?? make(n);
    made.set(n, found);
    found.catch(() => made.delete(n));
    return found;
  };
}
