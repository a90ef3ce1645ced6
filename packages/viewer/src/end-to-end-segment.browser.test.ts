import { fileURLToPath } from "node:url";
import { dataPath, describeData } from "@cellwright/testing";
import { openApp } from "@cellwright/testing/app";
import { describePage, fileIn, type Site, type Visit } from "@cellwright/testing/page";
import { partOf } from "@cellwright/testing/part";
import { type Colour, type ImagePlace, type User, userOf } from "@cellwright/testing/user";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

/** A small window: what is drawn in software takes its time by the pixel. */
const small = { width: 960, height: 600 };

const SIDE = 256;

/** A model that somebody else's site might have. */
const others = fileURLToPath(new URL("../../models/bacteria-phase", import.meta.url));

/** The upper left part of a field, as a file. */
const part = (path: string, height: number, width = height) =>
  partOf(dataPath(`deepcell2016/train/${path}`), height, width);

/** The pixels of each cell, by its number, as text that tells cells apart. */
function cellsOf(labels: readonly number[]): Map<number, string> {
  const pixels = new Map<number, number[]>();
  for (const [i, label] of labels.entries())
    if (label > 0) pixels.set(label, [...(pixels.get(label) ?? []), i]);
  return new Map([...pixels].map(([label, places]) => [label, places.join(" ")]));
}

const far = (a: Colour, b: Colour) => Math.max(...a.map((part, i) => Math.abs(part - b[i])));

