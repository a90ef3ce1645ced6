/**
 * The small square beside a layer's name: its colours, or what it is.
 *
 * @module
 */
import type { JSX } from "preact";
import { coloursOf } from "../draw/colormap.js";
import { labelCss } from "../draw/label-colour.js";
import type { Layer } from "../scene/scene.js";
import { Icon } from "./icons.js";

/** What a layer looks like in a word of colour. */
export function Swatch({ layer }: { readonly layer: Layer }): JSX.Element {
  if (layer.kind === "tracks")
    return (
      <span class="swatch plain" aria-hidden="true">
        <Icon name="tracks" />
      </span>
    );
  const background =
    layer.kind === "image"
      ? gradientOf(layer.colormap)
      : layer.kind === "points"
        ? layer.colour
        : patchesOf(layer.colourSeed);
  return <span class={`swatch ${layer.kind}`} style={{ background }} aria-hidden="true" />;
}

/** A colormap as CSS draws it, from the lower left to the upper right. */
export function gradientOf(colormap: string, direction = "45deg"): string {
  const colours = coloursOf(colormap);
  const stops = [0, 64, 128, 192, 255].map(
    (i) => `rgb(${colours[4 * i]} ${colours[4 * i + 1]} ${colours[4 * i + 2]})`,
  );
  return `linear-gradient(${direction}, ${stops.join(", ")})`;
}

function patchesOf(seed: number): string {
  const [a, b, c, d] = [1, 2, 3, 4].map((label) => labelCss(label, seed));
  return `conic-gradient(${a} 25%, ${b} 0 50%, ${c} 0 75%, ${d} 0)`;
}
