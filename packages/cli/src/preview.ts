/**
 * A picture for people: the image stretched to what a screen shows, every cell outlined in colour.
 *
 * @module
 */
import { type Image, type Labels, outlines, percentilesOf } from "@cellwright/core";
import { type Colour, drawText, fillBox, TEXT, textWidth } from "./bitmap-text.js";

/** Bright on grey, and told apart by colour-blind eyes too (Okabe and Ito 2008, without black). */
export const colours: readonly Colour[] = [
  [230, 159, 0],
  [86, 180, 233],
  [240, 228, 66],
  [0, 158, 115],
  [213, 94, 0],
  [204, 121, 167],
];

const white: Colour = [255, 255, 255];

/** What type each cell is of. */
export interface CellTypes {
  /** The types there are, in their order. */
  readonly names: readonly string[];
  /** The type of each cell by its label; white where it is absent or not among the names. */
  readonly of: ReadonlyMap<number, string>;
}

/**
 * A plane `"yx"` with the outlines of its labels, as red, green and blue `"cyx"` of 8 bits. The darkest and brightest
 * thousandth of the pixels become black and white. The outline lies on the outermost pixels of each cell.
 *
 * With `types`, the outlines have one colour a type, white where nobody can tell, and a strip below the image says
 * which is which.
 */
export function drawPreview(plane: Image, labels: Labels, types?: CellTypes): Image<Uint8Array> {
  const [height, width] = plane.shape;
  const area = height * width;
  const legend = types && layOut(types.names, width);
  const below = legend?.height ?? 0;
  const size = area + below * width;
  const [low, high] = percentilesOf(plane.data, [0.1, 99.9]);
  const scale = 255 / (high - low || 1);
  const outline = outlines(labels).data;
  const colourOf = colouring(labels, types);
  const data = new Uint8Array(3 * size);
  for (let i = 0; i < area; i++) {
    const grey = Math.max(0, Math.min(255, Math.round((plane.data[i] - low) * scale)));
    const colour = outline[i] ? colourOf(i) : undefined;
    for (let c = 0; c < 3; c++) data[c * size + i] = colour ? colour[c] : grey;
  }
  const picture = { data, shape: [3, height + below, width], axes: "cyx" };
  if (legend) drawLegend(picture, legend, height);
  return picture;
}

/** The colour of the outline at a pixel of a cell: by its type, or by its number. */
function colouring(labels: Labels, types: CellTypes | undefined): (pixel: number) => Colour {
  if (!types) return (i) => colours[labels.data[i] % colours.length];
  const byType = new Map(types.names.map((name, k) => [name, colours[k % colours.length]]));
  return (i) => byType.get(types.of.get(labels.data[i]) ?? "") ?? white;
}

interface Legend {
  /** Pixels a dot of the letters. */
  readonly size: number;
  /** Of the strip, in pixels. */
  readonly height: number;
  readonly entries: readonly { name: string; colour: Colour; y: number; x: number }[];
}

/** A square of colour and a name a type, side by side and in lines where they would not fit. */
function layOut(names: readonly string[], width: number): Legend {
  const size = Math.max(1, Math.round(width / 640));
  const [gap, line] = [3 * size, (TEXT.height + 3) * size];
  let [y, x] = [gap, gap];
  const entries = names.map((name, k) => {
    const long = (TEXT.height + 3 + textWidth(name)) * size;
    if (x > gap && x + long + gap > width) [y, x] = [y + line, gap];
    const entry = { name, colour: colours[k % colours.length], y, x };
    x += long + 3 * gap;
    return entry;
  });
  return { size, height: y + line, entries };
}

function drawLegend(picture: Image<Uint8Array>, { size, entries }: Legend, top: number): void {
  const side = TEXT.height * size;
  for (const { name, colour, y, x } of entries) {
    fillBox(picture, top + y, x, side, side, colour);
    drawText(picture, name, { y: top + y, x: x + side + 3 * size, size, colour: white });
  }
}
