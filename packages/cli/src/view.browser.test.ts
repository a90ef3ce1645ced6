import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesSource, readImage, writeTiff } from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { builtApp } from "@cellwright/testing/app";
import { describePage, openBrowser, type Site, type Visit } from "@cellwright/testing/page";
import { type User, userOf } from "@cellwright/testing/user";
import { afterEach, expect, test } from "vitest";
import { writeWhole } from "./file-sink.js";
import { findViewed } from "./view-inputs.js";
import { startViewServer, type ViewServer } from "./view-server.js";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

describePage("cellwright view", () => {
  let server: ViewServer | undefined;
  let site: Site | undefined;

  afterEach(async () => {
    await site?.close();
    await server?.close();
  });

  async function show(
    inputs: string[],
    labels: string[] = [],
  ): Promise<{ visit: Visit; user: User }> {
    const { viewed } = await findViewed(inputs, labels, "/");
    server = await startViewServer({ app: await builtApp(), viewed, port: 0 });
    const { origin, pathname } = new URL(server.address);
    site = await openBrowser(origin);
    const visit = await site.visit(`${pathname}?test`);
    const user = userOf(visit);
    await user.settle();
    return { visit, user };
  }

  async function layersOf(user: User): Promise<string[]> {
    return (await user.scene()).layers.map(({ kind, name }) => `${kind} ${name}`);
  }

  test(
    "a corrected cell is written beside its image, and the image stays as it is",
    async () => {
      const folder = realpathSync(mkdtempSync(join(tmpdir(), "cellwright-view-")));
      const data = Uint8Array.from({ length: 64 * 96 }, (_, i) => i % 96);
      const picture = writeTiff({ data, shape: [64, 96], axes: "yx" });
      await writeWhole(join(folder, "a.tif"), picture);
      const { visit, user } = await show([folder]);
      await expect.poll(() => layersOf(user)).toEqual(["image a"]);
      await user.key("m", "p");
      const before = await user.colourAt({ y: 30, x: 40 });
      await user.drag([
        { y: 30, x: 20 },
        { y: 30, x: 60 },
      ]);
      const after = await user.colourAt({ y: 30, x: 40 });
      expect(after).not.toEqual(before);
      await user.key("Control+s");
      await expect.poll(() => existsSync(join(folder, "a_masks.tif"))).toBe(true);
      const saved = readFileSync(join(folder, "a_masks.tif"));
      const labels = await readImage(bytesSource("a_masks.tif", saved));
      expect(labels.shape).toEqual([64, 96]);
      const at = (y: number, x: number) => Number(labels.data[y * 96 + x]);
      expect(at(30, 40)).toBeGreaterThan(0);
      expect(at(30, 40)).toBe(at(30, 22));
      expect(at(60, 90)).toBe(0);
      expect(Uint8Array.from(readFileSync(join(folder, "a.tif")))).toEqual(
        Uint8Array.from(picture),
      );
      expect(readdirSync(folder).sort()).toEqual(["a.tif", "a_masks.tif"]);
      expect(visit.problems).toEqual([]);
      expect(visit.strangers).toEqual([]);
    },
    patience,
  );

  describeData("with a movie and its truth", () => {
    test(
      "frames become one movie, with the tracks that lie beside it",
      async () => {
        const { visit, user } = await show([dataPath("tracking-sim10")]);
        await expect
          .poll(() => layersOf(user), { timeout: patience / 4 })
          .toEqual([
            expect.stringMatching(/^image/),
            expect.stringMatching(/^labels/),
            expect.stringMatching(/^tracks/),
          ]);
        expect((await user.scene()).size.t).toBe(10);
        expect(visit.problems).toEqual([]);
        expect(visit.strangers).toEqual([]);
      },
      patience,
    );

    test(
      "a folder's images are listed, and another is opened from the list with its labels",
      async () => {
        const folder = realpathSync(mkdtempSync(join(tmpdir(), "cellwright-view-")));
        const files = readdirSync(dataPath("dsb2018/train/images")).sort();
        for (const [i, name] of ["a", "b", "c"].entries())
          copyFileSync(dataPath(`dsb2018/train/images/${files[i]}`), join(folder, `${name}.tif`));
        copyFileSync(dataPath(`dsb2018/train/labels/${files[1]}`), join(folder, "b_masks.tif"));
        const { visit, user } = await show([folder]);
        await expect.poll(() => layersOf(user)).toEqual(["image a"]);
        await visit.page
          .getByRole("list", { name: "Images" })
          .getByText("b", { exact: true })
          .click();
        await expect
          .poll(() => layersOf(user))
          .toEqual(["image b", expect.stringMatching(/^labels b/)]);
        expect(visit.problems).toEqual([]);
      },
      patience,
    );
  });
});
