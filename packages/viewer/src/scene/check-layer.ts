/**
 * What a layer may look like, checked when it is made, changed or read from a session file.
 *
 * @module
 */
import { ShapeError } from "@cellwright/core";
import type { Layer } from "./scene.js";

const blendings = ["translucent", "additive", "minimum", "multiplicative", "opaque"];
const styles = ["fill", "contour", "both"];
const colourings = ["track", "lineage", "time"];

/** The least and the most gamma. */
export const GAMMA_RANGE: readonly [number, number] = [0.2, 5];

/** Throws `ShapeError` where a part of a layer's look is not one that can be drawn. */
export function checkLayer(layer: Layer): void {
  text(layer.id, "id");
  text(layer.name, "name");
  if (typeof layer.visible !== "boolean") fail("visible", "true or false", layer.visible);
  within(layer.opacity, 0, 1, "opacity");
  oneOf(layer.blending, blendings, "blending");
  switch (layer.kind) {
    case "image":
      text(layer.source, "source");
      text(layer.colormap, "colormap");
      whole(layer.channel, 0, "channel");
      rising(layer.limits, "limits");
      rising(layer.range, "range");
      within(layer.gamma, ...GAMMA_RANGE, "gamma");
      break;
    case "labels":
      oneOf(layer.style, styles, "style");
      within(layer.contourWidth, 1, 20, "contour width");
      if (typeof layer.selectedOnly !== "boolean")
        fail("selected only", "true or false", layer.selectedOnly);
      whole(layer.colourSeed, 0, "colour seed");
      break;
    case "tracks":
      text(layer.labels, "labels");
      whole(layer.tail, 0, "tail");
      whole(layer.head, 0, "head");
      oneOf(layer.colourBy, colourings, "colour by");
      within(layer.width, 0.5, 20, "width");
      break;
    case "points":
      within(layer.size, 0.1, 10_000, "size");
      if (!/^#[0-9a-f]{6}$/i.test(layer.colour)) fail("colour", "such as #ffd24a", layer.colour);
      break;
    default:
      fail("kind", "image, labels, tracks or points", (layer as { kind: unknown }).kind);
  }
}

function fail(what: string, expected: string, value: unknown): never {
  throw new ShapeError(`${what} of a layer`, expected, `${value}`);
}

function text(value: unknown, what: string): void {
  if (typeof value !== "string" || value === "") fail(what, "a text", value);
}

function oneOf(value: string, names: readonly string[], what: string): void {
  if (!names.includes(value)) fail(what, `one of ${names.join(", ")}`, value);
}

function within(value: number, low: number, high: number, what: string): void {
  if (!(Number.isFinite(value) && value >= low && value <= high))
    fail(what, `${low} to ${high}`, value);
}

function whole(value: number, low: number, what: string): void {
  if (!(Number.isSafeInteger(value) && value >= low))
    fail(what, `a whole number from ${low}`, value);
}

function rising(pair: readonly [number, number], what: string): void {
  if (pair.length !== 2 || !pair.every(Number.isFinite) || pair[0] > pair[1])
    fail(what, "two numbers, the lower first", `[${pair}]`);
}
