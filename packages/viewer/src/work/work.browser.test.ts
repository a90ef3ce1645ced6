import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  bytesSource,
  checkModel,
  findCells,
  type Image,
  planeOf,
  planScale,
  readImage,
  readModelFiles,
  readModelTest,
  readModelZip,
  stackChannels,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { dataPath, describeData } from "@cellwright/testing";
import { describePage, fileIn, openSite, type Site } from "@cellwright/testing/page";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LearnReport } from "./bench.js";
import { sha256 } from "./sha256.js";

const sibling = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const runtime = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
const models = sibling("../../../models");

/** Milliseconds for a test: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

/** What the page of these tests offers. */
const program = `
import { bytesSource, openPyramid, outlines } from "@cellwright/core";
import { newLabelsLayer } from ${JSON.stringify(sibling("../edit/layers.ts"))};
import { blankWorkspace } from ${JSON.stringify(sibling("../edit/blank-workspace.ts"))};
import { addImage } from ${JSON.stringify(sibling("../scene/commands.ts"))};
import { createBench } from ${JSON.stringify(sibling("bench.ts"))};
const workspace = blankWorkspace();
const bench = createBench(workspace, { modelsBase: "models/", ortBase: "ort/" });
let count = 0;
globalThis.app = {
  workspace,
  bench,
  isolated: () => crossOriginIsolated,
  async open(path) {
    const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
    const reader = await openPyramid(bytesSource(path, bytes));
    const source = "image-" + count++;
    workspace.images.set(source, { name: path, reader });
    workspace.scene.update((scene) => addImage(scene, { source, name: path, reader }));
  },
  async labels(layer) {
    const store = workspace.labels.get(layer);
    const { y, x } = store.size;
    const { data } = await store.read({ t: 0, z: 0 }, { y: 0, x: 0, height: y, width: x });
    return Array.from(data);
  },
  async shrunk(layer) {
    const { size } = workspace.labels.get(layer);
    const labels = { data: Uint32Array.from(await this.labels(layer)), shape: [size.y, size.x], axes: "yx" };
    const edge = outlines(labels).data;
    for (let i = 0; i < edge.length; i++) if (edge[i]) labels.data[i] = 0;
    return newLabelsLayer(workspace, { name: "mine", size, labels: [labels] });
  },
};
`;

interface PageApp {
  workspace: import("../workspace.js").Workspace;
  bench: import("./bench.js").Bench;
  isolated(): boolean;
  open(path: string): Promise<void>;
  labels(layer: string): Promise<number[]>;
  /** A layer with the cells of another, a pixel smaller all around. */
  shrunk(layer: string): Promise<string>;
}

const images = ["003cee89357d", "00071198d059", "0280fa8f60f6"];
const imageFile = (name: string) => dataPath(`dsb2018/train/images/${name}.tif`);

/** What the command line does with an image: the native engine, the same plan of scale. */
async function inNode(name: string, model = "nuclei"): Promise<Uint32Array> {
  const image = await readImage(bytesSource(name, new Uint8Array(readFileSync(imageFile(name)))));
  const folder = join(models, model);
  const open = async (path: string) => {
    const file = join(folder, path);
    return existsSync(file) ? bytesSource(path, new Uint8Array(readFileSync(file))) : undefined;
  };
  const read = await readModelFiles({ name: model, open }, sha256);
  const ready = await onnxEngine({ threads: 1 }).load(read.graph);
  const plane: Image = stackChannels([planeOf(image)], read.channels);
  const found = await findCells(plane, read, ready, planScale(read, {}, plane).options);
  await ready.dispose();
  return found.labels.data;
}

