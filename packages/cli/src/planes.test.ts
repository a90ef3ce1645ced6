import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackPlanes, writeTiff } from "@cellwright/core";
import { expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import { channelsOf } from "./planes.js";

/** The first whole number that float32 cannot hold. */
const large = 16777217;

test("channels keep the numbers and the type of the image", () => {
  const data = Uint32Array.of(1, 2, large, 4, 5, 6);
  const image = { data, shape: [3, 1, 2], axes: "cyx", channels: ["a", "b", "c"] };
  expect(channelsOf(image, {}, [2, 1])).toEqual({
    data: Uint32Array.of(5, 6, large, 4),
    shape: [2, 1, 2],
    axes: "cyx",
    channels: ["c", "b"],
  });
});

test("planes of several types are stacked without loss, those of several sizes are refused", () => {
  const plane = { data: Uint32Array.of(large), shape: [1, 1], axes: "yx" };
  const fraction = { ...plane, data: Float32Array.of(-0.5) };
  expect(stackPlanes([plane, fraction]).data).toEqual(Float64Array.of(large, -0.5));
  const wide = { ...plane, data: new Uint32Array(2), shape: [1, 2] };
  expect(() => stackPlanes([plane, wide])).toThrow("channel 1 must be 1 x 1 like channel 0");
});

test("measure gives large whole numbers as they are", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "cellwright-"));
  const shape = [1, 2];
  writeFileSync(
    join(cwd, "labels.tif"),
    writeTiff({ data: Uint16Array.of(1, 1), shape, axes: "yx" }),
  );
  writeFileSync(
    join(cwd, "image.tif"),
    writeTiff({ data: Uint32Array.of(large, large), shape, axes: "yx" }),
  );
  const context = memoryContext({ cwd });
  expect(await run(["measure", "labels.tif", "image.tif"], context)).toBe(0);
  const [names, cell] = context
    .out()
    .split("\r\n")
    .map((line) => line.split(","));
  expect(Number(cell[names.indexOf("intensity_mean")])).toBe(large);
});
