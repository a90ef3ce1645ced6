/**
 * A plot of lines and bars as SVG: axes with ticks, labels, a legend; readable on white and on black.
 * In: panels of lines and bars. Out: the text of an SVG file.
 *
 * @module
 */
import {
  around,
  colours,
  escaped,
  logTicks,
  numberText,
  place,
  scale,
  svgPage,
  ticks,
} from "./svg.js";

/** A line of a panel: its points from left to right. */
export interface Line {
  /** Its word in the legend; lines of one label and colour have one entry, those without a label none. */
  readonly label: string;
  /** Which of the plot's eight colours, from 0; more begin again. */
  readonly colour: number;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Drawn dashed and without dots. */
  readonly dashed?: boolean;
  /** Drawn thin and without dots, as one of many. */
  readonly thin?: boolean;
  /** What hovering over a thin line tells. */
  readonly hint?: string;
}

/** A bar of a panel, from 0 up. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly y: number;
}

/** What x is, and its lowest and highest. */
export interface Across {
  readonly label: string;
  readonly range: readonly [number, number];
  /** Whether x is a number between whole ones too; default false: ticks are whole. */
  readonly fractions?: boolean;
}

/** An upright line at an x, with a word on it. */
export interface Mark {
  readonly x: number;
  readonly label: string;
}

/** One pair of axes. */
export interface Panel {
  readonly label: string;
  /** Lowest and highest y; default what the points need. */
  readonly range?: readonly [number, number];
  /** Whether y is on a logarithmic scale; all y must be above 0. */
  readonly log?: boolean;
  readonly lines: readonly Line[];
  readonly bars?: readonly Bar[];
  /** The x of this panel; default the plot's. */
  readonly across?: Across;
  readonly mark?: Mark;
}

/** What {@link plotPanels} draws: panels one below the other, most with the same x. */
export interface Plot extends Across {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Height of each pair of axes in pixels; default 190. */
  readonly height?: number;
  /** On all panels that have no mark of their own. */
  readonly mark?: Mark;
}

const WIDTH = 720;
const LEFT = 64;
const RIGHT = WIDTH - 24;
const TOP = 44;
const GAP = 48;

/** The plot as an SVG document. Hovering over a point tells its numbers. */
export function plotPanels({ title, panels, height = 190, mark, ...across }: Plot): string {
  const whole = TOP + panels.length * (height + GAP);
  const drawn = panels.map((panel, i) => {
    const top = TOP + i * (height + GAP);
    return drawPanel({ across, ...(mark && { mark }), ...panel }, top, top + height);
  });
  return svgPage(title, { width: WIDTH, height: whole, left: LEFT }, drawn);
}

function drawPanel(
  panel: Panel & { readonly across: Across },
  top: number,
  bottom: number,
): string {
  const { across, lines, bars = [], mark } = panel;
  const toX = scale(across.range, [LEFT, RIGHT]);
  const [within, toY] = upward(panel, [bottom, top]);
  const parts: string[] = [];
  for (const tick of (panel.log ? logTicks : ticks)(within)) {
    const y = place(toY(tick));
    parts.push(`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y}" y2="${y}"/>`);
    parts.push(`<text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${numberText(tick)}</text>`);
  }
  const wanted = ticks(across.range).filter((tick) => across.fractions || Number.isInteger(tick));
  for (const tick of wanted) {
    const x = place(toX(tick));
    parts.push(`<line class="axis" x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 5}"/>`);
    parts.push(`<text x="${x}" y="${bottom + 19}" text-anchor="middle">${numberText(tick)}</text>`);
  }
  for (const bar of bars) parts.push(drawBar(bar, toX, toY));
  parts.push(`<path class="axis" d="M${LEFT} ${top}V${bottom}H${RIGHT}"/>`);
  parts.push(
    `<text x="${RIGHT}" y="${bottom + 34}" text-anchor="end">${escaped(across.label)}</text>`,
  );
  const middle = (top + bottom) / 2;
  parts.push(
    `<text transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle">${escaped(panel.label)}</text>`,
  );
  if (mark) {
    const x = place(toX(mark.x));
    parts.push(`<line class="mark" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/>`);
    parts.push(
      `<text x="${x}" y="${top - 4}" text-anchor="${x > WIDTH / 2 ? "end" : "start"}">${escaped(mark.label)}</text>`,
    );
  }
  for (const line of lines) parts.push(drawLine(line, toX, toY));
  parts.push(...drawLegend(lines, bottom));
  return `<g>\n${parts.join("\n")}\n</g>`;
}

/** The range of y, and where on the page each y is. */
function upward(
  { range, log, lines, bars = [] }: Panel,
  page: readonly [number, number],
): [readonly [number, number], (y: number) => number] {
  const values = lines.flatMap(({ points }) => points.map(({ y }) => y));
  if (bars.length > 0) values.push(0);
  for (const { y } of bars) values.push(y);
  if (!log) {
    const within = range ?? around(values);
    return [within, scale(within, page)];
  }
  const [low, high] = range?.map(Math.log10) ?? around(values.map(Math.log10));
  const toY = scale([low, high], page);
  return [[10 ** low, 10 ** high], (y) => toY(Math.log10(y))];
}

function drawLegend(lines: readonly Line[], bottom: number): string[] {
  const entries = new Map<string, Line>();
  for (const line of lines)
    if (line.label !== "") entries.set(`${line.label}\n${line.colour}`, line);
  const step = entries.size > 4 ? 520 / entries.size : 150;
  return [...entries.values()].flatMap((line, i) => {
    const x = place(LEFT + step * i);
    return [
      `<path class="${classOf({ ...line, thin: false })}" d="M${x} ${bottom + 30}h${step < 150 ? 12 : 20}"/>`,
      `<text x="${x + (step < 150 ? 16 : 26)}" y="${bottom + 34}">${escaped(line.label)}</text>`,
    ];
  });
}

function classOf({ colour, dashed, thin }: Line): string {
  return `line s${colour % colours}${dashed ? " dashed" : ""}${thin ? " thin" : ""}`;
}

function drawBar(
  { from, to, y }: Bar,
  toX: (x: number) => number,
  toY: (y: number) => number,
): string {
  const [left, top] = [place(toX(from)), place(toY(y))];
  const [width, height] = [place(toX(to) - left - 1), place(toY(0) - top)];
  return `<rect class="bar f0" x="${left}" y="${top}" width="${Math.max(width, 0.5)}" height="${height}"><title>${numberText(from)} to ${numberText(to)}: ${numberText(y)}</title></rect>`;
}

function drawLine(line: Line, toX: (x: number) => number, toY: (y: number) => number): string {
  const { label, colour, points, dashed, thin, hint } = line;
  if (points.length === 0) return "";
  const places = points.map(({ x, y }) => `${place(toX(x))} ${place(toY(y))}`);
  const told = hint ? `><title>${escaped(hint)}</title></path>` : "/>";
  const path = `<path class="${classOf(line)}" d="M${places.join("L")}"${told}`;
  if (dashed || thin) return path;
  const dots = points.map(
    ({ x, y }) =>
      `<circle class="f${colour % colours}" cx="${place(toX(x))}" cy="${place(toY(y))}" r="2.5"><title>${escaped(label)} at ${numberText(x)}: ${numberText(y)}</title></circle>`,
  );
  return [path, ...dots].join("\n");
}
