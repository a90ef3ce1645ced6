import { countMatches, type Labels, relabel } from "@cellwright/core";
import { expect, test } from "vitest";
import { pagesOf } from "./apply.js";
import { blankWorkspace } from "./blank-workspace.js";
import { undo } from "./commands.js";
import { curate } from "./curation.js";
import { newLabelsLayer } from "./layers.js";
import { wholePlane } from "./pages.js";

const size = { t: 1, z: 1, y: 60, x: 160 };

/** Discs, later ones over earlier ones. */
function discs(
  ...all: readonly (readonly [y: number, x: number, radius: number, label: number])[]
): Labels {
  const data = new Uint32Array(size.y * size.x);
  for (const [y, x, radius, label] of all)
    for (let i = 0; i < data.length; i++)
      if (Math.hypot(Math.floor(i / size.x) - y, (i % size.x) - x) < radius) data[i] = label;
  return { data, shape: [size.y, size.x], axes: "yx" };
}

const truth = discs(
  [15, 15, 9, 1],
  [15, 31, 9, 2],
  [40, 20, 10, 3],
  // A cell inside another.
  [30, 60, 20, 4],
  [30, 60, 6, 5],
  [30, 130, 10, 6],
);

/** Grown together, cut in pieces, missed, made up, and too small. */
const found = discs(
  [15, 15, 9, 11],
  [15, 31, 9, 11],
  [40, 20, 10, 12],
  [44, 22, 6, 13],
  [30, 60, 20, 14],
  [30, 60, 6, 15],
  [52, 150, 4, 16],
  [30, 133, 5, 17],
);

const cellsIn = (workspace: ReturnType<typeof blankWorkspace>, layer: string): Labels =>
  pagesOf(workspace, layer).readNow({ t: 0, z: 0 }, wholePlane(size));

function opened() {
  const workspace = blankWorkspace();
  return { workspace, layer: newLabelsLayer(workspace, { name: "found", size, labels: [found] }) };
}

test("a stroke for each mistake brings found cells to the goal", async () => {
  const { workspace, layer } = opened();
  const curation = await curate(workspace, layer, truth, { iou: 0.75 });
  // Made up and deleted: 16. Cut: 11. Joined: 13 to 12. Deleted and drawn anew: 17.
  expect(curation).toEqual({
    strokes: { delete: 2, split: 1, merge: 1, grow: 0, outline: 1, undo: 0 },
    total: 5,
    wrong: 0,
  });
  const [counts] = countMatches(truth, cellsIn(workspace, layer), [0.75]);
  expect(counts).toMatchObject({ truePositives: 6, falsePositives: 0, falseNegatives: 0 });
  expect(workspace.history.past.length).toBe(5);
  while (undo(workspace));
  expect(cellsIn(workspace, layer)).toEqual(found);
});

test("to the last pixel it takes more, and the labels are the truth", async () => {
  const { workspace, layer } = opened();
  const curation = await curate(workspace, layer, truth, { iou: 1 });
  expect(curation.wrong).toBe(0);
  expect(curation.total).toBeGreaterThan(5);
  expect(curation.total).toBeLessThanOrEqual(12);
  expect(relabel(cellsIn(workspace, layer))).toEqual(relabel(truth));
});

test("nothing is done to what is right, and a truth of another size is refused", async () => {
  const workspace = blankWorkspace();
  const layer = newLabelsLayer(workspace, { name: "found", size, labels: [truth] });
  expect((await curate(workspace, layer, truth, { iou: 1 })).total).toBe(0);
  const small = { ...truth, shape: [30, 320] };
  await expect(curate(workspace, layer, small)).rejects.toThrow("truth must be 60 x 160");
});
