import { join } from "node:path";
import {
  type Image,
  lengthOf,
  openPyramid,
  openZarr,
  readDeepcell,
  readImage,
  readNpy,
  writeDeepcell,
  writeOmeTiff,
  writeTiff,
} from "@cellwright/core";
import { commandFolder } from "@cellwright/testing";
import { expect, test } from "vitest";
import { withFile } from "./file-source.js";
import { memoryContext, run } from "./index.js";
import { readLabels } from "./labels-file.js";
import type { MemoryContext } from "./memory-context.js";
import { wholeOf } from "./whole-image.js";
import { folderStore } from "./zarr-store.js";

const here = commandFolder<MemoryContext>({ run, context: (changes) => memoryContext(changes) });
const { put } = here;
const convert = (...argv: string[]) => here.cellwright(["convert", ...argv]);
const at = (name: string) => join(here.cwd, name);

/** Torn cells, holes and corners that touch. */
function noise(axes: string, shape: readonly number[], step: number): Image<Uint32Array> {
  const count = shape.reduce((a, b) => a * b, 1);
  const data = Uint32Array.from({ length: count }, (_, i) => (((i * i) >> 3) % 4) * step);
  return { data, shape, axes, spacing: { y: 0.5, x: 0.5 } };
}

async function zarrOf(name: string) {
  const { reader, kind } = await openZarr(folderStore(at(name)));
  return { kind, reader, image: await wholeOf(reader, "") };
}

async function well(...argv: string[]): Promise<void> {
  const { code, err } = await convert(...argv, "-q");
  expect({ argv, code, err }).toEqual({ argv, code: 0, err: "" });
}

test("labels go to every format and come back as they were, 16 and 32 bits", async () => {
  for (const step of [1, 70_001]) {
    const labels = noise("yx", [31, 40], step);
    const { data } = labels;
    put("a_masks.tif", writeTiff(step > 1 ? labels : { ...labels, data: Uint16Array.from(data) }));
    for (const name of [
      ...["b_masks.ome.tif", "b_masks.ome.zarr", "b.npy", "b.npz"],
      ...[
        "b.geojson",
        "b_RoiSet.zip",
        "b_seg.npy",
        "b_coco.json",
        ...(step === 1 ? ["b.png"] : []),
      ],
    ]) {
      await well("a_masks.tif", "-o", name, "--overwrite");
      const outlines = /geojson|zip/.test(name) ? ["--image", "a_masks.tif"] : [];
      await well(name, ...outlines, "-o", "back.tif", "--overwrite", "--labels");
      const back = await readLabels(at("back.tif"));
      expect(back.data, name).toEqual(data);
      const kept = /\.ome\.|geojson|zip/.test(name) ? labels.spacing : undefined;
      expect(back.spacing, name).toEqual(kept);
    }
  }
});

test("stacks and movies of labels keep their planes", async () => {
  const labels = noise("tzyx", [2, 3, 12, 9], 300);
  put("a_masks.tif", writeTiff({ ...labels, spacing: { t: 60, z: 2, y: 0.5, x: 0.5 } }));
  for (const name of ["b.ome.tif", "b.zarr", "b.geojson", "b.zip", "b.json"]) {
    await well("a_masks.tif", "-o", name);
    await well(name, "-o", "back.ome.tif", "--image", "a_masks.tif", "--labels", "--overwrite");
    const back = await withFile(at("back.ome.tif"), (source) => readImage(source));
    expect({ name, axes: back.axes, shape: back.shape }).toEqual({
      name,
      axes: "tzyx",
      shape: labels.shape,
    });
    expect(Uint32Array.from(back.data), name).toEqual(labels.data);
  }
});

