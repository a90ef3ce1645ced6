import { expect, test } from "vitest";
import { allot, type Place } from "./split.js";

/** Cells of 2 x 2 pixels, 4 apart, in rows of `width`. */
function place(t: number, count: number, height = 40, width = 20): Place {
  const data = new Uint32Array(height * width);
  for (let n = 0; n < count; n++) {
    const [y, x] = [4 * Math.floor(n / 5) + 1, 4 * (n % 5) + 1];
    for (const i of [0, 1, width, width + 1]) data[y * width + x + i] = n + 1;
  }
  const labels = { data, shape: [height, width], axes: "yx" };
  return { at: { t, z: 0 }, box: { y: 100, x: 200, height, width }, labels };
}
const cells = (places: readonly Place[]) =>
  places.reduce((sum, { labels }) => sum + new Set(labels.data).size - 1, 0);

test("one place is cut in two between its cells, with about a fifth of them held back", () => {
  const [taught, held] = allot([place(0, 50)], 1);
  expect([taught.heldBack, held.heldBack]).toEqual([false, true]);
  expect(cells([held])).toBe(10);
  expect(cells([taught])).toBe(40);
  expect(taught.box).toEqual({ y: 100, x: 200, height: 31, width: 20 });
  expect(held.box).toEqual({ y: 131, x: 200, height: 9, width: 20 });
  expect(held.labels.shape).toEqual([9, 20]);
  expect(held.name).toBe("t 0, z 0, y 131 to 140, x 200 to 220");
});

test("of many places whole ones are held back, the same for the same seed", () => {
  const places = Array.from({ length: 10 }, (_, t) => place(t, 10));
  const allotted = allot(places, 3);
  expect(allotted.length).toBe(10);
  const held = allotted.filter(({ heldBack }) => heldBack);
  expect(cells(held)).toBe(20);
  expect(allot(places, 3)).toEqual(allotted);
  const others = [4, 5, 6, 7].map((seed) =>
    allot(places, seed).flatMap(({ heldBack, at }) => (heldBack ? [at.t] : [])),
  );
  expect(new Set(others.map(String)).size).toBeGreaterThan(1);
});

test("too few cells are refused, saying how many there must be", () => {
  expect(() => allot([place(0, 5)], 1)).toThrow(
    "corrected cells must be at least 6, half to learn from and half to judge by, got 5",
  );
  expect(() => allot([place(0, 2), place(1, 2), place(2, 2)], 1)).toThrow(
    /at least 6 in one place/,
  );
  expect(allot([place(0, 6)], 1).map((part) => cells([part]))).toEqual([3, 3]);
});
