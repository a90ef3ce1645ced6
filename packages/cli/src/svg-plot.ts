/**
 * A small plot of lines as SVG: axes with ticks, labels, a legend; readable on white and on black.
 * In: panels of lines. Out: the text of an SVG file.
 *
 * @module
 */

/** A line of a panel: its points from left to right. */
export interface Line {
  readonly label: string;
  /** Which of the plot's four colours, from 0. */
  readonly colour: number;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Drawn dashed and without dots. */
  readonly dashed?: boolean;
}

/** One pair of axes. All panels of a plot have the same x. */
export interface Panel {
  readonly label: string;
  /** Lowest and highest y; default what the points need. */
  readonly range?: readonly [number, number];
  readonly lines: readonly Line[];
}

/** What {@link plot} draws. */
export interface Plot {
  readonly title: string;
  /** What x is. */
  readonly label: string;
  /** Lowest and highest x. */
  readonly range: readonly [number, number];
  readonly panels: readonly Panel[];
  /** An upright line at an x, with a word on it. */
  readonly mark?: { readonly x: number; readonly label: string };
}

const WIDTH = 720;
const LEFT = 64;
const RIGHT = WIDTH - 24;
const TOP = 44;
const PANEL = 190;
const GAP = 48;

const style = `text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:15px;font-weight:600}.ground{fill:#fff}
.axis{stroke:#222;fill:none}.grid{stroke:#ddd}.mark{stroke:#777;stroke-dasharray:4 4}.line{fill:none;stroke-width:2}.dashed{stroke-dasharray:6 4}
.s0{stroke:#0072b2}.s1{stroke:#d55e00}.s2{stroke:#009e73}.s3{stroke:#aa4499}.f0{fill:#0072b2}.f1{fill:#d55e00}.f2{fill:#009e73}.f3{fill:#aa4499}
@media(prefers-color-scheme:dark){text{fill:#eee}.ground{fill:#161616}.axis{stroke:#eee}.grid{stroke:#3a3a3a}.mark{stroke:#aaa}
.s0{stroke:#56b4e9}.s1{stroke:#f0a050}.s2{stroke:#40d0a0}.s3{stroke:#dd88cc}.f0{fill:#56b4e9}.f1{fill:#f0a050}.f2{fill:#40d0a0}.f3{fill:#dd88cc}}`;

/** The plot as an SVG document. Hovering over a point tells its numbers. */
export function plot({ title, label, range, panels, mark }: Plot): string {
  const height = TOP + panels.length * (PANEL + GAP);
  const toX = scale(range, [LEFT, RIGHT]);
  const drawn = panels.map((panel, i) => {
    const top = TOP + i * (PANEL + GAP);
    return drawPanel(panel, { label, range, mark, toX, top, bottom: top + PANEL });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title><style>${style}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="${LEFT}" y="24">${escaped(title)}</text>`,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

interface Place extends Pick<Plot, "label" | "range" | "mark"> {
  readonly toX: (x: number) => number;
  readonly top: number;
  readonly bottom: number;
}

function drawPanel(panel: Panel, { label, range, mark, toX, top, bottom }: Place): string {
  const values = panel.lines.flatMap(({ points }) => points.map(({ y }) => y));
  const within = panel.range ?? around(values);
  const toY = scale(within, [bottom, top]);
  const parts: string[] = [];
  for (const tick of ticks(within)) {
    const y = round(toY(tick));
    parts.push(`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y}" y2="${y}"/>`);
    parts.push(`<text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${number(tick)}</text>`);
  }
  for (const tick of ticks(range).filter(Number.isInteger)) {
    const x = round(toX(tick));
    parts.push(`<line class="axis" x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 5}"/>`);
    parts.push(`<text x="${x}" y="${bottom + 19}" text-anchor="middle">${number(tick)}</text>`);
  }
  parts.push(`<path class="axis" d="M${LEFT} ${top}V${bottom}H${RIGHT}"/>`);
  parts.push(`<text x="${RIGHT}" y="${bottom + 34}" text-anchor="end">${escaped(label)}</text>`);
  const middle = (top + bottom) / 2;
  parts.push(
    `<text transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle">${escaped(panel.label)}</text>`,
  );
  if (mark) {
    const x = round(toX(mark.x));
    parts.push(`<line class="mark" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/>`);
    parts.push(
      `<text x="${x}" y="${top - 4}" text-anchor="${x > WIDTH / 2 ? "end" : "start"}">${escaped(mark.label)}</text>`,
    );
  }
  for (const [i, line] of panel.lines.entries()) {
    parts.push(drawLine(line, toX, toY));
    const x = LEFT + 150 * i;
    parts.push(
      `<path class="line s${line.colour}${line.dashed ? " dashed" : ""}" d="M${x} ${bottom + 30}h20"/>`,
    );
    parts.push(`<text x="${x + 26}" y="${bottom + 34}">${escaped(line.label)}</text>`);
  }
  return `<g>\n${parts.join("\n")}\n</g>`;
}

function drawLine(
  { label, colour, points, dashed }: Line,
  toX: (x: number) => number,
  toY: (y: number) => number,
): string {
  const places = points.map(({ x, y }) => `${round(toX(x))} ${round(toY(y))}`);
  const path = `<path class="line s${colour}${dashed ? " dashed" : ""}" d="M${places.join("L")}"/>`;
  if (points.length === 0) return "";
  if (dashed) return path;
  const dots = points.map(
    ({ x, y }) =>
      `<circle class="f${colour}" cx="${round(toX(x))}" cy="${round(toY(y))}" r="2.5"><title>${escaped(label)} at ${number(x)}: ${number(y)}</title></circle>`,
  );
  return [path, ...dots].join("\n");
}

/** From one range to another along a straight line. */
function scale(
  [from0, from1]: readonly [number, number],
  [to0, to1]: readonly [number, number],
): (value: number) => number {
  const factor = from1 === from0 ? 0 : (to1 - to0) / (from1 - from0);
  return (value) => to0 + factor * (value - from0);
}

/** A range with all values in it and a little room at both ends. */
function around(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const room = 0.06 * (high - low || Math.abs(high) || 1);
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

/** Four to nine round numbers within a range. */
function ticks([low, high]: readonly [number, number]): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) as number);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function number(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
