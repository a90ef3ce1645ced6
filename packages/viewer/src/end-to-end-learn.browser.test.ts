import { bytesSource, readModelZip, writeTiff } from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { openApp } from "@cellwright/testing/app";
import { describePage, type Site, type Visit } from "@cellwright/testing/page";
import { partOf } from "@cellwright/testing/part";
import { type User, userOf } from "@cellwright/testing/user";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 900_000;

/** A small window: what is drawn in software takes its time by the pixel. */
const small = { width: 960, height: 600 };

describePage("learning in the page", () => {
  describeData("from corrected bacteria", () => {
    let site: Site;

    beforeAll(async () => {
      site = await openApp();
    }, patience);
    afterAll(() => site?.close());

    /** A field, segmented in the page, and labels that say that its cells are smaller: something that can be learnt. */
    async function corrected(): Promise<{ visit: Visit; user: User }> {
      const visit = await site.visit("/?test", { size: small });
      const user = userOf(visit);
      await user.drop({ "phase.tif": await field() });
      await user.panel("Segment");
      await user.choose("Model", "bacteria-phase");
      await user.press("Find cells");
      await expect
        .poll(async () => (await user.scene()).layers.length, { timeout: patience / 3 })
        .toBe(2);
      await user.settle();
      const { size } = await user.scene();
      await user.drop({ "phase_masks.tif": shrunk(await user.labels(), size.y, size.x) });
      expect((await user.scene()).layers).toHaveLength(3);
      return { visit, user };
    }

    test(
      "it stops when told to, with the held-back score before and after; the rest is found anew; the model is downloaded, and finds cells where it is opened",
      async () => {
        const { visit, user } = await corrected();
        const { page } = visit;
        const { active } = await user.scene();
        const labels = await user.labels(active);
        await user.panel("Learn");
        await user.choose("Learn from", "all of this frame");

        await page.getByLabel("Name", { exact: true }).fill("smaller bacteria");
        const minutes = page.getByLabel("Minutes to learn for");
        await minutes.fill("60");
        // The panel is drawn anew while somebody types: nothing of it is lost.
        await page.evaluate(() =>
          globalThis.cellwright.workspace.scene.update((scene) => ({
            ...scene,
            region: [0, 0, 9, 9],
          })),
        );
        await user.settle();
        await minutes.press("Tab");
        expect(await minutes.inputValue()).toBe("60");
        await page.getByRole("button", { name: "Start", exact: true }).click();
        // Told to stop, it stops and keeps the best so far; the labels are as they were.
        await page.getByText(/^Epoch 1 of \d+: 0\.\d+/).waitFor({ timeout: patience / 2 });
        await page.getByRole("button", { name: /^Stop: / }).click();
        await page.getByText(/^Learnt from \d+ cells?.*stopped early/).waitFor({
          timeout: patience / 4,
        });
        await user.settle();
        expect(await user.labels(active)).toEqual(labels);
        const row = page.getByRole("row", { name: /^AP [\d.]/ }).getByRole("cell");
        const [before, after] = (await row.allInnerTexts()).map(Number);
        expect(before).toBeGreaterThan(0);
        expect(after).toBeGreaterThan(before);

        await page.getByRole("button", { name: "Apply to the rest" }).click();
        await user.settle();
        const { name, bytes } = await user.download(() =>
          page.getByRole("button", { name: "Download model" }).click(),
        );
        expect(name).toMatch(/\.zip$/);
        const files = await readModelZip(bytesSource(name, bytes));
        for (const path of ["bioimageio.yaml", "weights.onnx", "test_input.npy", "test_output.npy"])
          expect(await files.open(path), path).toBeDefined();
        expect(await user.notices()).toEqual([]);
        expect(visit.problems).toEqual([]);
        expect(visit.strangers).toEqual([]);
        await page.context().close();
        await usedElsewhere(name, bytes);
      },
      patience,
    );

    /** The model, in a page that has never seen it. */
    async function usedElsewhere(name: string, bytes: Uint8Array): Promise<void> {
      const visit = await site.visit("/?test", { size: small });
      const user = userOf(visit);
      const { page } = visit;
      await user.drop({ "phase.tif": await field() });
      await user.panel("Segment");
      await page.getByText("Another model").click();
      const chooser = page.waitForEvent("filechooser");
      await page.getByRole("button", { name: /^Zip file/ }).click();
      await (await chooser).setFiles([
        { name, mimeType: "application/zip", buffer: Buffer.from(bytes) },
      ]);
      const model = page.getByLabel("Model", { exact: true });
      await expect
        .poll(() => model.evaluate((field) => field.textContent), { timeout: 30_000 })
        .toMatch(/smaller bacteria/);
      await user.press("Find cells");
      await expect
        .poll(async () => (await user.scene()).layers.length, { timeout: patience / 3 })
        .toBe(2);
      await user.settle();
      expect(new Set(await user.labels()).size).toBeGreaterThan(20);
      expect(visit.problems).toEqual([]);
      expect(visit.strangers).toEqual([]);
      await page.context().close();
    }
  });
});

/** Pixels along each side of the field: few cells, so that judging them takes a moment. */
const SIDE = 192;

/** A part of a field of bacteria. */
function field(): Promise<Uint8Array> {
  return partOf(dataPath("deepcell2016/train/ecoli/set1/phase.tif"), SIDE);
}

/** A label TIFF of the cells without their outermost pixels. */
function shrunk(labels: readonly number[], height: number, width: number): Uint8Array {
  const data = new Uint16Array(labels.length);
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const around = [at - 1, at + 1, at - width, at + width];
      if (around.every((other) => labels[other] === labels[at])) data[at] = labels[at];
    }
  return writeTiff({ data, shape: [height, width], axes: "yx" });
}
