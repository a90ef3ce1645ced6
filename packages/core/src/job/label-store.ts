/**
 * The OME-Zarr that the blocks of a job write together: which chunks are a block's own, and what is in them.
 * In: the shape of an image, the size of blocks, labels of a core. Out: files by their keys, unpacked.
 *
 * Smaller copies keep the upper left of each 2 x 2 pixels, so a copy's pixel is one of the image's, and a block makes its own
 * chunks of all copies in which it is at least a chunk wide. Those of the coarser ones are made of the finest of these.
 *
 * @module
 */
import { arrayMetadata, chunkKey, groupMetadata } from "../format/ome-zarr-layout.js";
import { omeAttributes } from "../format/ome-zarr-metadata.js";
import { type OmeZarrPlan, planOmeZarr } from "../format/ome-zarr-plan.js";
import type { RegionSource } from "../format/tile-pyramid.js";
import type { Image } from "../image.js";
import type { Box } from "../tile.js";

/** What is settled of the labels of a job. */
export interface LabelStore {
  readonly plan: OmeZarrPlan;
  /** The coarsest level whose chunks are blocks' own. */
  readonly own: number;
  readonly source: RegionSource;
}

/** A chunk that a block or a finer level makes. */
export interface LabelChunk {
  /** From the root of the store. */
  readonly key: string;
  /** In rows; `undefined` where no pixel is of a cell: the file is left out. */
  readonly data?: Uint32Array;
}

/** The widest chunk; fits into a block as often as need be. */
const widest = 512;

/** The store for labels of an image, of axes without `"c"`. `block` is a multiple of 64. */
export function labelStore(
  image: Pick<Image, "axes" | "shape" | "spacing">,
  block: number,
): LabelStore {
  let chunk = widest;
  while (block % chunk !== 0) chunk /= 2;
  const source: RegionSource = {
    ...image,
    type: "uint32",
    readRegion: () => Promise.reject(new Error("the labels of a job are written block by block")),
  };
  const plan = planOmeZarr(source, { chunk, labels: true });
  let own = 0;
  while (own + 1 < plan.levels && (block >> (own + 1)) % chunk === 0) own++;
  return { plan, own, source };
}

/** The chunks of a block, of all levels in which they are its own. `core` begins at a multiple of the block. */
export function blockChunks(
  { plan, own }: LabelStore,
  index: Readonly<Record<string, number>>,
  core: Box,
  data: Uint32Array,
): LabelChunk[] {
  const chunks: LabelChunk[] = [];
  for (let level = 0; level <= own; level++) {
    const step = 2 ** level;
    const [top, left] = [core.y / step / plan.chunk, core.x / step / plan.chunk];
    const rows = Math.ceil(core.height / step / plan.chunk);
    const columns = Math.ceil(core.width / step / plan.chunk);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const key = chunkKey(plan, level, index, top + row, left + column);
        const from = { y: row * plan.chunk * step, x: column * plan.chunk * step };
        const cut = thinned(data, core, from, step, plan.chunk);
        chunks.push({ key, ...(cut && { data: cut }) });
      }
  }
  return chunks;
}

/** Every `step`-th pixel from a place on, `side` x `side` of them, 0 beyond the core; undefined where all are 0. */
function thinned(
  data: Uint32Array,
  { height, width }: Box,
  from: { readonly y: number; readonly x: number },
  step: number,
  side: number,
): Uint32Array | undefined {
  const out = new Uint32Array(side * side);
  let any = 0;
  for (let y = from.y, row = 0; row < side && y < height; y += step, row++)
    for (let x = from.x, to = row * side; x < width && to < (row + 1) * side; x += step, to++) {
      out[to] = data[y * width + x];
      any |= out[to];
    }
  return any === 0 ? undefined : out;
}

/** Where the four chunks lie that a chunk of a level is made of; the last may lie beyond the image. */
export function finerChunks(row: number, column: number): (readonly [number, number])[] {
  return [0, 1, 2, 3].map((n) => [2 * row + (n >> 1), 2 * column + (n & 1)] as const);
}

/** A chunk made of the four finer ones of {@link finerChunks}; undefined ones hold nothing. */
export function coarserChunk(
  side: number,
  finer: readonly (Uint32Array | undefined)[],
): Uint32Array | undefined {
  const out = new Uint32Array(side * side);
  let any = 0;
  for (const [n, data] of finer.entries()) {
    if (!data) continue;
    const start = (n >> 1) * (side / 2) * side + (n & 1) * (side / 2);
    for (let y = 0; y < side / 2; y++)
      for (let x = 0; x < side / 2; x++) {
        const value = data[2 * y * side + 2 * x];
        out[start + y * side + x] = value;
        any |= value;
      }
  }
  return any === 0 ? undefined : out;
}

/** The metadata files of the store; that of the group, without which it holds no image, comes last. */
export function labelMetadata({ plan, source }: LabelStore): [string, Uint8Array][] {
  const levels = Array.from({ length: plan.levels }, (_, level) => arrayMetadata(plan, level));
  const attributes = omeAttributes(source, plan, { labels: true }, []);
  return [...levels.flat(), ...groupMetadata(plan.version, attributes)];
}

/** The key of a chunk of the store. */
export function labelChunkKey(
  { plan }: LabelStore,
  level: number,
  index: Readonly<Record<string, number>>,
  [row, column]: readonly [number, number],
): string {
  return chunkKey(plan, level, index, row, column);
}
