import { describe, expect, it } from "vitest";
import { seeded } from "../random.js";
import { gridOf, pointsNear } from "./near.js";

describe("pointsNear", () => {
  it("finds what a look at every point finds", () => {
    const random = seeded(3);
    const y = Float64Array.from({ length: 300 }, () => 100 * random() - 20);
    const x = Float64Array.from({ length: 300 }, () => 700 * random());
    for (const side of [0.5, 9, 5000]) {
      const grid = gridOf(y, x, side);
      for (const [py, px, radius] of [
        [30, 350, 12],
        [-60, 10, 50],
        [75, 900, 210],
        [0, 0, 0],
      ]) {
        const found: number[] = [-1];
        pointsNear(grid, py, px, radius, found);
        const all = [...y.keys()].filter((i) => Math.hypot(y[i] - py, x[i] - px) <= radius);
        expect(found.sort((a, b) => a - b)).toEqual(all);
      }
    }
  });

  it("keeps the grid small however far apart the points are", () => {
    const grid = gridOf([0, 1e9], [0, 1e9], 1);
    expect(grid.start.length).toBeLessThan(1000);
    const found: number[] = [];
    pointsNear(grid, 1e9, 1e9, 1, found);
    expect(found).toEqual([1]);
  });

  it("finds nothing among no points", () => {
    const found: number[] = [7];
    pointsNear(gridOf([], [], 5), 0, 0, 100, found);
    expect(found).toEqual([]);
  });
});
