/**
 * Decoded tiles that are kept for a while: a region is put together from them, and two who want one tile wait for one
 * decoding. Up to so many bytes over all images; what was not wanted the longest is forgotten first.
 *
 * @module
 */
import {
  type Box,
  checkRegion,
  type Image,
  type Pixels,
  type PyramidReader,
  type PyramidRegion,
  type Signal,
  sharedBox,
} from "@cellwright/core";

/** Tiles of many images under one limit. */
export interface TileCache {
  readonly bytes: number;
  /** A tile that is there, or `make` makes; a failure is not kept. */
  get(
    key: string,
    make: (signal: AbortSignal) => Promise<Pixels>,
    signal?: Signal,
  ): Promise<Pixels>;
}

/** A decoding under way, and how many wait for it. */
interface Making {
  readonly made: Promise<Pixels>;
  readonly stop: AbortController;
  waiting: number;
}

/** All that is kept when nothing else is asked for. */
const defaultBytes = 384 * 2 ** 20;

/** A cache of at most `maxBytes` of pixels. */
export function tileCache(maxBytes: number): TileCache {
  const tiles = new Map<string, Pixels>();
  const making = new Map<string, Making>();
  let bytes = 0;
  const keep = (key: string, tile: Pixels): void => {
    tiles.set(key, tile);
    bytes += tile.byteLength;
    // The newest stays, however large: the next region will want it again.
    for (const [oldest, old] of tiles) {
      if (bytes <= maxBytes || oldest === key) return;
      tiles.delete(oldest);
      bytes -= old.byteLength;
    }
  };
  const begin = (key: string, make: (signal: AbortSignal) => Promise<Pixels>): Making => {
    const stop = new AbortController();
    const made = make(stop.signal).then(
      (tile) => {
        if (making.get(key) === begun) making.delete(key);
        keep(key, tile);
        return tile;
      },
      (error) => {
        if (making.get(key) === begun) making.delete(key);
        throw error;
      },
    );
    const begun: Making = { made, stop, waiting: 0 };
    making.set(key, begun);
    return begun;
  };
  return {
    get bytes() {
      return bytes;
    },
    async get(key, make, signal) {
      signal?.throwIfAborted();
      const known = tiles.get(key);
      if (known) {
        // The last in the map is the one that was wanted last.
        tiles.delete(key);
        tiles.set(key, known);
        return known;
      }
      const begun = making.get(key) ?? begin(key, make);
      begun.waiting++;
      const leave = () => {
        begun.waiting--;
        if (begun.waiting > 0) return;
        // Nobody waits any more; the next who does begins anew.
        if (making.get(key) === begun) making.delete(key);
        begun.stop.abort(new DOMException("no longer wanted", "AbortError"));
      };
      return waitFor(begun.made, leave, signal);
    },
  };
}

/** What `made` gives; or the signal's reason as soon as it has one, and `leave` is told. */
function waitFor(made: Promise<Pixels>, leave: () => void, signal?: Signal): Promise<Pixels> {
  if (!(signal instanceof AbortSignal)) return made;
  return new Promise((resolve, reject) => {
    const stopped = () => {
      leave();
      reject(signal.reason);
    };
    signal.addEventListener("abort", stopped, { once: true });
    made.then(resolve, reject).finally(() => signal.removeEventListener("abort", stopped));
  });
}

const shared = tileCache(defaultBytes);
let readers = 0;

/** Tiles are put together to about this many pixels a side: a read each for small ones would be many. */
const side = 256;

/** A reader that keeps what it decodes in `cache`. */
export function cachedReader(reader: PyramidReader, cache: TileCache = shared): PyramidReader {
  const name = readers++;
  return {
    ...reader,
    readRegion: async (region) => {
      checkRegion(reader, region);
      const { level = 0 } = region;
      const unit = unitOf(reader, level);
      return readCached({ reader, cache, unit, key: `${name} ${level}` }, region);
    },
  };
}

interface Cached {
  readonly reader: PyramidReader;
  readonly cache: TileCache;
  readonly unit: { readonly height: number; readonly width: number };
  readonly key: string;
}

async function readCached(
  { reader, cache, unit, key }: Cached,
  region: PyramidRegion,
): Promise<Image> {
  const { box, level = 0, index = {}, signal } = region;
  const { height, width } = reader.levels[level];
  const places: Box[] = [];
  for (let y = box.y - (box.y % unit.height); y < box.y + box.height; y += unit.height)
    for (let x = box.x - (box.x % unit.width); x < box.x + box.width; x += unit.width)
      places.push({
        ...{ y, x, height: Math.min(unit.height, height - y) },
        width: Math.min(unit.width, width - x),
      });
  const plane = [...reader.axes]
    .slice(0, -2)
    .map((axis) => index[axis] ?? 0)
    .join(" ");
  const tiles = await Promise.all(
    places.map((place) => {
      const make = async (stop: AbortSignal) =>
        (await reader.readRegion({ index, level, box: place, signal: stop })).data;
      return cache.get(`${key} ${plane} ${place.y} ${place.x}`, make, signal);
    }),
  );
  const data = new (tiles[0].constructor as new (length: number) => Pixels)(box.height * box.width);
  for (const [i, tile] of tiles.entries()) copyShared(tile, places[i], data, box);
  const spacing = level === 0 ? reader.spacing : undefined;
  return { data, shape: [box.height, box.width], axes: "yx", ...(spacing && { spacing }) };
}

/** Copies what two boxes share from the pixels of one to those of the other. */
function copyShared(from: Pixels, source: Box, to: Pixels, target: Box): void {
  const part = sharedBox(source, target);
  if (!part) return;
  for (let y = part.y; y < part.y + part.height; y++) {
    const start = (y - source.y) * source.width + part.x - source.x;
    const at = (y - target.y) * target.width + part.x - target.x;
    to.set(from.subarray(start, start + part.width), at);
  }
}

function unitOf({ levels }: PyramidReader, level: number): Cached["unit"] {
  const { height, width, tile } = levels[level];
  return { height: grown(tile.height, height), width: grown(tile.width, width) };
}

function grown(stored: number, length: number): number {
  return Math.min(length, stored * Math.max(1, Math.round(side / stored)));
}
