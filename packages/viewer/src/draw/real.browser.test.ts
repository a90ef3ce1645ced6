import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bytesSource, type Image, readImage } from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { describePage, openSite, type Site, type Visit } from "@cellwright/testing/page";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { labelColour } from "./label-colour.js";

const sibling = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const from = (path: string) => JSON.stringify(sibling(path));

/** A page of 700 x 500 that opens an image with its labels, or a movie with its tracks, as the app does. */
const program = `
import { bytesSource, lengthOf, openPyramid, readImage, readTracks } from "@cellwright/core";
import { blankWorkspace } from ${from("../edit/blank-workspace.ts")};
import { newLabelsLayer } from ${from("../edit/layers.ts")};
import { addImage, addTracks, changeLayer } from ${from("../scene/commands.ts")};
import { fitCamera } from ${from("camera.ts")};
import { histogramOf } from ${from("histogram.ts")};
import { createRenderer } from ${from("renderer.ts")};

const canvas = document.createElement("canvas");
canvas.style.width = "700px";
canvas.style.height = "500px";
document.body.append(canvas);
const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
const file = async (path) => bytesSource(path, await bytes(path));

async function open(paths, labelPaths, tracksPath) {
  const workspace = blankWorkspace();
  const frames = await Promise.all(paths.map(async (path) => openPyramid(await file(path))));
  const [first] = frames;
  const [height, width] = first.shape.slice(-2);
  const size = { t: frames.length, z: 1, y: height, x: width };
  const reader = frames.length === 1 ? first : {
    ...first,
    axes: "tyx",
    shape: [frames.length, height, width],
    readRegion: ({ index, ...region }) => frames[index?.t ?? 0].readRegion(region),
  };
  workspace.images.set("image", { reader, name: "image" });
  workspace.scene.update((scene) => addImage(scene, { source: "image", name: "image", reader }));
  const { auto } = await histogramOf(reader, { t: 0, z: 0, channel: 0 });
  workspace.scene.update((scene) => changeLayer(scene, "image/0", { limits: auto }));
  const labels = await Promise.all(labelPaths.map(async (path) => {
    const image = await readImage(await file(path));
    return { data: Uint32Array.from(image.data), shape: [height, width], axes: "yx" };
  }));
  const tracks = tracksPath && readTracks(new TextDecoder().decode(await bytes(tracksPath)));
  const cells = newLabelsLayer(workspace, { name: "cells", size, labels, ...(tracks ? { tracks } : {}) });
  if (tracks) workspace.scene.update((scene) => addTracks(scene, { id: "tracks", name: "tracks", labels: cells }));
  workspace.scene.update((scene) => ({
    ...scene,
    theme: "dark",
    camera: fitCamera(size, { height: 500, width: 700 }),
    tool: { ...scene.tool, label: 0 },
  }));
  const renderer = createRenderer(canvas, workspace);
  await renderer.settled();
  return { workspace, renderer, cells, limits: auto };
}
function picture(renderer) {
  renderer.draw();
  const gl = canvas.getContext("webgl2");
  const bytes = new Uint8Array(canvas.height * canvas.width * 4);
  gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
  return bytes;
}
globalThis.real = { open, picture, changeLayer };
`;

declare const real: {
  readonly open: (
    paths: readonly string[],
    labels: readonly string[],
    tracks?: string,
  ) => Promise<{
    readonly workspace: import("../workspace.js").Workspace;
    readonly renderer: import("./renderer.js").Renderer;
    readonly cells: string;
    readonly limits: readonly [number, number];
  }>;
  readonly picture: (renderer: import("./renderer.js").Renderer) => Uint8Array;
  readonly changeLayer: typeof import("../scene/commands.js").changeLayer;
};

/** How far a picture of 700 x 500, from row 10 of an image on, is from what files say: labels half over brightness. */
function worstPixel(
  pixels: readonly number[],
  image: Image,
  labels: Image,
  [low, high]: readonly [number, number],
): number {
  const [height, width] = image.shape;
  let worst = 0;
  for (let i = 0; i < 700 * 500; i++) {
    const [y, x] = [Math.floor(i / 700) + 10, i % 700];
    const at = y * width + x;
    const isInside = y < height && x < width;
    const share = Math.min(Math.max((image.data[at] - low) / (high - low), 0), 1);
    const below = isInside ? Math.round(255 * share) : 0;
    const label = isInside ? labels.data[at] : 0;
    // The graphics card counts rows from below.
    const drawn = ((509 - y) * 700 + x) * 4;
    for (const [part, own] of labelColour(label).entries()) {
      const wanted = label > 0 ? (below + own) / 2 : below;
      worst = Math.max(worst, Math.abs(wanted - pixels[drawn + part]));
    }
  }
  return worst;
}

const nuclei = "0ea221716cf1.tif";
const frames = Array.from({ length: 10 }, (_, i) => `t00${i}.tif`);

