/**
 * Lines and discs as numbers, ready for the graphics card: what tracks, points and tools are drawn with.
 *
 * @module
 */

/** Red, green, blue and opacity, 0 … 255. */
export type Colour = readonly [number, number, number, number];

/** Lines of one width. A line from a place to itself is a disc. */
export interface Lines {
  /** y, x of both ends, four numbers a line, in pixels of the image from `origin`. */
  readonly places: Float32Array;
  /** Colours of both ends, eight bytes a line. */
  readonly colours: Uint8Array;
  readonly count: number;
  readonly origin: { readonly y: number; readonly x: number };
}

/** Gathers lines. */
export interface LineList {
  add(y0: number, x0: number, y1: number, x1: number, from: Colour, to?: Colour): void;
  /** All that were added. */
  take(): Lines;
}

/** An empty list. Places are kept near `origin`, where float32 counts finest. */
export function lineList(origin: { readonly y: number; readonly x: number }): LineList {
  let places = new Float32Array(64);
  let colours = new Uint8Array(128);
  let count = 0;
  return {
    add(y0, x0, y1, x1, from, to = from) {
      if (count * 4 === places.length) {
        const [oldPlaces, oldColours] = [places, colours];
        places = new Float32Array(places.length * 2);
        colours = new Uint8Array(colours.length * 2);
        places.set(oldPlaces);
        colours.set(oldColours);
      }
      const n = count * 4;
      places[n] = y0 - origin.y;
      places[n + 1] = x0 - origin.x;
      places[n + 2] = y1 - origin.y;
      places[n + 3] = x1 - origin.x;
      colours.set(from, count * 8);
      colours.set(to, count * 8 + 4);
      count++;
    },
    take: () => ({
      places: places.subarray(0, count * 4),
      colours: colours.subarray(0, count * 8),
      count,
      origin,
    }),
  };
}
