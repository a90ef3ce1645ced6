import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { labelPlanes } from "../format/label-plane.js";
import type { Labels } from "../image.js";
import { seeded } from "../random.js";
import { bytesSource } from "../source.js";
import { labelsFromRois, readRois } from "./roi-set.js";
import { writeRois } from "./roi-write.js";

const read = (bytes: Uint8Array) => readRois(bytesSource("RoiSet.zip", bytes));

function picture(...rows: string[]): Labels {
  const data = Uint32Array.from(rows.join(""), (sign) => (sign === "." ? 0 : Number(sign)));
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

/** The labels that the regions say, by their names. */
async function readBack(bytes: Uint8Array, height: number, width: number): Promise<Uint32Array> {
  const rois = await read(bytes);
  return labelsFromRois(rois, height, width).data.map((n) => n && Number(rois[n - 1].name));
}

test("cells, torn cells and cells with holes come back as they were", async () => {
  const labels = picture("11.222", "1..2.2", "..3222", ".3....", "9....9");
  const bytes = writeRois([{ labels }]);
  expect(await readBack(bytes, 5, 6)).toEqual(labels.data);
  expect((await read(bytes)).map(({ name }) => name)).toEqual(["1", "2", "3", "9"]);
  const types = Object.values(unzipSync(bytes)).map((roi) => roi[6]);
  expect(types).toEqual([8, 1, 1, 1]);
});

test("noise comes back, whatever the numbers", async () => {
  const random = seeded(4);
  const data = Uint32Array.from({ length: 60 * 45 }, () => Math.floor(random() * 5) * 70_000);
  const bytes = writeRois([{ labels: { data, shape: [60, 45], axes: "yx" } }]);
  expect(await readBack(bytes, 60, 45)).toEqual(data);
});

test("planes say their slice and frame", async () => {
  const data = Uint32Array.of(1, 0, 0, 1, 2, 2, 0, 3);
  const places = async (axes: string, shape: number[]) =>
    (await read(writeRois(labelPlanes({ data, shape, axes })))).map(({ name, position }) => [
      name,
      position.slice,
      position.frame,
    ]);
  expect(await places("tyx", [2, 2, 2])).toEqual([
    ["1", 0, 1],
    ["2", 0, 2],
    ["3", 0, 2],
  ]);
  expect(await places("zyx", [2, 2, 2])).toEqual([
    ["1", 1, 0],
    ["2", 2, 0],
    ["3", 2, 0],
  ]);
  expect(await places("tzyx", [2, 2, 1, 2])).toEqual([
    ["1", 1, 1],
    ["1", 2, 1],
    ["2", 1, 2],
    ["3", 2, 2],
  ]);
});

test("cells beyond the reach of 16 bits, and cells wider than that", async () => {
  const width = 70_000;
  const data = new Uint32Array(2 * width);
  data.fill(1, 40_000, 40_003);
  data.fill(2, width, width + 69_999);
  data.fill(1, width - 2, width);
  const labels = { data, shape: [2, width], axes: "yx" };
  expect(await readBack(writeRois([{ labels }]), 2, width)).toEqual(data);
});

test("the same labels give the same bytes; none give an empty zip", () => {
  const labels = picture("11", ".2");
  expect(writeRois([{ labels }])).toEqual(writeRois([{ labels }]));
  expect(unzipSync(writeRois([{ labels: picture("..") }]))).toEqual({});
});

test("more regions than a zip can hold are refused", () => {
  const data = Uint32Array.from({ length: 65_536 }, (_, i) => i + 1);
  expect(() => writeRois([{ labels: { data, shape: [256, 256], axes: "yx" } }])).toThrow(
    "a RoiSet.zip holds at most 65535 regions",
  );
});