describeData("real images", () => {
  describePage("drawn in a page", () => {
    let site: Site;
    let visit: Visit;

    beforeAll(async () => {
      site = await openSite({
        root: sibling("../.."),
        program,
        find: (path) => {
          const [, folder, name] = path.split("/");
          const found: Readonly<Record<string, string>> = {
            image: `dsb2018/train/images/${name}`,
            labels: `dsb2018/train/labels/${name}`,
            movie: `tracking-sim10/01/${name}`,
            truth: `tracking-sim10/01_GT/TRA/${name}`,
          };
          return folder in found ? readFileSync(dataPath(found[folder])) : undefined;
        },
      });
    });
    afterAll(() => site?.close());
    beforeEach(async () => {
      visit = await site.visit();
    });
    afterEach(async () => {
      expect(visit.problems).toEqual([]);
      expect(visit.strangers).toEqual([]);
      await visit.page.close();
    });

    /** Where to keep what was drawn, for somebody to look at. */
    const keep = async (name: string): Promise<void> => {
      const folder = process.env.CELLWRIGHT_PICTURES;
      if (folder) await visit.page.locator("canvas").screenshot({ path: `${folder}/${name}.png` });
    };

    test("nuclei and their labels: every pixel has the colour that the file gives it", async () => {
      const { pixels, limits } = await visit.page.evaluate(async (name) => {
        const { renderer, workspace, cells, limits } = await real.open(
          [`image/${name}`],
          [`labels/${name}`],
        );
        workspace.scene.update((scene) => ({
          ...real.changeLayer(scene, cells, { style: "fill", opacity: 0.5 }),
          camera: { y: 260, x: 350, zoom: 1 },
        }));
        await renderer.settled();
        return { pixels: [...real.picture(renderer)], limits };
      }, nuclei);
      const read = (folder: string) => {
        const path = dataPath(`dsb2018/train/${folder}/${nuclei}`);
        return readImage(bytesSource(nuclei, readFileSync(path)));
      };
      const [image, labels] = [await read("images"), await read("labels")];
      const worst = worstPixel(pixels, image, labels, limits);
      expect(worst).toBeLessThanOrEqual(1);
    });

    test("the same from far, with lines around the cells and nowhere else", async () => {
      const found = await visit.page.evaluate(async (name) => {
        const { renderer, workspace, cells } = await real.open(
          [`image/${name}`],
          [`labels/${name}`],
        );
        const look = (patch: Parameters<typeof real.changeLayer>[2]) => {
          workspace.scene.update((scene) => real.changeLayer(scene, cells, patch));
          return real.picture(renderer);
        };
        const differs = (a: Uint8Array, b: Uint8Array) => {
          let count = 0;
          for (let i = 0; i < a.length; i += 4)
            if ([0, 1, 2].some((part) => a[i + part] !== b[i + part])) count++;
          return count;
        };
        const fill = look({ style: "fill", opacity: 0.3 });
        const none = look({ visible: false });
        const both = look({ visible: true, style: "both", opacity: 0.6 });
        return {
          cells: differs(fill, none),
          lines: differs(fill, both),
          outside: differs(both, none),
        };
      }, nuclei);
      await keep("nuclei");
      // Half of 0.6 is the fill of 0.3: what differs is the lines, and they lie within the cells.
      expect(found.lines).toBeGreaterThan(0.2 * found.cells);
      expect(found.lines).toBeLessThan(0.7 * found.cells);
      expect(Math.abs(found.outside - found.cells)).toBeLessThan(0.01 * found.cells);
    });

    test("a movie with its tracks: lines lie over the cells, and follow when one steps", async () => {
      const found = await visit.page.evaluate(
        async ({ movie, truth }) => {
          const { renderer, workspace } = await real.open(movie, truth, "truth/man_track.txt");
          const seen: number[] = [];
          const lines: number[] = [];
          for (const t of [0, 5, 9]) {
            workspace.scene.update((scene) => ({ ...scene, at: { t, z: 0 } }));
            await renderer.settled();
            const withTracks = real.picture(renderer);
            workspace.scene.update((scene) =>
              real.changeLayer(scene, "tracks", { visible: false }),
            );
            const without = real.picture(renderer);
            workspace.scene.update((scene) => real.changeLayer(scene, "tracks", { visible: true }));
            let changed = 0;
            for (let i = 0; i < without.length; i += 4) {
              const differs = [0, 1, 2].some((part) => without[i + part] !== withTracks[i + part]);
              if (differs) changed++;
            }
            lines.push(changed);
            seen.push(without.reduce((a, b) => a + b, 0));
          }
          await renderer.settled();
          return { lines, seen };
        },
        {
          movie: frames.map((name) => `movie/${name}`),
          truth: frames.map((name) => `truth/man_track${name.slice(1)}`),
        },
      );
      await visit.page.waitForTimeout(200);
      await keep("movie");
      // In the first frame nothing was before; then tails grow.
      expect(found.lines[0]).toBe(0);
      expect(found.lines[1]).toBeGreaterThan(100);
      expect(found.lines[2]).toBeGreaterThan(found.lines[1]);
      expect(new Set(found.seen).size).toBe(3);
    });
  });
});
