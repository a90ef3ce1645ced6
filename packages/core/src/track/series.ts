/**
 * Numbers of every cell in every frame of a tracked movie.
 * In: frames of labels whose numbers are those of the tracks, where wanted with images. Out: a table, a row a cell and frame.
 *
 * @module
 */
import { FormatError } from "../errors.js";
import type { Image, Labels } from "../image.js";
import { type MeasureOptions, measure } from "../measure.js";
import { countRows, stackTables, type Table } from "../table.js";
import { generationsOf } from "./generation.js";
import { checkTracks, type Track } from "./lineage.js";

/** One moment of a tracked movie. */
export interface SeriesFrame {
  /** Axes `"yx"`; each cell has the number of its track. With `spacing.t` (seconds) there is a time. */
  readonly labels: Labels;
  /** Axes `"yx"` or `"cyx"`, of the same size. */
  readonly image?: Image;
  /** Labels of nuclei where the cells are whole cells, see {@link MeasureOptions.nuclei}. */
  readonly nuclei?: Labels;
}

/** What to measure in each frame. */
export interface SeriesOptions extends Omit<MeasureOptions, "nuclei"> {
  /** Who came from whom; without, nothing is said of parents and generations. */
  readonly tracks?: readonly Track[];
}

/**
 * Measures all frames of a movie. Columns: `track_id`, `frame` (from 0), `time_s` (where the frames say how far apart
 * they are), `parent_id` (0 for none) and `generation` (0 for cells without a parent) where tracks are given, `on_border`
 * (1 where the cell touches the border of the image, so that part of it may be missing), and the columns of {@link
 * measure}. Rows are sorted by frame, then by track.
 *
 * Throws {@link FormatError} where a frame has a label that is none of the tracks, or not at that time; and what
 * {@link measure} and `checkTracks` throw.
 */
export function measureMovie(frames: Iterable<SeriesFrame>, options: SeriesOptions = {}): Table {
  const measureFrame = frameMeasurer(options);
  const tables: Table[] = [];
  for (const frame of frames) tables.push(measureFrame(frame));
  return stackTables(tables);
}

/** The same for a movie that is too long for memory: a table for each frame, as it comes. */
export async function* measureStream(
  frames: AsyncIterable<SeriesFrame> | Iterable<SeriesFrame>,
  options: SeriesOptions = {},
): AsyncGenerator<Table> {
  const measureFrame = frameMeasurer(options);
  for await (const frame of frames) yield measureFrame(frame);
}

function frameMeasurer({ tracks, ...wanted }: SeriesOptions): (frame: SeriesFrame) => Table {
  if (tracks) checkTracks(tracks);
  const known = tracks && new Map(tracks.map((track) => [track.label, track]));
  const generations = tracks && generationsOf(tracks);
  let at = 0;
  return ({ labels, image, nuclei }) => {
    const frame = at++;
    const { label, ...numbers } = measure(labels, image, { ...wanted, ...(nuclei && { nuclei }) });
    if (known) checkLabels(label, frame, known);
    const { t } = labels.spacing ?? {};
    const level = (value: number) => new Float64Array(label.length).fill(value);
    return {
      track_id: label,
      frame: level(frame),
      ...(t !== undefined && { time_s: level(frame * t) }),
      ...(known && { parent_id: label.map((id) => known.get(id)?.parent ?? 0) }),
      ...(generations && { generation: label.map((id) => generations.get(id) ?? 0) }),
      on_border: onBorder(numbers, labels.shape),
      ...numbers,
    };
  };
}

function checkLabels(labels: Float64Array, frame: number, known: ReadonlyMap<number, Track>): void {
  for (const label of labels) {
    const track = known.get(label);
    if (!track) throw new FormatError(`frame ${frame} has the label ${label}, which no track has`);
    if (frame < track.begin || frame > track.end)
      throw new FormatError(
        `frame ${frame} has the label ${label}, whose track must be in frames ${track.begin} to ${track.end}`,
      );
  }
}

/** 1 for each cell whose box touches the border of the image. */
function onBorder(numbers: Table, [height, width]: readonly number[]): Float64Array {
  const { "bbox-0": top, "bbox-1": left, "bbox-2": bottom, "bbox-3": right } = numbers;
  return top.map(
    (y, n) => +(y === 0 || left[n] === 0 || bottom[n] === height || right[n] === width),
  );
}

/** The rows of one track, in the order of its frames. */
export function rowsOf(series: Table, track: number): Table {
  const rows: number[] = [];
  for (let row = 0; row < countRows(series); row++)
    if (series.track_id[row] === track) rows.push(row);
  return Object.fromEntries(
    Object.entries(series).map(([name, column]) => [
      name,
      Float64Array.from(rows, (row) => column[row]),
    ]),
  );
}
