/**
 * A cell through a movie at one look: what is around it in each frame, side by side.
 * In: frames with images and labels, one after the other. Out: a picture in colour.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import { type Image, type Labels, lengthOf, planeOf } from "../image.js";
import { percentilesOf } from "../percentile.js";
import type { Track } from "../track/lineage.js";

/** How a kymograph is made. */
export interface KymographOptions {
  /** The side of each crop in pixels; default three times the cell's first extent. */
  readonly size?: number;
  /** The channel that is shown; default 0. */
  readonly channel?: number;
  /** Frames shown at most, evenly spread over the cell's life; default 60. */
  readonly most?: number;
}

/** Takes a movie frame by frame. */
export interface Kymograph {
  /** Enters the next frame of the movie. */
  add(image: Image, labels: Labels): void;
  /**
   * The picture, `"cyx"` of three colours and 8 bits: above the crops around the cell's middle, below the same with its
   * outline. Undefined where the cell was in no frame.
   */
  finish(): Image<Uint8Array> | undefined;
}

/** A track and its mothers, the oldest first. */
export function ancestryOf(tracks: readonly Track[], label: number): Track[] {
  const known = new Map(tracks.map((track) => [track.label, track]));
  const line: Track[] = [];
  for (let track = known.get(label); track; track = known.get(track.parent)) line.unshift(track);
  if (line.length === 0) throw new ShapeError("track", "one of the movie's", `${label}`);
  return line;
}

/** The track whose ancestry was seen for most frames; of equal ones the first. Undefined where there are no tracks. */
export function longestAncestry(tracks: readonly Track[]): Track[] | undefined {
  const seen = new Map<number, number>();
  let [best, most] = [0, 0];
  for (const { label, begin, end, parent } of [...tracks].sort((a, b) => a.begin - b.begin)) {
    const frames = (seen.get(parent) ?? 0) + end - begin + 1;
    seen.set(label, frames);
    if (frames > most) [best, most] = [label, frames];
  }
  return most === 0 ? undefined : ancestryOf(tracks, best);
}

/** Starts a kymograph of a cell and, before it was born, of its mother, such as {@link ancestryOf} tells. */
export function startKymograph(line: readonly Track[], options: KymographOptions = {}): Kymograph {
  const { channel = 0, most = 60 } = options;
  const frames = line.flatMap(({ label, begin, end }) =>
    Array.from({ length: end - begin + 1 }, (_, i) => ({ frame: begin + i, label })),
  );
  const every = Math.ceil(frames.length / most);
  const wanted = new Map(
    frames.filter((_, i) => i % every === 0).map(({ frame, label }) => [frame, label]),
  );
  const crops: Crop[] = [];
  let size = options.size ?? 0;
  let at = 0;
  return {
    add(image, labels) {
      const label = wanted.get(at++);
      if (label === undefined) return;
      const box = boxOf(labels, label);
      if (!box) return;
      size ||= Math.min(
        256,
        Math.max(24, 3 * Math.max(box.bottom - box.top, box.right - box.left)),
      );
      const plane = planeOf(image, image.axes.includes("c") ? { c: channel } : {});
      crops.push(cropOf(plane, labels, label, box, size));
    },
    finish: () => (crops.length === 0 ? undefined : picture(crops, size)),
  };
}

interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

interface Crop {
  /** NaN beyond the image. */
  readonly values: Float64Array;
  /** 1 on the outline of the cell. */
  readonly outline: Uint8Array;
}

function boxOf({ data, shape }: Labels, label: number): Box | undefined {
  const width = shape[1];
  let [top, bottom, left, right] = [shape[0], 0, width, 0];
  for (let i = data.indexOf(label); i >= 0 && i < data.length; i++) {
    if (data[i] !== label) continue;
    const y = Math.floor(i / width);
    const x = i - y * width;
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
  }
  return bottom > top ? { top, bottom, left, right } : undefined;
}

function cropOf(plane: Image, labels: Labels, label: number, box: Box, size: number): Crop {
  const [height, width] = [lengthOf(plane, "y"), lengthOf(plane, "x")];
  const top = Math.round((box.top + box.bottom - size) / 2);
  const left = Math.round((box.left + box.right - size) / 2);
  const inside = (y: number, x: number) => y >= 0 && x >= 0 && y < height && x < width;
  const isCell = (y: number, x: number) => inside(y, x) && labels.data[y * width + x] === label;
  const values = new Float64Array(size * size).fill(Number.NaN);
  const outline = new Uint8Array(size * size);
  for (let v = 0, i = 0; v < size; v++)
    for (let u = 0; u < size; u++, i++) {
      const [y, x] = [top + v, left + u];
      if (!inside(y, x)) continue;
      values[i] = plane.data[y * width + x];
      // Just outside the cell, so that nothing of it is hidden.
      const beside = isCell(y - 1, x) || isCell(y + 1, x) || isCell(y, x - 1) || isCell(y, x + 1);
      if (beside && !isCell(y, x)) outline[i] = 1;
    }
  return { values, outline };
}

const orange = [240, 160, 0];

/** Crops side by side with a pixel between them; what lies beyond the image is dark grey. */
function picture(crops: readonly Crop[], size: number): Image<Uint8Array> {
  const [height, width] = [2 * size + 1, crops.length * (size + 1) - 1];
  const data = new Uint8Array(3 * height * width).fill(40);
  const all = Float64Array.from(
    crops.flatMap(({ values }) => Array.from(values).filter(Number.isFinite)),
  );
  const [low, high] = percentilesOf(all, [0.5, 99.8]);
  for (const [n, { values, outline }] of crops.entries())
    for (let i = 0; i < values.length; i++) {
      if (Number.isNaN(values[i])) continue;
      const grey = Math.min(255, Math.max(0, (255 * (values[i] - low)) / (high - low || 1)));
      const place = Math.floor(i / size) * width + n * (size + 1) + (i % size);
      for (let c = 0; c < 3; c++) {
        data[c * height * width + place] = grey;
        const below = place + (size + 1) * width;
        data[c * height * width + below] = outline[i] ? orange[c] : grey;
      }
    }
  return { data, shape: [3, height, width], axes: "cyx" };
}
