/**
 * A picture of held-back images with what is true and what was found, from the worst to the best.
 *
 * @module
 */
import { type Image, type Labels, outlines, percentilesOf } from "@cellwright/core";
import { type Colour, drawText, TEXT, textWidth } from "./bitmap-text.js";

/** One held-back image of the gallery. */
export interface Exhibit {
  readonly name: string;
  /** What is shown, `"yx"`. */
  readonly plane: Image;
  readonly truth: Labels;
  readonly found: Labels;
  /** The AP at IoU 0.5 of the whole image. */
  readonly ap50: number;
}

/** Images shown at most. */
const MOST = 12;
/** Images a row at most. */
const COLUMNS = 4;
/** Pixels along a side of a tile, above its line of text. */
const SIDE = 320;
const CAPTION = 15;
const GAP = 4;

/** Told apart by colour-blind eyes too (Okabe and Ito 2008). */
const TRUTH: Colour = [86, 180, 233];
const FOUND: Colour = [230, 159, 0];
const BOTH: Colour = [255, 255, 255];

/**
 * The gallery as red, green and blue `"cyx"`: up to 12 images spread evenly from the worst AP to the best, each shrunk or
 * enlarged by a whole factor and cut to its middle 320 × 320 pixels. True outlines are blue, found ones orange, both white.
 */
export function drawGallery(exhibits: readonly Exhibit[]): Image<Uint8Array> {
  const shown = choose(exhibits);
  const columns = Math.max(2, Math.min(COLUMNS, shown.length));
  const rows = Math.ceil(shown.length / columns);
  const tile = { height: SIDE + CAPTION + GAP, width: SIDE + GAP };
  const [height, width] = [CAPTION + rows * tile.height + GAP, columns * tile.width + GAP];
  const data = new Uint8Array(3 * height * width).fill(24);
  const picture = { data, shape: [3, height, width], axes: "cyx" };
  const write = (text: string, y: number, x: number, colour: Colour) =>
    drawText(picture, text, { y, x, size: 1, colour });
  let x = GAP + 2;
  for (const [word, colour] of [
    ["true", TRUTH],
    ["found", FOUND],
    ["both", BOTH],
    ["AP at IoU 0.5, worst first", BOTH],
  ] as const) {
    write(word, 5, x, colour);
    x += textWidth(word) + 2 * TEXT.step;
  }
  for (const [i, exhibit] of shown.entries()) {
    const top = CAPTION + Math.floor(i / columns) * tile.height;
    const left = GAP + (i % columns) * tile.width;
    hang(picture, exhibit, top, left);
    const room = Math.floor(SIDE / TEXT.step) - 7;
    const caption = `${exhibit.ap50.toFixed(3)}  ${shortened(exhibit.name, room)}`;
    write(caption, top + SIDE + 4, left + 2, BOTH);
  }
  return picture;
}

/** The worst, the best, and evenly between; worst first, of equal ones by name. */
function choose(exhibits: readonly Exhibit[]): Exhibit[] {
  const sorted = exhibits.toSorted(
    (a, b) => a.ap50 - b.ap50 || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  if (sorted.length <= MOST) return sorted;
  return Array.from(
    { length: MOST },
    (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (MOST - 1))],
  );
}

/** Draws the middle of an image into its tile. */
function hang(picture: Image<Uint8Array>, exhibit: Exhibit, top: number, left: number): void {
  const [rows, columns] = exhibit.plane.shape;
  const shrink = Math.max(1, Math.min(2, Math.floor(Math.min(rows, columns) / SIDE)));
  const enlarge = Math.max(1, Math.floor(SIDE / Math.max(rows, columns)));
  const step = shrink > 1 ? shrink : 1 / enlarge;
  const fromY = placesOf(rows, step);
  const fromX = placesOf(columns, step);
  const colourAt = painter(exhibit, shrink);
  const [, height, width] = picture.shape;
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      if (fromY[y] < 0 || fromX[x] < 0) continue;
      const colour = colourAt(fromY[y] * columns + fromX[x]);
      for (let c = 0; c < 3; c++)
        picture.data[(c * height + top + y) * width + left + x] = colour[c];
    }
}

/** Which pixel of the image each pixel of a tile shows along an axis, -1 where none. */
function placesOf(length: number, step: number): Int32Array {
  return Int32Array.from({ length: SIDE }, (_, i) => {
    const place = Math.floor(length / 2 + (i - SIDE / 2) * step);
    return place >= 0 && place < length ? place : -1;
  });
}

/** The colour of a pixel of the image: an outline, else grey. */
function painter({ plane, truth, found }: Exhibit, thickness: number): (i: number) => Colour {
  const [low, high] = percentilesOf(plane.data, [0.1, 99.9]);
  const factor = 255 / (high - low || 1);
  const [isTrue, isFound] = [truth, found].map((labels) => borders(labels, thickness));
  return (i) => {
    if (isTrue[i]) return isFound[i] ? BOTH : TRUTH;
    if (isFound[i]) return FOUND;
    const grey = Math.max(0, Math.min(255, Math.round((plane.data[i] - low) * factor)));
    return [grey, grey, grey];
  };
}

/** Outlines as thick as a pixel of the picture, so that shrinking does not tear them. */
function borders(labels: Labels, thickness: number): Uint8Array {
  const outline = outlines(labels).data;
  if (thickness === 1) return outline;
  const [rows, columns] = labels.shape;
  const thick = new Uint8Array(outline.length);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      if (outline[y * columns + x] === 0) continue;
      for (let dy = 0; dy < thickness && y + dy < rows; dy++)
        for (let dx = 0; dx < thickness && x + dx < columns; dx++)
          thick[(y + dy) * columns + x + dx] = 1;
    }
  return thick;
}

function shortened(name: string, most: number): string {
  return name.length > most ? `...${name.slice(3 - most)}` : name;
}
