import { fileURLToPath } from "node:url";
import { describeDrawing } from "@cellwright/testing/drawing";
import { expect, test } from "vitest";
import { coloursOf } from "./colormap.js";
import type { DrawingKit } from "./drawing-kit.js";

const sibling = (path: string) => fileURLToPath(new URL(path, import.meta.url));

declare const kit: DrawingKit & typeof import("@cellwright/testing/pixels");

describeDrawing("images on the screen", sibling("../.."), (visit) => {
  test("every pixel of an image is where it is, in the colour of its brightness", async () => {
    const found = await visit().page.evaluate(async () => {
      const data = Uint8Array.from({ length: 320 }, (_, i) => i % 251);
      const image = { data, shape: [16, 20], axes: "yx" };
      const { renderer } = kit.open([{ kind: "image" }], {
        images: { a: kit.watchedReader([image]) },
      });
      await renderer.settled();
      // Each pixel is five of the screen long: its first and its last.
      return Array.from({ length: 320 }, (_, i) => {
        const [y, x] = [Math.floor(i / 20) * 5, (i % 20) * 5];
        return [renderer.readPixel(x, y)[0], renderer.readPixel(x + 4, y + 4)[0]];
      });
    });
    expect(found).toEqual(Array.from({ length: 320 }, (_, i) => [i % 251, i % 251]));
  });

  test("outside of the image is the background of the theme", async () => {
    const found = await visit().page.evaluate(async () => {
      const image = { data: new Uint8Array(320).fill(90), shape: [16, 20], axes: "yx" };
      const { renderer, workspace } = kit.open(
        [{ kind: "image" }],
        { images: { a: kit.watchedReader([image]) } },
        { camera: { y: 8, x: 10, zoom: 2 } },
      );
      await renderer.settled();
      const dark = [renderer.readPixel(2, 2)[0], renderer.readPixel(50, 40)[0]];
      workspace.scene.update((scene) => ({ ...scene, theme: "light" }));
      return [dark, [renderer.readPixel(2, 2)[0], renderer.readPixel(50, 40)[0]]];
    });
    expect(found).toEqual([
      [0, 90],
      [255, 90],
    ]);
  });

  test("limits, gamma and colormap make the colour; all types of numbers are drawn alike", async () => {
    const found = await visit().page.evaluate(async () => {
      const types = [Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array, Float64Array];
      const colours: number[][] = [];
      for (const Type of types) {
        const image = { data: new Type(320).fill(1250), shape: [16, 20], axes: "yx" };
        const { renderer } = kit.open(
          [{ kind: "image", limits: [1000, 2000], gamma: 2, colormap: "viridis" }],
          { images: { a: kit.watchedReader([image]) } },
        );
        await renderer.settled();
        colours.push(renderer.readPixel(50, 40));
        renderer.destroy();
      }
      return colours;
    });
    const at = Math.round(255 * 0.25 ** 2) * 4;
    const expected = [...coloursOf("viridis").slice(at, at + 4)];
    expect(found).toEqual(Array.from({ length: 6 }, () => expected));
  });

  test("what is no number is not drawn; what is endless is the first or the last colour", async () => {
    const found = await visit().page.evaluate(async () => {
      const values = [Number.NaN, 0.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      const data = Float32Array.from({ length: 320 }, (_, i) => values[Math.floor((i % 20) / 5)]);
      const image = { data, shape: [16, 20], axes: "yx" };
      const { renderer } = kit.open(
        [{ kind: "image", limits: [0, 1] }],
        { images: { a: kit.watchedReader([image]) } },
        { theme: "light" },
      );
      await renderer.settled();
      return [10, 35, 60, 85].map((x) => renderer.readPixel(x, 40)[0]);
    });
    expect(found).toEqual([255, 128, 255, 0]);
  });

  test("equal limits part what is above from what is not", async () => {
    const found = await visit().page.evaluate(async () => {
      const data = Uint8Array.from({ length: 320 }, (_, i) => 99 + Math.floor((i % 20) / 7));
      const image = { data, shape: [16, 20], axes: "yx" };
      const { renderer } = kit.open([{ kind: "image", limits: [100, 100] }], {
        images: { a: kit.watchedReader([image]) },
      });
      await renderer.settled();
      return [10, 50, 90].map((x) => renderer.readPixel(x, 40)[0]);
    });
    expect(found).toEqual([0, 0, 255]);
  });

  test("layers are laid over each other as napari lays them", async () => {
    const found = await visit().page.evaluate(async () => {
      const plain = (value: number) =>
        kit.watchedReader([{ data: new Uint8Array(320).fill(value), shape: [16, 20], axes: "yx" }]);
      const images = { a: plain(100), b: plain(160) };
      const colours: Record<string, number[]> = {};
      for (const blending of [
        "translucent",
        "additive",
        "minimum",
        "multiplicative",
        "opaque",
      ] as const) {
        const { renderer, workspace } = kit.open(
          [
            { kind: "image", colormap: "yellow" },
            { kind: "image", source: "b", colormap: "cyan", opacity: 0.5, blending },
          ],
          { images },
          { theme: "light" },
        );
        await renderer.settled();
        colours[blending] = renderer.readPixel(50, 40).slice(0, 3);
        // The same layer as the lowest one.
        workspace.scene.update((scene) => ({ ...scene, layers: [scene.layers[1]] }));
        await renderer.settled();
        colours[`${blending} alone`] = renderer.readPixel(50, 40).slice(0, 3);
        renderer.destroy();
      }
      return colours;
    });
    // Below lies yellow of 100, above cyan of 160 with half opacity; the background is white.
    expect(found).toEqual({
      translucent: [50, 130, 80],
      "translucent alone": [128, 208, 208],
      additive: [100, 180, 80],
      "additive alone": [0, 80, 80],
      minimum: [0, 100, 0],
      "minimum alone": [0, 160, 160],
      multiplicative: [0, 63, 0],
      "multiplicative alone": [128, 208, 208],
      opaque: [0, 160, 160],
      "opaque alone": [128, 208, 208],
    });
  });

  test("a hidden layer is not there, and the one above it is the lowest", async () => {
    const found = await visit().page.evaluate(async () => {
      const plain = (value: number) =>
        kit.watchedReader([{ data: new Uint8Array(320).fill(value), shape: [16, 20], axes: "yx" }]);
      const hidden = plain(100);
      const { renderer } = kit.open(
        [
          { kind: "image", visible: false },
          { kind: "image", source: "b", blending: "additive" },
        ],
        { images: { a: hidden, b: plain(30) } },
        { theme: "light" },
      );
      await renderer.settled();
      return { colour: renderer.readPixel(50, 40)[0], asked: hidden.asked.length };
    });
    expect(found).toEqual({ colour: 30, asked: 0 });
  });
});
