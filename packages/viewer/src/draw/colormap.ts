/**
 * Colormaps: 256 colours from the darkest value to the brightest, by name.
 *
 * @module
 */
import { ShapeError } from "@cellwright/core";

/** Colours that a map runs through, at even steps, `rrggbb`. */
const stops: Readonly<Record<string, string>> = {
  gray: "000000 ffffff",
  "gray inverted": "ffffff 000000",
  red: "000000 ff0000",
  green: "000000 00ff00",
  blue: "000000 0000ff",
  cyan: "000000 00ffff",
  magenta: "000000 ff00ff",
  yellow: "000000 ffff00",
  orange: "000000 ff8000",
  "bop blue": "000000 20adf8",
  "bop orange": "000000 f8ad20",
  "bop purple": "000000 f820ad",
  // Smith & van der Walt 2015, samples of maps that are in the public domain (CC0).
  viridis: "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725",
  magma: "000004 180f3d 440f76 721f81 9e2f7f cd4071 f1605d fd9668 feca8d fcfdbf",
  inferno: "000004 1b0c41 4a0c6b 781c6d a52c60 cf4446 ed6925 fb9b06 f7d13d fcffa4",
  plasma: "0d0887 46039f 7201a8 9c179e bd3786 d8576b ed7953 fb9f3a fdca26 f0f921",
  // Mikhailov 2019.
  turbo:
    "30123b 4145ab 4675ed 39a2fc 1bcfd4 24eca6 61fc6c a4fc3b d1e834 f3c63a fe9b2d f36315 d93806 b11901 7a0402",
  fire: "000000 3b00a0 9a00a0 e02050 ff6a00 ffb400 ffee60 ffffff",
  ice: "000000 00304a 00608c 1f96c8 6cc8ee c4eefc ffffff",
};

/** The names of all colormaps, as a list of choices shows them. */
export const colormaps: readonly string[] = Object.keys(stops);

/** The colours of a map as bytes RGBA, 256 of them. Throws `ShapeError` for a name that is not in {@link colormaps}. */
export function coloursOf(name: string): Uint8Array {
  if (!Object.hasOwn(stops, name))
    throw new ShapeError("colormap", `one of ${colormaps.join(", ")}`, `"${name}"`);
  const colours = stops[name].split(" ").map(parseHex);
  const bytes = new Uint8Array(256 * 4);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (colours.length - 1);
    const below = Math.min(Math.floor(place), colours.length - 2);
    const share = place - below;
    for (let part = 0; part < 3; part++) {
      const [low, high] = [colours[below][part], colours[below + 1][part]];
      bytes[i * 4 + part] = Math.round(low + (high - low) * share);
    }
    bytes[i * 4 + 3] = 255;
  }
  return bytes;
}

/** Red, green and blue, 0 … 255, of `rrggbb` with or without `#`. */
export function parseHex(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.replace("#", ""), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
