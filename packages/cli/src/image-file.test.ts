import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  bytesSource,
  type Image,
  readImage,
  startZip,
  synthNuclei,
  writeTiff,
} from "@cellwright/core";
import { commandFolder, hugeBitmap } from "@cellwright/testing";
import { expect, test } from "vitest";
import { readImageFile } from "./image-file.js";
import { memoryContext, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";

const here = commandFolder<MemoryContext>({ run, context: (changes) => memoryContext(changes) });
const { put, cellwright } = here;
const at = (...names: string[]) => join(here.cwd, ...names);

const image: Image = {
  data: Uint16Array.from({ length: 40 * 48 }, (_, i) => (i * 37) % 4099),
  shape: [40, 48],
  axes: "yx",
  spacing: { y: 0.5, x: 0.5 },
};

/** An uncompressed NRRD, as its definition has it: the fastest axis first. */
function nrrd({ data, shape }: Image): Uint8Array {
  const sizes = [...shape].reverse().join(" ");
  const head = `NRRD0004\ntype: uint16\ndimension: ${shape.length}\nsizes: ${sizes}\nendian: little\nencoding: raw\n\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from((data as Uint16Array).buffer)]);
}

async function zarr(name: string): Promise<void> {
  put("a.tif", writeTiff(image));
  expect((await cellwright(["convert", "a.tif", "-o", name])).code).toBe(0);
}

/** The files of a folder as a zip. */
function zipped(folder: string): Uint8Array {
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  const zip = startZip();
  for (const name of files) zip.add(name, new Uint8Array(readFileSync(join(folder, name))));
  return zip.end();
}

test("an OME-Zarr in a folder and in a zip is the image, with its pixel size", async () => {
  await zarr("a.ome.zarr");
  put("b.zarr.zip", zipped(at("a.ome.zarr")));
  for (const name of ["a.ome.zarr", "b.zarr.zip"]) {
    const read = await readImageFile(at(name));
    expect(read).toMatchObject({ shape: [40, 48], axes: "yx", spacing: { y: 0.5, x: 0.5 } });
    expect(read.data).toEqual(image.data);
  }
});

test("a NRRD has the very numbers; a damaged one is an error that names it, and says nothing else", async () => {
  put("a.nrrd", nrrd(image));
  expect(await readImageFile(at("a.nrrd"))).toMatchObject({ shape: [40, 48], axes: "yx" });
  expect((await readImageFile(at("a.nrrd"))).data).toEqual(image.data);
  put("b.nrrd", nrrd(image).subarray(0, 100));
  await expect(readImageFile(at("b.nrrd"))).rejects.toThrow(/b\.nrrd cannot be read as NRRD/);
  const { code, out, err } = await cellwright(["convert", "b.nrrd", "-o", "b.tif"]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/b\.nrrd/);
});

test("segment takes all of them from a folder, and passes over its own Zarr", async () => {
  const { image: cells } = synthNuclei({ height: 96, width: 96, seed: 2 });
  put("in/c.tif", writeTiff(cells));
  put("in/d.nrrd", nrrd(cells));
  expect((await cellwright(["convert", "in/c.tif", "-o", "in/e.ome.zarr"])).code).toBe(0);
  put("in/f_masks.ome.zarr/zarr.json", "{}");
  const words = ["segment", "in", "-o", "out", "-m", "classical-nuclei", "--json"];
  const { code, out } = await cellwright(words);
  expect(code).toBe(0);
  const [c, d, e] = await Promise.all(
    ["c", "d", "e"].map((stem) => readImageFile(at("out", `${stem}_masks.tif`))),
  );
  expect(out).toContain("e.ome.zarr");
  expect(Math.max(...(c.data as Uint16Array))).toBeGreaterThan(3);
  expect(d.data).toEqual(c.data);
  expect(e.data).toEqual(c.data);
  expect(here.list("out").some((name) => name.startsWith("f"))).toBe(false);
});

test("what convert makes of a NRRD and of a zipped Zarr are the same pixels", async () => {
  await zarr("a.ome.zarr");
  put("b.zarr.zip", zipped(at("a.ome.zarr")));
  put("c.nrrd", nrrd(image));
  for (const name of ["b.zarr.zip", "c.nrrd"]) {
    const words = ["convert", name, "-o", `${name}.tif`];
    expect(await cellwright(words)).toMatchObject({ code: 0 });
    const bytes = new Uint8Array(readFileSync(at(`${name}.tif`)));
    expect((await readImage(bytesSource(name, bytes))).data).toEqual(image.data);
  }
});

test("a damaged file that sends ITK's reader round and round is refused, and the next one is read", async () => {
  put("endless.bmp", hugeBitmap());
  const refused = expect(readImageFile(at("endless.bmp"))).rejects.toThrow(
    /endless\.bmp cannot be read as BMP/,
  );
  put("whole.nrrd", nrrd(image));
  expect((await readImageFile(at("whole.nrrd"))).data).toEqual(image.data);
  await refused;
});
