import { expect, test } from "vitest";
import { scaleBarOf } from "./scale-bar.js";

test("a bar is a round number of micrometres and their kin, and as long on the screen", () => {
  expect(scaleBarOf(2, 0.5, 160)).toEqual({ length: 80, value: 20, unit: "µm", text: "20 µm" });
  expect(scaleBarOf(1, 0.65, 160).text).toBe("100 µm");
  expect(scaleBarOf(0.001, 0.65, 160).text).toBe("10 cm");
  expect(scaleBarOf(100, 0.1, 160).text).toBe("100 nm");
  expect(scaleBarOf(1, 10, 160).text).toBe("1 mm");
});

test("without the size of a pixel it counts pixels", () => {
  expect(scaleBarOf(5, undefined, 160)).toEqual({
    length: 100,
    value: 20,
    unit: "px",
    text: "20 px",
  });
  expect(scaleBarOf(5, 0, 160).unit).toBe("px");
});

test("at any zoom it is 1, 2 or 5 of a power of ten, and from two fifths of the most to all of it", () => {
  for (let zoom = 1e-4; zoom < 200; zoom *= 1.07) {
    const { length, value } = scaleBarOf(zoom, 0.325, 160);
    expect(length).toBeLessThanOrEqual(160.001);
    expect(length).toBeGreaterThanOrEqual(63.9);
    expect(["1", "2", "5"]).toContain(value.toExponential()[0]);
    expect(value.toExponential()).toMatch(/^[125]e/);
  }
});
