import { expect, test } from "vitest";
import { FACES, turn, turnBack, turnBox } from "./symmetry.js";

const image = {
  data: Float32Array.from({ length: 12 }, (_, i) => i),
  shape: [2, 2, 3],
  axes: "cyx",
};

test("a square has eight faces, each once, and each leads back", () => {
  const seen = new Set<string>();
  for (let face = 0; face < FACES; face++) {
    const made = turn(image, face);
    expect(made.shape).toEqual(face < 4 ? [2, 2, 3] : [2, 3, 2]);
    expect([...made.data.subarray(6)]).toEqual([...made.data.subarray(0, 6)].map((v) => v + 6));
    expect(turnBack(made, face)).toEqual(image);
    seen.add(`${made.shape} ${made.data}`);
  }
  expect(seen.size).toBe(8);
});

test("the faces are the flips and quarter turns by name", () => {
  expect([...turn(image, 0).data.subarray(0, 6)]).toEqual([0, 1, 2, 3, 4, 5]);
  expect([...turn(image, 1).data.subarray(0, 6)]).toEqual([2, 1, 0, 5, 4, 3]);
  expect([...turn(image, 2).data.subarray(0, 6)]).toEqual([3, 4, 5, 0, 1, 2]);
  expect([...turn(image, 4).data.subarray(0, 6)]).toEqual([0, 3, 1, 4, 2, 5]);
  expect(() => turn(image, 8)).toThrow(/face must be a whole number from 0 to 7, got 8/);
});

test("a box is turned as its pixels are", () => {
  const box = { y: 1, x: 2, height: 2, width: 4 };
  const [height, width] = [5, 7];
  const inBox = (i: number) => {
    const [y, x] = [Math.floor(i / width) - box.y, (i % width) - box.x];
    return y >= 0 && x >= 0 && y < box.height && x < box.width;
  };
  const data = Float32Array.from({ length: height * width }, (_, i) => Number(inBox(i)));
  for (let face = 0; face < FACES; face++) {
    const made = turn({ data, shape: [1, height, width], axes: "cyx" }, face);
    const { y, x, height: rows, width: columns } = turnBox(box, height, width, face);
    expect(rows * columns).toBe(8);
    for (let r = y; r < y + rows; r++)
      for (let c = x; c < x + columns; c++) expect(made.data[r * made.shape[2] + c]).toBe(1);
  }
});
