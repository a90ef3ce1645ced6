import {
  bytesSource,
  type Image,
  type Labels,
  labelsFromRois,
  pyramidOf,
  readCellposeSeg,
  readImage,
  readRois,
  readTable,
  readTracks,
} from "@cellwright/core";
import { expect, test } from "vitest";
import { type AsyncReadable, get, open, root } from "zarrita";
import { blankWorkspace } from "../edit/blank-workspace.js";
import { newLabelsLayer, newPointsLayer } from "../edit/layers.js";
import { addImage, goTo, setSpacing } from "../scene/commands.js";
import type { Workspace } from "../workspace.js";
import { EXPORT_FORMATS, type ExportFormat, exportLayer } from "./export.js";

/** Wider than a page, with labels beyond 65 535 where `large`. */
function planes(count: number, large = false): Labels[] {
  return Array.from({ length: count }, (_, t) => {
    const data = new Uint32Array(30 * 600);
    for (let n = 1; n <= 3; n++)
      for (let y = 5; y < 15; y++)
        data.fill(large ? n + 70_000 : n, y * 600 + 180 * n + t, y * 600 + 180 * n + t + 12);
    return { data, shape: [30, 600], axes: "yx" };
  });
}

interface Setup {
  readonly frames?: number;
  readonly large?: boolean;
  readonly tracked?: boolean;
  readonly channels?: number;
}

function workspaceOf({ frames = 1, large = false, tracked, channels = 1 }: Setup = {}): {
  workspace: Workspace;
  layer: string;
  labels: Labels[];
} {
  const workspace = blankWorkspace();
  const labels = planes(frames, large);
  const image: Image = {
    data: new Uint16Array(frames * channels * 18_000).map((_, i) => 100 + Math.floor(i / 18_000)),
    shape: [frames, channels, 30, 600],
    axes: "tcyx",
  };
  const reader = pyramidOf(image);
  workspace.images.set("i", { name: "dish 1.ome.tif", reader });
  workspace.scene.update((scene) =>
    setSpacing(addImage(scene, { source: "i", name: "dish 1.ome.tif", reader }), {
      y: 0.5,
      x: 0.5,
    }),
  );
  const tracks = [1, 2, 3].map((n) => ({ label: n, begin: 0, end: frames - 1, parent: 0 }));
  const layer = newLabelsLayer(workspace, {
    ...{ name: "cells", size: { t: frames, z: 1, y: 30, x: 600 }, labels },
    ...(tracked && { tracks }),
  });
  return { workspace, layer, labels };
}

async function saved(workspace: Workspace, layer: string, format: ExportFormat) {
  const [file, ...others] = await exportLayer(workspace, layer, format);
  expect(others).toEqual([]);
  return {
    ...file,
    source: bytesSource(file.name, file.bytes),
    text: new TextDecoder().decode(file.bytes),
  };
}

/** A zip as zarrita reads it. */
async function zipStore(bytes: Uint8Array): Promise<AsyncReadable> {
  const { unzipSync } = await import("fflate");
  const files = unzipSync(bytes);
  return { get: async (key) => files[key.slice(1)] };
}

test("every format has a name of its own and the type that goes with it", async () => {
  const { workspace, layer } = workspaceOf({ frames: 2, tracked: true });
  const names: string[] = [];
  for (const { format, type } of EXPORT_FORMATS) {
    const file = await saved(workspace, layer, format);
    expect(file.type).toBe(type);
    expect(file.bytes.length).toBeGreaterThan(100);
    names.push(file.name);
  }
  expect(names).toEqual([
    "dish 1_masks.tif",
    "dish 1_masks.ome.zarr.zip",
    "dish 1_masks.ome.zarr.zip",
    "dish 1_cells.geojson",
    "dish 1_RoiSet.zip",
    "dish 1_seg.npy",
    "dish 1_coco.json",
    "dish 1_RES.zip",
    "dish 1_cells.csv",
    "dish 1_masks.png",
  ]);
});

test("label images come back, in 16 and 32 bits, with their pixel size", async () => {
  for (const large of [false, true]) {
    const { workspace, layer, labels } = workspaceOf({ frames: 2, large });
    const all = [...labels[0].data, ...labels[1].data];
    const tif = await readImage((await saved(workspace, layer, "tif")).source);
    expect([...tif.data]).toEqual(all);
    expect(tif).toMatchObject({ axes: "tyx", shape: [2, 30, 600], spacing: { y: 0.5, x: 0.5 } });
    expect(tif.data).toBeInstanceOf(large ? Uint32Array : Uint16Array);
    for (const format of ["ome-zarr", "ome-zarr-0.4"] as const) {
      const store = await zipStore((await saved(workspace, layer, format)).bytes);
      const array = await open(root(store).resolve("0"), { kind: "array" });
      const { data, shape } = await get(array);
      expect([...(data as Uint32Array)]).toEqual(all);
      expect(shape).toEqual([2, 30, 600]);
    }
  }
});