test("images keep numbers, axes, sizes, time and channels in OME-TIFF and OME-Zarr", async () => {
  const data = Float32Array.from({ length: 2 * 2 * 2 * 34 * 20 }, (_, i) => i / 7);
  const image = {
    ...{ data, shape: [2, 2, 2, 34, 20], axes: "tczyx" },
    ...{ spacing: { t: 60, z: 2, y: 0.5, x: 0.25 }, channels: ["DAPI", "phase & co"] },
  };
  const pieces: [number, Uint8Array][] = [];
  const length = await writeOmeTiff(image, { write: (n, bytes) => void pieces.push([n, bytes]) });
  const file = new Uint8Array(length);
  for (const [n, bytes] of pieces) file.set(bytes, n);
  put("a.ome.tif", file);
  await well("a.ome.tif", "-o", "b.zarr", "--tile", "32");
  await well("a.ome.tif", "-o", "c.zarr", "--zarr-version", "0.4");
  await well("a.ome.tif", "-o", "d.zarr", "--tile", "16", "--shard", "2");
  for (const name of ["b.zarr", "c.zarr", "d.zarr"]) {
    const { kind, image: found } = await zarrOf(name);
    expect(kind).toBe("image");
    expect(found).toEqual(image);
    await well(name, "-o", "back.ome.tif", "--overwrite");
    const { spacing, ...rest } = await withFile(at("back.ome.tif"), (source) => readImage(source));
    const { spacing: _, ...wanted } = image;
    expect(rest).toEqual(wanted);
    for (const [axis, step] of Object.entries(image.spacing))
      expect(spacing?.[axis]).toBeCloseTo(step, 9);
  }
  expect(here.list("d.zarr/0/c/0/0/0")).toEqual(["0", "1"]);
  await well("a.ome.tif", "-o", "e.tif", "--pixel-size", "0.1", "--interval", "5");
  const { spacing } = await withFile(at("e.tif"), (source) => readImage(source));
  expect(spacing).toMatchObject({ t: 5, z: 2 });
  expect(spacing?.x).toBeCloseTo(0.1, 6);
});

test("copies of labels hold labels alone, those of images means; it is told by name, content or --labels", async () => {
  const data = Uint16Array.from({ length: 100 * 100 }, (_, i) => (i % 2) * 100);
  const image = { data, shape: [100, 100], axes: "yx" };
  put("a.tif", writeTiff(image));
  put("a_masks.tif", writeTiff(image));
  for (const [input, name, values, ...more] of [
    ["a.tif", "a.zarr", [50]],
    ["a.tif", "b.zarr", [0], "--labels"],
    ["a_masks.tif", "c.zarr", [0]],
    ["c.zarr", "d.zarr", [0]],
  ] as const) {
    await well(input, "-o", name, "--tile", "64", ...more);
    const { kind, reader } = await zarrOf(name);
    expect({ name, kind }).toEqual({ name, kind: values[0] === 50 ? "image" : "labels" });
    const box = { y: 0, x: 0, height: 50, width: 50 };
    const copy = await reader.readRegion({ box, level: 1 });
    expect([...new Set(copy.data)]).toEqual(values);
  }
});

test("a large image is read by region: 16 bits where they are enough, though the file has 32", async () => {
  const labels = { ...noise("yx", [70, 90], 9), data: new Int32Array(70 * 90).fill(9) };
  put("a_masks.tif", writeTiff(labels));
  await well("a_masks.tif", "-o", "b.ome.tif");
  const read = () => withFile(at("b.ome.tif"), async (source) => (await openPyramid(source)).type);
  expect(await read()).toBe("uint16");
  labels.data[6000] = 65_536;
  put("a_masks.tif", writeTiff(labels));
  await well("a_masks.tif", "-o", "b.ome.tif", "--overwrite");
  expect(await read()).toBe("uint32");
  labels.data[6000] = -1;
  put("a_masks.tif", writeTiff(labels));
  const { code, err } = await convert("a_masks.tif", "-o", "c.ome.tif");
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(/whole numbers from 0 .*-1/),
  });
  expect(here.list(".")).toEqual(["a_masks.tif", "b.ome.tif", "b.ome.tif.json"]);
});

