/**
 * The pictures of `cellwright measure --plots`.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  ancestryOf,
  type Kymograph,
  type Lineages,
  longestAncestry,
  plotGrowth,
  plotPopulation,
  plotTrees,
  readTable,
  startKymograph,
  type Track,
  writePng,
} from "@cellwright/core";
import { about } from "./batch.js";
import type { MeasureOptions } from "./commands/measure.js";
import { UsageError } from "./context.js";
import { exists, makeFolder, writeWhole } from "./file-sink.js";

/** The kymograph under way. */
export interface Film {
  /** The track it is of, with its mothers. */
  readonly cell: number;
  readonly strip: Kymograph;
}

/** Starts the kymograph of the cell that was named, or of the one that can be followed longest; none without plots. */
export function filmOf(tracks: readonly Track[], options: MeasureOptions): Film | undefined {
  const { cell, plots } = options;
  if (plots === undefined) return undefined;
  if (cell !== undefined && !tracks.some(({ label }) => label === cell))
    throw new UsageError(`--cell must be one of the tracks, there is no ${cell}`);
  const line = cell === undefined ? longestAncestry(tracks) : ancestryOf(tracks, cell);
  const last = line?.at(-1);
  return line && last && { cell: last.label, strip: startKymograph(line) };
}

/** What the pictures are drawn of. */
export interface PlotJob {
  readonly options: MeasureOptions;
  readonly film: Film | undefined;
  readonly labelsPath: string;
  readonly cwd: string;
}

/** Draws the pictures of a movie that has been measured; answers with their paths. */
export type DrawPlots = (lineages: Lineages, interval: number | undefined) => Promise<string[]>;

/**
 * Makes ready to draw, where that was asked for, before anything is measured. Throws where a picture is there already and may not be replaced, and
 * where the types of tracks cannot be read.
 */
export async function planPlots(job: PlotJob): Promise<DrawPlots> {
  const { options, film, cwd } = job;
  if (options.plots === undefined) return async () => [];
  const folder = resolve(cwd, options.plots);
  const types = await typesOf(job);
  const names = [
    ...["growth.svg", "lineages.svg", "population.svg"],
    ...(types ? ["lineages-types.svg"] : []),
    ...(film ? [`kymograph-${film.cell}.png`] : []),
  ];
  const paths = names.map((name) => join(folder, name));
  const refuse = async () => {
    if (options.overwrite) return;
    for (const path of paths)
      if (await exists(path))
        throw new Error(`${path} is there already: use --overwrite or another folder`);
  };
  await refuse();
  return async (lineages, interval) => {
    const time = interval === undefined ? {} : { interval };
    const strip = film?.strip.finish();
    const pictures = [
      plotGrowth(lineages, { ...time, size: options.growth }),
      plotTrees(lineages, time),
      plotPopulation(lineages, time),
      ...(types ? [plotTrees(lineages, { ...time, types })] : []),
      ...(strip ? [writePng(strip)] : []),
    ];
    await makeFolder(folder);
    // Another run may have drawn meanwhile.
    await refuse();
    for (const [i, picture] of pictures.entries()) await writeWhole(paths[i], picture);
    return paths;
  };
}

/** The types of tracks that `track` found, where it did. */
async function typesOf({ labelsPath, cwd }: PlotJob): Promise<Map<number, string> | undefined> {
  const path = join(labelsPath, "types.csv");
  if (!(await exists(resolve(cwd, path)))) return undefined;
  const table = await about(path, async () =>
    readTable(await readFile(resolve(cwd, path), "utf8"), ["type"]),
  );
  const { track_id: ids, type } = table;
  if (!(ids instanceof Float64Array) || !type || type instanceof Float64Array) return undefined;
  return new Map(Array.from(ids, (id, row) => [id, type[row]]));
}
