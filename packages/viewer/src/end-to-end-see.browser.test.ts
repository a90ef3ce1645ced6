import { readdirSync, readFileSync } from "node:fs";
import { bytesSource, lengthOf, readImage } from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { openApp } from "@cellwright/testing/app";
import { describePage, type Site, type Visit } from "@cellwright/testing/page";
import { partOf } from "@cellwright/testing/part";
import { type Colour, type ImagePlace, type User, userOf } from "@cellwright/testing/user";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

/** A small window: what is drawn in software takes its time by the pixel. */
const small = { width: 960, height: 600 };

const bytesOf = (path: string) => Uint8Array.from(readFileSync(path));

/** Places all over an image. */
function spread({ y, x }: { readonly y: number; readonly x: number }): ImagePlace[] {
  return Array.from({ length: 225 }, (_, i) => ({
    y: Math.floor((((i % 15) + 0.5) / 15) * y),
    x: Math.floor(((Math.floor(i / 15) + 0.5) / 15) * x),
  }));
}

const far = (a: Colour, b: Colour) => Math.max(...a.map((part, i) => Math.abs(part - b[i])));

describePage("seeing", () => {
  describeData("real images", () => {
    let site: Site;
    let visit: Visit;
    let user: User;

    // One page for all: what was removed must not be seen in what is opened next.
    beforeAll(async () => {
      site = await openApp();
      visit = await site.visit("/?test", { theme: "dark", size: small });
      user = userOf(visit);
    }, patience);
    afterAll(() => site?.close());
    afterEach(async () => {
      expect(visit.problems).toEqual([]);
      expect(visit.strangers).toEqual([]);
      await user.closeAll();
    }, patience);

    async function dropField(): Promise<void> {
      const name = readdirSync(dataPath("dsb2018/train/images")).sort()[0];
      await user.drop({
        "field.tif": bytesOf(dataPath(`dsb2018/train/images/${name}`)),
        "field_masks.tif": bytesOf(dataPath(`dsb2018/train/labels/${name}`)),
      });
    }

    test(
      "two channels are added up on the screen, each in its colour",
      async () => {
        const set = dataPath("deepcell2016/train/hela/set1");
        await user.drop({ "nuclear.tif": await partOf(`${set}/nuclear.tif`, 400) });
        await user.choose("Colours", "green");
        await user.drop({ "phase.tif": await partOf(`${set}/phase.tif`, 400) });
        await user.choose("Colours", "magenta");
        await user.choose("Blending", "additive");
        const { size } = await user.scene();
        const places = spread(size);
        const both = await user.coloursAt(places);
        await user.press(/^Hide phase/);
        const nuclear = await user.coloursAt(places);
        await user.press(/^Show phase/);
        await user.press(/^Hide nuclear/);
        const phase = await user.coloursAt(places);
        expect(Math.max(...nuclear.map(([, green]) => green))).toBeGreaterThan(150);
        expect(Math.max(...phase.map(([red]) => red))).toBeGreaterThan(100);
        for (const [i, [red, green, blue]] of both.entries()) {
          expect(nuclear[i][0] + nuclear[i][2]).toBeLessThan(6);
          expect(phase[i][1]).toBeLessThan(6);
          const sum: Colour = [phase[i][0], nuclear[i][1], phase[i][2]];
          expect(far([red, green, blue], sum)).toBeLessThan(6);
        }
      },
      patience,
    );

    test(
      "brightness on the screen is that of the file, between the limits, with gamma",
      async () => {
        const name = readdirSync(dataPath("dsb2018/train/images")).sort()[0];
        const bytes = bytesOf(dataPath(`dsb2018/train/images/${name}`));
        await user.drop({ "field.tif": bytes });
        const image = await readImage(bytesSource("field.tif", bytes));
        const [layer] = (await user.scene()).layers;
        const [low, high] = layer.limits as [number, number];
        const places = spread({ y: lengthOf(image, "y"), x: lengthOf(image, "x") });
        const share = ({ y, x }: ImagePlace) => {
          const value = Number(image.data[y * lengthOf(image, "x") + x]);
          return Math.min(1, Math.max(0, (value - low) / (high - low)));
        };
        const shown = await user.coloursAt(places);
        for (const [i, place] of places.entries())
          expect(Math.abs(shown[i][0] - 255 * share(place))).toBeLessThan(3);
        for (let i = 0; i < 5; i++)
          await visit.page.getByLabel("Gamma").first().press("ArrowRight");
        const dimmed = await user.coloursAt(places);
        const gamma = (await user.scene()).layers[0].gamma as number;
        expect(gamma).toBeGreaterThan(1.03);
        for (const [i, place] of places.entries())
          expect(Math.abs(dimmed[i][0] - 255 * share(place) ** gamma)).toBeLessThan(4);
        // The histogram is of the very pixels: most are dark, and so are most of its high bars.
        const bars = visit.page.locator(".histogram-bars");
        await bars.waitFor();
        const heights = [...((await bars.getAttribute("d")) ?? "").matchAll(/[\d.]+/g)].map(Number);
        expect(heights.length).toBeGreaterThan(20);
      },
      patience,
    );

    test(
      "labels are lines or areas, or the selected one alone; one colour each, the same every time",
      async () => {
        await dropField();
        const labels = await user.labels();
        const { size } = await user.scene();
        const inside = new Map<number, ImagePlace>();
        for (let y = 3; y < size.y - 3; y++)
          for (let x = 3; x < size.x - 3; x++) {
            const label = labels[y * size.x + x];
            const alike = [-3, 3].every(
              (d) => labels[(y + d) * size.x + x] === label && labels[y * size.x + x + d] === label,
            );
            if (label > 0 && alike && !inside.has(label)) inside.set(label, { y, x });
          }
        const places = [...inside.values()];
        expect(places.length).toBeGreaterThan(5);
        await user.press(/^Hide field_masks/);
        const bare = await user.coloursAt(places);
        await user.press(/^Show field_masks/);
        const shape = visit.page.getByRole("group", { name: "Cells are" });
        await shape.getByRole("radio", { name: "filled" }).check();
        const filled = await user.coloursAt(places);
        expect(filled.every((colour, i) => far(colour, bare[i]) > 10)).toBe(true);
        expect(new Set(filled.map(String)).size).toBeGreaterThan(places.length / 2);
        await shape.getByRole("radio", { name: "outlined" }).check();
        const outlined = await user.coloursAt(places);
        expect(outlined.filter((colour, i) => far(colour, bare[i]) > 10)).toHaveLength(0);
        await shape.getByRole("radio", { name: "filled" }).check();
        await user.key("5");
        await user.click(places[2]);
        expect((await user.scene()).tool.label).toBe([...inside.keys()][2]);
        // What was drawn of the change alone is what is drawn of all.
        await shape.getByRole("radio", { name: "both" }).check();
        const { camera } = await user.scene();
        for (const zoom of [camera.zoom, camera.zoom / 8]) {
          await user.look({ ...camera, zoom });
          for (const place of [places[3], places[1]]) {
            await user.click(place);
            const picked = await user.coloursAt(spread(size));
            await user.look({ ...camera, zoom });
            expect(await user.coloursAt(spread(size))).toEqual(picked);
          }
        }
        await user.look(camera);
        await user.click(places[2]);
        await shape.getByRole("radio", { name: "filled" }).check();
        await visit.page.getByLabel("Show the selected label alone").check();
        const alone = await user.coloursAt(places);
        expect(alone.filter((colour, i) => far(colour, bare[i]) > 10)).toHaveLength(1);
      },
      patience,
    );

    test(
      "a screenshot is what is seen; a lost graphics context comes back with all of it",
      async () => {
        await dropField();
        const { size } = await user.scene();
        const places = spread(size);
        const before = await user.coloursAt(places);
        await visit.page.evaluate(async () => {
          const canvas = document.querySelector("canvas");
          const loss = canvas?.getContext("webgl2")?.getExtension("WEBGL_lose_context");
          const restored = new Promise((done) =>
            canvas?.addEventListener("webglcontextrestored", done, { once: true }),
          );
          loss?.loseContext();
          await new Promise((done) => setTimeout(done, 200));
          loss?.restoreContext();
          await restored;
        });
        expect(await user.coloursAt(places)).toEqual(before);
        const picture = await user.save(/^Screenshot/);
        const image = await readImage(bytesSource(picture.name, picture.bytes));
        expect(lengthOf(image, "y")).toBeGreaterThan(300);
        expect(new Set(image.data.slice(0, 100_000)).size).toBeGreaterThan(20);
      },
      patience,
    );

    test(
      "points are drawn where they are put, as large and in the colour as chosen, and are taken away",
      async () => {
        const { page } = visit;
        await dropField();
        await user.press(/^Hide field_masks/);
        const [one, other] = [
          { y: 60, x: 60 },
          { y: 180, x: 120 },
        ];
        const [bare] = await user.coloursAt([one]);
        await user.press("New points layer");
        await user.key("a");
        await user.click(one);
        await user.click(other);
        await page.locator("#points-colour").fill("#ff0000");
        await page.getByRole("slider", { name: "Size" }).fill("9");
        const near = { y: 63, x: 60 };
        const beyond = { y: 68, x: 60 };
        const [first, second, edge, outside] = await user.coloursAt([one, other, near, beyond]);
        for (const colour of [first, second, edge]) expect(colour).toEqual([255, 0, 0]);
        expect(outside).not.toEqual([255, 0, 0]);
        await user.key("Shift+A");
        await user.click(other);
        expect(await user.colourAt(other)).not.toEqual([255, 0, 0]);
        await user.key("Control+z");
        expect(await user.colourAt(other)).toEqual([255, 0, 0]);
        await user.press(/^Hide Points/);
        expect(await user.colourAt(one)).toEqual(bare);
      },
      patience,
    );

    test(
      "the scale bar is as long as it says, at every zoom",
      async () => {
        const { page } = visit;
        await dropField();
        await page.getByRole("button", { name: "field, image" }).click();
        await page.getByLabel("Micrometres a pixel").fill("0.5");
        await page.getByLabel("Micrometres a pixel").press("Tab");
        await page.getByLabel("Scale bar", { exact: true }).check();
        const bar = page.getByRole("img", { name: /^Scale bar/ });
        for (const zoom of [1, 2.5, 8]) {
          await user.look({ y: 128, x: 128, zoom });
          const [, length] = /([\d.]+) µm/.exec((await bar.getAttribute("aria-label")) ?? "") ?? [];
          const box = await bar.locator("div").boundingBox();
          expect((box?.width ?? 0) / zoom).toBeCloseTo(Number(length) / 0.5, 0);
        }
        await page.getByLabel("Scale bar", { exact: true }).uncheck();
        expect(await bar.count()).toBe(0);
      },
      patience,
    );
  });
});
