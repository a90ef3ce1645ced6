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
import { bytesSource, readImage } from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { builtApp } from "@cellwright/testing/app";
import { describePage, openBrowser } from "@cellwright/testing/page";
import { userOf } from "@cellwright/testing/user";
import { expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import { findViewed } from "./view-inputs.js";
import { startViewServer } from "./view-server.js";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

/** Real fields, and the model for them; what the channel shows is told by the file's name. */
const fields = [
  {
    model: "nuclei",
    path: () => `dsb2018/train/images/${readdirSync(dataPath("dsb2018/train/images")).sort()[5]}`,
  },
  { model: "bacteria-phase", path: () => "deepcell2016/train/ecoli/set1/phase.tif" },
];

async function labelsOf(path: string): Promise<number[]> {
  const image = await readImage(bytesSource(path, Uint8Array.from(readFileSync(path))));
  return Array.from(image.data, Number);
}

describePage("finding cells in the page", () => {
  describeData("of real fields", () => {
    test.each(fields)(
      "gives the very labels of the command, with $model",
      async ({ model, path }) => {
        const folder = realpathSync(mkdtempSync(join(tmpdir(), "cellwright-view-")));
        const image = join(folder, "field.tif");
        copyFileSync(dataPath(path()), image);
        const context = memoryContext({ cwd: folder });
        expect(
          await run(["segment", image, "-o", join(folder, "out"), "--model", model], context),
        ).toBe(0);
        const { viewed } = await findViewed([image], [], "/");
        const server = await startViewServer({ app: await builtApp(), viewed, port: 0 });
        const { origin, pathname } = new URL(server.address);
        const site = await openBrowser(origin);
        try {
          const visit = await site.visit(`${pathname}?test`);
          const user = userOf(visit);
          await expect.poll(async () => (await user.scene()).layers.length).toBe(1);
          await user.panel("Segment");
          await user.choose("Model", model);
          await user.press("Find cells");
          await expect
            .poll(async () => (await user.scene()).layers.length, { timeout: patience / 2 })
            .toBe(2);
          await user.settle();
          await user.key("Control+s");
          await expect.poll(() => existsSync(join(folder, "field_masks.tif"))).toBe(true);
          const found = await labelsOf(join(folder, "field_masks.tif"));
          const expected = await labelsOf(join(folder, "out/field_masks.tif"));
          expect(new Set(expected).size).toBeGreaterThan(5);
          expect(found).toEqual(expected);
          expect(visit.problems).toEqual([]);
          expect(visit.strangers).toEqual([]);
        } finally {
          await site.close();
          await server.close();
        }
      },
      patience,
    );
  });
});
