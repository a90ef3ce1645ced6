/**
 * Writes OME-TIFF with smaller copies: tile by tile, so that neither the image nor the file need be in memory.
 * Format: TIFF 6.0, BigTIFF; OME-TIFF 6 keeps the smaller copies of a page in its SubIFDs.
 *
 * @module
 */
import { strToU8 } from "fflate";
import { ShapeError } from "../errors.js";
import { type Image, lengthOf } from "../image.js";
import { pyramidOf } from "../pyramid-image.js";
import type { Watch } from "../source.js";
import { omeXml } from "./ome-xml.js";
import { startPacking } from "./pack-pixels.js";
import { bytesOf } from "./sample-type.js";
import { tags } from "./tiff-directory.js";
import { encodeDirectory, encodeHeader, resolutionTags, type WrittenTag } from "./tiff-pack.js";
import {
  levelSizes,
  levelsFor,
  type PyramidTile,
  pyramidTiles,
  type RegionSource,
} from "./tile-pyramid.js";

/** Where the bytes of a file go. Pieces come in order, but for the first bytes, which are written once more at the end. */
export interface ByteSink {
  /** Puts `bytes` at a place of the file, counted from its begin. */
  write(position: number, bytes: Uint8Array): Promise<void> | void;
}

/** How an OME-TIFF is written. */
export interface OmeTiffOptions extends Watch {
  /** The name in the metadata. */
  readonly name?: string;
  /** Whether the pixels are labels: then the smaller copies keep every second pixel instead of means. */
  readonly labels?: boolean;
  /** Pixels along a side of a tile, a multiple of 16; default 512. */
  readonly tile?: number;
  /** How many sizes, the full one among them; default so many that the smallest is one tile. */
  readonly levels?: number;
  /** Offsets of 8 bytes. Default: only where the file might become larger than 4 GiB. */
  readonly bigTiff?: boolean;
  /** Packs a tile as zlib does, several being asked for before the first is done; without, tiles are packed here, one by one. */
  readonly pack?: (bytes: Uint8Array, as: "zlib") => Uint8Array | Promise<Uint8Array>;
}

/** Where the tiles of a size of a plane lie. */
interface Grid {
  readonly height: number;
  readonly width: number;
  readonly offsets: number[];
  readonly lengths: number[];
}

/**
 * Writes an image, which is read once and region by region, and answers how many bytes the file has. Axes: some of
 * `"tczyx"` in this order, with `"yx"`; spacing and channel names become OME-XML. Tiles are deflated; those of nothing but 0
 * are one and the same. Throws {@link ShapeError} for other axes and for options that cannot be.
 */
export async function writeOmeTiff(
  image: RegionSource | Image,
  sink: ByteSink,
  options: OmeTiffOptions = {},
): Promise<number> {
  const source = "data" in image ? pyramidOf(image) : image;
  const { tile = 512, pack, name = "image" } = options;
  if (!/^t?c?z?yx$/.test(source.axes))
    throw new ShapeError(
      "image axes",
      'some of "tczyx" in this order, with "yx"',
      `"${source.axes}"`,
    );
  if (!Number.isInteger(tile) || tile < 16 || tile % 16 !== 0)
    throw new ShapeError("tile size", "a multiple of 16", `${tile}`);
  const [height, width] = [lengthOf(source, "y"), lengthOf(source, "x")];
  const levels = options.levels ?? levelsFor(height, width, tile);
  const sizes = levelSizes(height, width, levels);
  const big = options.bigTiff ?? mayBeLarge(source, sizes, tile);
  const file = startFile(sink, big ? 16 : 8);
  await sink.write(0, encodeHeader(big, 0));
  const planes: Grid[][] = [];
  const tiles = startTiles(file, tile, pack);
  const { signal, onProgress } = options;
  const reduce = options.labels ? ("nearest" as const) : ("mean" as const);
  const watch = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  for await (const made of pyramidTiles(source, { tile, levels, reduce, ...watch })) {
    const plane = planeNumber(source, made.index);
    planes[plane] ??= sizes.map(([h, w]) => ({ height: h, width: w, offsets: [], lengths: [] }));
    const grid = planes[plane][made.level];
    const at = made.row * Math.ceil(grid.width / tile) + made.column;
    await tiles.add(made, (offset, length) => {
      [grid.offsets[at], grid.lengths[at]] = [offset, length];
    });
  }
  await tiles.end();
  // Directories begin on even bytes.
  if (file.end % 2 === 1) await file.put(new Uint8Array(1));
  const first = await putDirectories(source, planes, file, {
    tile,
    big,
    text: omeXml(source, name),
  });
  if (!big && file.end > 0xffffffff)
    throw new ShapeError("OME-TIFF", "at most 4 GiB, or written with bigTiff", `${file.end} bytes`);
  await sink.write(0, encodeHeader(big, first));
  return file.end;
}

