import { fileURLToPath } from "node:url";
import { describeDrawing } from "@cellwright/testing/drawing";
import { expect, test } from "vitest";
import type { DrawingKit } from "./drawing-kit.js";
import { labelColour } from "./label-colour.js";

const sibling = (path: string) => fileURLToPath(new URL(path, import.meta.url));

declare const kit: DrawingKit & typeof import("@cellwright/testing/pixels");

describeDrawing("labels on the screen", sibling("../.."), (visit) => {
  test("labels have their colours, beyond 255 and beyond 16 bits, and background is clear", async () => {
    const labels = [1, 2, 255, 256, 65_537, 4_294_967_295];
    const found = await visit().page.evaluate(async (wanted) => {
      const store = kit.memoryLabels({ t: 1, z: 1, y: 16, x: 20 });
      for (const [i, label] of wanted.entries())
        store.paint({ t: 0, z: 0 }, { y: 0, x: i * 3, height: 10, width: 3 }, label);
      const { renderer, workspace } = kit.open(
        [{ kind: "labels", id: "cells" }],
        { labels: { cells: store } },
        { theme: "light" },
      );
      await renderer.settled();
      const colours = () => wanted.map((_, i) => renderer.readPixel(i * 15 + 7, 20).slice(0, 3));
      const before = colours();
      const background = renderer.readPixel(50, 70).slice(0, 3);
      workspace.scene.update((scene) => ({
        ...scene,
        layers: scene.layers.map((layer) => ({ ...layer, colourSeed: 7 }) as typeof layer),
      }));
      return { before, after: colours(), background };
    }, labels);
    expect(found.before).toEqual(labels.map((label) => labelColour(label)));
    expect(found.after).toEqual(labels.map((label) => labelColour(label, 7)));
    expect(found.background).toEqual([255, 255, 255]);
  });

  test("contours follow the cell, also where two pages of labels meet", async () => {
    const rows = await visit().page.evaluate(async () => {
      // Cells on both sides of the border at 512, and one across it.
      const store = kit.memoryLabels({ t: 1, z: 1, y: 600, x: 600 });
      const at = { t: 0, z: 0 };
      store.paint(at, { y: 506, x: 504, height: 2, width: 16 }, 3);
      store.paint(at, { y: 508, x: 504, height: 6, width: 8 }, 5);
      store.paint(at, { y: 508, x: 512, height: 6, width: 8 }, 9);
      const { renderer } = kit.open(
        [{ kind: "labels", id: "cells", style: "contour", contourWidth: 2 }],
        { labels: { cells: store } },
        { size: { t: 1, z: 1, y: 600, x: 600 }, camera: { y: 512, x: 512, zoom: 5 } },
      );
      await renderer.settled();
      const row = (y: number) =>
        Array.from({ length: 100 }, (_, x) => {
          const colour = renderer.readPixel(x, y).slice(0, 3);
          return colour.join(" ");
        });
      return { across: row(45), top: row(21), above: row(15) };
    });
    const colour = (label: number) => labelColour(label).join(" ");
    const line = (...parts: [string, number][]) =>
      parts.flatMap(([what, n]) => Array(n).fill(what));
    const none = "0 0 0";
    // 504 is drawn at 10, 512 at 50, 520 at 90. Lines are two pixels of the screen wide, within the cells.
    expect(rows.across).toEqual(
      line(
        [none, 10],
        [colour(5), 2],
        [none, 36],
        [colour(5), 2],
        [colour(9), 2],
        [none, 36],
        [colour(9), 2],
        [none, 10],
      ),
    );
    // The cell above lies across the border and has no line there.
    expect(rows.above).toEqual(
      line([none, 10], [colour(3), 2], [none, 76], [colour(3), 2], [none, 10]),
    );
    expect(rows.top).toEqual(line([none, 10], [colour(5), 40], [colour(9), 40], [none, 10]));
  });

  test("a brush dab changes the pixels under it, across pages, and draws nothing else", async () => {
    const found = await visit().page.evaluate(async () => {
      const store = kit.memoryLabels({ t: 1, z: 1, y: 600, x: 600 });
      const at = { t: 0, z: 0 };
      const { renderer } = kit.open(
        [{ kind: "labels", id: "cells" }],
        { labels: { cells: store } },
        { size: { t: 1, z: 1, y: 600, x: 600 }, camera: { y: 512, x: 512, zoom: 5 } },
      );
      await renderer.settled();
      const colour = (x: number, y: number) => renderer.readPixel(x, y).slice(0, 3);
      store.paint(at, { y: 510, x: 510, height: 4, width: 4 }, 7);
      const dabbed = [colour(41, 31), colour(58, 48), colour(39, 40), colour(61, 40)];
      store.paint(at, { y: 511, x: 511, height: 2, width: 2 }, 0);
      const erased = [colour(41, 31), colour(47, 42), colour(52, 42)];
      return { dabbed, erased };
    });
    const seven = labelColour(7);
    const none = [0, 0, 0];
    expect(found.dabbed).toEqual([seven, seven, none, none]);
    expect(found.erased).toEqual([seven, none, none]);
  });

  test("from far away one label of each square is drawn, in step with edits", async () => {
    const found = await visit().page.evaluate(async () => {
      const store = kit.memoryLabels({ t: 1, z: 1, y: 1600, x: 2000 });
      const at = { t: 0, z: 0 };
      const { renderer } = kit.open(
        [{ kind: "labels", id: "cells" }],
        { labels: { cells: store } },
        { size: { t: 1, z: 1, y: 1600, x: 2000 }, camera: { y: 800, x: 1000, zoom: 0.05 } },
      );
      await renderer.settled();
      store.paint(at, { y: 400, x: 500, height: 800, width: 1000 }, 4);
      const colour = (x: number, y: number) => renderer.readPixel(x, y).slice(0, 3);
      const painted = [
        colour(50, 40),
        colour(26, 21),
        colour(73, 58),
        colour(23, 40),
        colour(50, 62),
      ];
      store.paint(at, { y: 700, x: 700, height: 100, width: 100 }, 6);
      return {
        painted,
        again: colour(37, 37),
        beside: colour(41, 37),
        bytes: renderer.stats().bytes,
      };
    });
    const four = labelColour(4);
    expect(found.painted).toEqual([four, four, four, [0, 0, 0], [0, 0, 0]]);
    expect(found.again).toEqual(labelColour(6));
    expect(found.beside).toEqual(four);
    expect(found.bytes).toBeLessThanOrEqual(4 * 2 ** 20);
  });

  test("the selected label alone, or with a white line around it; fill with a line", async () => {
    const found = await visit().page.evaluate(async () => {
      const store = kit.memoryLabels({ t: 1, z: 1, y: 16, x: 20 });
      store.paint({ t: 0, z: 0 }, { y: 2, x: 2, height: 12, width: 6 }, 1);
      store.paint({ t: 0, z: 0 }, { y: 2, x: 12, height: 12, width: 6 }, 2);
      const { renderer, workspace } = kit.open([{ kind: "labels", id: "cells", style: "both" }], {
        labels: { cells: store },
      });
      await renderer.settled();
      const colours = () =>
        [10, 20, 60, 61, 62, 75].map((x) => renderer.readPixel(x, 40).slice(0, 3).join(" "));
      const plain = colours();
      workspace.scene.update((scene) => ({
        ...scene,
        active: "cells",
        tool: { ...scene.tool, label: 2 },
      }));
      const selected = colours();
      workspace.scene.update((scene) => ({
        ...scene,
        layers: scene.layers.map((layer) => ({ ...layer, selectedOnly: true }) as typeof layer),
      }));
      return { plain, selected, alone: colours() };
    });
    const full = (label: number) => labelColour(label).join(" ");
    const half = (label: number) => labelColour(label).map((part) => Math.round(part / 2));
    const near = (text: string, label: number) =>
      text.split(" ").every((part, i) => Math.abs(Number(part) - half(label)[i]) <= 1);
    expect(found.plain[0]).toBe(full(1));
    expect(near(found.plain[1], 1)).toBe(true);
    expect(found.plain[2]).toBe(full(2));
    expect(found.selected.slice(2, 4)).toEqual(["255 255 255", "255 255 255"]);
    expect(near(found.selected[5], 2)).toBe(true);
    expect(found.selected[0]).toBe(full(1));
    expect(found.alone.slice(0, 2)).toEqual(["0 0 0", "0 0 0"]);
    expect(found.alone[2]).toBe("255 255 255");
  });

  test("where another label is selected, what it and the former cover is drawn again, and no more", async () => {
    const found = await visit().page.evaluate(async () => {
      const store = kit.memoryLabels({ t: 1, z: 1, y: 16, x: 20 });
      const boxes = new Map([
        [1, { y: 1, x: 1, height: 3, width: 3 }],
        [2, { y: 12, x: 1, height: 3, width: 3 }],
        [3, { y: 2, x: 15, height: 3, width: 4 }],
      ]);
      for (const [label, box] of boxes) store.paint({ t: 0, z: 0 }, box, label);
      const cells = { ...store, boxOf: (_: unknown, label: number) => boxes.get(label) };
      const { renderer, workspace } = kit.open([{ kind: "labels", id: "cells", style: "both" }], {
        labels: { cells },
      });
      const gl = kit.canvas().getContext("webgl2") as WebGL2RenderingContext;
      const drawn: number[][] = [];
      const scissor = gl.scissor.bind(gl);
      gl.scissor = (...box) => {
        drawn.push(box);
        scissor(...box);
      };
      const select = (label: number) => {
        workspace.scene.update((scene) => ({
          ...scene,
          active: "cells",
          tool: { ...scene.tool, label },
        }));
        return kit.picture(renderer);
      };
      await renderer.settled();
      select(1);
      drawn.length = 0;
      const third = select(3);
      const part = drawn.splice(0);
      workspace.scene.update((scene) => ({ ...scene, camera: { ...scene.camera } }));
      const whole = kit.picture(renderer);
      // No cell has this number: the line goes, and nothing else is drawn.
      drawn.length = 0;
      select(77);
      return { same: JSON.stringify(third) === JSON.stringify(whole), part, last: drawn };
    });
    expect(found.same).toBe(true);
    // Pixels of 5, a contour of 1 and 2 pixels to spare, from the bottom: rows 1 to 4, columns 1 to 18.
    expect(found.part).toHaveLength(1);
    const [[left, bottom, width, height]] = found.part;
    expect([left, bottom]).toEqual([0, 50]);
    expect([left + width, bottom + height]).toEqual([100, 80]);
    const [last] = found.last;
    expect(last[0]).toBeGreaterThan(60);
  });

  test("labels that are not in memory are loaded, and what fails is told of", async () => {
    const found = await visit().page.evaluate(async () => {
      const gate = kit.gate();
      const size = { t: 1, z: 1, y: 16, x: 20 };
      const late = kit.memoryLabels(size, [], () => gate.opened);
      late.paint({ t: 0, z: 0 }, { y: 0, x: 0, height: 16, width: 20 }, 5);
      const broken = kit.memoryLabels(size, [], () => Promise.reject(new Error("no labels here")));
      const told: string[] = [];
      const { renderer } = kit.open(
        [
          { kind: "labels", id: "late" },
          { kind: "labels", id: "broken" },
        ],
        { labels: { late, broken } },
        {},
        { onError: (error) => told.push((error as Error).message) },
      );
      renderer.draw();
      const before = [renderer.stats().requests, renderer.readPixel(50, 40)[0]];
      gate.open();
      await renderer.settled();
      return { before, after: renderer.readPixel(50, 40).slice(0, 3), told };
    });
    expect(found.before).toEqual([2, 0]);
    expect(found.after).toEqual(labelColour(5));
    expect(found.told).toEqual(["no labels here"]);
  });
});
