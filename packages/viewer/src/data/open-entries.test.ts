import { readFileSync } from "node:fs";
import {
  type Image,
  startZip,
  writeNpy,
  writeOmeZarr,
  writePng,
  writeTiff,
} from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { expect, test } from "vitest";
import { openFiles } from "./open.js";
import type { Entry } from "./opened.js";

const entry = (path: string, content: BlobPart): Entry => ({
  path,
  file: new File([content], path.slice(path.lastIndexOf("/") + 1)),
});

function plane(value: number, height = 6, width = 8): Image<Uint16Array> {
  const data = new Uint16Array(height * width).map((_, i) => value * 100 + i);
  return { data, shape: [height, width], axes: "yx" };
}

const tif = (path: string, image: Image) => entry(path, writeTiff(image) as BlobPart);
const box = { y: 1, x: 2, height: 2, width: 3 };
const pixels = (value: number) => [10, 11, 12, 18, 19, 20].map((n) => 100 * value + n);

test("frames of a folder are one image with time, each opened when it is wanted", async () => {
  const read: string[] = [];
  const watched = (path: string, image: Image): Entry => {
    const { file } = tif(path, image);
    const slice = file.slice.bind(file);
    file.slice = (...range) => {
      read.push(path);
      return slice(...range);
    };
    return { path, file };
  };
  const frames = [1, 2, 3, 4].map((n) => watched(`m/t${n}.tif`, plane(n)));
  const [movie, ...others] = await openFiles(frames);
  expect(others).toEqual([]);
  expect([movie.name, movie.kind]).toEqual(["m", "image"]);
  expect([movie.reader.axes, movie.reader.shape]).toEqual(["tyx", [4, 6, 8]]);
  expect(read).not.toContain("m/t3.tif");
  for (const t of [2, 0, 3, 1])
    expect([...(await movie.reader.readRegion({ index: { t }, box })).data]).toEqual(pixels(t + 1));
  await expect(movie.reader.readRegion({ index: { t: 4 }, box })).rejects.toThrow(/axis t/);
});

test("a frame unlike the first is an error when it is read, and others are not hurt", async () => {
  const sizes = [6, 6, 5, 6];
  const files = sizes.map((height, n) => tif(`m/t${n}.tif`, plane(n, height)));
  const [{ reader }] = await openFiles(files);
  await expect(reader.readRegion({ index: { t: 2 }, box })).rejects.toThrow(
    /frame m\/t2\.tif must be yx 6 x 8 uint16, 1 levels, got yx 5 x 8/,
  );
  expect([...(await reader.readRegion({ index: { t: 3 }, box })).data]).toEqual(pixels(3));
});

test("numbered files of several sizes, and stacks, stay images of their own", async () => {
  const opened = await openFiles([tif("a1.tif", plane(1)), tif("a2.tif", plane(2, 9))]);
  expect(opened.map(({ name, reader }) => [name, reader.shape])).toEqual([
    ["a1", [6, 8]],
    ["a2", [9, 8]],
  ]);
  const stack: Image = { data: new Uint8Array(24), shape: [2, 3, 4], axes: "tyx" };
  const stacks = await openFiles([tif("s1.tif", stack), tif("s2.tif", stack)]);
  expect(stacks.map(({ reader }) => reader.axes)).toEqual(["tyx", "tyx"]);
});

test("labels are known by their names and numbers, and get the tracks beside them", async () => {
  const masks = [0, 1].map((n) => tif(`r/mask00${n}.tif`, plane(1)));
  const tracks = entry("r/res_track.txt", "1 0 1 0\n");
  const [found] = await openFiles([...masks, tracks]);
  expect(found).toMatchObject({
    kind: "labels",
    tracks: [{ label: 1, begin: 0, end: 1, parent: 0 }],
  });
  const kinds = async (path: string, image: Image) => (await openFiles([tif(path, image)]))[0].kind;
  expect(await kinds("cell_masks.tif", plane(1))).toBe("labels");
  expect(await kinds("masks/cell.tif", plane(1))).toBe("labels");
  expect(await kinds("unmasked.tif", plane(1))).toBe("image");
  const probability: Image = { data: new Float32Array(4), shape: [2, 2], axes: "yx" };
  expect(await kinds("cell_mask.tif", probability)).toBe("image");
  await expect(openFiles([...masks, entry("r/res_track.txt", "1 0 x 0\n")])).rejects.toThrow(
    /^r\/res_track\.txt: line 1 must be four whole numbers/,
  );
});

test("PNG and NPY are opened too; many planes of an array are frames", async () => {
  const grey: Image<Uint8Array> = { data: new Uint8Array(48).fill(9), shape: [6, 8], axes: "yx" };
  const png = entry("grey.png", writePng(grey) as BlobPart);
  const array = { data: Float32Array.from({ length: 10 * 48 }, (_, i) => i), shape: [10, 6, 8] };
  const npy = entry("array.npy", writeNpy(array) as BlobPart);
  const [a, b] = await openFiles([png, npy]);
  expect([a.reader.type, a.reader.shape]).toEqual(["uint8", [6, 8]]);
  expect([b.reader.axes, b.reader.shape]).toEqual(["tyx", [10, 6, 8]]);
  const { data } = await b.reader.readRegion({ index: { t: 7 }, box });
  expect([...data]).toEqual([10, 11, 12, 18, 19, 20].map((n) => 7 * 48 + n));
});

