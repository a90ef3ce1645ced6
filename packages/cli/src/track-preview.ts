/**
 * A picture of tracks for people: the last frame with its cells outlined, and behind each the way it came.
 *
 * @module
 */
import {
  type Column,
  countRows,
  type Image,
  type Labels,
  measureLineages,
  planeOf,
  plotTrees,
  type Table,
  type Track,
  type TrackedCells,
} from "@cellwright/core";
import type { Colour } from "./bitmap-text.js";
import type { Movie } from "./movie.js";
import { colours, drawPreview } from "./preview.js";

/** What is drawn. */
export interface TrackPicture {
  /** The last frame as tracked, and its number. */
  readonly labels: Labels;
  readonly frame: number;
  /** The image of that frame; without one the cells are grey on black. */
  readonly image?: Image;
  readonly cells: TrackedCells;
}

/**
 * Red, green and blue `"cyx"` of 8 bits. A path goes back from a cell of the last frame through its track and those of
 * its mothers, at most `length` frames (default 50), in the colour of its outline.
 */
export function drawTracks(picture: TrackPicture, length = 50): Image<Uint8Array> {
  const { labels, cells, frame } = picture;
  const drawn = picture.image ? drawPreview(planeOf(picture.image), labels) : drawPlain(labels);
  const places = new Map<number, Map<number, readonly [number, number]>>();
  for (let row = 0; row < cells.track.length; row++) {
    if (cells.frame[row] < frame - length) continue;
    const track = places.get(cells.track[row]) ?? new Map();
    track.set(cells.frame[row], [cells.y[row], cells.x[row]]);
    places.set(cells.track[row], track);
  }
  const tracks = new Map(cells.tracks.map((track) => [track.label, track]));
  for (const track of cells.tracks) {
    if (track.end < frame) continue;
    const path = pathOf(track, tracks, places, frame - length);
    const colour = colours[track.label % colours.length];
    for (let i = 1; i < path.length; i++) drawLine(drawn, path[i - 1], path[i], colour);
  }
  return drawn;
}

/** The family trees as SVG, coloured by type where types are known, else by growth of the area. */
export function drawLineages(
  cells: TrackedCells,
  movie: Pick<Movie, "frames" | "spacing">,
  types?: Table<Column>,
): string {
  const { tracks, columns } = cells;
  const interval = movie.spacing?.t;
  const timed = interval === undefined ? {} : { interval };
  const series = {
    track_id: Float64Array.from(cells.track),
    frame: Float64Array.from(cells.frame),
    area: columns.area,
  };
  const lineages = measureLineages(series, tracks, { ...timed, frames: movie.frames });
  const named = new Map<number, string>();
  for (let row = 0; types && row < countRows(types); row++)
    named.set(Number(types.track_id[row]), `${types.type[row]}`);
  return plotTrees(lineages, { ...timed, ...(types && { types: named }) });
}

/** The places of a cell and of its mothers, from now back to `first`. */
function pathOf(
  track: Track,
  tracks: ReadonlyMap<number, Track>,
  places: ReadonlyMap<number, ReadonlyMap<number, readonly [number, number]>>,
  first: number,
): (readonly [number, number])[] {
  const path: (readonly [number, number])[] = [];
  for (let one: Track | undefined = track; one; one = tracks.get(one.parent))
    for (let t = one.end; t >= Math.max(one.begin, first); t--) {
      const place = places.get(one.label)?.get(t);
      if (place) path.push(place);
    }
  return path;
}

/** Where there is no image: cells in dark grey on black, so that paths show on them. */
function drawPlain(labels: Labels): Image<Uint8Array> {
  const data = Uint8Array.from(labels.data, (label) => (label > 0 ? 1 : 0));
  const drawn = drawPreview({ data, shape: labels.shape, axes: "yx" }, labels);
  const { length } = data;
  for (let i = 0; i < length; i++) {
    const colour = [i, i + length, i + 2 * length];
    if (colour.every((at) => drawn.data[at] === 255)) for (const at of colour) drawn.data[at] = 70;
  }
  return drawn;
}

function drawLine(
  picture: Image<Uint8Array>,
  [y0, x0]: readonly [number, number],
  [y1, x1]: readonly [number, number],
  colour: Colour,
): void {
  const [, height, width] = picture.shape;
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(y1 - y0), Math.abs(x1 - x0))));
  for (let step = 0; step <= steps; step++) {
    const y = Math.round(y0 + ((y1 - y0) * step) / steps);
    const x = Math.round(x0 + ((x1 - x0) * step) / steps);
    if (y < 0 || y >= height || x < 0 || x >= width) continue;
    for (let c = 0; c < 3; c++) picture.data[(c * height + y) * width + x] = colour[c];
  }
}
