/**
 * The pictures of `cellwright measure --plots`.
 *
 * @module
 */
import { mkdir, readFile } from "node:fs/promises";
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
import { exists, writeWhole } from "./file-sink.js";

/** The kymograph under way. */
export interface Film {
  /** The track it is of, with its mothers. */
  readonly cell: number;
  readonly strip: Kymograph;
}

/** Starts the kymograph of the cell that was named, or of the one that can be followed longest. */
export function filmOf(tracks: readonly Track[], { cell }: MeasureOptions): Film | undefined {
  if (cell !== undefined && !tracks.some(({ label }) => label === cell))
    throw new UsageError(`--cell must be one of the tracks, there is no ${cell}`);
  const line = cell === undefined ? longestAncestry(tracks) : ancestryOf(tracks, cell);
  const last = line?.at(-1);
  return line && last && { cell: last.label, strip: startKymograph(line) };
}

/** What the pictures are drawn of. */
export interface PlotJob {
  readonly options: MeasureOptions;
  readonly interval: number | undefined;
  readonly film: Film | undefined;
  readonly labelsPath: string;
  readonly cwd: string;
}

/** Writes the pictures into the folder; those that are there are refused unless they may be replaced. */
export async function drawPlots(lineages: Lineages, job: PlotJob): Promise<void> {
  const { options, interval, film, cwd } = job;
  const folder = resolve(cwd, options.plots as string);
  const time = interval === undefined ? {} : { interval };
  const pictures: [string, string | Uint8Array][] = [
    ["growth.svg", plotGrowth(lineages, { ...time, size: options.growth })],
    ["lineages.svg", plotTrees(lineages, time)],
    ["population.svg", plotPopulation(lineages, time)],
  ];
  const types = await typesOf(job);
  if (types) pictures.push(["lineages-types.svg", plotTrees(lineages, { ...time, types })]);
  const strip = film?.strip.finish();
  if (film && strip) pictures.push([`kymograph-${film.cell}.png`, writePng(strip)]);
  await mkdir(folder, { recursive: true });
  for (const [name, content] of pictures) {
    const path = join(folder, name);
    if (!options.overwrite && (await exists(path)))
      throw new Error(`${path} is there already: use --overwrite or another folder`);
    await writeWhole(path, content);
  }
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
