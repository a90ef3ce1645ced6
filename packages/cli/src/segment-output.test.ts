import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  bytesSource,
  labelsFromRois,
  planeOf,
  readCellposeSeg,
  readImage,
  readRois,
  referenceEngine,
  writeTiff,
} from "@cellwright/core";
import { commandFolder, spotFiles, squares } from "@cellwright/testing";
import { beforeAll, expect, test } from "vitest";
import { get, open, root } from "zarrita";
import { memoryContext, run } from "./index.js";
import { writeLabelsZarr } from "./labels-file.js";
import type { MemoryContext } from "./memory-context.js";
import { writeModelFolder } from "./model-folder.js";
import { folderStore } from "./zarr-store.js";

const here = commandFolder<MemoryContext>({
  run,
  context: (changes) => memoryContext({ openEngine: async () => referenceEngine, ...changes }),
});
const spots = join(here.root, "spots");
const every = "tif,ome-zarr,png,geojson,roi,npy,coco";
const names = [
  "a.json",
  "a_RoiSet.zip",
  "a_cells.csv",
  "a_cells.geojson",
  "a_coco.json",
  "a_masks.ome.zarr",
  "a_masks.png",
  "a_masks.tif",
  "a_seg.npy",
];

const segment = (...argv: string[]) =>
  here.cellwright(["segment", "-o", "out", "--model", spots, ...argv]);
const source = (name: string) => bytesSource(name, here.bytes(join("out", name)));

async function zarrLevel(path: string, level = 0) {
  const array = await open(root(folderStore(path)).resolve(`${level}`), { kind: "array" });
  const { data, shape } = await get(array);
  return { data: [...(data as Uint16Array)], shape };
}

beforeAll(async () => writeModelFolder(spots, await spotFiles("spots")));

test("every format says the same cells", async () => {
  const image = { ...squares(3), spacing: { y: 0.5, x: 0.5 } };
  here.put("a.tif", writeTiff(image));
  const { code, out } = await segment("a.tif", "--format", every);
  expect(code).toBe(0);
  expect(here.list("out")).toEqual(names);
  expect(out).toContain(join("out", "a_masks.tif"));
  const labels = await readImage(source("a_masks.tif"));
  const [height, width] = labels.shape;
  const expected = [...labels.data];
  expect(new Set(expected)).toEqual(new Set([0, 1, 2, 3]));
  const zarr = join(here.cwd, "out", "a_masks.ome.zarr");
  expect((await zarrLevel(zarr)).data).toEqual(expected);
  const group = await open(root(folderStore(zarr)), { kind: "group" });
  expect(group.attrs.ome).toMatchObject({
    "image-label": {},
    multiscales: [
      { datasets: [{ coordinateTransformations: [{ type: "scale", scale: [0.5, 0.5] }] }] },
    ],
  });
  expect([...(await readImage(source("a_masks.png"))).data]).toEqual(expected);
  const seg = await readCellposeSeg(source("a_seg.npy"));
  expect([...seg.data]).toEqual(expected);
  const rois = await readRois(source("a_RoiSet.zip"));
  expect([...labelsFromRois(rois, height, width).data]).toEqual(expected);
  const { features } = JSON.parse(here.text("out/a_cells.geojson"));
  expect(features).toHaveLength(3);
  const area = expected.filter((label) => label === 2).length;
  expect(features[1].properties).toMatchObject({
    objectType: "detection",
    name: "2",
    measurements: { area, area_um2: area / 4 },
  });
  const coco = JSON.parse(here.text("out/a_coco.json"));
  expect(coco.images).toEqual([{ id: 1, file_name: "a.tif", height, width }]);
  expect(coco.annotations[1]).toMatchObject({ area, label: 2, category_id: 1 });
  const report = JSON.parse(here.text("out/a.json"));
  expect([...report.outputs, "a.json"].sort()).toEqual(names);
});

test("--resume and --overwrite know a folder as they know a file", async () => {
  here.put("a.tif", writeTiff(squares(1)));
  const wanted = ["a.tif", "--format", "ome-zarr"];
  await segment(...wanted);
  expect((await segment(...wanted, "--resume")).err).toMatch(/1 .*skipped|done before|already/);
  expect((await segment(...wanted)).err).toMatch(/a_masks\.ome\.zarr is there already/);
  here.put("a.tif", writeTiff(squares(3)));
  here.put("out/a_masks.ome.zarr/stray", "of an earlier run");
  expect((await segment(...wanted, "--overwrite")).code).toBe(0);
  expect(here.list("out/a_masks.ome.zarr")).toEqual(["0", "zarr.json"]);
  const { data } = await zarrLevel(join(here.cwd, "out", "a_masks.ome.zarr"));
  expect(Math.max(...data)).toBe(3);
  expect(here.list("out")).toEqual(["a.json", "a_cells.csv", "a_masks.ome.zarr"]);
});

test("movies keep their planes", async () => {
  const [one, two] = [squares(1), squares(2)];
  const data = Uint8Array.from([...one.data, ...two.data]);
  here.put("a.tif", writeTiff({ data, shape: [2, 24, 64], axes: "tyx" }));
  expect((await segment("a.tif", "--format", "tif,ome-zarr,geojson,roi,npy,coco")).code).toBe(0);
  const labels = await readImage(source("a_masks.tif"));
  const zarr = await zarrLevel(join(here.cwd, "out", "a_masks.ome.zarr"));
  expect(zarr).toEqual({ data: [...labels.data], shape: [2, 24, 64] });
  const rois = await readRois(source("a_RoiSet.zip"));
  expect(rois.map(({ name, position }) => [name, position.frame])).toEqual([
    ["1", 1],
    ["1", 2],
    ["2", 2],
  ]);
  const second = rois.filter(({ position }) => position.frame === 2);
  expect([...labelsFromRois(second, 24, 64).data]).toEqual([...planeOf(labels, { t: 1 }).data]);
  const { features } = JSON.parse(here.text("out/a_cells.geojson"));
  expect(features[2].geometry.plane).toEqual({ c: -1, z: 0, t: 1 });
  expect(JSON.parse(here.text("out/a_coco.json")).images).toHaveLength(2);
});

test("a folder of labels is whole or as it was", async () => {
  const path = join(here.cwd, "labels.ome.zarr");
  mkdirSync(path);
  writeFileSync(join(path, "kept"), "");
  const bad = { data: new Uint32Array(4), shape: [2, 2], axes: "xy" };
  await expect(writeLabelsZarr(path, bad)).rejects.toThrow("image axes");
  expect(here.list(".")).toEqual(["labels.ome.zarr"]);
  expect(here.list("labels.ome.zarr")).toEqual(["kept"]);
  const data = Uint32Array.from({ length: 300 * 300 }, (_, i) => i);
  await writeLabelsZarr(path, { data, shape: [300, 300], axes: "yx" });
  expect((await zarrLevel(path)).data).toEqual([...data]);
  expect(here.list(".")).toEqual(["labels.ome.zarr"]);
});
