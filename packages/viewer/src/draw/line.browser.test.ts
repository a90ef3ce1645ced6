import { fileURLToPath } from "node:url";
import { describeDrawing } from "@cellwright/testing/drawing";
import { expect, test } from "vitest";
import type { DrawingKit } from "./drawing-kit.js";
import { labelColour } from "./label-colour.js";

const sibling = (path: string) => fileURLToPath(new URL(path, import.meta.url));

declare const kit: DrawingKit & typeof import("@cellwright/testing/pixels");

describeDrawing("lines over the image", sibling("../.."), (visit) => {
  test("tails run through the places of a cell, fade, and lead from mothers to daughters", async () => {
    const found = await visit().page.evaluate(async () => {
      const tracks = [
        { label: 1, begin: 0, end: 2, parent: 0 },
        { label: 2, begin: 3, end: 4, parent: 1 },
      ];
      const paths = new Map([
        [1, { label: 1, begin: 0, y: Float64Array.of(4, 4, 4), x: Float64Array.of(2, 6, 10) }],
        [2, { label: 2, begin: 3, y: Float64Array.of(12, 12), x: Float64Array.of(10, 18) }],
      ]);
      const lineage = {
        tracks,
        version: 1,
        path: (label: number) => paths.get(label),
        watch: () => () => undefined,
      };
      const { renderer, workspace } = kit.open(
        [{ kind: "tracks", tail: 4 }],
        { lineages: { cells: lineage } },
        { size: { t: 5, z: 1, y: 16, x: 20 }, at: { t: 4, z: 0 } },
      );
      await renderer.settled();
      const colour = (x: number, y: number) => renderer.readPixel(x, y).slice(0, 3);
      const places = [
        [20, 20],
        [45, 20],
        [50, 40],
        [70, 60],
        [89, 60],
        [70, 20],
      ];
      const all = places.map(([x, y]) => colour(x, y));
      workspace.scene.update((scene) => ({ ...scene, at: { t: 1, z: 0 } }));
      const early = places.map(([x, y]) => colour(x, y));
      const next = scene(workspace, { head: 1, tail: 0 });
      function scene(
        { scene }: typeof workspace,
        patch: { readonly head: number; readonly tail: number },
      ): number[][] {
        scene.update((value) => ({
          ...value,
          layers: value.layers.map((layer) => ({ ...layer, ...patch })),
        }));
        return places.map(([x, y]) => colour(x, y));
      }
      return { all, early, next };
    });
    const none = [0, 0, 0];
    const isOf = (colour: readonly number[], label: number, low: number, high: number) => {
      const own = labelColour(label);
      const share = colour.reduce((a, b) => a + b) / own.reduce((a, b) => a + b);
      return (
        share >= low &&
        share <= high &&
        own.every((part, i) => Math.abs(part * share - colour[i]) <= 3)
      );
    };
    expect(found.all.map((colour) => colour.join() === none.join())).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(isOf(found.all[0], 1, 0.25, 0.6)).toBe(true);
    expect(isOf(found.all[1], 1, 0.4, 0.8)).toBe(true);
    // The way to the daughter has her colour, and is nearly as bright as she is now.
    expect(isOf(found.all[2], 2, 0.5, 0.85)).toBe(true);
    expect(isOf(found.all[4], 2, 0.95, 1.01)).toBe(true);
    // In frame 1 the cell had come from 2 to 6; with a head alone, its way to 10 is drawn.
    expect(found.early.map((colour) => colour.join() === none.join())).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(found.next.map((colour) => colour.join() === none.join())).toEqual([
      true,
      false,
      true,
      true,
      true,
      true,
    ]);
  });

  test("points are discs of their size in the frame that they are in", async () => {
    const found = await visit().page.evaluate(async () => {
      const points = [
        { t: 0, z: 0, y: 8, x: 6 },
        { t: 1, z: 0, y: 8, x: 14 },
      ];
      const { renderer, workspace } = kit.open(
        [{ kind: "points", id: "marks", size: 4 }],
        { points: { marks: points } },
        { size: { t: 2, z: 1, y: 16, x: 20 } },
      );
      await renderer.settled();
      const colours = () =>
        [30, 38, 46, 70].map((x) => renderer.readPixel(x, 40).slice(0, 3).join(" "));
      const first = colours();
      workspace.points.set("marks", [points[1], { t: 0, z: 0, y: 8, x: 14 }]);
      const moved = colours();
      return { first, moved };
    });
    const orange = "255 128 0";
    expect(found.first).toEqual([orange, orange, "0 0 0", "0 0 0"]);
    expect(found.moved).toEqual(["0 0 0", "0 0 0", "0 0 0", orange]);
  });

  test("previews and the region are drawn over all, and leave nothing behind", async () => {
    const found = await visit().page.evaluate(async () => {
      const image = { data: new Uint8Array(320).fill(60), shape: [16, 20], axes: "yx" };
      const { renderer, workspace } = kit.open([{ kind: "image" }], {
        images: { a: kit.watchedReader([image]) },
      });
      await renderer.settled();
      const picture = () => kit.picture(renderer).map(([red]) => red);
      const clean = picture();
      const bright = (values: readonly number[]) => values.filter((value) => value > 130).length;
      const drawn: number[] = [];
      for (const shape of [
        { kind: "circle", y: 8, x: 10, radius: 5 },
        { kind: "box", y: 2, x: 3, height: 6, width: 9 },
        {
          kind: "line",
          points: [
            { y: 3, x: 3 },
            { y: 12, x: 16 },
          ],
        },
        {
          kind: "line",
          points: [
            { y: 3, x: 3 },
            { y: 12, x: 16 },
            { y: 12, x: 3 },
          ],
          closed: true,
        },
        { kind: "line", points: [{ y: 8, x: 10 }] },
      ] as const) {
        renderer.preview(shape);
        drawn.push(bright(picture()));
      }
      renderer.preview({ kind: "circle", y: 8, x: 10, radius: 5 });
      const ring = [renderer.readPixel(75, 40)[0], renderer.readPixel(50, 40)[0]];
      renderer.preview(undefined);
      const after = picture();
      workspace.scene.update((scene) => ({ ...scene, region: [2, 3, 6, 9] as const }));
      const region = bright(picture());
      return {
        drawn,
        ring,
        region,
        isClean: after.every((value, i) => value === clean[i]),
      };
    });
    // About as many bright pixels as the shape is long on the screen; a point is a dot.
    const lengths = [2 * Math.PI * 25, 150, 79, 79 + 45 + 65, 1];
    for (const [i, length] of lengths.entries()) {
      expect(found.drawn[i]).toBeGreaterThan(0.6 * length);
      expect(found.drawn[i]).toBeLessThan(2.2 * length + 4);
    }
    expect(found.ring[0]).toBeGreaterThan(130);
    expect(found.ring[1]).toBe(60);
    expect(found.region).toBe(found.drawn[1]);
    expect(found.isClean).toBe(true);
  });

  test("a screenshot is what is seen, without previews, with the scale bar", async () => {
    const found = await visit().page.evaluate(async () => {
      const image = { data: new Uint8Array(320).fill(60), shape: [16, 20], axes: "yx" };
      const open = (scaleBar: boolean) =>
        kit.open([{ kind: "image" }], { images: { a: kit.watchedReader([image]) } }, { scaleBar });
      const seen = async (scaleBar: boolean) => {
        const { renderer } = open(scaleBar);
        await renderer.settled();
        renderer.preview({
          kind: "line",
          points: [
            { y: 8, x: 0 },
            { y: 8, x: 20 },
          ],
        });
        const blob = await renderer.screenshot();
        const bitmap = await createImageBitmap(blob);
        const copy = document.createElement("canvas");
        copy.width = bitmap.width;
        copy.height = bitmap.height;
        const context = copy.getContext("2d") as CanvasRenderingContext2D;
        context.drawImage(bitmap, 0, 0);
        const { data } = context.getImageData(0, 0, copy.width, copy.height);
        const values = Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]);
        const preview = renderer.readPixel(50, 40)[0];
        return { type: blob.type, size: [copy.width, copy.height], values, preview };
      };
      const [plain, barred] = [await seen(false), await seen(true)];
      return {
        type: plain.type,
        size: plain.size,
        values: [...new Set(plain.values)],
        preview: plain.preview,
        white: barred.values.filter((value) => value === 255).length,
      };
    });
    expect(found.type).toBe("image/png");
    expect(found.size).toEqual([100, 80]);
    expect(found.values).toEqual([60]);
    // The preview is on the canvas again afterwards.
    expect(found.preview).toBeGreaterThan(150);
    // Ten pixels of the image are 50 of the screen, four high.
    expect(found.white).toBeGreaterThanOrEqual(200);
  });

  test("a place of the window is a place of the image", async () => {
    const found = await visit().page.evaluate(async () => {
      const { renderer, workspace } = kit.open([], {});
      workspace.scene.update((scene) => ({ ...scene, camera: { y: 8, x: 10, zoom: 5 } }));
      const frame = kit.canvas().getBoundingClientRect();
      return renderer.imageAt(frame.left + 10, frame.top + 75);
    });
    expect(found.y).toBeCloseTo(15, 6);
    expect(found.x).toBeCloseTo(2, 6);
  });
});
