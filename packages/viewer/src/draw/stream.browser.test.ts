import { fileURLToPath } from "node:url";
import { describeDrawing } from "@cellwright/testing/drawing";
import { expect, test } from "vitest";
import type { DrawingKit } from "./drawing-kit.js";

const sibling = (path: string) => fileURLToPath(new URL(path, import.meta.url));

declare const kit: DrawingKit & typeof import("@cellwright/testing/pixels");

describeDrawing("drawing while pixels come in", sibling("../.."), (visit) => {
  test("coarse pixels are seen until the fine ones are there, each place once", async () => {
    const found = await visit().page.evaluate(async () => {
      const gate = kit.gate();
      const plain = (height: number, width: number, value: number) => ({
        data: new Uint8Array(height * width).fill(value),
        shape: [height, width],
        axes: "yx",
      });
      let fine = 0;
      const reader = kit.watchedReader([plain(512, 512, 80), plain(256, 256, 60)], {
        tile: 256,
        // One tile of the fine level comes at once, the others wait.
        gate: (region) => (region.level === 0 && fine++ > 0 ? gate.opened : Promise.resolve()),
      });
      const { renderer } = kit.open(
        [{ kind: "image", blending: "additive" }],
        { images: { a: reader } },
        { size: { t: 1, z: 1, y: 512, x: 512 }, camera: { y: 256, x: 256, zoom: 1 } },
      );
      const values = () => {
        const seen = new Set<number>();
        for (let y = 0; y < 80; y += 3)
          for (let x = 0; x < 100; x += 3) seen.add(renderer.readPixel(x, y)[0]);
        return [...seen].sort((a, b) => a - b);
      };
      await kit.until(() => renderer.stats().tiles === 2 && values().length === 2);
      const before = values();
      gate.open();
      await renderer.settled();
      return { before, after: values() };
    });
    // Were a fine tile laid over the coarse one, the sum of both would be seen.
    expect(found).toEqual({ before: [60, 80], after: [80] });
  });

  test("a step in time keeps the old frame until the new one is whole, labels with it", async () => {
    const found = await visit().page.evaluate(async () => {
      const gate = kit.gate();
      const data = new Uint8Array(2 * 16 * 520).fill(50);
      data.fill(120, 16 * 520);
      const image = { data, shape: [2, 16, 520], axes: "tyx" };
      const reader = kit.watchedReader([image], {
        tile: 256,
        gate: (region) =>
          region.index?.t === 1 && region.box.x > 0 ? gate.opened : Promise.resolve(),
      });
      const store = kit.memoryLabels({ t: 2, z: 1, y: 16, x: 520 });
      store.paint({ t: 1, z: 0 }, { y: 0, x: 256, height: 16, width: 264 }, 1);
      const { renderer, workspace } = kit.open(
        [{ kind: "image" }, { kind: "labels", id: "cells", blending: "additive", opacity: 1 }],
        { images: { a: reader }, labels: { cells: store } },
        { size: { t: 2, z: 1, y: 16, x: 520 }, camera: { y: 8, x: 256, zoom: 5 } },
      );
      await renderer.settled();
      const colours = () => [renderer.readPixel(5, 5)[0], renderer.readPixel(95, 5)[0]];
      const first = colours();
      workspace.scene.update((scene) => ({ ...scene, at: { t: 1, z: 0 } }));
      const asked = reader.asked.length;
      renderer.draw();
      await kit.until(() => renderer.stats().tiles > 2 && reader.asked.length > asked);
      const stepped = colours();
      gate.open();
      await renderer.settled();
      return { first, stepped, last: colours()[0], isLabelled: colours()[1] > 120 };
    });
    expect(found).toEqual({ first: [50, 50], stepped: [50, 50], last: 120, isLabelled: true });
  });

  test("of an image of 100 000 x 100 000 only tiles in view are asked for, and given up when out of view", async () => {
    const found = await visit().page.evaluate(async () => {
      const gate = kit.gate();
      const asked: { level: number; y: number; x: number }[] = [];
      let stopped = 0;
      const side = 100_000;
      const levels = Array.from({ length: 9 }, (_, i) => ({
        height: Math.ceil(side / 2 ** i),
        width: Math.ceil(side / 2 ** i),
        scale: { y: 2 ** i, x: 2 ** i },
        tile: { height: 256, width: 256 },
      }));
      const reader = {
        type: "uint16" as const,
        axes: "yx",
        shape: [side, side],
        levels,
        readRegion: async (region: import("@cellwright/core").PyramidRegion) => {
          const { box, level = 0, signal } = region;
          asked.push({ level, y: box.y, x: box.x });
          if (level === 0 && box.y > 90_000) await gate.opened;
          if (signal?.aborted) stopped++;
          signal?.throwIfAborted();
          const data = new Uint16Array(box.height * box.width).fill(1000 + level);
          return { data, shape: [box.height, box.width], axes: "yx" };
        },
      };
      const { renderer, workspace } = kit.open(
        [{ kind: "image", limits: [0, 2000] }],
        { images: { a: reader } },
        { size: { t: 1, z: 1, y: side, x: side }, camera: { y: 50_000, x: 50_000, zoom: 0.0008 } },
      );
      await renderer.settled();
      const overview = asked.splice(0).length;
      workspace.scene.update((scene) => ({ ...scene, camera: { y: 95_000, x: 40_000, zoom: 4 } }));
      await kit.until(() => asked.some(({ level }) => level === 0));
      const near = asked.splice(0);
      workspace.scene.update((scene) => ({ ...scene, camera: { y: 10_000, x: 40_000, zoom: 4 } }));
      await renderer.settled();
      gate.open();
      await kit.until(() => stopped > 0);
      const colour = renderer.readPixel(50, 40)[0];
      return { overview, near: near.length, beyond: asked.length, stopped, colour };
    });
    expect(found.overview).toBeLessThanOrEqual(4);
    expect(found.near).toBeLessThanOrEqual(4);
    expect(found.beyond).toBeLessThanOrEqual(4);
    expect(found.stopped).toBeGreaterThan(0);
    expect(found.colour).toBe(Math.round((255 * 1000) / 2000));
  });

  test("memory stays within its bound while one pans", async () => {
    const found = await visit().page.evaluate(async () => {
      const image = { data: new Uint8Array(1000 * 1000).fill(9), shape: [1000, 1000], axes: "yx" };
      const { renderer, workspace } = kit.open(
        [{ kind: "image" }],
        { images: { a: kit.watchedReader([image], { tile: 256 }) } },
        { size: { t: 1, z: 1, y: 1000, x: 1000 }, camera: { y: 50, x: 50, zoom: 1 } },
        { imageBytes: 300_000 },
      );
      const bytes: number[] = [];
      for (let place = 50; place < 1000; place += 100) {
        workspace.scene.update((scene) => ({ ...scene, camera: { y: place, x: place, zoom: 1 } }));
        await renderer.settled();
        bytes.push(renderer.stats().bytes);
      }
      return { most: Math.max(...bytes), colour: renderer.readPixel(50, 40)[0] };
    });
    expect(found.most).toBeLessThanOrEqual(300_000);
    expect(found.colour).toBe(9);
  });

  test("while it plays the next frame is fetched ahead, and a slow movie is still seen", async () => {
    const found = await visit().page.evaluate(async () => {
      const data = new Uint8Array(6 * 320);
      for (let t = 0; t < 6; t++) data.fill(40 * (t + 1), t * 320, (t + 1) * 320);
      const reader = kit.watchedReader([{ data, shape: [6, 16, 20], axes: "tyx" }], {
        gate: () => new Promise((resolve) => setTimeout(resolve, 40)),
      });
      const { renderer, workspace } = kit.open(
        [{ kind: "image" }],
        { images: { a: reader } },
        { size: { t: 6, z: 1, y: 16, x: 20 } },
      );
      await renderer.settled();
      workspace.scene.update((scene) => ({ ...scene, playing: 50 }));
      await kit.until(() => reader.asked.some(({ index }) => index?.t === 1));
      const ahead = workspace.scene.get().at.t;
      // Steps faster than frames come.
      const seen = new Set<number>();
      for (let n = 0; n < 60; n++) {
        const t = n % 6;
        workspace.scene.update((scene) => ({ ...scene, at: { t, z: 0 } }));
        await new Promise((resolve) => setTimeout(resolve, 15));
        seen.add(renderer.readPixel(50, 40)[0]);
      }
      return { ahead, seen: [...seen].filter((value) => value % 40 === 0).length };
    });
    expect(found.ahead).toBe(0);
    expect(found.seen).toBeGreaterThan(2);
  });

  test("a tile that cannot be read is told of once; the rest is drawn", async () => {
    const found = await visit().page.evaluate(async () => {
      const image = { data: new Uint8Array(16 * 520).fill(70), shape: [16, 520], axes: "yx" };
      const reader = kit.watchedReader([image], {
        tile: 256,
        gate: ({ box }) =>
          box.x === 0 ? Promise.reject(new Error("this part is broken")) : Promise.resolve(),
      });
      const told: string[] = [];
      const { renderer, workspace } = kit.open(
        [{ kind: "image" }],
        { images: { a: reader } },
        { size: { t: 1, z: 1, y: 16, x: 520 }, camera: { y: 8, x: 256, zoom: 5 } },
        { onError: (error) => told.push((error as Error).message) },
      );
      await renderer.settled();
      workspace.scene.update((scene) => ({ ...scene, camera: { ...scene.camera, zoom: 6 } }));
      await renderer.settled();
      return { told, colours: [renderer.readPixel(10, 40)[0], renderer.readPixel(90, 40)[0]] };
    });
    expect(found).toEqual({ told: ["this part is broken"], colours: [0, 70] });
  });

  test("after a lost context all is drawn again", async () => {
    const found = await visit().page.evaluate(async () => {
      const image = { data: new Uint8Array(320).fill(70), shape: [16, 20], axes: "yx" };
      const store = kit.memoryLabels({ t: 1, z: 1, y: 16, x: 20 });
      store.paint({ t: 0, z: 0 }, { y: 0, x: 0, height: 16, width: 5 }, 3);
      const { renderer } = kit.open([{ kind: "image" }, { kind: "labels", id: "cells" }], {
        images: { a: kit.watchedReader([image]) },
        labels: { cells: store },
      });
      await renderer.settled();
      const colours = () => [renderer.readPixel(10, 10), renderer.readPixel(80, 10)];
      const before = colours();
      const extension = kit.canvas().getContext("webgl2")?.getExtension("WEBGL_lose_context");
      const heard = (name: string) =>
        new Promise((resolve) => kit.canvas().addEventListener(name, resolve, { once: true }));
      const lost = heard("webglcontextlost");
      extension?.loseContext();
      await lost;
      await new Promise((resolve) => setTimeout(resolve, 50));
      // Changes made meanwhile are not forgotten.
      store.paint({ t: 0, z: 0 }, { y: 0, x: 0, height: 16, width: 5 }, 0);
      const restored = heard("webglcontextrestored");
      extension?.restoreContext();
      await restored;
      await renderer.settled();
      return { before, after: colours(), watchers: store.watchers };
    });
    expect(found.before[1]).toEqual([70, 70, 70, 255]);
    expect(found.after).toEqual([found.before[1], found.before[1]]);
    expect(found.watchers).toBe(1);
  });

  test("what layers had is given up with them, and everything with the renderer", async () => {
    const found = await visit().page.evaluate(async () => {
      const image = { data: new Uint8Array(320).fill(70), shape: [16, 20], axes: "yx" };
      const store = kit.memoryLabels({ t: 1, z: 1, y: 16, x: 20 });
      const { renderer, workspace } = kit.open(
        [{ kind: "image" }, { kind: "labels", id: "cells" }],
        { images: { a: kit.watchedReader([image]) }, labels: { cells: store } },
      );
      await renderer.settled();
      const watchers = [store.watchers];
      workspace.scene.update((scene) => ({ ...scene, layers: [scene.layers[1]] }));
      await renderer.settled();
      const { tiles } = renderer.stats();
      renderer.destroy();
      watchers.push(store.watchers);
      return { watchers, tiles };
    });
    expect(found).toEqual({ watchers: [1, 0], tiles: 0 });
  });
});
