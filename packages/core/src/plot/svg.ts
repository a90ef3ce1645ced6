/**
 * What all plots are made of: a page that can be read on white and on black, scales, ticks, words.
 * In: numbers and text. Out: pieces of an SVG file.
 *
 * @module
 */

/** How many colours lines and bars can have. */
export const colours = 8;

const light = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#aa4499",
  "#8f6b00",
  "#cc3344",
  "#5b5bd6",
  "#666666",
];
const dark = [
  "#56b4e9",
  "#f0a050",
  "#40d0a0",
  "#dd88cc",
  "#e0c040",
  "#ff7788",
  "#a5a5ff",
  "#bbbbbb",
];

const colourRules = (values: readonly string[]): string =>
  values.map((value, i) => `.s${i}{stroke:${value}}.f${i}{fill:${value}}`).join("");

const style = `text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:15px;font-weight:600}.small{font-size:10px}.ground{fill:#fff}
.axis{stroke:#222;fill:none}.grid{stroke:#ddd}.mark{stroke:#777;stroke-dasharray:4 4}.line{fill:none;stroke-width:2}.thin{stroke-width:1;opacity:.75}.bar{opacity:.7}.dashed{stroke-dasharray:6 4}
${colourRules(light)}
@media(prefers-color-scheme:dark){text{fill:#eee}.ground{fill:#161616}.axis{stroke:#eee}.grid{stroke:#3a3a3a}.mark{stroke:#aaa}
${colourRules(dark)}}`;

/** An SVG document of this size in pixels, with a title at `left`. */
export function svgPage(
  title: string,
  { width, height, left }: { width: number; height: number; left: number },
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title><style>${style}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    `<text class="title" x="${left}" y="24">${escaped(title)}</text>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/** From one range to another along a straight line. */
export function scale(
  [from0, from1]: readonly [number, number],
  [to0, to1]: readonly [number, number],
): (value: number) => number {
  const factor = from1 === from0 ? 0 : (to1 - to0) / (from1 - from0);
  return (value) => to0 + factor * (value - from0);
}

/** A range with all values in it and a little room at both ends. */
export function around(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const room = 0.06 * (high - low || Math.abs(high) || 1);
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

/** Four to nine round numbers within a range. */
export function ticks([low, high]: readonly [number, number]): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) as number);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Round numbers 1, 2, 5, 10, 20, … within a range above 0. */
export function logTicks([low, high]: readonly [number, number]): number[] {
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const factor of [1, 2, 5]) {
      const value = Number((factor * 10 ** power).toPrecision(12));
      if (value >= low && value <= high) found.push(value);
    }
  return found.length > 1 ? found : ticks([low, high]);
}

/** A number as people read it, of at most four digits. */
export function numberText(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}

/** A place on the page, to a tenth of a pixel. */
export function place(value: number): number {
  return Math.round(10 * value) / 10;
}

/** Text that may stand in SVG. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
