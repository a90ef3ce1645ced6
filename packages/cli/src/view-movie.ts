/**
 * Whether the images of a folder may be the frames of a movie, and which of the two the page shall open first.
 *
 * @module
 */
import { basename } from "node:path";
import { planSeries } from "@cellwright/core";
import { stemOf } from "./inputs.js";
import type { Placed } from "./view-inputs.js";

/** Names that people and microscopes give to frames. */
const frameName = /^(t|f|frame|time|img|image)?[_-]?\d{2,}$|_(t|time)\d+$/i;

/**
 * The images of a folder, and where they are numbered without a gap, the folder as one movie: first where they are named like
 * frames, else last.
 */
export function withMovie(found: readonly Placed[], folder: Placed): Placed[] {
  const images = found.filter(({ input }) => input.kind === "image").map(({ file = "" }) => file);
  const isNamedSo = images.every((path) => frameName.test(stemOf(path)));
  // Any two numbers are a series.
  if (images.length < (isNamedSo ? 2 : 3) || !isSeries(images)) return [...found];
  const { name } = folder.input;
  const movie: Placed = { ...folder, input: { ...folder.input, name: `${name} (movie)` } };
  return isNamedSo ? [movie, ...found] : [...found, movie];
}

function isSeries(images: readonly string[]): boolean {
  try {
    planSeries(
      images.map((path) => basename(path)),
      { numbered: true },
    );
    return true;
  } catch {
    return false;
  }
}
