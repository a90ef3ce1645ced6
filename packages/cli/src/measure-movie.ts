/**
 * The work behind `cellwright measure` for a movie: frame by frame into a table, then lineages, population and plots.
 *
 * @module
 */
import { rename } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import {
  type Labels,
  type LineageBook,
  type Lineages,
  measureStream,
  type SeriesFrame,
  startLineages,
  type Table,
  writeRows,
  writeTable,
} from "@cellwright/core";
import type { MeasureOptions } from "./commands/measure.js";
import { type Context, UsageError } from "./context.js";
import { checkReport, recorded } from "./file-report.js";
import { exists, makeFolder, withTemporaryFolder } from "./file-sink.js";
import { measureRecording, measuresOf, spacingOf } from "./measure-asked.js";
import { type Film, filmOf, planPlots } from "./measure-plots.js";
import { naming, tracksOf } from "./measure-tracks.js";
import { type Movie, openMovie } from "./movie.js";
import { labelFrames } from "./movie-labels.js";
import { startTable, type TableFile, writeTableFile } from "./table-file.js";

/** Measures a movie of labels, tracked or not. */
export async function measureMovieFiles(
  labelsPath: string,
  imagePath: string | undefined,
  options: MeasureOptions,
  context: Context,
): Promise<void> {
  const { cwd } = context;
  const movies: Movie[] = [];
  const open = async (path: string, shows: "labels" | "images") => {
    const movie = await openMovie([path], { cwd, shows });
    movies.push(movie);
    return movie;
  };
  try {
    const labels = await open(labelsPath, "labels");
    const found = await tracksOf(labels, options, context);
    const tracks = found?.tracks;
    const places = await outputsOf(options, tracks !== undefined, cwd);
    const image = imagePath === undefined ? undefined : await open(imagePath, "images");
    const nuclei = options.nuclei === undefined ? undefined : await open(options.nuclei, "labels");
    for (const other of [image, nuclei]) if (other) checkSameFrames(labels, other);
    const { t: interval } = spacingOf(options, labels, image).spacing ?? {};
    const book =
      tracks &&
      startLineages(tracks, {
        ...{ size: options.growth, frames: labels.frames },
        ...(interval !== undefined && { interval }),
      });
    const film = tracks && image && filmOf(tracks, options);
    const draw = await planPlots({ options, film, labelsPath, cwd });
    const measured = measureStream(framesOf({ labels, image, nuclei }, options, context, film), {
      ...measuresOf(options),
      ...(tracks && { tracks }),
    });
    const rows = found ? naming(measured, labels, found) : measured;
    const run = { rows, book, named: tracks !== undefined };
    if (!places) {
      const lineages = await printTable(run, context);
      if (lineages) await draw(lineages, interval);
      return;
    }
    const recording = measureRecording(labelsPath, imagePath, options, cwd);
    await recorded(places.cells, recording, async () => {
      const lineages = await writeTables(run, places);
      const drawn = lineages ? await draw(lineages, interval) : [];
      return [...Object.values(places), ...drawn];
    });
  } finally {
    for (const movie of movies) await movie.close();
  }
}

interface Run {
  readonly rows: AsyncIterable<Table>;
  readonly book: LineageBook | undefined;
  /** Whether labels are the numbers of tracks. */
  readonly named: boolean;
}

interface Places {
  readonly cells: string;
  readonly tracks?: string;
  readonly population?: string;
}

/** Where the tables go; refused where something is there already. */
async function outputsOf(
  { output, overwrite }: MeasureOptions,
  tracked: boolean,
  cwd: string,
): Promise<Places | undefined> {
  if (output === undefined) return undefined;
  const cells = resolve(cwd, output);
  const ending = extname(cells);
  const beside = (name: string) =>
    join(dirname(cells), `${basename(cells, ending)}_${name}${ending}`);
  const places = {
    cells,
    ...(tracked && { tracks: beside("tracks"), population: beside("population") }),
  };
  if (!overwrite)
    for (const place of Object.values(places))
      if (await exists(place))
        throw new Error(`${place} is there already: use --overwrite or another name`);
  await checkReport(cells, overwrite ?? false);
  return places;
}

function checkSameFrames(labels: Movie, other: Movie): void {
  if (other.frames !== labels.frames)
    throw new UsageError(
      `${other.name} must have ${labels.frames} frames like ${labels.name}, has ${other.frames}`,
    );
}

async function* framesOf(
  movies: { readonly labels: Movie; readonly image?: Movie; readonly nuclei?: Movie },
  options: MeasureOptions,
  { signal }: Context,
  film: Film | undefined,
): AsyncGenerator<SeriesFrame> {
  const nuclei = movies.nuclei && labelFrames(movies.nuclei);
  let frame = 0;
  for await (const bare of labelFrames(movies.labels)) {
    signal.throwIfAborted();
    const labels: Labels = { ...bare, ...spacingOf(options, bare, movies.image) };
    const image = await movies.image?.readFrame(frame++);
    const inner = (await nuclei?.next())?.value;
    if (image) film?.strip.add(image, labels);
    yield { labels, ...(image && { image }), ...(inner && { nuclei: inner }) };
  }
}

/** Without tracks, the numbers of cells say nothing beyond their frame. */
function renamed(table: Table, named: boolean): Table {
  if (named) return table;
  const { track_id: label, ...rest } = table;
  return { label, ...rest };
}

async function writeTables(
  { rows, book, named }: Run,
  places: Places,
): Promise<Lineages | undefined> {
  return withTemporaryFolder(places.cells, async (temporary) => {
    const path = (place: string) => join(temporary, basename(place));
    const cells = await startTable(path(places.cells));
    await fill(cells, rows, book, named);
    const lineages = book?.finish();
    if (lineages && places.tracks && places.population) {
      await writeTableFile(path(places.tracks), lineages.tracks);
      await writeTableFile(path(places.population), lineages.population);
    }
    await makeFolder(dirname(places.cells));
    for (const place of Object.values(places)) await rename(path(place), place);
    return lineages;
  });
}

async function fill(
  cells: TableFile,
  rows: AsyncIterable<Table>,
  book: LineageBook | undefined,
  named: boolean,
): Promise<void> {
  try {
    for await (const table of rows) {
      book?.add(table);
      await cells.add(renamed(table, named));
    }
  } finally {
    await cells.finish();
  }
}

async function printTable(
  { rows, book, named }: Run,
  context: Context,
): Promise<Lineages | undefined> {
  let begun = false;
  for await (const table of rows) {
    book?.add(table);
    context.stdout((begun ? writeRows : writeTable)(renamed(table, named)));
    begun = true;
  }
  return book?.finish();
}
