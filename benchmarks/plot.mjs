// A small chart as SVG: named places along x, bars or lines of several series over them; readable on white and on black.

/** @typedef {{ name: string, values: readonly (number | undefined)[], dots?: readonly (readonly number[])[] }} Series */

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 320, 60, 700, 64, 270];
const LIGHT = ["#0072b2", "#d55e00", "#009e73", "#aa4499", "#777777"];
const DARK = ["#56b4e9", "#f0a050", "#40d0a0", "#dd88cc", "#aaaaaa"];

/**
 * The chart as an SVG document. `places` are the words along x; each series has a value a place (`undefined` leaves it out)
 * and may have the single measurements behind it as dots. Hovering tells the numbers.
 *
 * @param {{ title: string, kind: "bars" | "lines", x: string, y: string, range?: readonly [number, number],
 *   places: readonly string[], series: readonly Series[] }} chart
 */
export function drawChart({ title, kind, x, y, places, series, range }) {
  const values = series
    .flatMap((one) => [...one.values, ...(one.dots ?? []).flat()])
    .filter((v) => v !== undefined);
  const [low, high] = range ?? [0, Math.max(...values, 1e-9) * 1.05];
  const toY = (/** @type {number} */ value) =>
    BOTTOM - ((value - low) / (high - low)) * (BOTTOM - TOP);
  const room = (RIGHT - LEFT) / places.length;
  const parts = ticks(low, high).flatMap((tick) => [
    `<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${fixed(toY(tick))}" y2="${fixed(toY(tick))}"/>`,
    `<text x="${LEFT - 8}" y="${fixed(toY(tick) + 4)}" text-anchor="end">${short(tick)}</text>`,
  ]);
  for (const [i, place] of places.entries())
    parts.push(
      `<text x="${fixed(LEFT + (i + 0.5) * room)}" y="${BOTTOM + 18}" text-anchor="middle">${escaped(place)}</text>`,
    );
  for (const [k, one] of series.entries()) parts.push(...drawSeries(one, k));
  for (const [k, { name }] of series.entries()) {
    const at = LEFT + k * ((RIGHT - LEFT) / Math.max(4, series.length));
    parts.push(`<rect class="f${k % 5}" x="${fixed(at)}" y="40" width="12" height="12"/>`);
    parts.push(`<text x="${fixed(at + 18)}" y="50">${escaped(name)}</text>`);
  }
  const colours = (/** @type {string[]} */ list) =>
    list.map((c, k) => `.s${k}{stroke:${c}}.f${k}{fill:${c}}`).join("");
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">`,
    `<title>${escaped(title)}</title><style>text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:15px;font-weight:600}.ground{fill:#fff}`,
    `.grid{stroke:#ddd}.axis{stroke:#222;fill:none}.line{fill:none;stroke-width:2}.dot{stroke:#fff}${colours(LIGHT)}`,
    `@media(prefers-color-scheme:dark){text{fill:#eee}.ground{fill:#161616}.grid{stroke:#3a3a3a}.axis{stroke:#eee}.dot{stroke:#161616}${colours(DARK)}}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/><text class="title" x="${LEFT}" y="24">${escaped(title)}</text>`,
    ...parts,
    `<path class="axis" d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}"/>`,
    `<text x="${RIGHT}" y="${BOTTOM + 40}" text-anchor="end">${escaped(x)}</text>`,
    `<text transform="translate(16 ${(TOP + BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>`,
    "</svg>",
  ].join("\n")}\n`;

  /** @param {Series} one @param {number} k */
  function drawSeries(one, k) {
    const width = kind === "bars" ? (0.8 * room) / series.length : 0;
    const middle = (/** @type {number} */ i) =>
      LEFT + (i + 0.5) * room + (kind === "bars" ? (k - (series.length - 1) / 2) * width : 0);
    const hint = (/** @type {number} */ i, /** @type {number} */ value) =>
      `<title>${escaped(one.name)}, ${escaped(places[i])}: ${short(value)}</title>`;
    const dot = (
      /** @type {number} */ i,
      /** @type {number} */ value,
      /** @type {number} */ size,
    ) =>
      `<circle class="dot f${k % 5}" cx="${fixed(middle(i))}" cy="${fixed(toY(value))}" r="${size}">${hint(i, value)}</circle>`;
    const known = [...one.values.entries()].filter((pair) => pair[1] !== undefined);
    const dots = (one.dots ?? []).flatMap((list, i) => list.map((value) => dot(i, value, 2.5)));
    if (kind === "bars") {
      const bars = known.map(
        ([i, value]) =>
          `<rect class="f${k % 5}" opacity="0.8" x="${fixed(middle(i) - width / 2)}" y="${fixed(toY(value))}" width="${fixed(width)}" height="${fixed(Math.max(0, BOTTOM - toY(value)))}">${hint(i, value)}</rect>`,
      );
      return [...bars, ...dots];
    }
    const path = known.map(([i, value]) => `${fixed(middle(i))} ${fixed(toY(value))}`).join("L");
    return [
      `<path class="line s${k % 5}" d="M${path}"/>`,
      ...known.map(([i, value]) => dot(i, value, 4)),
      ...dots,
    ];
  }
}

/** Four to nine round numbers within a range. @param {number} low @param {number} high */
function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from(
    { length: Math.floor(high / step + 1e-9) - first + 1 },
    (_, i) => (first + i) * step,
  );
}

/** @param {number} value */
function fixed(value) {
  return Number(value.toFixed(1));
}

/** @param {number} value */
function short(value) {
  return Number(value.toPrecision(3));
}

/** @param {string} text */
function escaped(text) {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