test("DeepCell's X and y go together and come apart", async () => {
  const labels = noise("yx", [8, 9], 7);
  const raw = { data: Uint16Array.from(labels.data, (n) => 3 * n), shape: [8, 9], axes: "yx" };
  put("a.tif", writeTiff(raw));
  put("a_masks.tif", writeTiff(labels));
  for (const argv of [
    ["a.tif", "--labels", "a_masks.tif"],
    ["a_masks.tif", "--image", "a.tif"],
  ]) {
    await well(...argv, "-o", "d.npz", "--overwrite");
    const found = await withFile(at("d.npz"), (source) => readDeepcell(source));
    expect(found.image?.data).toEqual(Float32Array.from(raw.data));
    expect(found.labels?.data).toEqual(Int32Array.from(labels.data));
  }
  await well("d.npz", "-o", "x.npy");
  expect(readNpy(here.bytes("x.npy")).data).toEqual(Float32Array.from(raw.data));
  await well("d.npz", "-o", "y.npy", "--labels");
  expect(readNpy(here.bytes("y.npy")).data).toEqual(Uint16Array.from(labels.data));
  const kinds = { data: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [2, 2, 2], axes: "cyx" };
  put("two.npz", writeDeepcell({ labels: kinds }));
  expect((await convert("two.npz", "-o", "z.npy")).err).toMatch(/name one with --channel 0 to 1/);
  await well("two.npz", "-o", "z.npy", "--channel", "1");
  expect([...readNpy(here.bytes("z.npy")).data]).toEqual([5, 6, 7, 8]);
});

test("masks of tracks become a stack", async () => {
  for (const t of [0, 1, 2]) put(`m/mask00${t}.tif`, writeTiff(noise("yx", [5, 6], 1 + t)));
  put("m/res_track.txt", "1 0 2 0\n");
  await well("m", "-o", "m.ome.tif");
  const image = await withFile(at("m.ome.tif"), (source) => readImage(source));
  expect([image.axes, image.shape, lengthOf(image, "t")]).toEqual(["tyx", [3, 5, 6], 3]);
  expect(Uint32Array.from(image.data.subarray(60))).toEqual(noise("yx", [5, 6], 3).data);
});

test("what cannot be is said, and nothing is lost", async () => {
  const labels = noise("yx", [8, 9], 70_001);
  put("a_masks.tif", writeTiff(labels));
  put("a.geojson", '{"type":"FeatureCollection","features":[]}');
  put("stack.tif", writeTiff(noise("cyx", [2, 8, 9], 1)));
  put("o.tif", "mine");
  for (const [argv, code, message] of [
    [["a_masks.tif", "-o", "o.tif"], 1, /o\.tif is there already/],
    [["a_masks.tif", "-o", "a_masks.tif", "--overwrite"], 1, /is the input itself/],
    [["a_masks.tif", "-o", "b.png"], 1, /at most 65535 cells/],
    [["a_masks.tif", "-o", "out"], 2, /names no format of images or labels/],
    [["a_masks.tif", "-o", "b.zip", "--format", "tif"], 2, /is a name for --format roi, not tif/],
    [["a_masks.tif", "stack.tif", "-o", "b.tif"], 2, /is a name for one result/],
    [["a_masks.tif", "-o", "b.csv"], 2, /must be tracks as a table/],
    [["a.geojson", "-o", "b.tif"], 2, /name the image with --image/],
    [["stack.tif", "-o", "b.geojson"], 1, /one number a pixel/],
    [["stack.tif", "-o", "b.npz", "--labels"], 1, /one number a pixel/],
    [["gone.tif", "-o", "b.npy"], 1, /gone\.tif: no such file/],
  ] as const) {
    const done = await convert(...argv);
    expect({ argv, code: done.code, err: done.err }).toEqual({
      argv,
      code,
      err: expect.stringMatching(message),
    });
  }
  expect(here.text("o.tif")).toBe("mine");
  expect(here.list(".")).toEqual(["a.geojson", "a_masks.tif", "o.tif", "stack.tif"]);
  await well("a.geojson", "-o", "none.tif", "--image", "stack.tif");
  expect((await readLabels(at("none.tif"))).data.every((label) => label === 0)).toBe(true);
});

test("an OME-Zarr is replaced where it is ours alone", async () => {
  put("a.tif", writeTiff(noise("yx", [8, 9], 1)));
  await well("a.tif", "-o", "b.zarr");
  await well("a.tif", "-o", "b.zarr", "--overwrite", "--zarr-version", "0.4");
  expect(here.list("b.zarr")).toEqual([".zattrs", ".zgroup", "0"]);
  put("b.zarr/labels/.zgroup", "{}");
  const { err } = await convert("a.tif", "-o", "b.zarr", "--overwrite");
  expect(err).toMatch(/b\.zarr holds labels, which is no part of an ome-zarr/);
});
