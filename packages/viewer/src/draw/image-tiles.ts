/**
 * The tiles of images that are on the graphics card, and requests for those that should be.
 *
 * @module
 */
import type { PyramidReader } from "@cellwright/core";
import type { ImageLayer } from "../scene/scene.js";
import { type Cover, coverOf } from "./cover.js";
import type { ImagePainter, TileTexture } from "./image-painter.js";
import { type DrawLevel, drawLevels, levelFor, type TileAt, tileEdges, tilesIn } from "./levels.js";
import { type Lru, lruOf } from "./lru.js";
import { type Edges, edgesSeen, type Sight } from "./sight.js";
import type { Wish } from "./tile-queue.js";
import { planeIndex, readTile } from "./tile-read.js";

/** Where one stands in time and depth. */
export interface Frame {
  readonly t: number;
  readonly z: number;
}

/** A layer as it can be drawn now. */
export interface ImageView extends Cover {
  readonly levels: readonly DrawLevel[];
  readonly prefix: string;
  /** Requests for the missing tiles, the nearest to the middle first. */
  readonly wishes: readonly Wish[];
  /** A request for the coarsest tiles of the view, to stand in for finer ones; empty where they are there. */
  readonly coarse: readonly Wish[];
}

/** What {@link imageTiles} needs. */
export interface ImageTilesOptions {
  readonly painter: ImagePainter;
  readonly release: (tile: TileTexture) => void;
  /** Bytes of textures, at most, beside those in view. */
  readonly bytes: number;
  /** A tile came in, or could not be had: where it lies, in pixels of the image. */
  readonly onTile: (edges: Edges) => void;
  readonly onError: (error: unknown, source: string) => void;
}

/** Milliseconds after which a tile that could not be had is asked for again. */
const RETRY = 15_000;

/** Tiles of images. */
export interface ImageTiles {
  readonly cache: Lru<TileTexture>;
  /** What can be drawn of a layer in a frame, and what is missing; undefined where nothing of it is in view. */
  view(layer: ImageLayer, reader: PyramidReader, frame: Frame, sight: Sight): ImageView | undefined;
  tileOf(view: ImageView, tile: TileAt): TileTexture | undefined;
  /** Forgets the tiles of images other than these. */
  keep(sources: ReadonlySet<string>): void;
}

/** An empty store of tiles. */
export function imageTiles(options: ImageTilesOptions): ImageTiles {
  const { painter, onTile, onError } = options;
  const cache = lruOf<TileTexture>(options.bytes, options.release);
  const pyramids = new WeakMap<PyramidReader, readonly DrawLevel[]>();
  const failures = new Map<string, number>();
  /** A removed image's name may go to another one: tiles belong to the reader that they were read by. */
  const numbers = new WeakMap<PyramidReader, number>();
  let readers = 0;

  function numberOf(reader: PyramidReader): number {
    const number = numbers.get(reader) ?? ++readers;
    numbers.set(reader, number);
    return number;
  }

  function levelsOf(reader: PyramidReader): readonly DrawLevel[] {
    let levels = pyramids.get(reader);
    if (!levels) {
      levels = drawLevels(reader);
      pyramids.set(reader, levels);
    }
    return levels;
  }

  async function load(
    key: string,
    source: string,
    edges: Edges,
    read: () => ReturnType<typeof readTile>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const pixels = await read();
      if (signal.aborted) return;
      cache.put(key, painter.upload(pixels), pixels.data.byteLength);
    } catch (error) {
      if (signal.aborted) return;
      failures.set(key, performance.now());
      onError(error, source);
    }
    onTile(edges);
  }

  return {
    cache,
    view(layer, reader, frame, sight) {
      const index = planeIndex(reader, frame, layer.channel);
      const [height, width] = reader.shape.slice(-2);
      const seen = edgesSeen(sight, { y: height, x: width });
      if (!index || !seen) return undefined;
      const levels = levelsOf(reader);
      const prefix = `${layer.source}\n${numberOf(reader)} ${Object.entries(index).flat().join(" ")} `;
      const now = performance.now();
      const isWanted = (tile: TileAt) =>
        now - (failures.get(keyOf(prefix, tile)) ?? -RETRY) >= RETRY;
      const wish = (tile: TileAt): Wish => {
        const key = keyOf(prefix, tile);
        const read = (signal: AbortSignal) =>
          readTile(reader, levels[tile.level], index, tile, signal);
        const edges = tileEdges(levels, tile);
        return {
          key,
          load: (signal) => load(key, layer.source, edges, () => read(signal), signal),
        };
      };
      const wanted = levelFor(levels, sight.zoom);
      // Asking counts as using: what is in view stays, also while nothing is painted.
      const isThere = (tile: TileAt) => cache.get(keyOf(prefix, tile)) !== undefined;
      const cover = coverOf(levels, wanted, seen, isThere);
      const missing = cover.missing.filter(isWanted);
      const coarsest = tilesIn(levels, levels.length - 1, seen);
      const coarse = coarsest.filter((tile) => !isThere(tile) && isWanted(tile)).map(wish);
      return { levels, prefix, patches: cover.patches, missing, wishes: missing.map(wish), coarse };
    },
    tileOf: (view, tile) => cache.get(keyOf(view.prefix, tile)),
    keep(sources) {
      const isGone = (key: string) => !sources.has(key.slice(0, key.indexOf("\n")));
      cache.drop(isGone);
      for (const key of failures.keys()) if (isGone(key)) failures.delete(key);
    },
  };
}

function keyOf(prefix: string, { level, row, column }: TileAt): string {
  return `${prefix}${level} ${row} ${column}`;
}
