import { type Labels, pyramidOf, runClassical, synthNuclei } from "@cellwright/core";
import { type SpotOptions, spotFiles, squares } from "@cellwright/testing";
import { expect, test } from "vitest";
import { undo } from "../edit/commands.js";
import type { ImageSource } from "../workspace.js";
import { benchFor, labelsOf, workspaceWith, zipFile } from "./fixture.js";
import { BUDGET } from "./planes.js";
import { typeOf } from "./types.js";

/** A model of bright squares, as a zip that was dropped. */
const zipOf = async (name = "spots", options: SpotOptions = {}) =>
  zipFile(name, await spotFiles(name, options));
const numbersIn = (labels: Labels) => [...new Set(labels.data)].sort((a, b) => a - b);

test("a region of a large plane, whose cells are much larger than the model knows, is read with more around it", async () => {
  const image = squares(8, 24, 64, 4);
  const workspace = workspaceWith(image);
  const work = benchFor(workspace, { budget: { ...BUDGET, whole: 2 ** 12 } });
  const { id: model } = await work.addModel(
    await zipOf("sized", { diameter: Math.sqrt(100 / Math.PI) }),
  );
  const box = { y: 0, x: 32, height: 32, width: 32 };
  const { reader } = workspace.images.get("image-0") as ImageSource;
  const read: number[] = [];
  workspace.images.set("image-0", {
    name: "image-0",
    reader: {
      ...reader,
      readRegion: (region) => {
        read.push(region.box.width);
        return reader.readRegion(region);
      },
    },
  });
  const layer = await work.segment({ model, where: box });
  // The region, a sample of the whole for its brightness, and the region once more.
  expect(read.length).toBe(3);
  expect(read[1]).toBe(256);
  expect(read[2]).toBeGreaterThan(read[0]);
  const labels = labelsOf(workspace, layer);
  expect(numbersIn(labels)).toEqual([0, 1]);
  expect(labels.data[18 * 256 + 50]).toBe(1);
});

test("a box too large to be worked on at once is refused before it is read", async () => {
  const reader = { ...pyramidOf(squares(1)), shape: [40_000, 40_000] };
  const workspace = workspaceWith(squares(1));
  workspace.images.set("image-0", { name: "image-0", reader });
  const work = benchFor(workspace);
  const { id: model } = await work.addModel(await zipOf());
  await expect(work.segment({ model, where: "whole" })).rejects.toThrow(
    "image to be segmented as a whole must be at most 32768 x 32768 pixels: zoom in and segment the view, or draw a region, got 40000 x 40000",
  );
  const box = { y: 0, x: 0, height: 9000, width: 9000 };
  await expect(work.segment({ model, where: box })).rejects.toThrow(
    "region must be at most 8192 x 8192 pixels: draw a smaller region or zoom in, got 9000 x 9000",
  );
  expect(workspace.labels.size).toBe(0);
});

/** Cells by the pixels that they have, whatever their numbers are. */
function cellsOf({ data }: Labels): string[] {
  const cells = new Map<number, number[]>();
  for (const [i, label] of data.entries())
    if (label > 0) cells.set(label, [...(cells.get(label) ?? []), i]);
  return [...cells.values()].map((pixels) => pixels.join(" ")).sort();
}

test("a region and blocks give the cells that the whole image gives, also where one part of it is much brighter", async () => {
  const plain = squares(32, 48, 64);
  // The leftmost squares are too dark beside the others, but would not be by themselves.
  const data = Uint8Array.from(plain.data, (value, i) => (i % 64 < 16 ? value / 3 : value));
  const workspace = workspaceWith({ ...plain, data });
  const model = await zipOf("stretched", {
    normalization: { kind: "percentile", low: 1, high: 99 },
    weight: () => 1,
  });
  const work = benchFor(workspace);
  const { id } = await work.addModel(model);
  const whole = cellsOf(labelsOf(workspace, await work.segment({ model: id, where: "whole" })));
  expect(whole.length).toBe(24);
  for (const [width, cells] of [
    [16, 0],
    [32, 8],
  ]) {
    const box = { y: 0, x: 0, height: 48, width };
    const left = cellsOf(labelsOf(workspace, await work.segment({ model: id, where: box })));
    expect(left).toEqual(whole.filter((cell) => cell.split(" ").every((i) => +i % 64 < width)));
    expect(left.length).toBe(cells);
  }

  const budget = { whole: 2 ** 9, most: 2 ** 11, block: 20 };
  const small = benchFor(workspace, { budget });
  const again = await small.addModel(model);
  const past = workspace.history.past.length;
  const layer = await small.segment({ model: again.id, where: "whole", diameter: 6 });
  expect(cellsOf(labelsOf(workspace, layer))).toEqual(whole);
  expect(workspace.history.past.length).toBe(past + 1);
  undo(workspace);
  expect(numbersIn(labelsOf(workspace, layer))).toEqual([0]);
});

test("classical methods stand beside the models, and find in the page what core's do", async () => {
  const { image } = synthNuclei({ height: 96, width: 128, seed: 2, diameter: 18 });
  const workspace = workspaceWith(image);
  const work = benchFor(workspace, { methods: ["classical-nuclei"] });
  const [card] = await work.models();
  expect(card).toMatchObject({ id: "classical-nuclei", origin: "method", canLearn: false });
  const model = card.id;
  const layer = await work.segment({ model, where: "whole", diameter: 18 });
  const expected = runClassical(model, image, { diameter: 18 });
  expect(labelsOf(workspace, layer).data).toEqual(expected.data);
  const box = { y: 0, x: 0, height: 96, width: 64 };
  const part = await work.segment({ model, where: box, diameter: 18 });
  const found = new Set(cellsOf(labelsOf(workspace, layer)));
  const cells = cellsOf(labelsOf(workspace, part));
  expect(cells.length).toBeGreaterThan(3);
  for (const cell of cells) expect(found).toContain(cell);
  await expect(work.learn({ model, layer })).rejects.toThrow("It is a method without a network");
  await expect(work.downloadModel(model)).rejects.toThrow("it has no files");
});

test("a model of types tells them of the cells that it finds, whatever numbers they get", async () => {
  const workspace = workspaceWith(squares(6));
  const work = benchFor(workspace);
  const { id: model } = await work.addModel(
    await zipOf("typed", {
      maps: ["probability", "distance", "round", "long"],
      types: ["round", "long"],
      weight: (map) => (map === 2 ? 3 / 200 : 1 / 200),
    }),
  );
  const layer = await work.segment({ model, where: "whole" });
  const box = { y: 0, x: 0, height: 8, width: 16 };
  await work.segment({ model, where: box, into: layer });
  const numbers = numbersIn(labelsOf(workspace, layer)).filter(Boolean);
  const types = workspace.types.get(layer);
  for (const label of numbers)
    expect(typeOf(types, { t: 0, z: 0 }, label)).toEqual({ name: "round", probability: 0.75 });
  expect(numbers.at(-1)).toBe(8);
  await expect(work.learn({ model, layer })).rejects.toThrow(/tells types of cells apart/);
});
