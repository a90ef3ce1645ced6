import { readFileSync } from "node:fs";
import { bytesSource, lengthOf, readImage } from "@cellwright/core";
import { dataPath, describeData, hugeBitmap } from "@cellwright/testing";
import { openApp } from "@cellwright/testing/app";
import { describePage, type Site, type Visit } from "@cellwright/testing/page";
import { type User, userOf } from "@cellwright/testing/user";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { numberText } from "./ui/number-text.js";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

/** Pixels along a side of the large image and of its chunks. */
const SIDE = 100_000;
const CHUNK = 1024;
const LEVELS = 8;

/** Files of an OME-Zarr 0.5 of 10 GB, each made when it is asked for: brightness says which chunk of which level it is. */
function largeZarr(path: string): Uint8Array | undefined {
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  if (path === "zarr.json") {
    const datasets = Array.from({ length: LEVELS }, (_, level) => ({
      path: `${level}`,
      coordinateTransformations: [{ type: "scale", scale: [0.1 * 2 ** level, 0.1 * 2 ** level] }],
    }));
    const axes = ["y", "x"].map((name) => ({ name, type: "space", unit: "micrometer" }));
    const ome = { version: "0.5", multiscales: [{ name: "large", axes, datasets }] };
    return json({ zarr_format: 3, node_type: "group", attributes: { ome } });
  }
  const [, level, rest] = /^(\d)\/(.*)$/.exec(path) ?? [];
  if (level === undefined) return undefined;
  const side = Math.ceil(SIDE / 2 ** Number(level));
  if (rest === "zarr.json")
    return json({
      zarr_format: 3,
      node_type: "array",
      shape: [side, side],
      data_type: "uint8",
      chunk_grid: { name: "regular", configuration: { chunk_shape: [CHUNK, CHUNK] } },
      chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
      fill_value: 0,
      codecs: [{ name: "bytes" }],
      attributes: {},
    });
  const [, row, column] = /^c\/(\d+)\/(\d+)$/.exec(rest) ?? [];
  if (row === undefined) return undefined;
  const checks = (Number(row) + Number(column)) % 2 === 0;
  if (Number(level) < 3) return new Uint8Array(CHUNK * CHUNK).fill(checks ? 40 : 220);
  return Uint8Array.from({ length: CHUNK * CHUNK }, (_, i) => 20 + ((i % CHUNK) >> 3));
}

