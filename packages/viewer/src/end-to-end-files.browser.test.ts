import { readdirSync, readFileSync } from "node:fs";
import { bytesSource, type Image, readImage, writeOmeTiff, writeOmeZarr } from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { openApp } from "@cellwright/testing/app";
import { dropFromDisk } from "@cellwright/testing/from-disk";
import { describePage, type Site, type Visit } from "@cellwright/testing/page";
import { type User, userOf } from "@cellwright/testing/user";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { numberText } from "./ui/number-text.js";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

/** A small window: what is drawn in software takes its time by the pixel. */
const small = { width: 960, height: 600 };

const SIDE = 256;

describePage("opening files of all kinds", () => {
  describeData("made of real images", () => {
    let site: Site;
    let visit: Visit;
    let user: User;
    /** What the site has beside the page. */
    const there = new Map<string, Uint8Array>();
    const sent: { path: string; byteLength: number }[] = [];
    const fields: Uint8Array[] = [];

    beforeAll(async () => {
      const folder = dataPath("dsb2018/train/images");
      for (const name of readdirSync(folder).sort()) {
        const bytes = Uint8Array.from(readFileSync(`${folder}/${name}`));
        const image = await readImage(bytesSource(name, bytes));
        if (image.shape.every((length) => length === SIDE))
          fields.push(Uint8Array.from(image.data, Number));
        if (fields.length === 12) break;
      }
      site = await openApp({
        find: (path) => there.get(path),
        onAnswer: (path, byteLength) => sent.push({ path, byteLength }),
      });
      visit = await site.visit("/?test", { size: small });
      user = userOf(visit);
    }, patience);
    afterAll(() => site?.close());
    afterEach(async () => {
      expect(visit.problems).toEqual([]);
      expect(visit.strangers).toEqual([]);
      expect(await user.notices()).toEqual([]);
      await user.closeAll();
      sent.length = 0;
    });

    /** The fields one after the other, as planes of one image. */
    function stack(axes: string, shape: readonly number[]): Image {
      const data = new Uint8Array(shape.reduce((a, b) => a * b, 1));
      const planes = data.length / SIDE ** 2;
      for (let i = 0; i < planes; i++) data.set(pixelsOf(i), i * SIDE ** 2);
      return { data, axes, shape };
    }

    const pixelsOf = (plane: number) => fields[plane % fields.length];

    const tiff = async (image: Image, options = {}): Promise<Uint8Array> => {
      const parts: [number, Uint8Array][] = [];
      const write = (position: number, bytes: Uint8Array) => {
        parts.push([position, bytes.slice()]);
      };
      const file = new Uint8Array(await writeOmeTiff(image, { write }, options));
      for (const [position, bytes] of parts) file.set(bytes, position);
      return file;
    };

    /** What the page says of the pixel under the pointer. */
    async function valuesAt(y: number, x: number): Promise<string> {
      await user.hover({ y, x });
      return (await visit.page.getByRole("contentinfo").innerText()).replace(/\s+/g, " ");
    }

    /** A place of a field that is neither the darkest nor the brightest, so that it tells planes apart. */
    const place = { y: 100, x: 77 };
    const valueIn = (plane: number) => numberText(pixelsOf(plane)[place.y * SIDE + place.x]);

    test(
      "time, depth and channels: sliders show the very plane, and it plays",
      async () => {
        const [frames, channels, depth] = [2, 2, 3];
        const image = stack("tczyx", [frames, channels, depth, SIDE, SIDE]);
        await user.drop({ "stack.ome.tif": await tiff(image, { bigTiff: true, tile: 128 }) });
        const { size, layers } = await user.scene();
        expect(size).toMatchObject({ t: frames, z: depth, y: SIDE, x: SIDE });
        expect(layers.map(({ kind }) => kind)).toEqual(["image", "image"]);
        const slider = (name: string) =>
          visit.page.getByRole("slider", { name, exact: true }).first();
        for (const [t, z] of [
          [0, 0],
          [1, 2],
          [0, 1],
        ]) {
          await slider("Frame").fill(`${t}`);
          await slider("Plane").fill(`${z}`);
          await user.settle();
          const values = [0, 1].map((c) => valueIn((t * channels + c) * depth + z));
          await expect
            .poll(() => valuesAt(place.y, place.x))
            .toMatch(new RegExp(`channel 2 ${values[1]} .*channel 1 ${values[0]} `));
        }
        await user.press("Play");
        await expect.poll(async () => (await user.scene()).at.t).toBe(1);
        await user.press("Pause");
      },
      patience,
    );

    test(
      "a large TIFF on the web is read by the ranges in view",
      async () => {
        const side = 16 * SIDE;
        const data = new Uint8Array(side * side);
        for (let y = 0; y < side; y++)
          for (let column = 0; column < 16; column++) {
            const field = pixelsOf((y >> 8) * 16 + column);
            const row = (y % SIDE) * SIDE;
            data.set(field.subarray(row, row + SIDE), y * side + column * SIDE);
          }
        const file = await tiff({ data, axes: "yx", shape: [side, side] }, { tile: 256 });
        there.set("/large.ome.tif", file);
        await user.open(`${site.origin}/large.ome.tif`);
        expect((await user.scene()).size).toMatchObject({ y: side, x: side });
        const [y, x] = [5 * SIDE + place.y, 9 * SIDE + place.x];
        await user.look({ y, x, zoom: 1 });
        await expect.poll(() => valuesAt(y, x)).toContain(valueIn(5 * 16 + 9));
        const parts = sent.filter(({ path }) => path === "/large.ome.tif");
        expect(parts.length).toBeGreaterThan(2);
        const bytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
        expect(bytes).toBeLessThan(0.6 * file.length);
      },
      patience,
    );

    test(
      "an OME-Zarr 0.4 opens by its address, with its planes",
      async () => {
        const set = (key: string, bytes: Uint8Array) => {
          there.set(`/stack.zarr/${key}`, bytes);
        };
        const image = stack("zyx", [3, SIDE, SIDE]);
        await writeOmeZarr(image, { set }, { version: "0.4", chunk: 128 });
        await user.open(`${site.origin}/stack.zarr`);
        expect((await user.scene()).size).toMatchObject({ z: 3, y: SIDE, x: SIDE });
        await visit.page.getByRole("slider", { name: "Plane", exact: true }).fill("2");
        await expect.poll(() => valuesAt(place.y, place.x)).toContain(valueIn(2));
      },
      patience,
    );

    test(
      "other formats go through ITK's readers, which come from the page's own host",
      async () => {
        const head = `NRRD0004\ntype: uint8\ndimension: 2\nsizes: ${SIDE} ${SIDE}\nencoding: raw\n\n`;
        const nrrd = Buffer.concat([Buffer.from(head), Buffer.from(pixelsOf(4))]);
        await user.drop({ "field.nrrd": nrrd });
        expect((await user.scene()).size).toMatchObject({ y: SIDE, x: SIDE });
        await expect.poll(() => valuesAt(place.y, place.x)).toContain(valueIn(4));
        const shown = await user.coloursAt([place, { y: 5, x: 5 }]);
        expect(shown[0].every((part, i) => i === 0 || part === shown[0][0])).toBe(true);
        expect(sent.some(({ path }) => /^\/itk\/.*\.wasm/.test(path))).toBe(true);
      },
      patience,
    );

    const pickFolder = async (path: string) => {
      const { page } = visit;
      await page.getByRole("button", { name: "Open", exact: true }).click();
      const chooser = page.waitForEvent("filechooser");
      await page.getByRole("menuitem", { name: /^Folder/ }).click();
      await (await chooser).setFiles(path);
    };

    test.each([
      ["picked", pickFolder],
      ["dropped", (path: string) => dropFromDisk(visit.page, [path])],
    ])(
      "a folder with a movie and its truth, %s, becomes an image, two kinds of labels and tracks",
      async (_, give) => {
        await give(dataPath("tracking-sim10"));
        await expect
          .poll(async () => (await user.scene()).layers.map(({ kind }) => kind), {
            timeout: patience / 4,
          })
          .toEqual(["image", "labels", "labels", "tracks"]);
        expect((await user.scene()).size.t).toBe(10);
      },
      patience,
    );
  });
});
