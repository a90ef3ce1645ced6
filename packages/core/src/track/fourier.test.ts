import { expect, test } from "vitest";
import { seeded } from "../random.js";
import { fourier, powerOfTwo } from "./fourier.js";

test.each([
  [1, 1],
  [1, 8],
  [4, 2],
  [8, 16],
])("a plane of %i x %i is transformed as by definition, and back", (height, width) => {
  const random = seeded(height, width);
  const re = Float64Array.from({ length: height * width }, random);
  const im = Float64Array.from({ length: height * width }, random);
  const [newRe, newIm] = [re.slice(), im.slice()];
  fourier(newRe, newIm, height, width);
  for (let v = 0; v < height; v++)
    for (let u = 0; u < width; u++) {
      let [sumRe, sumIm] = [0, 0];
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const angle = -2 * Math.PI * ((v * y) / height + (u * x) / width);
          const [c, s] = [Math.cos(angle), Math.sin(angle)];
          sumRe += re[y * width + x] * c - im[y * width + x] * s;
          sumIm += re[y * width + x] * s + im[y * width + x] * c;
        }
      expect(newRe[v * width + u]).toBeCloseTo(sumRe, 9);
      expect(newIm[v * width + u]).toBeCloseTo(sumIm, 9);
    }
  fourier(newRe, newIm, height, width, true);
  for (let i = 0; i < re.length; i++) {
    expect(newRe[i]).toBeCloseTo(re[i], 12);
    expect(newIm[i]).toBeCloseTo(im[i], 12);
  }
});

test("powers of two", () => {
  expect([1, 2, 3, 64, 65].map(powerOfTwo)).toEqual([1, 2, 4, 64, 128]);
});
