/**
 * Cell types along tracks: the probabilities that `segment` gave each cell of each frame, brought to the tracks.
 *
 * @module
 */
import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  type Column,
  countRows,
  type Labels,
  poolTypes,
  readTable,
  type Table,
} from "@cellwright/core";
import { about } from "./batch.js";
import { UsageError } from "./context.js";
import { exists } from "./file-sink.js";
import { stemOf } from "./inputs.js";
import type { Movie } from "./movie.js";

/** The probabilities of the cells of a frame by label: one a type. */
export type CellProbabilities = ReadonlyMap<number, readonly number[]>;

/** The types of the cells of a movie, before it is tracked. */
export interface MovieTypes {
  /** The names, in their order; empty where no table tells types. */
  readonly names: readonly string[];
  /** The tables read, absolute. */
  readonly files: readonly string[];
  /** What is said of the cells of a frame. */
  of(t: number): CellProbabilities | undefined;
}

/** Reads the tables that lie beside the labels, or where `--types` says. `undefined` where there are none with types. */
export async function readMovieTypes(
  movie: Movie,
  place: string | undefined,
  cwd: string,
): Promise<MovieTypes | undefined> {
  const tables = await tablesOf(movie, place, cwd);
  let names: readonly string[] = [];
  const frames = new Map<number, Map<number, number[]>>();
  for (const { path, t } of tables)
    await about(path, async () => {
      const table = readTable(await readFile(resolve(cwd, path), "utf8"), ["type"]);
      const found = Object.keys(table)
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length));
      if (found.length === 0) return;
      if (names.length > 0 && names.join() !== found.join())
        throw new Error(
          `must have the types ${names.join(", ")} like the others, has ${found.join(", ")}`,
        );
      names = found;
      addRows(frames, table, found, t);
    });
  if (names.length === 0 && place !== undefined)
    throw new UsageError(
      `${place} has no columns ${prefix}…: types come from a model that tells them`,
    );
  const files = tables.map(({ path }) => resolve(cwd, path));
  return names.length === 0 ? undefined : { names, files, of: (t) => frames.get(t) };
}

const prefix = "probability_";

function addRows(
  frames: Map<number, Map<number, number[]>>,
  table: Table<Column>,
  names: readonly string[],
  t: number | undefined,
): void {
  if (!table.label) throw new Error("must have a column label, has none");
  if (t === undefined && !table.t)
    throw new Error("must have a column t, as it is of several frames");
  for (let row = 0; row < countRows(table); row++) {
    const frame = t ?? Number(table.t[row]);
    const cells = frames.get(frame) ?? new Map<number, number[]>();
    frames.set(frame, cells);
    cells.set(
      Number(table.label[row]),
      names.map((name) => Number(table[prefix + name][row])),
    );
  }
}

/** The tables there are, and the frame of each; of a stack one with a column `t`. */
async function tablesOf(
  movie: Movie,
  place: string | undefined,
  cwd: string,
): Promise<{ path: string; t: number | undefined }[]> {
  if (place !== undefined && (await stat(resolve(cwd, place))).isFile())
    return [{ path: place, t: movie.frames > 1 ? undefined : 0 }];
  const tables: { path: string; t: number | undefined }[] = [];
  const isStack = movie.frames > 1 && movie.frameFile(0) === movie.frameFile(1);
  for (let t = 0; t < (isStack ? 1 : movie.frames); t++) {
    const file = movie.frameFile(t);
    if (file === undefined) continue;
    const stem = stemOf(file).replace(/_masks$/, "");
    const path = join(place ?? dirname(file), `${stem}_cells.csv`);
    if (await exists(resolve(cwd, path))) tables.push({ path, t: isStack ? undefined : t });
    else if (place !== undefined) throw new UsageError(`${path} is not there`);
  }
  return tables;
}

/** Brings types from the labels a movie had to those of its tracks. */
export interface TypeCollector {
  /** `before` is the frame as it was, `after` as it was tracked. */
  add(before: Labels, after: Labels, said: CellProbabilities | undefined): void;
  /** The type of each track; a track of which nothing is said has none. */
  table(): Table<Column>;
}

/** Begins with nothing said. */
export function startTypes(names: readonly string[]): TypeCollector {
  const tracks: number[] = [];
  const values: number[][] = names.map(() => []);
  return {
    add(before, after, said) {
      for (const [track, label] of sources(before, after)) {
        const row = said?.get(label);
        tracks.push(track);
        for (const [k, column] of values.entries()) column.push(row?.[k] ?? Number.NaN);
      }
    },
    table: () => poolTypes(tracks, Object.fromEntries(names.map((name, k) => [name, values[k]]))),
  };
}

/** For each tracked cell the label that most of its pixels had before; 0 where it had none. */
function sources(before: Labels, after: Labels): Map<number, number> {
  const shared = new Map<number, Map<number, number>>();
  for (let i = 0; i < after.data.length; i++) {
    const track = after.data[i];
    if (track === 0) continue;
    let counts = shared.get(track);
    if (!counts) {
      counts = new Map();
      shared.set(track, counts);
    }
    const label = before.data[i];
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const best = new Map<number, number>();
  for (const [track, counts] of shared) {
    let most = 0;
    best.set(track, 0);
    for (const [label, count] of counts)
      if (label !== 0 && count > most) {
        most = count;
        best.set(track, label);
      }
  }
  return best;
}
