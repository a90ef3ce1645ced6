import { readdirSync, readFileSync } from "node:fs";
import { dataPath, describeData } from "@cellwright/testing";
import { builtApp, openApp } from "@cellwright/testing/app";
import { describePage, fileIn, openBrowser, type Site, serveSite } from "@cellwright/testing/page";
import { userOf } from "@cellwright/testing/user";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

const data = (path: string) =>
  path.startsWith("/data/") ? fileIn(dataPath("dsb2018/train"), path.slice(6)) : undefined;
const image = () => `data/images/${readdirSync(dataPath("dsb2018/train/images")).sort()[0]}`;

describePage("the page on a web host", () => {
  let site: Site;
  const sent: { path: string; byteLength: number }[] = [];

  beforeAll(async () => {
    site = await openApp({
      find: data,
      onAnswer: (path, byteLength) => sent.push({ path, byteLength }),
    });
  }, patience);
  afterAll(() => site?.close());

  test(
    "opens under its strict policy, asks nobody else, and reports no error",
    async () => {
      const { page, problems, strangers } = await site.visit("/?test");
      await page.getByRole("heading", { name: "Cellwright" }).waitFor();
      const inside = await page.evaluate(async () => {
        const tried = await fetch("http://192.0.2.1/").catch((error: Error) => error.name);
        // Right here the debugger would let it pass.
        const evaluated = await new Promise((done) =>
          setTimeout(() => {
            try {
              done(new Function("return 1")());
            } catch (error) {
              done((error as Error).name);
            }
          }),
        );
        return { isolated: crossOriginIsolated, evaluated, tried };
      });
      expect(inside).toEqual({ isolated: true, evaluated: "EvalError", tried: "TypeError" });
      expect(strangers).toEqual([]);
      // The two attempts above are what the console tells of.
      expect(problems.filter((text) => !/192\.0\.2\.1|unsafe-eval/.test(text))).toEqual([]);
      await page.context().close();
    },
    patience,
  );

  test(
    "before the first image at most 250 kB come, as hosts that compress send them",
    async () => {
      sent.length = 0;
      const { page } = await site.visit("/?test");
      await page.getByRole("heading", { name: "Cellwright" }).waitFor();
      await page.waitForLoadState("networkidle");
      const app = await builtApp();
      const { gzipSync } = await import("node:zlib");
      const gzipped = sent.map(({ path }) => {
        const content = fileIn(app, path === "/" ? "index.html" : path);
        return content ? gzipSync(content).length : 0;
      });
      expect(sent.map(({ path }) => path)).toContain("/");
      expect(gzipped.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(250_000);
      await page.context().close();
    },
    patience,
  );

  describeData("with images", () => {
    test(
      "an address in the page's own is opened and drawn",
      async () => {
        const visit = await site.visit(`/?test&open=${image()}`);
        const user = userOf(visit);
        await expect.poll(async () => (await user.scene()).layers.length).toBe(1);
        await user.settle();
        const { size } = await user.scene();
        const places = Array.from({ length: 400 }, (_, i) => ({
          y: Math.floor(((i % 20) / 20) * size.y),
          x: Math.floor((Math.floor(i / 20) / 20) * size.x),
        }));
        const colours = await user.coloursAt(places);
        const brightness = colours.map(([red]) => red);
        expect(Math.max(...brightness) - Math.min(...brightness)).toBeGreaterThan(60);
        expect(visit.problems).toEqual([]);
        expect(visit.strangers).toEqual([]);
        await visit.page.context().close();
      },
      patience,
    );
  });
});

describePage("the page without a network", () => {
  test(
    "opens, draws and finds cells after its first load, though its host is gone",
    async () => {
      const app = await builtApp();
      let gone = false;
      const asked: string[] = [];
      const served = await serveSite({
        find: (path) => {
          if (gone) return undefined;
          return fileIn(app, path === "/" ? "index.html" : path);
        },
        onAnswer: (path) => asked.push(path),
      });
      const site = await openBrowser(served.origin);
      const { page, problems } = await site.visit("/?test", { serviceWorker: true });
      const wanted = keptAtFirst(app);
      await expect
        .poll(
          () =>
            page.evaluate(
              async () => (await (await caches.open("cellwright-files")).keys()).length,
            ),
          { timeout: patience / 2, interval: 500 },
        )
        .toBe(wanted);
      gone = true;
      asked.length = 0;
      await page.reload();
      await page.getByRole("heading", { name: "Cellwright" }).waitFor();
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      await page.getByRole("button", { name: /Sample nuclei/ }).click();
      const user = userOf({ page, problems, strangers: [] });
      await expect.poll(async () => (await user.scene()).layers.length).toBe(1);
      await page.getByRole("tab", { name: "Segment" }).click();
      await page.getByRole("button", { name: "Find cells" }).click();
      await expect
        .poll(async () => (await user.scene()).layers.map(({ kind }) => kind), {
          timeout: patience / 2,
        })
        .toContain("labels");
      await user.settle();
      expect(problems).toEqual([]);
      await site.close();
      await served.close();
    },
    patience,
  );
});

/** How many different files are kept after the first load: the page's own, ONNX Runtime and the first model. */
function keptAtFirst(app: string): number {
  const worker = readFileSync(`${app}/offline.js`, "utf8");
  const [, text] = /("\{\\"shell\\".*?\}\}")/.exec(worker) ?? [];
  const { shell, kept } = JSON.parse(JSON.parse(text)) as Record<string, Record<string, string>>;
  const first = Object.entries(kept)
    .filter(([path]) => /^(ort\/|models\/index\.json|models\/nuclei\/)/.test(path))
    .map(([, hash]) => hash);
  return new Set([...Object.values(shell), ...first]).size;
}
