/**
 * Zeiss's LSM: a TIFF whose first page has a tag of Zeiss's with axes, sizes and times; every second page is a thumbnail,
 * which says so itself and is passed over. Channels are samples of a page.
 * Format: the tag CZ_LSMINFO (34412), "LSM 5 Image File Format Description".
 *
 * @module
 */
import { strFromU8 } from "fflate";
import { UnsupportedError } from "../errors.js";
import { type PageAxes, type PageGrid, planesInOrder, positiveOnly } from "./page-axes.js";
import { type Directory, type TiffFile, tags } from "./tiff-directory.js";

/** What the tag begins with: of release 1.3, and of later ones. */
const beginnings = [0x0300494c, 0x0400494c];

/** Scans of these types go through time before they go through slices. */
const timeFirst = [3, 5, 7, 9];

/** Bytes of the tag that we look at. */
const needed = 120;

/** Bytes of names at most. */
const longestNames = 65536;

/** What Zeiss says of the pages; undefined where the tag is not as Zeiss writes it. Throws where pages and tag disagree. */
export async function lsmAxes(
  file: TiffFile,
  directory: Directory,
  grid: PageGrid,
): Promise<PageAxes | undefined> {
  const values = directory.tags.get(tags.CZ_LSMINFO);
  if (!values || !file.littleEndian || values.count < needed) return undefined;
  const bytes = await file.read(values.offset, needed, "CZ_LSMINFO");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!beginnings.includes(view.getUint32(0, true))) return undefined;
  if (file.byteLength > 0xffffffff)
    throw new UnsupportedError(
      "is an LSM of more than 4 GiB, whose offsets run over: save it as OME-TIFF",
    );
  const [z, c, t] = [16, 20, 24].map((at) => Math.max(1, view.getInt32(at, true)));
  if (z * t !== grid.pages || c !== grid.samples)
    throw new UnsupportedError(
      `has ${grid.pages} pages of ${grid.samples} channels, its LSM header speaks of ${z} slices x ${t} frames of ${c}: save it as OME-TIFF`,
      { pages: grid.pages, samples: grid.samples, z, t, c },
    );
  const lengths = { t, c, z };
  const order = timeFirst.includes(view.getUint16(88, true)) ? "tz" : "zt";
  const channels = await channelNames(file, view.getUint32(108, true), c);
  const [x, y, depth] = [40, 48, 56].map((at) => 1e6 * view.getFloat64(at, true));
  return {
    lengths,
    planes: planesInOrder(lengths, order, grid.pages),
    spacing: positiveOnly({ t: view.getFloat64(112, true), z: depth, y, x }),
    ...(channels && { channels }),
  };
}

/** The names, where there is one for every channel: each a length and a text with its NUL, at the end of a block. */
async function channelNames(
  file: TiffFile,
  at: number,
  channels: number,
): Promise<string[] | undefined> {
  if (at === 0) return undefined;
  const head = viewOf(await file.read(at, 24, "the colours of the channels"));
  const [size, start, count] = [0, 16, 8].map((place) => head.getUint32(place, true));
  if (count !== channels || start > size || size - start > longestNames) return undefined;
  const bytes = await file.read(at + start, size - start, "the names of the channels");
  const names: string[] = [];
  for (let i = 0; i + 4 <= bytes.length && names.length < channels; ) {
    const end = i + 4 + viewOf(bytes).getUint32(i, true);
    const name = strFromU8(bytes.subarray(i + 4, end), true).split("\0")[0];
    if (name !== "") names.push(name);
    i = end;
  }
  return names.length === channels ? names : undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
