import { fileURLToPath } from "node:url";
import { describePage, openSite, type Site } from "@cellwright/testing/page";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const program = `
import { blankWorkspace } from ${JSON.stringify(here("./blank-workspace.ts"))};
import { keepWork } from ${JSON.stringify(here("./keep-work.ts"))};
import { newLabelsLayer } from ${JSON.stringify(here("./layers.ts"))};
import { startGesture } from ${JSON.stringify(here("./gesture.ts"))};
import { undo } from ${JSON.stringify(here("./commands.ts"))};
const workspace = blankWorkspace();
globalThis.kit = { workspace, work: keepWork(workspace), newLabelsLayer, startGesture, undo };
`;

/** What the program offers. */
declare const kit: {
  workspace: import("../workspace.js").Workspace;
  work: Promise<import("./keep-work.js").KeptWork>;
} & typeof import("./layers.js") &
  typeof import("./gesture.js") &
  typeof import("./commands.js");

describePage("work in the browser's private file system", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite({ root: here("../.."), program });
  });

  afterAll(() => site?.close());

  /** Labels at some places, and what notices say. */
  const look = (page: Page) =>
    page.evaluate(async () => {
      const { restored } = await kit.work;
      const stores = [...kit.workspace.labels.values()];
      const labels = stores.map((store) =>
        [5, 105, 205, 605].map((x) => store.labelAt({ t: 0, z: 0 }, 5, x)),
      );
      return { restored, labels, notices: kit.workspace.notices.get() };
    });

  const layer = (page: Page) =>
    page.evaluate(async () => {
      const { autosave } = await kit.work;
      kit.newLabelsLayer(kit.workspace, { name: "cells", size: { t: 1, z: 1, y: 40, x: 700 } });
      await autosave?.settled();
    });

  /** Strokes of a label, a pixel row of 10 a stroke. */
  const paint = (page: Page, label: number, x: number, wait: boolean) =>
    page.evaluate(
      async ({ label, x, wait }) => {
        const { scene } = kit.workspace;
        scene.update((now) => ({ ...now, tool: { ...now.tool, name: "paint", label, brush: 5 } }));
        const gesture = kit.startGesture(kit.workspace, { y: 5, x });
        await gesture?.end({ y: 5, x: x + 10 });
        if (wait) await (await kit.work).autosave?.settled();
      },
      { label, x, wait },
    );

  test("after a reload all is there, also what was drawn the moment before", async () => {
    const { page, problems } = await site.visit();
    expect(await look(page)).toEqual({ restored: [], labels: [], notices: [] });
    await layer(page);
    await paint(page, 3, 0, true);
    await paint(page, 70000, 600, true);
    // Drawn in the very task in which the page is left.
    await page.evaluate(() => {
      const { scene } = kit.workspace;
      scene.update((now) => ({ ...now, tool: { ...now.tool, label: 9 } }));
      void kit.startGesture(kit.workspace, { y: 5, x: 100 })?.end({ y: 5, x: 110 });
      void kit.startGesture(kit.workspace, { y: 5, x: 200 })?.end({ y: 5, x: 210 });
      location.reload();
    });
    await page.waitForLoadState("load");
    await page.waitForFunction(() => typeof kit !== "undefined");
    const back = await look(page);
    expect(back).toEqual({ restored: ["labels-1"], labels: [[3, 9, 9, 70000]], notices: [] });
    // What came back goes on being kept, and what was undone stays undone.
    await paint(page, 4, 0, true);
    await page.evaluate(async () => {
      kit.undo(kit.workspace);
      await (await kit.work).autosave?.settled();
    });
    await page.reload();
    await page.waitForFunction(() => typeof kit !== "undefined");
    expect((await look(page)).labels).toEqual([[3, 9, 9, 70000]]);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("a page that crashed leaves its work to the next one, and two pages never share a folder", async () => {
    const visit = await site.visit();
    const context = await visit.page.context().browser()?.newContext();
    await visit.page.close();
    const open = async (): Promise<Page> => {
      const page = (await context?.newPage()) as Page;
      await page.goto(site.origin);
      await page.waitForFunction(() => typeof kit !== "undefined");
      return page;
    };
    const page = await open();
    await layer(page);
    await paint(page, 8, 0, true);
    expect((await look(await open())).restored).toEqual([]);
    const session = await page.context().newCDPSession(page);
    session.send("Page.crash").catch(() => undefined);
    await page.waitForEvent("crash");
    await page.close();
    expect(await look(await open())).toEqual({
      restored: ["labels-1"],
      labels: [[8, 0, 0, 0]],
      notices: [],
    });
    await context?.close();
  });
});