describeData("on real images", () => {
  describePage("in a page", () => {
    const sites: Site[] = [];
    const siteOf = async (isolated: boolean) => {
      const site = await openSite({
        root: sibling("../.."),
        program,
        isolated,
        find: (path) => {
          if (path.startsWith("/images/")) return readFileSync(imageFile(path.slice(8)));
          if (path.startsWith("/models/")) return fileIn(models, path.slice(7));
          return path.startsWith("/ort/") ? fileIn(runtime, path.slice(4)) : undefined;
        },
      });
      sites.push(site);
      return site;
    };
    let site: Site;
    beforeAll(async () => {
      site = await siteOf(true);
    });
    afterAll(async () => {
      for (const one of sites) await one.close();
    });

    const segmentIn = async (from: Site, names: readonly string[]) => {
      const { page, problems, strangers } = await from.visit();
      const found = await page.evaluate(async (names) => {
        const { app } = globalThis as unknown as { app: PageApp };
        const all: number[][] = [];
        for (const name of names) {
          await app.open(`images/${name}`);
          all.push(await app.labels(await app.bench.segment({ model: "nuclei", where: "whole" })));
        }
        return { all, isolated: app.isolated(), jobs: app.workspace.jobs.get().length };
      }, names);
      await page.close();
      expect(problems).toEqual([]);
      expect(strangers).toEqual([]);
      expect(found.jobs).toBe(0);
      return found;
    };

    test(
      "the labels of real images are those of the command line, bit for bit",
      async () => {
        const { all, isolated } = await segmentIn(site, images);
        expect(isolated).toBe(true);
        for (const [i, name] of images.entries()) {
          const expected = await inNode(name);
          expect(new Set(expected).size).toBeGreaterThan(2);
          expect(all[i]).toEqual(Array.from(expected));
        }
      },
      patience,
    );

    test(
      "a page that may not share memory gives the same with one thread",
      async () => {
        const { all, isolated } = await segmentIn(await siteOf(false), images.slice(0, 1));
        expect(isolated).toBe(false);
        expect(all[0]).toEqual(Array.from(await inNode(images[0])));
      },
      patience,
    );

    test(
      "all shipped models are listed by their cards alone; the engine is fetched with the first network",
      async () => {
        const { page, problems, strangers } = await site.visit();
        const asked: string[] = [];
        page.context().on("request", (request) => asked.push(new URL(request.url()).pathname));
        const list = await page.evaluate(async () => {
          const { app } = globalThis as unknown as { app: PageApp };
          return app.bench.models();
        });
        expect(list.map(({ id }) => id)).toEqual([
          "nuclei",
          "cytoplasm-phase",
          "bacteria-phase",
          "coculture-mcf10a-3t3",
          "classical-nuclei",
          "classical-bacteria",
        ]);
        expect(list.map(({ canLearn }) => canLearn)).toEqual([
          ...[true, true, true],
          ...[false, false, false],
        ]);
        expect(asked).toContain("/models/nuclei/bioimageio.yaml");
        expect(asked.filter((path) => /weights|\.wasm/.test(path))).toEqual([]);
        expect(problems).toEqual([]);
        expect(strangers).toEqual([]);
        await page.close();
      },
      patience,
    );

    test(
      "a cancel is heard between tiles, and the page goes on",
      async () => {
        const { page, problems } = await site.visit();
        const found = await page.evaluate(async (name) => {
          const { app } = globalThis as unknown as { app: PageApp };
          await app.open(`images/${name}`);
          const quiet = app.workspace.jobs.watch(([job]) => job?.progress && job.cancel());
          const error = await app.bench
            .segment({ model: "nuclei", where: "whole", tile: 64 })
            .catch((reason: Error) => reason.name);
          quiet();
          const left = app.workspace.labels.size;
          const layer = await app.bench.segment({ model: "nuclei", where: "whole" });
          return { error, left, cells: new Set(await app.labels(layer)).size };
        }, images[0]);
        expect(found.error).toBe("AbortError");
        expect(found.left).toBe(0);
        expect(found.cells).toBeGreaterThan(2);
        expect(problems).toEqual([]);
        await page.close();
      },
      patience,
    );

    test(
      "nuclei learns from a field in the page and is better at it; its zip passes its own test in Node",
      async () => {
        const { page, problems, strangers } = await site.visit();
        const { report, areas, zip } = await page.evaluate(async (name) => {
          const { app } = globalThis as unknown as { app: PageApp };
          await app.open(`images/${name}`);
          const layer = await app.bench.segment({ model: "nuclei", where: "whole" });
          const report = await app.bench.learn({
            model: "nuclei",
            layer: await app.shrunk(layer),
            where: "plane",
            epochs: 1,
            steps: 2,
          });
          const id = report.model?.id ?? "none";
          const again = await app.bench.segment({ model: id, where: "whole" });
          const areas = [layer, again].map(async (one) => {
            const labels = await app.labels(one);
            return labels.filter((label) => label > 0).length;
          });
          const { bytes } = await app.bench.downloadModel(id);
          return { report, areas: await Promise.all(areas), zip: Array.from(bytes) };
        }, images[0]);
        const told: LearnReport = report;
        // A little learning does not change much, but its decoder has seen that cells are smaller.
        expect(told.before.ap).toBeGreaterThan(0.1);
        expect(told.after.ap).toBeGreaterThan(told.before.ap);
        expect(areas[1]).toBeLessThan(areas[0]);
        expect(told.epochs).toBe(1);
        expect(told.heldBack.places.length).toBeGreaterThan(0);
        const files = await readModelZip(bytesSource("a.zip", Uint8Array.from(zip)));
        const model = await readModelFiles(files, sha256);
        const ready = await onnxEngine({ threads: 1 }).load(model.graph);
        const check = await checkModel(await readModelTest(files, sha256), ready);
        expect(check.passed).toBe(true);
        expect(problems).toEqual([]);
        expect(strangers).toEqual([]);
        await page.close();
      },
      patience,
    );
  });
});
