import { isCoreError } from "@cellwright/core";
import { expect, test } from "vitest";
import { colormaps, coloursOf, parseHex } from "./colormap.js";
import { labelColour, labelCss, labelPalette } from "./label-colour.js";

const bright = ([r, g, b]: readonly number[]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const apart = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

test("gray is the value itself; maps begin and end with their colours", () => {
  const gray = coloursOf("gray");
  for (let i = 0; i < 256; i++) expect([...gray.slice(i * 4, i * 4 + 4)]).toEqual([i, i, i, 255]);
  expect([...coloursOf("viridis").slice(0, 3)]).toEqual([0x44, 0x01, 0x54]);
  expect([...coloursOf("viridis").slice(-4)]).toEqual([0xfd, 0xe7, 0x25, 255]);
  expect([...coloursOf("gray inverted").slice(0, 3)]).toEqual([255, 255, 255]);
  expect(parseHex("#ff8001")).toEqual([255, 128, 1]);
});

test("the maps for brightness grow brighter all the way", () => {
  for (const name of ["gray", "red", "cyan", "viridis", "magma", "inferno", "plasma", "ice"]) {
    const colours = coloursOf(name);
    for (let i = 4; i < 1024; i += 4) {
      const [before, here] = [colours.slice(i - 4, i), colours.slice(i, i + 4)];
      expect(bright([...here]), `${name} ${i / 4}`).toBeGreaterThanOrEqual(
        bright([...before]) - 0.8,
      );
    }
  }
  expect(new Set(colormaps).size).toBe(colormaps.length);
});

test("a name that is no colormap is an error, be it one that every object has", () => {
  for (const name of ["grey", "constructor", "__proto__"])
    expect(() => coloursOf(name)).toThrow(
      expect.toSatisfy((e: unknown) => isCoreError(e, "ShapeError")),
    );
});

test("a label always has the same colour, another seed another", () => {
  expect(labelColour(7)).toEqual(labelColour(7));
  expect(labelCss(7)).toMatch(/^#[0-9a-f]{6}$/);
  expect(parseHex(labelCss(7))).toEqual(labelColour(7));
  let other = 0;
  for (let label = 1; label <= 1000; label++)
    if (apart(labelColour(label), labelColour(label, 1)) > 20) other++;
  expect(other).toBeGreaterThan(900);
  expect(labelColour(0)).toEqual([0, 0, 0]);
});

test("no label of 32 bits is near black, nor hard to tell from white lines", () => {
  const palette = labelPalette();
  for (let i = 0; i < palette.length; i += 4) {
    const light = bright([...palette.slice(i, i + 3)]);
    expect(light).toBeGreaterThan(70);
    expect(Math.min(...palette.slice(i, i + 3))).toBeLessThan(225);
  }
  for (const label of [1, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1])
    expect(bright(labelColour(label))).toBeGreaterThan(70);
});

test("consecutive labels differ, and a thousand labels have hundreds of colours", () => {
  for (const begin of [1, 250, 65_530, 2 ** 31 - 5, 2 ** 32 - 1001]) {
    const colours = Array.from({ length: 1000 }, (_, i) => labelColour(begin + i));
    for (let i = 1; i < colours.length; i++)
      expect(apart(colours[i], colours[i - 1]), `${begin + i}`).toBeGreaterThan(50);
    expect(new Set(colours.map(String)).size).toBeGreaterThan(700);
  }
});
