/**
 * ImageJ's way to say in a TIFF's text which axes its pages run over: `ImageJ=…`, `channels=2`, `slices=5`, `frames=3`.
 * Pages go channel first, then slice, then frame.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import { type Image, lengthOf, type Pixels } from "../image.js";
import {
  micrometresOf,
  type PageAxes,
  type PageGrid,
  planesInOrder,
  positiveOnly,
} from "./page-axes.js";

/** The planes of an image in ImageJ's order: all channels of a slice, all slices of a frame. */
export function pagesOf(image: Image): Pixels[] {
  const [t, c, z] = ["t", "c", "z"].map((axis) => lengthOf(image, axis));
  const size = lengthOf(image, "y") * lengthOf(image, "x");
  const pages: Pixels[] = [];
  for (let frame = 0; frame < t; frame++)
    for (let slice = 0; slice < z; slice++)
      for (let channel = 0; channel < c; channel++) {
        const start = ((frame * c + channel) * z + slice) * size;
        pages.push(image.data.subarray(start, start + size));
      }
  return pages;
}

/** The text for an image; empty where there is nothing to say: one plane, no pixel size. */
export function imageJDescription(image: Image): string {
  const [t, c, z] = ["t", "c", "z"].map((axis) => lengthOf(image, axis));
  const spacing = image.spacing ?? {};
  const hasSize = spacing.x > 0 && spacing.y > 0;
  if (t * c * z === 1 && !hasSize) return "";
  const lines = ["ImageJ=1.54f"];
  if (t * c * z > 1) lines.push(`images=${t * c * z}`);
  if (c > 1) lines.push(`channels=${c}`);
  if (z > 1) lines.push(`slices=${z}`);
  if (t > 1) lines.push(`frames=${t}`);
  if ([t, c, z].filter((length) => length > 1).length > 1 || c > 1)
    lines.push("hyperstack=true", "mode=grayscale");
  if (hasSize) lines.push("unit=micron");
  if (hasSize && z > 1 && spacing.z > 0) lines.push(`spacing=${spacing.z}`);
  if (t > 1 && spacing.t > 0) lines.push(`finterval=${spacing.t}`);
  lines.push("loop=false");
  return `${lines.join("\n")}\n`;
}

/**
 * What ImageJ's text says about the pages. `size` is what a pixel takes in the unit of the text; slice distance is
 * `spacing` in the same unit, frame interval `finterval` in seconds. Throws `FormatError` where text and pages do not agree.
 */
export function imageJAxes(
  text: string,
  grid: PageGrid,
  size: Readonly<{ x?: number; y?: number }>,
): PageAxes {
  const values = entriesOf(text);
  const lengths = lengthsOf(values, grid);
  const unit = micrometresOf(values.get("unit") ?? "");
  const spacing = positiveOnly({
    t: Number(values.get("finterval")),
    z: (unit ?? Number.NaN) * Number(values.get("spacing")),
    y: (unit ?? Number.NaN) * (size.y ?? 0),
    x: (unit ?? Number.NaN) * (size.x ?? 0),
  });
  const order = grid.samples > 1 ? "zt" : "czt";
  return { lengths, planes: planesInOrder(lengths, order, grid.pages), spacing };
}

/** How many planes ImageJ's text speaks of; `undefined` for texts of others. */
export function imageJPlanes(text: string): number | undefined {
  if (!text.startsWith("ImageJ=")) return undefined;
  const images = Number(entriesOf(text).get("images"));
  return Number.isSafeInteger(images) && images > 0 ? images : undefined;
}

function entriesOf(text: string): Map<string, string> {
  return new Map(text.split(/\r?\n/).map((line) => splitLine(line)));
}

function splitLine(line: string): [string, string] {
  const at = line.indexOf("=");
  return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

function lengthsOf(values: ReadonlyMap<string, string>, grid: PageGrid): PageAxes["lengths"] {
  const count = (key: string): number => Math.max(1, Math.trunc(Number(values.get(key))) || 1);
  const images = count("images");
  const [c, slices, t] = [count("channels"), count("slices"), count("frames")];
  if (c * slices * t === 1 && images === 1) return { t: grid.pages, c: grid.samples, z: 1 };
  const z = c * slices * t === 1 ? images : slices;
  if (c * z * t !== grid.pages)
    throw new FormatError(
      `has ${grid.pages} pages, ImageJ's text in it speaks of ${c} channels x ${z} slices x ${t} frames`,
      { pages: grid.pages, channels: c, slices: z, frames: t },
    );
  if (c > 1 && grid.samples > 1)
    throw new UnsupportedError(
      `has ${c} channels of ${grid.samples} samples each: split its channels`,
    );
  return { t, c: c * grid.samples, z };
}
