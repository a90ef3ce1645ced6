/**
 * Writes OME-Zarr: an image or labels, chunk by chunk, at full size and at halved sizes. Neither the image nor the store
 * need be in memory.
 * Specifications: OME-NGFF 0.4 on Zarr version 2, and 0.5 on version 3.
 *
 * @module
 */
import { type Image, lengthOf } from "../image.js";
import { pyramidOf } from "../pyramid-image.js";
import { arrayMetadata, chunkKey, compressorOf, groupMetadata } from "./ome-zarr-layout.js";
import { omeAttributes } from "./ome-zarr-metadata.js";
import { type OmeZarrOptions, type OmeZarrPlan, planOmeZarr } from "./ome-zarr-plan.js";
import { startPacking } from "./pack-pixels.js";
import { type PyramidTile, pyramidTiles, type RegionSource } from "./tile-pyramid.js";
import { packShard } from "./zarr-shard.js";

/** Where the files of a Zarr go: a folder, a zip, a map. */
export interface ZarrSink {
  /** Keeps the bytes of a file under its path from the root, such as `0/zarr.json`. No path comes twice. */
  set(key: string, bytes: Uint8Array): Promise<void> | void;
}

/**
 * Writes an image, which is read once and region by region. Axes: some of `"tczyx"` in this order, with `"yx"`; spacing
 * becomes scales in micrometres and seconds, channel names become `omero` metadata. Only y and x are halved. Chunks of
 * nothing but 0 are left out. The metadata of the group come last: a store that was cut short holds no image.
 *
 * Throws {@link ShapeError} for other axes and for options that cannot be.
 */
export async function writeOmeZarr(
  image: RegionSource | Image,
  sink: ZarrSink,
  options: OmeZarrOptions = {},
): Promise<void> {
  const source = "data" in image ? pyramidOf(image) : image;
  const plan = planOmeZarr(source, options);
  const { version, path, levels } = plan;
  const below = (key: string) => (path === "" ? key : `${path}/${key}`);
  const shards = startShards(plan, options.pack, (key, bytes) => sink.set(below(key), bytes));
  const seen = startRanges(source);
  const { signal, onProgress } = options;
  const watch = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const reduce = options.labels ? ("nearest" as const) : ("mean" as const);
  for await (const tile of pyramidTiles(source, { ...watch, tile: plan.chunk, levels, reduce })) {
    if (tile.level === levels - 1) seen.add(tile);
    await shards.add(tile);
  }
  await shards.end();
  for (let level = 0; level < levels; level++)
    for (const [key, text] of arrayMetadata(plan, level)) await sink.set(below(key), text);
  const ome = omeAttributes(source, plan, options, seen.ranges);
  const attributes = { ...options.attributes, ...ome };
  for (const [key, text] of groupMetadata(version, attributes)) await sink.set(below(key), text);
}

/** Writes the group `labels` of an image, which says which labels it has; they themselves go to `labels/<name>`. */
export async function writeLabelsGroup(
  names: readonly string[],
  sink: ZarrSink,
  version: "0.4" | "0.5" = "0.5",
): Promise<void> {
  const attributes = version === "0.4" ? { labels: names } : { ome: { version, labels: names } };
  for (const [key, text] of groupMetadata(version, attributes))
    await sink.set(`labels/${key}`, text);
}

/** Packs tiles and hands them on, as files of their own or in shards as soon as one is complete. */
function startShards(
  plan: OmeZarrPlan,
  pack: OmeZarrOptions["pack"],
  set: (key: string, bytes: Uint8Array) => Promise<void> | void,
): { add(tile: PyramidTile): Promise<void>; end(): Promise<void> } {
  const open = new Map<string, { chunks: (Uint8Array | undefined)[]; left: number }>();
  const { shard, chunk } = plan;
  const packing = startPacking(compressorOf(plan), pack);
  const put = async (
    { level, index, row, column }: Pick<PyramidTile, "level" | "index" | "row" | "column">,
    packed: Uint8Array | undefined,
  ) => {
    if (shard === 1) {
      if (packed) await set(chunkKey(plan, level, index, row, column), packed);
      return;
    }
    const [shardRow, shardColumn] = [Math.floor(row / shard), Math.floor(column / shard)];
    const key = chunkKey(plan, level, index, shardRow, shardColumn);
    const [height, width] = plan.shapes[level].slice(-2).map((n) => Math.ceil(n / chunk));
    const begun = open.get(key) ?? {
      chunks: new Array<Uint8Array | undefined>(shard * shard).fill(undefined),
      left:
        Math.min(shard, height - shardRow * shard) * Math.min(shard, width - shardColumn * shard),
    };
    open.set(key, begun);
    begun.chunks[(row - shardRow * shard) * shard + column - shardColumn * shard] = packed;
    if (--begun.left > 0) return;
    open.delete(key);
    if (begun.chunks.some(Boolean)) await set(key, packShard(begun.chunks));
  };
  return {
    add({ data, empty, ...tile }) {
      return packing.add(empty ? undefined : data, chunk, (packed) => put(tile, packed));
    },
    end: packing.end,
  };
}

/** The least and the largest value of each channel, as far as the smallest level shows them. */
function startRanges(source: RegionSource): {
  add(tile: PyramidTile): void;
  readonly ranges: readonly (readonly [number, number])[];
} {
  const ranges = Array.from({ length: lengthOf(source, "c") }, (): [number, number] => [
    Infinity,
    -Infinity,
  ]);
  return {
    ranges,
    add({ index, data, height, width }) {
      const range = ranges[index.c ?? 0];
      const side = Math.sqrt(data.length);
      for (let y = 0; y < height; y++)
        for (let i = y * side; i < y * side + width; i++) {
          if (data[i] < range[0]) range[0] = data[i];
          if (data[i] > range[1]) range[1] = data[i];
        }
    },
  };
}