describePage("opening", () => {
  let site: Site;
  let visit: Visit;
  let user: User;
  const sent: { path: string; byteLength: number }[] = [];

  beforeAll(async () => {
    site = await openApp({
      find: (path) => (path.startsWith("/large.ome.zarr/") ? largeZarr(path.slice(16)) : undefined),
      onAnswer: (path, byteLength) => sent.push({ path, byteLength }),
    });
  }, patience);
  afterAll(() => site?.close());

  beforeEach(async () => {
    visit = await site.visit("/?test");
    user = userOf(visit);
  });
  afterEach(async () => {
    expect(visit.strangers).toEqual([]);
    await visit.page.context().close();
  });

  /** The value that the page tells of a place, when the pointer is over it. */
  async function valueAt(y: number, x: number): Promise<string> {
    await user.hover({ y, x });
    return (await visit.page.getByRole("contentinfo").innerText()).replace(/\s+/g, " ");
  }

  test(
    "an OME-Zarr of 100 000 x 100 000 pixels opens, zooms and pans by the chunks in view",
    async () => {
      sent.length = 0;
      await user.open(`${site.origin}/large.ome.zarr/`);
      const scene = await user.scene();
      expect(scene.size).toMatchObject({ y: SIDE, x: SIDE });
      expect((await user.colourAt({ y: SIDE / 2, x: SIDE / 2 }))[0]).toBeGreaterThan(0);
      const overview = sent.filter(({ path }) => /\/c\//.test(path)).length;
      await user.look({ y: 30_000, x: 70_000, zoom: 1 });
      const here = await user.coloursAt([
        { y: 29 * CHUNK + 512, x: 68 * CHUNK + 512 },
        { y: 29 * CHUNK + 512, x: 69 * CHUNK - 400 },
      ]);
      await user.look({ y: 30_000, x: 70_000 + CHUNK, zoom: 1 });
      const there = await user.colourAt({ y: 29 * CHUNK + 512, x: 69 * CHUNK + 512 });
      expect(Math.abs(there[0] - here[0][0])).toBeGreaterThan(100);
      const chunks = sent.filter(({ path }) => /\/c\//.test(path));
      const finest = chunks.filter(({ path }) => path.startsWith("/large.ome.zarr/0/"));
      expect(overview).toBeLessThanOrEqual(8);
      expect(finest.length).toBeGreaterThan(0);
      expect(finest.length).toBeLessThanOrEqual(12);
      expect(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(80e6);
      expect(visit.problems).toEqual([]);
    },
    patience,
  );

  describeData("real files", () => {
    const formats = dataPath("formats");

    test(
      "files of other programs show the very values that they hold",
      async () => {
        for (const name of [
          "tiff_imagejs/img/float32.tif",
          "tiff_imagejs/img/color16-lzw.tif",
          "ome_files/test/data/grey.ome.tiff",
        ]) {
          await user.pick([`${formats}/${name}`]);
          const image = await readImage(
            bytesSource(name, Uint8Array.from(readFileSync(`${formats}/${name}`))),
          );
          const width = lengthOf(image, "x");
          const [y, x] = [Math.floor(lengthOf(image, "y") / 2), Math.floor(width / 3)];
          const { size } = await user.scene();
          expect({ name, y: size.y, x: size.x }).toEqual({
            name,
            y: lengthOf(image, "y"),
            x: width,
          });
          const value = Number(image.data[y * width + x]);
          await expect
            .poll(async () => `${name}: ${await valueAt(y, x)}`)
            .toContain(numberText(value));
          await user.closeAll();
        }
        expect(visit.problems).toEqual([]);
      },
      patience,
    );

    test(
      "frames that are picked become a movie, with labels and their tracks beside it",
      async () => {
        const movie = dataPath("tracking-sim10/01");
        const frames = Array.from({ length: 10 }, (_, t) => `${movie}/t00${t}.tif`);
        await user.pick(frames);
        const { size, layers } = await user.scene();
        expect(size.t).toBe(10);
        expect(layers.map(({ kind }) => kind)).toEqual(["image"]);
        const place = { y: Math.floor(size.y / 2), x: Math.floor(size.x / 2) };
        const shownAt = async (t: number) => {
          const path = `${movie}/t00${t}.tif`;
          const image = await readImage(bytesSource(path, Uint8Array.from(readFileSync(path))));
          return numberText(Number(image.data[place.y * lengthOf(image, "x") + place.x]));
        };
        await expect.poll(() => valueAt(place.y, place.x)).toContain(await shownAt(0));
        await user.key("ArrowRight", "ArrowRight", "ArrowRight");
        expect((await user.scene()).at.t).toBe(3);
        await expect.poll(() => valueAt(place.y, place.x)).toContain(await shownAt(3));
        await visit.page
          .getByRole("slider", { name: /time|frame/i })
          .first()
          .waitFor();
        expect(visit.problems).toEqual([]);
      },
      patience,
    );
  });

  test(
    "broken, foreign and hostile files are a message; the layers and edits before stay as they were",
    async () => {
      await visit.page.getByRole("button", { name: /Sample nuclei/ }).click();
      await expect.poll(async () => (await user.scene()).layers.length).toBe(1);
      const { size } = await user.scene();
      const place = { y: Math.floor(size.y / 2), x: Math.floor(size.x / 2) };
      await user.key("m", "p");
      await user.drag([place, { y: place.y, x: place.x + 30 }]);
      const before = await user.scene();
      const colour = await user.colourAt({ y: place.y, x: place.x + 15 });
      await user.hover({ y: 1, x: 1 });
      const files: Record<string, Uint8Array> = {
        "empty.tif": new Uint8Array(0),
        "text.tif": new TextEncoder().encode("II*\0 this is no image"),
        "zeros.npy": new Uint8Array(4096),
        // A directory that is its own next one, of a strip that lies outside of the file.
        "loop.tif": Uint8Array.from([73, 73, 42, 0, 8, 0, 0, 0, 0, 0, 8, 0, 0, 0]),
        "huge.tif": hugeTiff(),
        "huge.bmp": hugeBitmap(),
        "cut.png": Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]),
      };
      for (const [name, bytes] of Object.entries(files)) {
        await user.drop({ [name]: bytes });
        await expect.poll(async () => (await user.notices()).join("\n")).toContain(name);
      }
      const after = await user.scene();
      expect(after.layers).toEqual(expect.arrayContaining([...before.layers]));
      const still = await user.colourAt({ y: place.y, x: place.x + 15 });
      for (const [i, part] of still.entries()) expect(Math.abs(part - colour[i])).toBeLessThan(4);
      await user.key("Control+z");
      expect(await user.colourAt({ y: place.y, x: place.x + 15 })).not.toEqual(colour);
      expect(visit.problems).toEqual([]);
    },
    patience,
  );
});

/** A TIFF that says it has 2 000 000 x 2 000 000 pixels of 32 bits, in one strip of a few bytes. */
function hugeTiff(): Uint8Array {
  const fields = [
    [256, 4, 2_000_000],
    [257, 4, 2_000_000],
    [258, 3, 32],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, 2_000_000],
    [279, 4, 8],
  ];
  const bytes = new DataView(new ArrayBuffer(16 + 2 + 12 * fields.length + 4));
  for (const [i, byte] of [73, 73, 42, 0].entries()) bytes.setUint8(i, byte);
  bytes.setUint32(4, 16, true);
  bytes.setUint16(16, fields.length, true);
  for (const [i, [tag, type, value]] of fields.entries()) {
    const at = 18 + 12 * i;
    bytes.setUint16(at, tag, true);
    bytes.setUint16(at + 2, type, true);
    bytes.setUint32(at + 4, 1, true);
    bytes.setUint32(at + 8, value, true);
  }
  return new Uint8Array(bytes.buffer);
}
