/**
 * Words in a picture, in letters five dots wide and seven high; nothing is loaded for it.
 *
 * @module
 */
import type { Image } from "@cellwright/core";

/** Seven rows a sign, five bits a row, the highest bit on the left; two hexadecimal digits a row. */
const signs: Readonly<Record<string, string>> = {
  A: "040a11111f1111",
  B: "1e11111e11111e",
  C: "0e11101010110e",
  D: "1c12111111121c",
  E: "1f10101e10101f",
  F: "1f10101e101010",
  G: "0e11101713110f",
  H: "1111111f111111",
  I: "0e04040404040e",
  J: "0702020202120c",
  K: "11121418141211",
  L: "1010101010101f",
  M: "111b1515111111",
  N: "11191915131311",
  O: "0e11111111110e",
  P: "1e11111e101010",
  Q: "0e11111115120d",
  R: "1e11111e141211",
  S: "0f10100e01011e",
  T: "1f040404040404",
  U: "1111111111110e",
  V: "11111111110a04",
  W: "1111111515150a",
  X: "11110a040a1111",
  Y: "11110a04040404",
  Z: "1f01020408101f",
  "0": "0e11131519110e",
  "1": "040c040404040e",
  "2": "0e11010204081f",
  "3": "1f02040201110e",
  "4": "02060a121f0202",
  "5": "1f101e0101110e",
  "6": "0608101e11110e",
  "7": "1f010204080808",
  "8": "0e11110e11110e",
  "9": "0e11110f01020c",
  ".": "00000000000c0c",
  ",": "000000000c0408",
  ":": "000c0c000c0c00",
  "-": "0000001f000000",
  _: "0000000000001f",
  "+": "0004041f040400",
  "%": "18190204081303",
  "/": "00010204081000",
  "(": "02040808080402",
  ")": "08040202020408",
  " ": "00000000000000",
};

/** The height of a line of text in dots, and the step from one sign to the next. */
export const TEXT = { height: 7, step: 6 } as const;

/** How many dots wide a text is. */
export function textWidth(text: string): number {
  return Math.max(0, [...text].length * TEXT.step - 1);
}

/** Red, green and blue, 0 … 255. */
export type Colour = readonly [number, number, number];

/**
 * Writes a text into `picture`, red, green and blue `"cyx"`; its upper left dot comes to `y`, `x`, and a dot is `size`
 * pixels wide. Small letters are written as capitals, unknown signs as blanks; what does not fit is cut off.
 */
export function drawText(
  picture: Image<Uint8Array>,
  text: string,
  { y, x, size, colour }: { y: number; x: number; size: number; colour: Colour },
): void {
  for (const [n, sign] of [...text.toUpperCase()].entries()) {
    const rows = signs[sign] ?? signs[" "];
    for (let row = 0; row < TEXT.height; row++) {
      const bits = Number.parseInt(rows.slice(2 * row, 2 * row + 2), 16);
      for (let column = 0; column < 5; column++)
        if (bits & (16 >> column))
          fillBox(picture, y + row * size, x + (n * TEXT.step + column) * size, size, size, colour);
    }
  }
}

/** Fills a box with a colour, as far as it lies in the picture `"cyx"`. */
export function fillBox(
  picture: Image<Uint8Array>,
  top: number,
  left: number,
  rows: number,
  columns: number,
  colour: Colour,
): void {
  const [, height, width] = picture.shape;
  for (let y = Math.max(0, top); y < Math.min(height, top + rows); y++)
    for (let x = Math.max(0, left); x < Math.min(width, left + columns); x++)
      for (let c = 0; c < 3; c++) picture.data[c * height * width + y * width + x] = colour[c];
}
