import { readdirSync, readFileSync } from "node:fs";
import {
  bytesSource,
  readCellposeSeg,
  readImage,
  readRois,
  readTable,
  readTracks,
} from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { openApp } from "@cellwright/testing/app";
import { describePage, type Site, type Visit } from "@cellwright/testing/page";
import { type User, userOf } from "@cellwright/testing/user";
import { strFromU8, unzipSync } from "fflate";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

/** A small window: what is drawn in software takes its time by the pixel. */
const small = { width: 960, height: 600 };

const bytesOf = (path: string) => Uint8Array.from(readFileSync(path));

describePage("saving", () => {
  describeData("real labels", () => {
    let site: Site;
    let visit: Visit;
    let user: User;
    const name = () => readdirSync(dataPath("dsb2018/train/images")).sort()[0];
    const field = () => ({
      "field.tif": bytesOf(dataPath(`dsb2018/train/images/${name()}`)),
      "field_masks.tif": bytesOf(dataPath(`dsb2018/train/labels/${name()}`)),
    });

    beforeAll(async () => {
      site = await openApp();
    }, patience);
    afterAll(() => site?.close());
    beforeEach(async () => {
      visit = await site.visit("/?test", { size: small });
      user = userOf(visit);
    });
    afterEach(async () => {
      expect(visit.problems).toEqual([]);
      expect(visit.strangers).toEqual([]);
      await visit.page.context().close();
    });

    test(
      "each format holds the very labels, as its readers read them",
      async () => {
        await user.drop(field());
        const labels = await user.labels();
        const cells = new Set(labels.filter((label) => label > 0)).size;

        const tif = await user.save(/^Label TIFF/);
        expect(tif.name).toBe("field_masks.tif");
        const image = await readImage(bytesSource(tif.name, tif.bytes));
        expect(Array.from(image.data, Number)).toEqual(labels);

        const png = await user.save(/^PNG/);
        const plane = await readImage(bytesSource(png.name, png.bytes));
        expect(Array.from(plane.data, Number)).toEqual(labels);

        const seg = await user.save(/^Cellpose/);
        const read = await readCellposeSeg(bytesSource(seg.name, seg.bytes));
        expect(new Set(read.data).size).toBe(cells + 1);
        expect(Array.from(read.data, (label) => label > 0)).toEqual(
          labels.map((label) => label > 0),
        );

        const rois = await user.save(/^ImageJ/);
        expect((await readRois(bytesSource(rois.name, rois.bytes))).length).toBeGreaterThanOrEqual(
          cells,
        );

        const geo = JSON.parse(strFromU8((await user.save(/^GeoJSON/)).bytes));
        expect(geo.type).toBe("FeatureCollection");
        expect(geo.features).toHaveLength(cells);

        const coco = JSON.parse(strFromU8((await user.save(/^COCO/)).bytes));
        expect(coco.annotations).toHaveLength(cells);

        const table = readTable(strFromU8((await user.save(/^Table/)).bytes));
        expect(table.area).toHaveLength(cells);
        expect(table.area.reduce((a, b) => a + b, 0)).toBe(labels.filter(Boolean).length);
        expect(table.intensity_mean.every((value) => value > 0)).toBe(true);
      },
      patience,
    );

    test(
      "an OME-Zarr that was saved opens again with the same labels",
      async () => {
        await user.drop(field());
        const labels = await user.labels();
        for (const version of [/^OME-Zarr 0\.5/, /^OME-Zarr 0\.4/]) {
          const zarr = await user.save(version);
          const again = userOf(await site.visit("/?test", { size: small }));
          await again.drop({ [zarr.name]: zarr.bytes });
          await expect
            .poll(async () => (await again.scene()).layers.map(({ kind }) => kind))
            .toContain("labels");
          expect(await again.labels()).toEqual(labels);
          await again.visit.page.context().close();
        }
      },
      patience,
    );

    test(
      "a movie's labels and tracks are saved as the Cell Tracking Challenge wants them",
      async () => {
        const truth = dataPath("tracking-sim10/01_GT/TRA");
        const files = readdirSync(truth).sort();
        await user.drop(
          Object.fromEntries(files.map((file) => [file, bytesOf(`${truth}/${file}`)])),
        );
        expect((await user.scene()).size.t).toBe(10);
        const first = await user.labels();
        const ctc = await user.save(/^Cell Tracking/);
        const inside = unzipSync(ctc.bytes);
        const masks = Object.keys(inside)
          .filter((path) => /mask\d+\.tif$/.test(path))
          .sort();
        expect(masks).toHaveLength(10);
        const mask = await readImage(bytesSource(masks[0], inside[masks[0]]));
        expect(Array.from(mask.data, Number)).toEqual(first);
        const list = Object.keys(inside).find((path) => path.endsWith("res_track.txt")) ?? "";
        const saved = readTracks(strFromU8(inside[list]));
        const wanted = readTracks(readFileSync(`${truth}/man_track.txt`, "utf8"));
        expect(saved).toEqual(wanted);
      },
      patience,
    );

    test(
      "a session brings back layers, looks and places",
      async () => {
        await user.drop(field());
        const labels = await user.labels();
        await user.look({ y: 100, x: 80, zoom: 4 });
        await user.press(/^Hide field_masks/);
        const before = await user.scene();
        const downloads: { name: string; bytes: Uint8Array }[] = [];
        visit.page.on("download", async (download) => {
          const bytes = bytesOf((await download.path()) as string);
          downloads.push({ name: download.suggestedFilename(), bytes });
        });
        await user.save(/^Session/);
        await expect.poll(() => downloads.some(({ name }) => name.endsWith(".json"))).toBe(true);
        await visit.page.waitForTimeout(1000);
        const again = userOf(await site.visit("/?test", { size: small }));
        const saved = Object.fromEntries(downloads.map(({ name, bytes }) => [name, bytes]));
        await again.drop({ "field.tif": field()["field.tif"], ...saved });
        await expect.poll(async () => (await again.scene()).layers.length).toBe(2);
        const after = await again.scene();
        expect(after.camera).toEqual(before.camera);
        expect(after.layers.map(({ name, kind, visible }) => ({ name, kind, visible }))).toEqual(
          before.layers.map(({ name, kind, visible }) => ({ name, kind, visible })),
        );
        expect(await again.labels()).toEqual(labels);
        await again.visit.page.context().close();
      },
      patience,
    );
  });
});
