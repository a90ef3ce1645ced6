import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { findViewed } from "./view-inputs.js";

function folderOf(...files: string[]): string {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "cellwright-view-")));
  for (const file of files) {
    mkdirSync(join(base, dirname(file)), { recursive: true });
    writeFileSync(join(base, file), "");
  }
  return base;
}

async function inputsOf(base: string, inputs: string[], labels: string[] = []) {
  const { viewed, problems } = await findViewed(inputs, labels, base);
  return { problems, inputs: viewed.inputs, hosts: viewed.hosts, roots: viewed.roots };
}

test("a folder's images come in the order people count, each with the labels beside it", async () => {
  const base = folderOf(
    "d/img10.tif",
    "d/img2.tif",
    "d/img2_masks.tif",
    "d/alone_masks.tif",
    "d/img2_preview.png",
    "d/notes.txt",
    "d/.hidden.tif",
    "d/img2_masks.tif~",
    "d/movie/t000.tif",
    "d/empty/readme.md",
    "d/x.ome.zarr/zarr.json",
    "d/x.ome.zarr/labels/zarr.json",
    "d/old.zarr/.zgroup",
  );
  const { inputs, problems } = await inputsOf(base, ["d"]);
  expect(problems).toEqual([]);
  expect(inputs).toEqual([
    {
      name: "img2",
      path: "d/img2.tif",
      kind: "image",
      address: "files/0/img2.tif",
      labels: "files/0/img2_masks.tif",
    },
    { name: "img10", path: "d/img10.tif", kind: "image", address: "files/0/img10.tif" },
    { name: "movie", path: "d/movie", kind: "folder", address: "files/0/movie/" },
    { name: "old.zarr", path: "d/old.zarr", kind: "zarr", address: "files/0/old.zarr/" },
    { name: "x.ome.zarr", path: "d/x.ome.zarr", kind: "zarr", address: "files/0/x.ome.zarr/" },
    {
      name: "alone_masks.tif",
      path: "d/alone_masks.tif",
      kind: "labels",
      address: "files/0/alone_masks.tif",
    },
  ]);
});

test("labels that are named go before those beside the image, and are paired by stem", async () => {
  const base = folderOf("i/a.tif", "i/b.ome.tif", "i/a_masks.tif", "l/a.tif", "l/b_labels.png");
  const { inputs } = await inputsOf(base, ["i/a.tif", "i/b.ome.tif"], ["l"]);
  expect(inputs.map(({ name, labels }) => [name, labels])).toEqual([
    ["a", "files/1/a.tif"],
    ["b", "files/1/b_labels.png"],
    ["a_masks.tif", undefined],
  ]);
  const pair = await inputsOf(base, ["i/b.ome.tif"], ["l/a.tif"]);
  expect(pair.inputs).toMatchObject([{ name: "b", labels: "files/1/a.tif" }]);
});

test("names with signs of their own are written as an address has them", async () => {
  const base = folderOf("d/a b#1%.tif");
  expect((await inputsOf(base, ["d"])).inputs[0].address).toBe("files/0/a%20b%231%25.tif");
});

test("addresses on the web are passed on, and their hosts named", async () => {
  const { inputs, hosts, roots } = await inputsOf("/", [
    "https://a.example/x/b.ome.zarr/",
    "http://c.example:81/d%20e.tif",
  ]);
  expect(inputs).toMatchObject([
    { name: "b.ome.zarr", kind: "zarr", address: "https://a.example/x/b.ome.zarr/" },
    { name: "d e.tif", kind: "image", address: "http://c.example:81/d%20e.tif" },
  ]);
  expect(hosts).toEqual(["https://a.example", "http://c.example:81"]);
  expect(roots).toEqual([]);
});

test("what is not there, or holds nothing to see, is a problem and the rest is found", async () => {
  const base = folderOf("d/a.tif", "e/readme.md");
  const { inputs, problems } = await inputsOf(base, ["none.tif", "e", "d/a.tif"]);
  expect(inputs).toHaveLength(1);
  expect(problems).toEqual([
    { input: "none.tif", message: "no such file or folder" },
    { input: "e", message: "no images in this folder" },
  ]);
});

test("numbered images are offered as a movie too; first where they are named like frames", async () => {
  const movie = folderOf("01/t000.tif", "01/t001.tif", "01/t002.tif");
  expect(
    (await inputsOf(movie, ["01"])).inputs.map(({ name, address }) => [name, address]),
  ).toEqual([
    ["01 (movie)", "files/0/"],
    ["t000", "files/0/t000.tif"],
    ["t001", "files/0/t001.tif"],
    ["t002", "files/0/t002.tif"],
  ]);
  const plate = folderOf("p/field1.tif", "p/field2.tif", "p/field3.tif");
  expect((await inputsOf(plate, ["p"])).inputs.map(({ name }) => name)).toEqual([
    "field1",
    "field2",
    "field3",
    "p (movie)",
  ]);
  const others = folderOf("p/a.tif", "p/b.tif");
  expect((await inputsOf(others, ["p"])).inputs.map(({ name }) => name)).toEqual(["a", "b"]);
});

test("a movie of the Cell Tracking Challenge comes with its result, or else its truth", async () => {
  const base = folderOf(
    "d/01/t000.tif",
    "d/01/t001.tif",
    "d/01_GT/TRA/man_track000.tif",
    "d/02/t000.tif",
    "d/02_RES/mask000.tif",
    "d/02_GT/TRA/man_track000.tif",
  );
  const { inputs } = await inputsOf(base, ["d"]);
  expect(inputs.map(({ path }) => path)).toEqual([
    "d/01",
    "d/01_GT/TRA",
    "d/02",
    "d/02_GT/TRA",
    "d/02_RES",
  ]);
  expect(inputs.filter(({ labels }) => labels)).toMatchObject([
    { name: "01", kind: "folder", address: "files/0/01/", labels: "files/0/01_GT/TRA/" },
    { name: "02", kind: "folder", address: "files/0/02/", labels: "files/0/02_RES/" },
  ]);
});
