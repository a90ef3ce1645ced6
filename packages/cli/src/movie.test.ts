import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Image, type Labels, writeNpy, writePng, writeTiff, writeTrk } from "@cellwright/core";
import { afterAll, beforeEach, expect, test } from "vitest";
import { create, set, root as zarrRoot } from "zarrita";
import { type MovieOptions, openMovie } from "./movie.js";
import { labelFrames } from "./movie-labels.js";

const root = mkdtempSync(join(tmpdir(), "cellwright-movie-"));
let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(root, "run-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function put(name: string, content: Uint8Array | string): void {
  mkdirSync(join(cwd, name, ".."), { recursive: true });
  writeFileSync(join(cwd, name), content);
}

/** A frame of 6 x 8 with one cell of 2 x 3, labelled `label`, that begins at column `x`. */
function frame(label: number, x: number): Labels {
  const data = new Uint32Array(48);
  for (const y of [2, 3]) data.fill(label, y * 8 + x, y * 8 + x + 3);
  return { data, shape: [6, 8], axes: "yx" };
}

const frames = [frame(1, 0), frame(7, 1), frame(3, 2)];
const stack: Image<Uint16Array> = {
  data: Uint16Array.from(frames.flatMap(({ data }) => [...data])),
  shape: [3, 6, 8],
  axes: "tyx",
};
const small = ({ data, ...rest }: Labels) => ({ ...rest, data: Uint16Array.from(data) });

async function labelsOf(inputs: string[], options: Partial<MovieOptions> = {}) {
  const movie = await openMovie(inputs, { cwd, ...options });
  try {
    const found: Labels[] = [];
    for await (const labels of labelFrames(movie)) found.push(labels);
    return found;
  } finally {
    await movie.close();
  }
}

const pixels = (found: readonly Labels[]) => found.map(({ data }) => [...data]);
const expected = pixels(frames);

test("a folder of frames, what segment wrote, a challenge folder and its truth are movies", async () => {
  for (const [t, labels] of frames.entries()) {
    const tif = writeTiff(small(labels));
    put(`plain/t${t + 8}.tif`, tif);
    put(`segmented/a${t}_masks.tif`, tif);
    put(`segmented/a${t}_masks.npy`, writeNpy(labels));
    put(`segmented/a${t}_preview.png`, writePng(small(labels)));
    put(`segmented/a${t}_cells.csv`, "label,area\r\n");
    put(`segmented/a${t}.json`, "{}");
    put(`result/mask00${t}.tif`, tif);
    put(`truth/TRA/man_track00${t}.tif`, tif);
    put(`truth/SEG/man_seg00${t}.tif`, tif);
  }
  put("result/res_track.txt", "1 0 0 0\n");
  put("result/preview.png", writePng(small(frames[0])));
  for (const folder of ["plain", "segmented", "result", "truth", join("truth", "TRA")])
    expect(pixels(await labelsOf([folder]))).toEqual(expected);
});

test("a stack is a movie: TIFF, NumPy, alone in a folder, as segment names it", async () => {
  put("stack.tif", writeTiff({ ...stack, spacing: { t: 60, y: 0.5, x: 0.5 } }));
  put("stack.npy", writeNpy(stack));
  put("cells/a_masks.tif", writeTiff(stack));
  put("cells/a_cells.csv", "");
  for (const input of ["stack.tif", "stack.npy", "cells"])
    expect(pixels(await labelsOf([input]))).toEqual(expected);
  const [first] = await labelsOf(["stack.tif"]);
  expect(first.spacing).toMatchObject({ t: 60, y: 0.5, x: 0.5 });
});

test("files of a pattern are frames, and so are files named one by one in their order", async () => {
  for (const [t, labels] of frames.entries()) {
    put(`all/t${t}_c1.tif`, writeTiff(small(labels)));
    put(`all/t${t}_c2.tif`, writeTiff(small(frames[0])));
  }
  expect(pixels(await labelsOf(["all/*_c1.tif"]))).toEqual(expected);
  await expect(labelsOf(["all"])).rejects.toThrow(
    /^all: names of frames must differ in one number/,
  );
  put("z.tif", writeTiff(small(frames[0])));
  put("a.tif", writeTiff(small(frames[1])));
  put("m.tif", writeTiff(small(frames[2])));
  expect(pixels(await labelsOf(["z.tif", "a.tif", "m.tif"]))).toEqual(expected);
});

test("a gap is an error that names it, or empty frames", async () => {
  put("holes/t0.tif", writeTiff(small(frames[0])));
  put("holes/t1.tif", writeTiff(small(frames[1])));
  put("holes/t3.tif", writeTiff(small(frames[2])));
  await expect(labelsOf(["holes"])).rejects.toThrow(
    /^holes: frame 2 is missing between t1\.tif and/,
  );
  const found = await labelsOf(["holes"], { allowGaps: true });
  expect(pixels(found)).toEqual([expected[0], expected[1], Array(48).fill(0), expected[2]]);
});

