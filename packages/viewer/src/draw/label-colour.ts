/**
 * The colours of labels: any number of 32 bits has one, it is always the same, and neighbours in number differ.
 * The shader that draws labels looks them up in the same palette by the same arithmetic.
 *
 * @module
 */

/** How many hues and shades the palette has; powers of two. */
export const HUES = 256;
const SHADES = 8;

/** Odd numbers near 2^32 times powers of the golden ratio's kin: consecutive labels land far apart (Roberts 2018, R2). */
export const HUE_STEP = 0x9e3779b1;
export const SHADE_STEP = 0x91e10da5;
export const SEED_STEP = 0x85ebca6b;

/** Lightness and share of the greatest chroma of each shade, in an order that jumps. */
const shades: readonly (readonly [number, number])[] = [
  [0.74, 1],
  [0.6, 0.9],
  [0.86, 0.75],
  [0.67, 0.55],
  [0.8, 0.95],
  [0.56, 0.7],
  [0.72, 0.75],
  [0.9, 0.5],
];

let palette: Uint8Array | undefined;

/** The palette as bytes RGBA, {@link SHADES} rows of {@link HUES} colours. */
export function labelPalette(): Uint8Array {
  if (palette) return palette;
  palette = new Uint8Array(SHADES * HUES * 4);
  for (let shade = 0; shade < SHADES; shade++)
    for (let hue = 0; hue < HUES; hue++) {
      const [lightness, share] = shades[shade];
      const colour = fromOklch(lightness, 0.2 * share, (hue / HUES) * 2 * Math.PI);
      palette.set([...colour, 255], (shade * HUES + hue) * 4);
    }
  return palette;
}

/**
 * The colour of a label, 0 … 255 each of red, green and blue; of 0, the background, black (it is drawn as nothing).
 * Another seed gives other colours.
 */
export function labelColour(label: number, seed = 0): [number, number, number] {
  if (label === 0) return [0, 0, 0];
  const mixed = (label ^ Math.imul(seed, SEED_STEP)) >>> 0;
  const hue = Math.imul(mixed, HUE_STEP) >>> 24;
  const shade = Math.imul(mixed, SHADE_STEP) >>> 29;
  const at = (shade * HUES + hue) * 4;
  const colours = labelPalette();
  return [colours[at], colours[at + 1], colours[at + 2]];
}

/** The same as CSS has it: `#rrggbb`. */
export function labelCss(label: number, seed = 0): string {
  const hex = labelColour(label, seed).map((part) => part.toString(16).padStart(2, "0"));
  return `#${hex.join("")}`;
}

/** sRGB bytes of a colour in OKLCH (Ottosson 2020), with less chroma where sRGB has no such colour. */
function fromOklch(lightness: number, chroma: number, hue: number): [number, number, number] {
  let [low, high] = [0, chroma];
  if (isInside(linearOf(lightness, chroma, hue))) low = chroma;
  else
    for (let n = 0; n < 12; n++) {
      const middle = (low + high) / 2;
      if (isInside(linearOf(lightness, middle, hue))) low = middle;
      else high = middle;
    }
  const [r, g, b] = linearOf(lightness, low, hue).map((part) => Math.round(255 * gammaOf(part)));
  return [r, g, b];
}

function linearOf(lightness: number, chroma: number, hue: number): [number, number, number] {
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function isInside(linear: readonly number[]): boolean {
  return linear.every((part) => part >= -1e-6 && part <= 1 + 1e-6);
}

function gammaOf(linear: number): number {
  const part = Math.min(Math.max(linear, 0), 1);
  return part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055;
}
