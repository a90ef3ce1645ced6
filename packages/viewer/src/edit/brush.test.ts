import fc from "fast-check";
import { expect, test } from "vitest";
import { type Place, snapped, sweep } from "./brush.js";

/** Pixels of a sweep, as `y,x`. */
function pixels(a: Place, b: Place, diameter: number): Set<string> {
  const found = new Set<string>();
  sweep(a, b, diameter, (y, from, to) => {
    for (let x = from; x < to; x++) found.add(`${y},${x}`);
  });
  return found;
}

const coordinate = fc.double({ min: -20, max: 20, noNaN: true });
const place = fc.record({ y: coordinate, x: coordinate });
const diameter = fc.integer({ min: 1, max: 25 });

/** How far a point is from a stretch. */
function distanceTo(a: Place, b: Place, y: number, x: number): number {
  const square = (b.y - a.y) ** 2 + (b.x - a.x) ** 2;
  const along = square === 0 ? 0 : ((y - a.y) * (b.y - a.y) + (x - a.x) * (b.x - a.x)) / square;
  const t = Math.min(Math.max(along, 0), 1);
  return Math.hypot(y - a.y - t * (b.y - a.y), x - a.x - t * (b.x - a.x));
}

test("a sweep is just the pixels whose middles lie within half a diameter of the way", () => {
  fc.assert(
    fc.property(place, place, diameter, (a, b, diameter) => {
      const found = pixels(a, b, diameter);
      const [from, to] = [snapped(a, diameter), snapped(b, diameter)];
      let wrong = 0;
      for (let y = -35; y < 35; y++)
        for (let x = -35; x < 35; x++) {
          const distance = distanceTo(from, to, y + 0.5, x + 0.5) - diameter / 2;
          if (Math.abs(distance) < 1e-7) continue;
          if (found.has(`${y},${x}`) !== distance < 0) wrong++;
        }
      expect(wrong).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test("a dab is round, of the same shape wherever it is, and a brush of 1 paints the pixel under it", () => {
  fc.assert(
    fc.property(place, diameter, (at, diameter) => {
      const found = [...pixels(at, at, diameter)];
      const area = (Math.PI * diameter * diameter) / 4;
      expect(Math.abs(found.length - area)).toBeLessThan(diameter + 3);
      expect(found.length).toBe(pixels({ y: 0.5, x: 0.5 }, { y: 0.5, x: 0.5 }, diameter).size);
      const ys = found.map((each) => Number(each.split(",")[0]));
      expect(Math.max(...ys) - Math.min(...ys) + 1).toBe(diameter);
      if (diameter === 1) expect(found).toEqual([`${Math.floor(at.y)},${Math.floor(at.x)}`]);
    }),
  );
});