/** A file that grows. */
interface GrowingFile {
  readonly end: number;
  /** Adds bytes and answers where they lie. */
  put(bytes: Uint8Array): Promise<number>;
}

function startFile(sink: ByteSink, start: number): GrowingFile {
  let end = start;
  return {
    get end() {
      return end;
    },
    async put(bytes) {
      const at = end;
      await sink.write(at, bytes);
      end += bytes.length;
      return at;
    },
  };
}

/** Writes tiles in their order and says where they lie and how long they are; the empty ones are written once. */
function startTiles(
  file: GrowingFile,
  side: number,
  pack: OmeTiffOptions["pack"],
): {
  add(tile: PyramidTile, placed: (offset: number, length: number) => void): Promise<void>;
  end(): Promise<void>;
} {
  const packing = startPacking("zlib", pack && ((bytes) => pack(bytes, "zlib")));
  let isFirst = true;
  let empty: readonly [number, number] = [0, 0];
  return {
    add(tile, placed) {
      const again = tile.empty && !isFirst;
      if (tile.empty) isFirst = false;
      return packing.add(again ? undefined : tile.data, side, async (packed) => {
        if (packed) {
          const place = [await file.put(packed), packed.length] as const;
          if (tile.empty) empty = place;
          placed(...place);
        } else placed(...empty);
      });
    },
    end: packing.end,
  };
}

/** Smaller copies before their page, so that it can name them; pages from the last to the first, each naming the next. */
async function putDirectories(
  source: RegionSource,
  planes: readonly Grid[][],
  file: GrowingFile,
  { tile, big, text }: { readonly tile: number; readonly big: boolean; readonly text: string },
): Promise<number> {
  const type = big ? "long8" : "long";
  const place = (entries: WrittenTag[], next: number): Promise<number> =>
    file.put(encodeDirectory(entries, big, file.end, next));
  let next = 0;
  for (const [n, grids] of [...planes.entries()].reverse()) {
    const copies: number[] = [];
    for (const grid of grids.slice(1))
      copies.push(await place(tagsOf(source, grid, { tile, type, copy: true }), 0));
    const entries = tagsOf(source, grids[0], { tile, type, copy: false });
    if (copies.length > 0) entries.push({ tag: tags.SubIFDs, type, values: copies });
    if (n === 0)
      entries.push({ tag: tags.ImageDescription, type: "text", values: [...strToU8(text), 0] });
    next = await place(entries, next);
  }
  return next;
}

function tagsOf(
  source: RegionSource,
  { height, width, offsets, lengths }: Grid,
  {
    tile,
    type,
    copy,
  }: { readonly tile: number; readonly type: "long" | "long8"; readonly copy: boolean },
): WrittenTag[] {
  const format = source.type.startsWith("uint") ? 1 : source.type.startsWith("int") ? 2 : 3;
  return [
    { tag: tags.NewSubfileType, type: "long", values: [copy ? 1 : 0] },
    { tag: tags.ImageWidth, type: "long", values: [width] },
    { tag: tags.ImageLength, type: "long", values: [height] },
    { tag: tags.BitsPerSample, type: "short", values: [8 * bytesOf(source.type)] },
    { tag: tags.Compression, type: "short", values: [8] },
    { tag: tags.PhotometricInterpretation, type: "short", values: [1] },
    { tag: tags.SamplesPerPixel, type: "short", values: [1] },
    { tag: tags.TileWidth, type: "long", values: [tile] },
    { tag: tags.TileLength, type: "long", values: [tile] },
    { tag: tags.TileOffsets, type, values: offsets },
    { tag: tags.TileByteCounts, type, values: lengths },
    { tag: tags.SampleFormat, type: "short", values: [format] },
    ...resolutionTags(source, { scale: lengthOf(source, "x") / width }),
  ];
}

/** Deflate may add a little to what it cannot pack. */
function mayBeLarge(
  source: RegionSource,
  sizes: readonly (readonly [number, number])[],
  tile: number,
): boolean {
  const planes = source.shape.slice(0, -2).reduce((a, b) => a * b, 1);
  const tiles = sizes.reduce((sum, [h, w]) => sum + Math.ceil(h / tile) * Math.ceil(w / tile), 0);
  return planes * tiles * (tile * tile * bytesOf(source.type) * 1.01 + 1024) > 0xffffffff;
}

function planeNumber(
  { axes, shape }: RegionSource,
  index: Readonly<Record<string, number>>,
): number {
  return [...axes.slice(0, -2)].reduce((n, axis, i) => n * shape[i] + index[axis], 0);
}
