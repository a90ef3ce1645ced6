/**
 * Family trees of cells: time from left to right, a fork a division.
 * In: the lineages of a movie. Out: SVG.
 *
 * @module
 */
import type { Column, Table } from "../table.js";
import type { Lineages } from "../track/lineage-table.js";
import { escaped, numberText, place, scale, svgPage, ticks } from "./svg.js";
import { pointsForPlots, timeAxis } from "./time-axis.js";

/** How trees are drawn. */
export interface TreePlotOptions {
  readonly title?: string;
  /** Seconds from frame to frame; without, time is told in frames. */
  readonly interval?: number;
  /**
   * The number of each track that its colour tells, by a column of the lineages' tracks; default the growth rate, where
   * it goes by five frames or more.
   */
  readonly colourBy?: string;
  /** The type of each track by its label, such as `poolTypes` finds: colours tell types instead of a number. */
  readonly types?: ReadonlyMap<number, string>;
  /** Branches drawn at most, the largest families first; default 300. */
  readonly most?: number;
}

const WIDTH = 960;
const LEFT = 40;
const RIGHT = WIDTH - 60;
const TOP = 64;

/** From little to much; all of them can be seen on white and on black. */
const ramp = ["#4575d4", "#3f9fd0", "#2fa58e", "#6fa33c", "#c49a1a", "#e07b2c", "#d64545"];

/** The trees of the largest families. Hovering over a branch tells its track. */
export function plotTrees(lineages: Lineages, options: TreePlotOptions = {}): string {
  const { title = "Lineages", interval, most = 300 } = options;
  const tracks = lineages.tracks as Table;
  const { across, at } = timeAxis(lineages.population.frame.length, interval);
  const { rows, leaves, families, all } = layOut(tracks, most);
  const step = Math.min(16, Math.max(4, 900 / Math.max(leaves, 1)));
  const bottom = TOP + step * Math.max(leaves, 1) + 8;
  const span: [number, number] = [0, across.range[1] + at(1)];
  const toX = scale(span, [LEFT, RIGHT]);
  const toY = (row: number) => place(TOP + step * (row + 0.5));
  const { colourOf, legend } = colouring(lineages.tracks, options);
  const parts: string[] = [];
  for (const tick of ticks(span)) {
    const x = place(toX(tick));
    parts.push(`<line class="grid" x1="${x}" x2="${x}" y1="${TOP - 4}" y2="${bottom}"/>`);
    parts.push(`<text x="${x}" y="${bottom + 16}" text-anchor="middle">${numberText(tick)}</text>`);
  }
  parts.push(
    `<text x="${RIGHT}" y="${bottom + 34}" text-anchor="end">${escaped(across.label)}</text>`,
  );
  const fates = lineages.tracks.fate as readonly string[];
  const index = indexOf(tracks);
  for (const [i, row] of rows) {
    const [from, to] = [tracks.begin_frame[i], tracks.begin_frame[i] + tracks.lifetime_frames[i]];
    const [x0, x1, y] = [place(toX(at(from))), place(toX(at(to))), toY(row)];
    const colour = colourOf(i);
    const stroke = `stroke="${colour}" stroke-width="${step > 8 ? 3 : 2}" fill="none"`;
    const hint = `track ${tracks.track_id[i]}: frames ${from} to ${tracks.end_frame[i]}, ${fates[i]}`;
    parts.push(`<path ${stroke} d="M${x0} ${y}H${x1}"><title>${escaped(hint)}</title></path>`);
    const daughters = daughterRows(tracks, i, index, rows);
    if (daughters.length > 0)
      parts.push(
        `<path ${stroke} d="M${x1} ${toY(Math.min(...daughters, row))}V${toY(Math.max(...daughters, row))}"/>`,
      );
    else if (fates[i] === "lost") parts.push(drawCross(x1, y));
    else if (fates[i] === "left")
      parts.push(`<path class="axis" d="M${x1} ${y}l5 0m-3 -3l3 3l-3 3"/>`);
    if (step >= 11 && x1 - x0 > 20)
      parts.push(`<text class="small" x="${x0 + 3}" y="${y - 3}">${tracks.track_id[i]}</text>`);
  }
  const some = families < all ? `, the largest ${families} of ${all} families` : "";
  return svgPage(`${title}${some}`, { width: WIDTH, height: bottom + 44, left: LEFT }, [
    ...legend,
    ...parts,
  ]);
}