test("an OME-Zarr in a dropped folder is its image and its labels", async () => {
  const group = (ome: unknown) =>
    JSON.stringify({ zarr_format: 3, node_type: "group", attributes: { ome } });
  const array = (type: string) =>
    JSON.stringify({
      ...{ zarr_format: 3, node_type: "array", shape: [6, 8], data_type: type, fill_value: 3 },
      chunk_grid: { name: "regular", configuration: { chunk_shape: [6, 8] } },
      chunk_key_encoding: { name: "default" },
      codecs: [{ name: "bytes", configuration: { endian: "little" } }],
    });
  const multiscales = [
    { axes: [{ name: "y" }, { name: "x" }], datasets: [{ path: "0" }], name: "field" },
  ];
  const opened = await openFiles([
    entry("d/field.ome.zarr/zarr.json", group({ multiscales })),
    entry("d/field.ome.zarr/0/zarr.json", array("uint16")),
    entry("d/field.ome.zarr/0/c/0/0", plane(5).data as BlobPart),
    entry("d/field.ome.zarr/labels/zarr.json", group({ labels: ["cells"] })),
    entry("d/field.ome.zarr/labels/cells/zarr.json", group({ multiscales, "image-label": {} })),
    entry("d/field.ome.zarr/labels/cells/0/zarr.json", array("uint32")),
  ]);
  expect(opened.map(({ name, kind }) => [name, kind])).toEqual([
    ["field", "image"],
    ["field cells", "labels"],
  ]);
  expect([...(await opened[0].reader.readRegion({ box })).data]).toEqual(pixels(5));
  expect(new Set((await opened[1].reader.readRegion({ box })).data)).toEqual(new Set([3]));
});

test("a zip is the files in it", async () => {
  const zip = startZip();
  for (const n of [0, 1, 2]) zip.add(`movie/mask00${n}.tif`, writeTiff(plane(n)));
  zip.add("movie/res_track.txt", new TextEncoder().encode("1 0 2 0\n"));
  const packed = zip.end() as BlobPart;
  const [movie] = await openFiles([entry("movie.zip", packed)]);
  expect([movie.name, movie.kind, movie.tracks?.length]).toEqual(["movie mask", "labels", 1]);
  expect([...(await movie.reader.readRegion({ index: { t: 2 }, box })).data]).toEqual(pixels(2));
  const model = startZip();
  model.add("bioimageio.yaml", new Uint8Array(3));
  model.add("test_input.npy", new Uint8Array(3));
  await expect(openFiles([entry("net.zip", model.end() as BlobPart)])).rejects.toThrow(
    /^net\.zip is a model, not an image/,
  );
});

test("labels that were written as an OME-Zarr in a zip come back", async () => {
  const zip = startZip();
  const image = { ...plane(3, 40, 50), data: new Uint32Array(2000).map((_, i) => i % 7) };
  await writeOmeZarr(
    image,
    { set: (key, bytes) => zip.add(`cells.zarr/${key}`, bytes) },
    { labels: true },
  );
  const [labels] = await openFiles([entry("cells.zarr.zip", zip.end() as BlobPart)]);
  expect([labels.kind, labels.reader.type, labels.reader.shape]).toEqual([
    "labels",
    "uint32",
    [40, 50],
  ]);
  const all = { y: 0, x: 0, height: 40, width: 50 };
  expect((await labels.reader.readRegion({ box: all })).data).toEqual(image.data);
});

test("what is no image is passed over beside images, and an error where it is alone", async () => {
  const text = entry("notes.md", "hello");
  const image = tif("cell.tif", plane(1));
  expect(await openFiles([text, image])).toHaveLength(1);
  await expect(openFiles([text])).rejects.toThrow(/^notes\.md is a text file, not an image/);
  await expect(openFiles([entry("a/b.csv", "1")])).rejects.toThrow(/holds no image/);
  await expect(openFiles([entry("empty.tif", "")])).rejects.toThrow(/empty\.tif is empty/);
  const cut = entry("cut.tif", writeTiff(plane(1)).slice(0, 60) as BlobPart);
  await expect(openFiles([cut])).rejects.toThrow(/^cut\.tif: .* cut off or damaged/);
  const many = Array.from({ length: 65 }, (_, i) => entry(`a/${"x".repeat(i + 1)}.tif`, "II"));
  await expect(openFiles(many)).rejects.toThrow(/holds 65 images that are no frames/);
});

test("opening stops with its signal", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(openFiles([tif("a.tif", plane(1))], { signal })).rejects.toThrow("enough");
});

describeData("a movie of the Cell Tracking Challenge", () => {
  test("is dropped with its truth", async () => {
    const root = dataPath("tracking-sim10");
    const number = (n: number) => `${n}`.padStart(3, "0");
    const files = Array.from({ length: 10 }, (_, n) => [
      `01/t${number(n)}.tif`,
      `01_GT/TRA/man_track${number(n)}.tif`,
    ]).flat();
    const opened = await openFiles(
      [...files, "01_GT/TRA/man_track.txt"].map((path) =>
        entry(`sim/${path}`, readFileSync(`${root}/${path}`) as BlobPart),
      ),
    );
    expect(opened.map(({ kind, reader }) => [kind, reader.axes, reader.shape[0]])).toEqual([
      ["image", "tyx", 10],
      ["labels", "tyx", 10],
    ]);
    expect(opened[1].tracks?.filter(({ parent }) => parent > 0).length).toBeGreaterThan(0);
    const [, height, width] = opened[1].reader.shape;
    const { data } = await opened[1].reader.readRegion({
      index: { t: 9 },
      box: { y: 0, x: 0, height, width },
    });
    const alive = opened[1].tracks?.filter(({ end }) => end === 9).map(({ label }) => label);
    expect(new Set(data)).toEqual(new Set([0, ...(alive ?? [])]));
  });
});
