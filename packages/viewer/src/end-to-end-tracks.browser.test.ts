import { readdirSync, readFileSync } from "node:fs";
import { dataPath, describeData } from "@cellwright/testing";
import { openApp } from "@cellwright/testing/app";
import { describePage, type Site, type Visit } from "@cellwright/testing/page";
import { type ImagePlace, type User, userOf } from "@cellwright/testing/user";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

/** A small window: what is drawn in software takes its time by the pixel. */
const small = { width: 960, height: 600 };

/** A track as the page has it. */
interface Known {
  readonly label: number;
  readonly begin: number;
  readonly end: number;
  readonly parent: number;
}

describePage("correcting tracks", () => {
  describeData("of a movie", () => {
    let site: Site;
    let visit: Visit;
    let user: User;

    // One page for all: each test undoes what it did.
    beforeAll(async () => {
      site = await openApp();
      visit = await site.visit("/?test", { theme: "dark", size: small });
      user = userOf(visit);
      const truth = dataPath("tracking-sim10/01_GT/TRA");
      const files = readdirSync(truth).sort();
      await user.drop(
        Object.fromEntries(
          files.map((file) => [file, Uint8Array.from(readFileSync(`${truth}/${file}`))]),
        ),
      );
      await visit.page.getByRole("radio", { name: "filled" }).check();
    }, patience);
    afterAll(async () => {
      expect(visit?.problems).toEqual([]);
      expect(visit?.strangers).toEqual([]);
      await site?.close();
    });

    const tracks = (): Promise<Known[]> =>
      visit.page.evaluate(() => {
        const [lineage] = globalThis.cellwright.workspace.lineages.values();
        return lineage.tracks
          .map(({ label, begin, end, parent }) => ({ label, begin, end, parent }))
          .sort((a, b) => a.label - b.label);
      });

    const trackOf = async (label: number) =>
      (await tracks()).find((track) => track.label === label);

    /** The number that is there now and was not before. */
    const newTo = (before: readonly Known[], after: readonly Known[]): number =>
      after.find(({ label }) => before.every((track) => track.label !== label))?.label ?? 0;

    /** All tracks as the labels of all frames have them: the first and the last frame of each number. */
    const seen = () =>
      visit.page.evaluate(async () => {
        const { workspace } = globalThis.cellwright;
        const { size } = workspace.scene.get();
        const [store] = workspace.labels.values();
        const found = new Map<number, { label: number; begin: number; end: number }>();
        for (let t = 0; t < size.t; t++) {
          const box = { y: 0, x: 0, height: size.y, width: size.x };
          const { data } = await store.read({ t, z: 0 }, box);
          for (const label of new Set(data))
            if (label > 0) found.set(label, { label, begin: found.get(label)?.begin ?? t, end: t });
        }
        return [...found.values()].sort((a, b) => a.label - b.label);
      });

    /** The tracks, which must be those of the labels. */
    async function inStep(): Promise<Known[]> {
      const known = await tracks();
      expect(known.map(({ label, begin, end }) => ({ label, begin, end }))).toEqual(await seen());
      return known;
    }

    const goTo = async (t: number) => {
      await visit.page.getByRole("slider", { name: "Frame", exact: true }).fill(`${t}`);
      await user.settle();
    };

    /** A pixel in the middle of a row of a cell in the frame that is seen. */
    async function insideOf(label: number): Promise<ImagePlace> {
      const { x: width } = (await user.scene()).size;
      const pixels = (await user.labels()).flatMap((at, i) => (at === label ? [i] : []));
      const i = pixels[Math.floor(pixels.length / 2)];
      return { y: Math.floor(i / width), x: i % width };
    }

    /** Types numbers into fields of the panel, and presses the button beside them. */
    async function say(fields: Readonly<Record<string, number>>, button: string): Promise<void> {
      for (const [name, value] of Object.entries(fields)) {
        await visit.page.getByLabel(name, { exact: true }).fill(`${value}`);
        await visit.page.getByLabel(name, { exact: true }).press("Tab");
      }
      await visit.page.getByRole("button", { name: button, exact: true }).first().click();
      await user.settle();
    }

    async function pick(label: number): Promise<void> {
      await user.panel("Edit");
      const field = visit.page.getByLabel("Label that is painted and selected");
      await field.fill(`${label}`);
      await field.press("Tab");
      await user.settle();
    }

    test(
      "tracks lie over the movie with their tails, and are hidden with their layer",
      async () => {
        const layer = (await user.scene()).layers.find(({ kind }) => kind === "tracks");
        const lines = async () => {
          const shown = await visit.page.locator("canvas").first().screenshot();
          await user.press(`Hide ${layer?.name}`);
          const hidden = await visit.page.locator("canvas").first().screenshot();
          await user.press(`Show ${layer?.name}`);
          return !shown.equals(hidden);
        };
        await goTo(5);
        expect(await lines()).toBe(true);
        await user.press(`Hide ${layer?.name}`);
      },
      patience,
    );

    test(
      "a track is cut and linked by buttons: a new number and colour from there on, and back",
      async () => {
        const first = await inStep();
        await goTo(5);
        const place = await insideOf(9);
        const colour = await user.colourAt(place);
        await user.key("5");
        await user.click(place);
        expect((await user.scene()).tool.label).toBe(9);
        await user.panel("Tracks");
        await user.press("Cut here");
        const cut = await inStep();
        expect(cut).toContainEqual({ label: 9, begin: 0, end: 4, parent: 0 });
        const fresh = newTo(first, cut);
        expect(cut).toContainEqual({ label: fresh, begin: 5, end: 9, parent: 0 });
        expect(await user.colourAt(place)).not.toEqual(colour);
        await say({ "Track that it goes on as": fresh }, "Link");
        expect(await inStep()).toEqual(first);
        await user.key("Control+z", "Control+z");
        expect(await inStep()).toEqual(first);
      },
      patience,
    );

    test(
      "a division is marked: daughters know their mother, the tree tells of it, until it is undone",
      async () => {
        const first = await inStep();
        const { page } = visit;
        await goTo(5);
        const daughters: number[] = [];
        for (const label of [10, 11]) {
          const before = await tracks();
          await pick(label);
          await user.panel("Tracks");
          await user.press("Cut here");
          daughters.push(newTo(before, await tracks()));
        }
        const [one, other] = daughters;
        await pick(10);
        await user.panel("Tracks");
        await say({ "First daughter": one, "Second daughter": other }, "Mark");
        const divided = await inStep();
        expect(divided).toContainEqual({ label: 10, begin: 0, end: 4, parent: 0 });
        expect(divided).toContainEqual({ label: one, begin: 5, end: 9, parent: 10 });
        expect(divided).toContainEqual({ label: other, begin: 5, end: 9, parent: 10 });
        const branch = page.getByRole("treeitem", { name: /^Track 10, .*divides into/ });
        expect(await branch.getAttribute("aria-label")).toMatch(`divides into ${one} and ${other}`);
        // A daughter's mother is taken away as well.
        await pick(other);
        await user.panel("Tracks");
        await user.press("No mother");
        expect((await trackOf(other))?.parent).toBe(0);
        await user.key("Control+z", "Control+z", "Control+z", "Control+z");
        expect(await inStep()).toEqual(first);
      },
      patience,
    );

    test(
      "cells are merged, renumbered and deleted in all frames, tracks with them; a reload keeps it",
      async () => {
        const first = await inStep();
        const { page } = visit;
        await goTo(5);
        await pick(9);
        await page.getByLabel("In all frames of the track").first().check();
        await say({ "The other label": 15 }, "Merge");
        const merged = await inStep();
        expect(merged).toHaveLength(first.length - 1);
        expect(merged.map(({ label }) => label)).not.toContain(15);

        await pick(6);
        await say({ "The other label": 70 }, "Renumber");
        const renumbered = await inStep();
        expect(renumbered).toContainEqual({ label: 70, begin: 0, end: 6, parent: 0 });
        // Its daughters follow.
        for (const label of [16, 17])
          expect(renumbered.find((track) => track.label === label)?.parent).toBe(70);

        await pick(10);
        const place = await insideOf(10);
        const there = await user.colourAt(place);
        await user.key("Delete");
        expect(await user.colourAt(place)).not.toEqual(there);
        const last = await inStep();
        expect(last.map(({ label }) => label)).not.toContain(10);

        await user.key("Control+z", "Control+z", "Control+z");
        expect(await inStep()).toEqual(first);
        await user.key("Control+Shift+z", "Control+Shift+z", "Control+Shift+z");
        expect(await inStep()).toEqual(last);
        await page.waitForTimeout(500);
        await page.reload();
        await expect
          .poll(async () => (await user.scene()).layers.some(({ kind }) => kind === "labels"), {
            timeout: patience / 4,
          })
          .toBe(true);
        await user.settle();
        expect(await inStep()).toEqual(last);
      },
      patience,
    );
  });
});
