/**
 * The lives of cells, gathered from the tables of a movie's frames: what is needed to say how they grew, and no more.
 *
 * @module
 */
import { FormatError } from "../errors.js";
import { countRows, type Table } from "../table.js";

/** One cell over time; the arrays have a number for each frame it was seen in. */
export interface Life {
  readonly track: number;
  readonly frames: number[];
  /** What growth is measured by: area, length or volume, in pixels. */
  readonly sizes: number[];
  readonly areas: number[];
  /** Whether the cell touched the border, so that its size is not known. */
  readonly onBorder: boolean[];
  /** The rest of what is told of birth and end, by the names of the columns: of the first and last frame. */
  readonly first: Readonly<Record<string, number>>;
  last: Readonly<Record<string, number>>;
}

/** What growth may be measured by. */
export type GrowthSize = "area" | "length" | "volume";

/** Columns whose values at birth and at the end are worth telling, where they are there. */
const told = ["area", "area_um2", "length", "length_um", "volume", "volume_um3"] as const;

/** Gathers lives from tables of `measureMovie`, of any number of frames each, in the order of time. */
export class LifeBook {
  readonly lives: Map<number, Life> = new Map();
  readonly #size: GrowthSize;

  constructor(size: GrowthSize) {
    this.#size = size;
  }

  /** Enters the rows of a table. Throws {@link FormatError} where it lacks a column or goes back in time. */
  add(table: Table): void {
    if (countRows(table) === 0) return;
    for (const name of ["track_id", "frame", "area", this.#size])
      if (!table[name]) {
        const rods = this.#size === "area" ? "" : ": measure with rods";
        throw new FormatError(`the table must have a column ${name}${rods}`);
      }
    const { track_id: ids, frame: frames, area, on_border: border } = table;
    const sizes = table[this.#size];
    const columns = told.filter((name) => table[name]);
    for (let row = 0; row < countRows(table); row++) {
      const moment = Object.fromEntries(columns.map((name) => [name, table[name][row]]));
      let life = this.lives.get(ids[row]);
      if (!life) {
        const empty = { frames: [], sizes: [], areas: [], onBorder: [] };
        life = { track: ids[row], ...empty, first: moment, last: moment };
        this.lives.set(ids[row], life);
      }
      const before = life.frames.at(-1) ?? -1;
      if (frames[row] <= before)
        throw new FormatError(
          `frames of track ${ids[row]} must rise, go from ${before} to ${frames[row]}`,
        );
      life.frames.push(frames[row]);
      life.sizes.push(sizes[row]);
      life.areas.push(area[row]);
      life.onBorder.push(border?.[row] === 1);
      life.last = moment;
    }
  }
}
