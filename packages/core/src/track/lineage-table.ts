/**
 * The table of lineages: a row a track, with its family, its birth and end, and how it grew; and the numbers of the
 * population over time.
 * In: the tracks of a movie and the table of its cells and frames. Out: two tables.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import type { Column, Table } from "../table.js";
import { type Growth, growthOf } from "./growth.js";
import { checkTracks, type Track } from "./lineage.js";
import { type GrowthSize, type Life, LifeBook } from "./lives.js";
import { populationOf } from "./population.js";
import { type Story, storiesOf } from "./story.js";

/** How lineages are told. */
export interface LineageOptions {
  /** What growth is measured by; default `"area"`. Length and volume are those of rods. */
  readonly size?: GrowthSize;
  /** Seconds from frame to frame; without, times and rates are told in frames alone. */
  readonly interval?: number;
  /** How many frames the movie has; default up to the last frame of a track. */
  readonly frames?: number;
}

/** What a movie says of its cells as families. */
export interface Lineages {
  /** A row a track, in the order of the tracks; see {@link measureLineages}. */
  readonly tracks: Table<Column>;
  /** A row a frame: `frame`, `time_s`, `cells`, `area` of all, `divisions`, `appeared`, `lost`, `left`. */
  readonly population: Table;
  /** What the growth rates were fitted to, by track. */
  readonly lives: ReadonlyMap<number, Life>;
}

/** Takes a movie's tables frame by frame. */
export interface LineageBook {
  /** Enters the next rows of `measureMovie` or `measureStream`. */
  add(table: Table): void;
  /** What is known when all frames are entered. */
  finish(): Lineages;
}

/**
 * Lineages of a whole movie. Columns of the tracks: `track_id`, `parent_id`, `root_id` (the first of the family),
 * `generation`, `birth` (`division`, `start` of the movie, `entered` over the border, `appeared`), `fate` (`divided`,
 * `end of movie`, `left` over the border, `lost`), `begin_frame`, `end_frame`, `daughters`, `daughter_1_id`,
 * `daughter_2_id` (0 for none), `lifetime_frames` (up to the first frame of the daughters), `complete` (1 where the cell
 * was seen from division to division) and `division_time_frames` (the lifetime of those; of all others NaN: it is only
 * known to be longer). Then sizes at birth and end such as `birth_area_um2` and `end_area_um2`, `elongation` (end length /
 * birth length), and growth: `growth_points`, `growth_rate_per_frame` with its 95 % interval `…_low_…`, `…_high_…`,
 * `growth_r2`, `doubling_time_frames`; see {@link growthOf}. Frames where a cell touches the border do not count for
 * growth. With an interval, times again as `…_min` and `begin_time_s`, rates as `…_per_h`.
 *
 * Throws `FormatError` where tracks or table are not sound.
 */
export function measureLineages(
  series: Table,
  tracks: readonly Track[],
  options: LineageOptions = {},
): Lineages {
  const book = startLineages(tracks, options);
  book.add(series);
  return book.finish();
}

/** The same for tables that come one after the other. */
export function startLineages(tracks: readonly Track[], options: LineageOptions = {}): LineageBook {
  checkTracks(tracks);
  const { size = "area", interval } = options;
  if (interval !== undefined && !(interval > 0))
    throw new ShapeError("interval", "seconds above 0", `${interval}`);
  const last = tracks.reduce((most, { end }) => Math.max(most, end), -1);
  const frames = Math.max(options.frames ?? 0, last + 1);
  const book = new LifeBook(size);
  return {
    add: (table) => book.add(table),
    finish: () => {
      const stories = storiesOf(tracks, frames, book.lives);
      return {
        tracks: tableOf(stories, interval),
        population: populationOf(stories, frames, interval),
        lives: book.lives,
      };
    },
  };
}

function tableOf(stories: readonly Story[], interval: number | undefined): Table<Column> {
  const column = (value: (story: Story) => number) => Float64Array.from(stories, value);
  const minutes = interval === undefined ? Number.NaN : interval / 60;
  const table: Record<string, Column> = {
    track_id: column(({ track }) => track.label),
    parent_id: column(({ track }) => track.parent),
    root_id: column(({ root }) => root),
    generation: column(({ generation }) => generation),
    birth: stories.map(({ birth }) => birth),
    fate: stories.map(({ fate }) => fate),
    begin_frame: column(({ track }) => track.begin),
    end_frame: column(({ track }) => track.end),
    daughters: column(({ daughters }) => daughters.length),
    daughter_1_id: column(({ daughters }) => daughters[0]?.label ?? 0),
    daughter_2_id: column(({ daughters }) => daughters[1]?.label ?? 0),
    lifetime_frames: column(lifetime),
    complete: column((story) => +isComplete(story)),
    division_time_frames: column(divisionTime),
  };
  if (interval !== undefined) {
    table.begin_time_s = column(({ track }) => track.begin * interval);
    table.lifetime_min = column((story) => lifetime(story) * minutes);
    table.division_time_min = column((story) => divisionTime(story) * minutes);
  }
  addSizes(table, stories);
  addGrowth(table, stories, interval);
  return table;
}

function lifetime({ track, daughters }: Story): number {
  const next = daughters.reduce((least, { begin }) => Math.min(least, begin), Infinity);
  return (daughters.length > 0 ? next : track.end + 1) - track.begin;
}

function isComplete({ birth, fate }: Story): boolean {
  return birth === "division" && fate === "divided";
}

function divisionTime(story: Story): number {
  return isComplete(story) ? lifetime(story) : Number.NaN;
}

function addSizes(table: Record<string, Column>, stories: readonly Story[]): void {
  const some = stories.find(({ life }) => life)?.life;
  const names = Object.keys(some?.first ?? {});
  for (const name of names) {
    const at = (moment: "first" | "last") =>
      Float64Array.from(stories, ({ life }) => life?.[moment][name] ?? Number.NaN);
    table[`birth_${name}`] = at("first");
    table[`end_${name}`] = at("last");
  }
  if (names.includes("length"))
    table.elongation = Float64Array.from(stories, ({ life }) =>
      life ? life.last.length / life.first.length : Number.NaN,
    );
}

function addGrowth(
  table: Record<string, Column>,
  stories: readonly Story[],
  interval: number | undefined,
): void {
  const growth = stories.map(({ life }) => growthOfLife(life));
  const column = (value: (growth: Growth) => number) => Float64Array.from(growth, value);
  const rates = (unit: string, factor: number) => {
    table[`growth_rate_per_${unit}`] = column(({ rate }) => rate * factor);
    table[`growth_rate_low_per_${unit}`] = column(({ low }) => low * factor);
    table[`growth_rate_high_per_${unit}`] = column(({ high }) => high * factor);
  };
  table.growth_points = column(({ points }) => points);
  rates("frame", 1);
  table.growth_r2 = column(({ r2 }) => r2);
  table.doubling_time_frames = column(({ doubling }) => doubling);
  if (interval === undefined) return;
  rates("h", 3600 / interval);
  table.doubling_time_min = column(({ doubling }) => (doubling * interval) / 60);
}

function growthOfLife(life: Life | undefined): Growth {
  if (!life) return growthOf([], []);
  const { frames, sizes, onBorder } = life;
  return growthOf(
    frames.filter((_, i) => !onBorder[i]),
    sizes.filter((_, i) => !onBorder[i]),
  );
}