function drawCross(x: number, y: number): string {
  return `<path class="axis" d="M${x + 1} ${y - 3}l6 6m0 -6l-6 6"/>`;
}

function indexOf(tracks: Table): Map<number, number> {
  return new Map(Array.from(tracks.track_id, (track, i) => [track, i]));
}

function daughtersAt(tracks: Table, i: number, index: ReadonlyMap<number, number>): number[] {
  return [tracks.daughter_1_id[i], tracks.daughter_2_id[i]].flatMap(
    (daughter) => index.get(daughter) ?? [],
  );
}

function daughterRows(
  tracks: Table,
  i: number,
  index: ReadonlyMap<number, number>,
  rows: ReadonlyMap<number, number>,
): number[] {
  return daughtersAt(tracks, i, index).flatMap((daughter) => rows.get(daughter) ?? []);
}

/** The row of each branch, by its place in the table: leaves one below the other, mothers between their daughters. */
function layOut(
  tracks: Table,
  most: number,
): { rows: Map<number, number>; leaves: number; families: number; all: number } {
  const index = indexOf(tracks);
  const sizes = new Map<number, number>();
  for (const root of tracks.root_id) sizes.set(root, (sizes.get(root) ?? 0) + 1);
  const roots = [...sizes].sort(([a, many], [b, more]) => more - many || a - b);
  const rows = new Map<number, number>();
  let [leaves, families, branches] = [0, 0, 0];
  for (const [root, size] of roots) {
    if (families > 0 && branches + size > most) break;
    families++;
    branches += size;
    // Depth first with a stack of our own: a family may be deeper than the machine's.
    const stack = [{ i: index.get(root) as number, seen: false }];
    for (let top = stack.pop(); top; top = stack.pop()) {
      const daughters = daughtersAt(tracks, top.i, index);
      if (daughters.length === 0) rows.set(top.i, leaves++);
      else if (top.seen) {
        const own = daughters.map((daughter) => rows.get(daughter) as number);
        rows.set(top.i, own.reduce((a, b) => a + b) / own.length);
      } else {
        stack.push({ i: top.i, seen: true });
        for (const daughter of daughters.reverse()) stack.push({ i: daughter, seen: false });
      }
    }
  }
  return { rows, leaves, families, all: roots.length };
}

function colouring(
  tracks: Table<Column>,
  { colourBy, types, interval }: TreePlotOptions,
): { colourOf: (i: number) => string; legend: string[] } {
  const ids = tracks.track_id as Float64Array;
  if (types) {
    const names = [...new Set(types.values())].filter((name) => name !== "").sort();
    const colour = (name: string | undefined) =>
      name ? ramp[(2 * names.indexOf(name) + 1) % ramp.length] : "#888888";
    const legend = names.map((name, k) => drawEntry(LEFT + 130 * k, colour(name), name));
    return { colourOf: (i) => colour(types.get(ids[i])), legend };
  }
  const name = colourBy ?? (interval === undefined ? "growth_rate_per_frame" : "growth_rate_per_h");
  const points = tracks.growth_points as Float64Array;
  const sure = (i: number) => colourBy !== undefined || points[i] >= pointsForPlots;
  const values = ((tracks[name] ?? new Float64Array(0)) as Float64Array).map((value, i) =>
    sure(i) ? value : Number.NaN,
  );
  const known = values.filter(Number.isFinite).sort();
  if (known.length === 0) return { colourOf: () => ramp[0], legend: [] };
  // A few wild fits must not take the colours from all others.
  const at = (share: number) => known[Math.round(share * (known.length - 1))];
  const [low, high] = [at(0.05), at(0.95)];
  const toStep = scale([low, high], [0, ramp.length - 1]);
  const colourOf = (i: number): string => {
    if (!Number.isFinite(values[i])) return "#888888";
    return ramp[Math.round(Math.min(Math.max(toStep(values[i]), 0), ramp.length - 1))];
  };
  const boxes = ramp.map(
    (colour, k) => `<rect fill="${colour}" x="${LEFT + 18 * k}" y="36" width="18" height="9"/>`,
  );
  const words = `${name}: ${numberText(low)} to ${numberText(high)}; grey: not known`;
  const right = LEFT + 18 * ramp.length + 8;
  return { colourOf, legend: [...boxes, `<text x="${right}" y="45">${escaped(words)}</text>`] };
}

function drawEntry(x: number, colour: string, word: string): string {
  return `<rect fill="${colour}" x="${x}" y="36" width="12" height="9"/><text x="${x + 17}" y="45">${escaped(word)}</text>`;
}
