import { expect, test } from "vitest";
import { writeNpy } from "./format/npy.js";
import { openPyramid } from "./read-pyramid.js";
import { bytesSource } from "./source.js";

test("of a stack in an NPY only the planes are read whose regions are wanted, each once", async () => {
  const data = Float32Array.from({ length: 50 * 100 * 120 }, (_, i) => i);
  const source = bytesSource("stack.npy", writeNpy({ data, shape: [50, 100, 120] }));
  let bytes = 0;
  const counted = {
    ...source,
    read: (start: number, end: number) => {
      bytes += end - start;
      return source.read(start, end);
    },
  };
  const reader = await openPyramid(counted);
  expect([reader.axes, reader.shape, reader.type]).toEqual(["cyx", [50, 100, 120], "float32"]);
  const plane = 100 * 120 * 4;
  expect(bytes).toBeLessThan(4 * plane);
  const opened = bytes;
  const box = { y: 99, x: 118, height: 1, width: 2 };
  for (let again = 0; again < 3; again++) {
    const region = await reader.readRegion({ index: { c: 7 }, box });
    expect([...region.data]).toEqual([7 * 12000 + 11998, 7 * 12000 + 11999]);
  }
  expect(bytes - opened).toBe(plane);
  await expect(reader.readRegion({ index: { c: 50 }, box })).rejects.toThrow(
    /axis c must be 0 to 49/,
  );
  await expect(reader.readRegion({ box: { ...box, width: 3 } })).rejects.toThrow(
    /box must be within/,
  );
});