describePage("finding cells by the panel", () => {
  describeData("in real fields", () => {
    let site: Site;
    let visit: Visit;
    let user: User;

    beforeAll(async () => {
      site = await openApp({
        find: (path) => (path.startsWith("/others/") ? fileIn(others, path.slice(8)) : undefined),
      });
      visit = await site.visit("/?test", { size: small });
      user = userOf(visit);
      await user.press(/^Sample nuclei/);
      await user.panel("Segment");
      await user.closeAll();
    }, patience);
    afterAll(() => site?.close());
    afterEach(async () => {
      expect(visit.problems).toEqual([]);
      expect(visit.strangers).toEqual([]);
      expect(await user.notices()).toEqual([]);
      await user.closeAll();
    }, patience);

    const where = (name: "image" | "view" | "region") =>
      visit.page
        .getByRole("group", { name: "Where" })
        .getByRole("radio", { name, exact: true })
        .check();

    /** What a field of the panel says. */
    const chosen = (field: string) =>
      visit.page
        .getByLabel(field, { exact: true })
        .locator("option:checked")
        .evaluate((option) => option.textContent ?? "");

    /** Finds cells into a new layer; answers the labels. */
    async function find(): Promise<number[]> {
      const { layers } = await user.scene();
      await user.press("Find cells");
      const after = await user.scene();
      expect(after.layers).toHaveLength(layers.length + 1);
      return user.labels(after.active);
    }

    /** Drops a field of two channels, `height` x `width` pixels. */
    const dropField = async (height: number, width: number) => {
      await user.drop({
        "a_DAPI.tif": await part("hela/set1/nuclear.tif", height, width),
        "b_brightfield.tif": await part("hela/set1/phase.tif", height, width),
      });
      expect((await user.scene()).layers.map(({ kind }) => kind)).toEqual(["image", "image"]);
      await user.choose("Model", "cytoplasm-phase");
    };

    /** Places all over the image. */
    const spread = (height: number, width: number): ImagePlace[] =>
      Array.from({ length: 400 }, (_, i) => ({
        y: Math.floor((((i % 20) + 0.5) / 20) * height),
        x: Math.floor(((Math.floor(i / 20) + 0.5) / 20) * width),
      }));

    test(
      "channels go by their names; a region and the view get the very cells that the whole image has there",
      async () => {
        await dropField(SIDE, SIDE);
        expect(await chosen("Nuclear")).toMatch(/DAPI/);
        expect(await chosen("Phase")).toMatch(/brightfield/);
        const places = spread(SIDE, SIDE);
        const bare = await user.coloursAt(places);
        const whole = await find();
        const cells = cellsOf(whole);
        expect(cells.size).toBeGreaterThan(5);
        // Where there is a cell the screen has changed, and nowhere else.
        const shown = await user.coloursAt(places);
        const labelAt = ({ y, x }: ImagePlace) => whole[y * SIDE + x];
        const changed = places.filter((_, i) => far(shown[i], bare[i]) > 10);
        expect(changed.length).toBeGreaterThan(10);
        expect(changed.filter((place) => labelAt(place) === 0)).toEqual([]);

        /** Of the cells of all of it those in a box, and no other. */
        const amongThem = (labels: readonly number[], box: readonly [number, number]) => {
          const inside = (pixels: string) =>
            pixels
              .split(" ")
              .map(Number)
              .map((i) => [Math.floor(i / SIDE), i % SIDE])
              .map((place) => place.every((at) => at >= box[0] && at < box[1]));
          const found = new Set(cellsOf(labels).values());
          for (const pixels of found) {
            expect(inside(pixels)).toContain(true);
            expect([...cells.values()]).toContain(pixels);
          }
          const wanted = [...cells.values()].filter((pixels) => inside(pixels).every(Boolean));
          for (const pixels of wanted) expect(found).toContain(pixels);
          expect(found.size).toBeGreaterThan(0);
          expect(found.size).toBeLessThan(cells.size);
        };
        await user.key("r");
        await user.drag([
          { y: 64, x: 64 },
          { y: 191, x: 191 },
        ]);
        await where("region");
        amongThem(await find(), [63, 193]);

        const { camera } = await user.scene();
        const height = await visit.page
          .locator("canvas")
          .first()
          .evaluate(({ clientWidth, clientHeight }) => Math.max(clientWidth, clientHeight));
        await user.look({ y: 128, x: 128, zoom: height / 128 });
        await where("view");
        amongThem(await find(), [63, 193]);
        await user.look(camera);
        await where("image");
      },
      patience,
    );

    test(
      "a bioimage.io model is read from its address, and finds what the same model finds that the page has",
      async () => {
        await user.drop({ "bacteria.tif": await part("ecoli/set1/phase.tif", SIDE) });
        await user.choose("Model", "bacteria-phase");
        const own = await find();
        expect(cellsOf(own).size).toBeGreaterThan(10);
        await visit.page.getByText("Another model").click();
        const address = visit.page.getByLabel("Address of a bioimage.io model");
        await address.fill(`${site.origin}/others/bioimageio.yaml`);
        await address.press("Enter");
        await expect.poll(() => chosen("Model")).toBe("bacteria-phase (address)");
        expect(await find()).toEqual(own);
      },
      patience,
    );

    test(
      "cells come tile by tile with its progress told; told to stop, it leaves all as it was",
      async () => {
        const { page } = visit;
        const width = 5 * SIDE;
        await dropField(SIDE, width);
        await page.getByText("More", { exact: true }).click();
        await page.getByLabel("Cell diameter in pixels").fill("30");
        await page.getByLabel("Cell diameter in pixels").press("Tab");
        const places = spread(SIDE, width);
        const bare = await user.coloursAt(places);
        const told = page.evaluate(watchJob, "end" as const);
        const labels = await find();
        const cells = cellsOf(labels).size;
        expect(cells).toBeGreaterThan(20);
        const states = await told;
        // Some labels were there before the end, then more.
        const counts = states.map(({ count }) => count);
        expect(new Set(counts.filter((count) => count > 0)).size).toBeGreaterThan(1);
        const shares = states.map(({ progress }) => progress);
        expect(shares.filter((share) => share > 0 && share < 1).length).toBeGreaterThan(1);
        expect(shares).toEqual([...shares].sort((a, b) => a - b));

        await user.key("Control+z");
        expect(new Set(await user.labels())).toEqual(new Set([0]));
        expect(await user.coloursAt(places)).toEqual(bare);
        const before = await user.scene();
        const stopped = page.evaluate(watchJob, "labels" as const);
        await user.press("Find cells");
        expect((await stopped).at(-1)?.count).toBeGreaterThan(0);
        expect(await user.coloursAt(places)).toEqual(bare);
        expect((await user.scene()).layers).toEqual(before.layers);
      },
      patience,
    );
  });
});

/** How far a job was, and how many pixels of the newest layer were labelled. */
interface Seen {
  readonly progress: number;
  readonly count: number;
}

/** In the page: looks at a job time after time until it ends, or until there are labels: then it is stopped. */
async function watchJob(until: "end" | "labels"): Promise<Seen[]> {
  const { workspace } = globalThis.cellwright;
  const pause = () => new Promise((done) => setTimeout(done, 10));
  const states: Seen[] = [];
  while (workspace.jobs.get().length === 0) await pause();
  for (let jobs = workspace.jobs.get(); jobs.length > 0; jobs = workspace.jobs.get()) {
    const { at, size } = workspace.scene.get();
    const store = [...workspace.labels.values()].at(-1);
    const labels = await store?.read(at, { y: 0, x: 0, height: size.y, width: size.x });
    const count = labels ? labels.data.filter((label) => label > 0).length : 0;
    states.push({ progress: jobs[0].progress ?? 0, count });
    if (until === "labels" && count > 0) {
      document.querySelector<HTMLButtonElement>('button[aria-label="Stop: Segment"]')?.click();
      break;
    }
    await pause();
  }
  return states;
}