test("frames of another size, files of several frames and slices are errors that name the file", async () => {
  put("sizes/t0.tif", writeTiff(small(frames[0])));
  put("sizes/t1.tif", writeTiff({ data: new Uint16Array(40), shape: [5, 8], axes: "yx" }));
  await expect(labelsOf(["sizes"])).rejects.toThrow(
    /t1\.tif: a frame must be 6 x 8 like sizes.t0\.tif, got 5 x 8$/,
  );
  put("stacks/t0.tif", writeTiff(stack));
  put("stacks/t1.tif", writeTiff(stack));
  await expect(labelsOf(["stacks"])).rejects.toThrow(/t0\.tif: .* one frame, got 3 frames$/);
  put("slices.tif", writeTiff({ ...stack, axes: "zyx" }));
  await expect(labelsOf(["slices.tif"])).rejects.toThrow(/^slices\.tif: has 3 z slices and no fr/);
});

test("images and masks are told from labels, with what to do", async () => {
  const noise = Uint16Array.from({ length: 64 * 64 }, (_, i) => 100 + ((i * 7919) % 251));
  put("raw.tif", writeTiff({ data: noise, shape: [64, 64], axes: "yx" }));
  await expect(labelsOf(["raw.tif"])).rejects.toThrow(
    /looks like an image.*run "cellwright segment/,
  );
  const float = Float32Array.from(noise, (value) => value / 3);
  put("float.tif", writeTiff({ data: float, shape: [64, 64], axes: "yx" }));
  await expect(labelsOf(["float.tif"])).rejects.toThrow(/whole numbers .*"cellwright segment/);
  put("colour.tif", writeTiff({ data: new Uint8Array(192), shape: [3, 8, 8], axes: "cyx" }));
  await expect(labelsOf(["colour.tif"])).rejects.toThrow(/has 3 channels, labels have one number/);
  const mask = new Uint8Array(48);
  mask.fill(255, 0, 2);
  mask.fill(255, 20, 23);
  put("mask.tif", writeTiff({ data: mask, shape: [6, 8], axes: "yx" }));
  await expect(labelsOf(["mask.tif"])).rejects.toThrow(
    /is a mask: all its 2 cells have the number 255/,
  );
});

test("what is not there, or is several movies, is said so", async () => {
  await expect(labelsOf(["nowhere"])).rejects.toThrow(/^nowhere: no such file or folder$/);
  mkdirSync(join(cwd, "empty"));
  await expect(labelsOf(["empty"])).rejects.toThrow(/^empty: no images in this folder/);
  await expect(labelsOf(["empty", "empty"])).rejects.toThrow(/name one folder/);
});

/** Writes an array into the Zarr of a folder, by zarrita over a map. */
async function putArray(
  folder: string,
  name: string,
  options: { readonly shape: readonly number[]; readonly [name: string]: unknown },
  data: unknown,
) {
  const files = new Map<string, Uint8Array>();
  const array = await create(zarrRoot(files).resolve(name), options as never);
  const strides = options.shape.map((_, i) =>
    options.shape.slice(i + 1).reduce((a, b) => a * b, 1),
  );
  await set(array as never, null, { data, shape: options.shape, stride: strides } as never);
  for (const [key, bytes] of files) put(`${folder}${key}`, bytes);
}
const blosc = {
  name: "blosc",
  configuration: { cname: "lz4", clevel: 5, shuffle: "shuffle", typesize: 4, blocksize: 0 },
};
const axes = ["t", "y", "x"].map((name) => ({
  name,
  type: name === "t" ? "time" : "space",
  unit: name === "t" ? "minute" : "micrometer",
}));
const multiscales = (path: string) => [
  {
    axes,
    datasets: [{ path, coordinateTransformations: [{ type: "scale", scale: [5, 0.3, 0.3] }] }],
  },
];

test("an OME-Zarr of version 0.5 is a movie, by the path of its labels or of its image", async () => {
  const data = Uint32Array.from(stack.data);
  await putArray(
    "movie.zarr",
    "/labels/cells/0",
    { shape: [3, 6, 8], chunkShape: [2, 6, 5], dtype: "uint32", codecs: [blosc] },
    data,
  );
  const group = (attributes: unknown) =>
    JSON.stringify({ zarr_format: 3, node_type: "group", attributes });
  put("movie.zarr/zarr.json", group({ ome: { version: "0.5", multiscales: multiscales("0") } }));
  put("movie.zarr/labels/zarr.json", group({ ome: { version: "0.5", labels: ["cells"] } }));
  put(
    "movie.zarr/labels/cells/zarr.json",
    group({ ome: { version: "0.5", multiscales: multiscales("0"), "image-label": {} } }),
  );
  for (const input of ["movie.zarr", "movie.zarr/labels/cells", "movie.zarr/labels/cells/0"])
    expect(pixels(await labelsOf([input]))).toEqual(expected);
  const [first] = await labelsOf(["movie.zarr"]);
  expect(first.spacing).toEqual({ t: 300, y: 0.3, x: 0.3 });
});

test("an OME-Zarr of version 0.4 with integers of 64 bits is a movie, and one frame can be read alone", async () => {
  put("old.zarr/.zgroup", JSON.stringify({ zarr_format: 2 }));
  put("old.zarr/.zattrs", JSON.stringify({ multiscales: multiscales("0"), "image-label": {} }));
  const meta = {
    zarr_format: 2,
    shape: [3, 6, 8],
    chunks: [1, 6, 8],
    dtype: "<i8",
    compressor: null,
    fill_value: 0,
    order: "C",
    filters: null,
  };
  put("old.zarr/0/.zarray", JSON.stringify(meta));
  for (const [t, labels] of frames.entries())
    put(
      `old.zarr/0/${t}.0.0`,
      new Uint8Array(BigInt64Array.from(labels.data, (value) => BigInt(value)).buffer),
    );
  expect(pixels(await labelsOf(["old.zarr"]))).toEqual(expected);
  const movie = await openMovie(["old.zarr"], { cwd });
  expect([...(await movie.readFrame(2)).data]).toEqual(expected[2]);
  put("old.zarr/0/1.0.0", new Uint8Array(6 * 8 * 8 - 16));
  await expect(movie.readFrame(1)).rejects.toThrow(
    /chunk 1\.0\.0 must have 48 pixels, has 46: cut off or damaged/,
  );
});

test("a Zarr that leads out of its folder, has slices or huge chunks is refused", async () => {
  const group = (attributes: unknown) =>
    JSON.stringify({ zarr_format: 3, node_type: "group", attributes });
  put("bad.zarr/zarr.json", group({ ome: { multiscales: multiscales("../secret") } }));
  await expect(labelsOf(["bad.zarr"])).rejects.toThrow(/must be a path below its own folder/);
  put("none.zarr/zarr.json", group({}));
  await expect(labelsOf(["none.zarr"])).rejects.toThrow(/without OME-Zarr's multiscales/);
  const codecs: unknown[] = [];
  await putArray(
    "z.zarr",
    "/",
    { shape: [1, 1, 2, 2, 2], chunkShape: [1, 1, 2, 2, 2], dtype: "uint8", codecs },
    new Uint8Array(8),
  );
  await expect(labelsOf(["z.zarr"])).rejects.toThrow(/^z\.zarr: has 2 z slices/);
  const huge = { zarr_format: 2, shape: [9, 1e6, 1e6], chunks: [9, 1e6, 1e6], dtype: "|u1" };
  put(
    "huge.zarr/.zarray",
    JSON.stringify({ ...huge, compressor: null, fill_value: 0, order: "C", filters: null }),
  );
  await expect(labelsOf(["huge.zarr"])).rejects.toThrow(/more than is decoded at once/);
});

test("a .trk is a movie of labels with tracks, or of the images in it", async () => {
  const tracks = [{ label: 1, begin: 0, end: 2, parent: 0 }];
  const same = frames.map((labels) => ({ ...labels, data: labels.data.map((n) => +(n > 0)) }));
  const raw = {
    data: Uint16Array.from({ length: 288 }, (_, i) => i),
    shape: [3, 2, 6, 8],
    axes: "tcyx",
  };
  put("a.trk", writeTrk({ frames: same, tracks, raw }));
  expect(pixels(await labelsOf(["a.trk"]))).toEqual(pixels(same));
  const movie = await openMovie(["a.trk"], { cwd });
  expect(movie).toMatchObject({ frames: 3, height: 6, width: 8, channels: 1, tracks, changes: [] });
  const images = await openMovie(["a.trk"], { cwd, shows: "images" });
  expect(images).toMatchObject({ frames: 3, channels: 2 });
  expect(images.tracks).toBeUndefined();
  expect(await images.readFrame(1)).toEqual({
    data: raw.data.slice(96, 192),
    shape: [2, 6, 8],
    axes: "cyx",
  });
  put("b.trk", writeTrk({ frames: same, tracks }));
  const dark = await openMovie(["b.trk"], { cwd, shows: "images" });
  expect(await dark.readFrame(2)).toEqual({ data: new Uint8Array(48), shape: [6, 8], axes: "yx" });
  // Told by its bytes, not its name; what else is packed is refused.
  put("c.tif", writeTrk({ frames: same, tracks }));
  expect((await openMovie(["c.tif"], { cwd })).tracks).toEqual(tracks);
  put("d.trk", gzipSync("no archive, but packed"));
  await expect(openMovie(["d.trk"], { cwd })).rejects.toThrow(/^d\.trk: /);
});
