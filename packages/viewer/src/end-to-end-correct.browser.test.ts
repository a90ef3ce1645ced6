import { readdirSync, readFileSync } from "node:fs";
import { dataPath, describeData } from "@cellwright/testing";
import { openApp } from "@cellwright/testing/app";
import { describePage, type Site, type Visit } from "@cellwright/testing/page";
import { type ImagePlace, type User, userOf } from "@cellwright/testing/user";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

/** A small window: what is drawn in software takes its time by the pixel. */
const small = { width: 960, height: 600 };

const bytesOf = (path: string) => Uint8Array.from(readFileSync(path));

describePage("correcting", () => {
  describeData("nuclei and their labels", () => {
    let site: Site;
    let visit: Visit;
    let user: User;

    beforeAll(async () => {
      site = await openApp();
    }, patience);
    afterAll(() => site?.close());
    beforeEach(async () => {
      visit = await site.visit("/?test", { size: small });
      user = userOf(visit);
      const name = readdirSync(dataPath("dsb2018/train/images")).sort()[0];
      await user.drop({
        "field.tif": bytesOf(dataPath(`dsb2018/train/images/${name}`)),
        "field_masks.tif": bytesOf(dataPath(`dsb2018/train/labels/${name}`)),
      });
    }, patience);
    afterEach(async () => {
      expect(visit.problems).toEqual([]);
      expect(visit.strangers).toEqual([]);
      await visit.page.context().close();
    });

    /** Where the pixels of each label are. */
    async function cells(): Promise<{
      labels: number[];
      width: number;
      of: Map<number, ImagePlace[]>;
    }> {
      const labels = await user.labels();
      const width = (await user.scene()).size.x;
      const of = new Map<number, ImagePlace[]>();
      for (const [i, label] of labels.entries()) {
        const pixels = of.get(label) ?? [];
        pixels.push({ y: Math.floor(i / width), x: i % width });
        of.set(label, pixels);
      }
      return { labels, width, of };
    }

    const middle = (pixels: readonly ImagePlace[]): ImagePlace => {
      const sum = pixels.reduce((a, b) => ({ y: a.y + b.y, x: a.x + b.x }), { y: 0, x: 0 });
      return { y: Math.round(sum.y / pixels.length), x: Math.round(sum.x / pixels.length) };
    };

    /** The largest cells that do not touch the border, with their middles. */
    async function largest(
      count: number,
    ): Promise<{ label: number; at: ImagePlace; size: number }[]> {
      const { of } = await cells();
      const { size } = await user.scene();
      const isInside = ({ y, x }: ImagePlace) => y > 2 && x > 2 && y < size.y - 3 && x < size.x - 3;
      return [...of]
        .filter(([label, pixels]) => label > 0 && pixels.every(isInside))
        .sort((a, b) => b[1].length - a[1].length)
        .slice(0, count)
        .map(([label, pixels]) => ({ label, at: middle(pixels), size: pixels.length }));
    }

    const near = (a: readonly number[], b: readonly number[]) =>
      a.every((part, i) => Math.abs(part - b[i]) < 4);

    test(
      "every tool changes the cells that it shall, all is undone step by step, and made again",
      async () => {
        const { layers } = await user.scene();
        expect(layers.map(({ kind }) => kind)).toEqual(["image", "labels"]);
        const first = await user.labels();
        const [a, b, c, d] = await largest(4);
        const background = { y: 3, x: 128 };
        expect(first[3 * 256 + 128]).toBe(0);
        const dark = await user.colourAt(background);
        const states = [first];
        const did = async () => {
          // Growing looks at the image first.
          await expect.poll(() => user.labels(), { timeout: 20_000 }).not.toEqual(states.at(-1));
          states.push(await user.labels());
          return cells();
        };

        // A new cell by the brush: a new number, seen at once.
        await user.key("m", "p");
        await user.drag([background, { y: 3, x: 150 }]);
        const painted = (await user.scene()).tool.label;
        expect((await did()).of.get(painted)?.length).toBeGreaterThan(100);
        expect(near(await user.colourAt({ y: 3, x: 140 }), dark)).toBe(false);

        await user.key("e");
        await user.drag([
          { y: 3, x: 140 },
          { y: 3, x: 160 },
        ]);
        await did();
        expect(near(await user.colourAt({ y: 3, x: 145 }), dark)).toBe(true);

        // The polygon: a double click ends it.
        await user.key("m", "3");
        for (const corner of [
          { y: 20, x: 60 },
          { y: 20, x: 90 },
          { y: 50, x: 75 },
        ])
          await user.click(corner);
        await user.key("Enter");
        const drawn = (await did()).of.get((await user.scene()).tool.label) ?? [];
        expect(drawn.length).toBeGreaterThan(250);
        expect(drawn.length).toBeLessThan(600);

        // Split by a stroke across.
        await user.key("s");
        const half = Math.ceil(Math.sqrt(a.size));
        await user.drag([
          { y: a.at.y - half, x: a.at.x },
          { y: a.at.y + half, x: a.at.x },
        ]);
        const split = await did();
        expect(split.of.get(a.label)?.length).toBeLessThan(0.8 * a.size);

        // Merge the next two, wherever they are.
        await user.key("j");
        await user.drag([b.at, c.at]);
        const merged = await did();
        const one = merged.labels[b.at.y * merged.width + b.at.x];
        expect(merged.labels[c.at.y * merged.width + c.at.x]).toBe(one);

        // Fill gives a cell the number that is painted.
        await user.key("m", "f");
        await user.click(d.at);
        const filled = await did();
        // A cell's piece that lies apart keeps its number.
        expect(filled.of.get(d.label)?.length ?? 0).toBeLessThan(0.1 * d.size);

        await user.key("d");
        await user.click(d.at);
        expect((await did()).labels[d.at.y * merged.width + d.at.x]).toBe(0);

        // Grow brings it back from the image.
        await user.key("m", "g");
        await user.click(d.at);
        const grown = (await did()).of.get((await user.scene()).tool.label) ?? [];
        expect(grown.length).toBeGreaterThan(0.3 * d.size);
        expect(grown.length).toBeLessThan(3 * d.size);

        for (let i = states.length - 2; i >= 0; i--) {
          await user.key("Control+z");
          expect(await user.labels()).toEqual(states[i]);
        }
        for (let i = 1; i < states.length; i++) await user.key("Control+Shift+z");
        expect(await user.labels()).toEqual(states.at(-1));
      },
      patience,
    );

    test(
      "other labels are preserved when that is wanted",
      async () => {
        const [a] = await largest(1);
        const stroke = [
          { y: a.at.y, x: a.at.x - 40 },
          { y: a.at.y, x: a.at.x + 40 },
        ].map(({ y, x }) => ({ y, x: Math.min(Math.max(x, 1), 254) }));
        const before = await cells();
        await user.key("m", "p", "b");
        await user.drag(stroke);
        const after = await cells();
        for (const [label, pixels] of before.of)
          if (label > 0) expect(after.of.get(label)).toEqual(pixels);
        await user.key("Control+z", "b");
        await user.drag(stroke);
        expect((await cells()).of.get(a.label)?.length).toBeLessThan(a.size);
      },
      patience,
    );

    test(
      "what was drawn outlives a reload, and 120 strokes are taken back one by one",
      async () => {
        const first = await user.labels();
        await user.key("m", "p");
        const stroke = (i: number) => {
          const at = { y: 10 + 2 * (i % 100), x: 10 + ((i * 37) % 230) };
          return [at, { y: at.y, x: at.x + 6 }];
        };
        await user.strokes(Array.from({ length: 120 }, (_, i) => stroke(i)));
        const drawn = await user.labels();
        expect(drawn).not.toEqual(first);
        await user.key(...Array.from({ length: 120 }, () => "Control+z"));
        expect(await user.labels()).toEqual(first);
        await user.key(...Array.from({ length: 120 }, () => "Control+Shift+z"));
        expect(await user.labels()).toEqual(drawn);
        await visit.page.reload();
        await expect
          .poll(async () => (await user.scene()).layers.some(({ kind }) => kind === "labels"))
          .toBe(true);
        await user.settle();
        expect((await user.scene()).size).toMatchObject({ y: 256, x: 256 });
        expect(await user.labels()).toEqual(drawn);
      },
      patience,
    );
  });
});