test("PNG is the plane in view; Cellpose's file and regions are the cells", async () => {
  const { workspace, layer, labels } = workspaceOf({ frames: 2 });
  workspace.scene.update((scene) => goTo(scene, { t: 1 }));
  const png = await readImage((await saved(workspace, layer, "png")).source);
  expect([...png.data]).toEqual([...labels[1].data]);
  const rois = await readRois((await saved(workspace, layer, "roi")).source);
  const second = rois.filter(({ position }) => position.frame === 2);
  expect([...labelsFromRois(second, 30, 600).data]).toEqual([...labels[1].data]);
  const one = workspaceOf({ large: true });
  const seg = await readCellposeSeg((await saved(one.workspace, one.layer, "npy")).source);
  expect(seg.data).toEqual(one.labels[0].data);
  await expect(exportLayer(one.workspace, one.layer, "png")).rejects.toThrow("save a TIFF");
});

test("tables have brightness of every channel, and tracks where there are some", async () => {
  const plain = workspaceOf({ frames: 2, channels: 2 });
  const table = readTable((await saved(plain.workspace, plain.layer, "csv")).text);
  expect([...table.t]).toEqual([0, 0, 0, 1, 1, 1]);
  expect([...table.label]).toEqual([1, 2, 3, 1, 2, 3]);
  expect([...table["intensity_mean-1"]]).toEqual([101, 101, 101, 103, 103, 103]);
  expect(table.area_um2[0]).toBe(30);
  const tracked = workspaceOf({ frames: 2, tracked: true });
  const series = readTable((await saved(tracked.workspace, tracked.layer, "csv")).text);
  expect([...series.track_id]).toEqual([1, 2, 3, 1, 2, 3]);
  expect([...series.parent_id]).toEqual([0, 0, 0, 0, 0, 0]);
  const { features } = JSON.parse((await saved(plain.workspace, plain.layer, "geojson")).text);
  expect(features[3]).toMatchObject({
    geometry: { plane: { t: 1 } },
    properties: { name: "1", measurements: { area: 120, "intensity_mean-0": 102 } },
  });
  const coco = JSON.parse((await saved(plain.workspace, plain.layer, "coco")).text);
  expect(coco.images[1]).toEqual({
    id: 2,
    file_name: "dish 1.ome.tif",
    height: 30,
    width: 600,
    t: 1,
  });
});

test("a tracked movie is a folder of the Cell Tracking Challenge; others say what they lack", async () => {
  const { unzipSync } = await import("fflate");
  const { workspace, layer, labels } = workspaceOf({ frames: 3, tracked: true });
  const files = unzipSync((await saved(workspace, layer, "ctc")).bytes);
  expect(Object.keys(files)).toEqual([
    "01_RES/mask000.tif",
    "01_RES/mask001.tif",
    "01_RES/mask002.tif",
    "01_RES/res_track.txt",
  ]);
  const mask = await readImage(bytesSource("mask", files["01_RES/mask001.tif"]));
  expect([...mask.data]).toEqual([...labels[1].data]);
  expect(readTracks(new TextDecoder().decode(files["01_RES/res_track.txt"]))).toHaveLength(3);
  const one = workspaceOf();
  await expect(exportLayer(one.workspace, one.layer, "ctc")).rejects.toThrow("for movies");
  const loose = workspaceOf({ frames: 2 });
  await expect(exportLayer(loose.workspace, loose.layer, "ctc")).rejects.toThrow(
    "track them first",
  );
});

test("a second layer of labels has its own name; points are a table; images are not saved here", async () => {
  const { workspace } = workspaceOf();
  const size = { t: 1, z: 1, y: 30, x: 600 };
  const second = newLabelsLayer(workspace, { name: "by: hand/2", size, labels: planes(1) });
  expect((await saved(workspace, second, "tif")).name).toBe("dish 1_by_ hand_2_masks.tif");
  const points = newPointsLayer(workspace, {
    name: "marks",
    points: [{ t: 0, z: 0, y: 1.5, x: 2 }],
  });
  const table = await saved(workspace, points, "csv");
  expect(table.text).toBe("t,z,y,x\r\n0,0,1.5,2\r\n");
  expect(table.name).toBe("dish 1_marks.csv");
  await expect(exportLayer(workspace, "i/0", "tif")).rejects.toThrow("layer to save must be");
  await expect(exportLayer(workspace, "gone", "tif")).rejects.toThrow('"gone"');
});

test("types that a model told are columns of the table and classes of the outlines", async () => {
  const { workspace, layer } = workspaceOf({ frames: 2 });
  const cells = new Map([
    [1, { type: 1, probability: 0.75 }],
    [3, { type: 0, probability: 1 }],
  ]);
  workspace.types.set(layer, { names: ["round", "long"], planes: new Map([["1 0", cells]]) });
  const table = readTable((await saved(workspace, layer, "csv")).text, ["type"]);
  expect(table.type).toEqual(["", "", "", "long", "", "round"]);
  expect([...table.type_probability].slice(3)).toEqual([0.75, Number.NaN, 1]);
  const { features } = JSON.parse((await saved(workspace, layer, "geojson")).text);
  const names = features.map(
    ({ properties }: { properties: { classification?: { name: string } } }) =>
      properties.classification?.name,
  );
  expect(names).toEqual([undefined, undefined, undefined, "long", undefined, "round"]);
});
