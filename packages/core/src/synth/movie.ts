/**
 * Movies of made-up cells that move, grow and divide, with the truth about every pixel, track and division.
 * In: options with a seed. Out: frames, one at a time, and the tracks. For tests, examples and benchmarks of tracking.
 *
 * @module
 */
import type { Image, Labels } from "../image.js";
import { normal, seeded } from "../random.js";
import type { Track } from "../track/lineage.js";
import { micrometres as rodWidth } from "./bacteria.js";
import { bacteriaWorld } from "./movie-bacteria.js";
import { nucleiWorld } from "./movie-nuclei.js";
import { checkMovieOptions, type MovieOptions, type World } from "./movie-options.js";
import { micrometres as nucleusWidth } from "./nuclei.js";
import { largestPieces } from "./pieces.js";

/** One moment of a movie. */
export interface MovieFrame {
  /** Axes `"yx"`, with spacing in micrometres. */
  readonly image: Image<Uint16Array>;
  /** Exactly the pixels of each cell, each one piece; a cell has its track's number in all frames. */
  readonly labels: Labels;
}

/** The truth about one cell over time. */
export interface TrueTrack extends Track {
  /** How fast its area grew: the natural logarithm's rise a frame. Of a nucleus, as if it did not condense to divide. */
  readonly rate: number;
}

/** The truth about a movie. */
export interface MovieTruth {
  /** In the order of their labels 1, 2, 3, …; a cell that leaves the view and comes back has a new one. */
  readonly tracks: readonly TrueTrack[];
  /** Where the upper left corner of each frame is, in pixels; where this grows, cells seem to move back. */
  readonly stage: readonly { readonly y: number; readonly x: number }[];
}

/** A whole movie. */
export interface SynthMovie extends MovieTruth {
  readonly frames: readonly MovieFrame[];
}

/**
 * A movie at once: nuclei of a cell culture that crawl, push each other, round up, divide, come and go over the border;
 * or a micro-colony of rod-shaped bacteria that grow exponentially, divide and push each other apart. A mother's track
 * ends in the frame before her daughters' tracks begin. Throws `ShapeError` for options that cannot be.
 */
export function synthMovie(options: MovieOptions): SynthMovie {
  const frames: MovieFrame[] = [];
  const film = synthMovieFrames(options);
  for (let next = film.next(); ; next = film.next()) {
    if (next.done) return { frames, ...next.value };
    frames.push(next.value);
  }
}

/** {@link synthMovie} frame by frame, for movies that do not fit into memory; the truth comes at the end. */
export function* synthMovieFrames(options: MovieOptions): Generator<MovieFrame, MovieTruth> {
  return yield* play(options, (labels, photograph) => ({
    image: { ...labels, data: photograph() },
    labels,
  }));
}

/** The labels of {@link synthMovieFrames} without the images, which take most of the time. */
export function* synthMovieLabels(options: MovieOptions): Generator<Labels, MovieTruth> {
  return yield* play(options, (labels) => labels);
}

function* play<T>(
  options: MovieOptions,
  take: (labels: Labels, photograph: () => Uint16Array) => T,
): Generator<T, MovieTruth> {
  const checked = checkMovieOptions(options);
  const { kind, frames, height, width, diameter } = checked;
  const pixel = (kind === "nuclei" ? nucleusWidth : rodWidth) / diameter;
  const frameOf = (data: Uint32Array): Labels => ({
    data,
    shape: [height, width],
    axes: "yx",
    spacing: { y: pixel, x: pixel },
  });
  const world = kind === "nuclei" ? nucleiWorld(checked) : bacteriaWorld(checked);
  const move = stageMotion(checked);
  const book = new Book();
  const stage: { y: number; x: number }[] = [];
  for (let frame = 0; frame < frames; frame++) {
    if (frame > 0) world.step();
    const corner = move();
    stage.push(corner);
    const { owners, whole, photograph } = world.look(corner.y, corner.x);
    const seen = largestPieces(frameOf(owners));
    const numbers = book.enter(frame, world, seen.data, whole);
    yield take(frameOf(seen.data.map((owner) => numbers[owner])), () => photograph(frame));
  }
  return { tracks: book.tracks(), stage };
}

/** Where the view is, frame by frame: it shakes and drifts, and does not go far from where it began. */
function stageMotion({ seed, drift }: Required<MovieOptions>): () => { y: number; x: number } {
  const random = seeded(seed, 11);
  const at = { y: 0, x: 0 };
  const step = { y: 0, x: 0 };
  let frame = 0;
  return () => {
    if (frame++ === 0) return { ...at };
    for (const axis of ["y", "x"] as const) {
      step[axis] = 0.6 * step[axis] + 0.8 * drift * normal(random);
      at[axis] += step[axis] - 0.02 * at[axis];
    }
    return { ...at };
  };
}

/** Less of a cell in view than this share is no cell. */
const leastSeen = 0.1;

/** Keeps the tracks: who is seen from when to when. */
class Book {
  readonly #open = new Map<number, { label: number; end: number }>();
  readonly #tracks: { begin: number; end: number; parent: number; from: number; to: number }[] = [];

  /** Notes who is in a frame; answers the label of each owner, 0 for those who are not seen enough. */
  enter(frame: number, world: World, owners: Uint32Array, whole: Float64Array): Uint32Array {
    const areas = new Uint32Array(world.cells.length + 1);
    for (let i = 0; i < owners.length; i++) areas[owners[i]]++;
    const numbers = new Uint32Array(world.cells.length + 1);
    for (const [n, { id, mother, area }] of world.cells.entries()) {
      if (areas[n + 1] === 0 || areas[n + 1] < leastSeen * whole[n]) continue;
      const size = Math.log(area);
      const known = this.#open.get(id);
      const label = known?.end === frame - 1 ? known.label : this.#tracks.length + 1;
      numbers[n + 1] = label;
      this.#open.set(id, { label, end: frame });
      if (label <= this.#tracks.length)
        Object.assign(this.#tracks[label - 1], { end: frame, to: size });
      else {
        const parent = known ? 0 : this.#motherBefore(frame, mother);
        this.#tracks.push({ begin: frame, end: frame, parent, from: size, to: size });
      }
    }
    return numbers;
  }

  /** The track of a mother that was seen in the frame before, 0 where she was not. */
  #motherBefore(frame: number, mother: number): number {
    const known = this.#open.get(mother);
    return known?.end === frame - 1 ? known.label : 0;
  }

  tracks(): TrueTrack[] {
    return this.#tracks.map(({ begin, end, parent, from, to }, i) => {
      const rate = (to - from) / Math.max(end - begin, 1);
      return { label: i + 1, begin, end, parent, rate };
    });
  }
}
