import type { Image, Labels, PyramidReader } from "@cellwright/core";
import { expect, test } from "vitest";
import { addImage, changeTool } from "../scene/commands.js";
import type { ToolState } from "../scene/scene.js";
import type { Workspace } from "../workspace.js";
import { bookOf, pagesOf } from "./apply.js";
import { blankWorkspace } from "./blank-workspace.js";
import type { Place } from "./brush.js";
import { redo, undo } from "./commands.js";
import { type Modifiers, startGesture } from "./gesture.js";
import { newLabelsLayer, newPointsLayer } from "./layers.js";
import { wholePlane } from "./pages.js";

/** A plane from rows of digits, `.` for background. */
function drawn(text: string): Labels {
  const rows = text.trim().split(/\s+/);
  const data = Uint32Array.from(rows.join(""), (digit) => (digit === "." ? 0 : Number(digit)));
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

function rowsOf(workspace: Workspace, layer: string, t = 0): string[] {
  const store = pagesOf(workspace, layer);
  const { data, shape } = store.readNow({ t, z: 0 }, wholePlane(store.size));
  return Array.from({ length: shape[0] }, (_, y) =>
    [...data.subarray(y * shape[1], (y + 1) * shape[1])]
      .map((label) => (label === 0 ? "." : `${label}`))
      .join(""),
  );
}

function opened(...frames: string[]): { workspace: Workspace; layer: string } {
  const workspace = blankWorkspace();
  const labels = frames.map(drawn);
  const [y, x] = labels[0].shape;
  const size = { t: labels.length, z: 1, y, x };
  return { workspace, layer: newLabelsLayer(workspace, { name: "cells", size, labels }) };
}

async function drag(
  workspace: Workspace,
  tool: Partial<ToolState>,
  path: readonly Place[],
  modifiers: Modifiers = {},
) {
  workspace.scene.update((scene) => changeTool(scene, tool));
  const gesture = startGesture(workspace, path[0], modifiers);
  for (const to of path.slice(1)) gesture?.move(to);
  return gesture?.end(path[path.length - 1]);
}

const at = (y: number, x: number): Place => ({ y: y + 0.5, x: x + 0.5 });
const noticesOf = (workspace: Workspace): string[] =>
  workspace.notices.get().map(({ text }) => text);

test("a fast stroke leaves no gap and ends at the border", async () => {
  const { workspace, layer } = opened("........ ........ ........");
  const edit = await drag(workspace, { name: "paint", label: 3, brush: 1 }, [at(0, 0), at(1, 20)]);
  expect(edit?.name).toBe("paint 3");
  const rows = rowsOf(workspace, layer);
  expect(rows.join("").replaceAll(".", "").length).toBe(8);
  for (let x = 0; x < 8; x++) expect(rows.some((row) => row[x] === "3")).toBe(true);
});

test("with preserve, painting leaves other labels and erasing takes the selected one alone", async () => {
  const { workspace, layer } = opened("22..44 22..44");
  const path = [at(0, 0), at(0, 5)];
  const tool = { label: 4, brush: 1, preserve: true } as const;
  await drag(workspace, { name: "paint", ...tool }, path);
  expect(rowsOf(workspace, layer)).toEqual(["224444", "22..44"]);
  await drag(workspace, { name: "erase", ...tool }, path);
  expect(rowsOf(workspace, layer)).toEqual(["22....", "22..44"]);
  await drag(workspace, { name: "erase", ...tool, preserve: false }, path);
  expect(rowsOf(workspace, layer)).toEqual(["......", "22..44"]);
});

test("fill takes the piece under the click, or all pieces, and says where background is no cell", async () => {
  const text = "111.1 1.1.. 111.1";
  const { workspace, layer } = opened(text);
  await drag(workspace, { name: "fill", label: 5, contiguous: true }, [at(0, 0)]);
  expect(rowsOf(workspace, layer)).toEqual(["555.1", "5.5..", "555.1"]);
  await drag(workspace, { name: "fill", label: 5, contiguous: true }, [at(1, 1)]);
  expect(rowsOf(workspace, layer)[1]).toBe("555..");
  undo(workspace);
  await drag(workspace, { name: "fill", label: 6, contiguous: false }, [at(0, 4)]);
  expect(rowsOf(workspace, layer)).toEqual(["555.6", "5.5..", "555.6"]);
  const nothing = await drag(workspace, { name: "fill", contiguous: false }, [at(0, 3)]);
  expect(nothing).toBeUndefined();
  expect(noticesOf(workspace)).toEqual([
    "fill of all that is alike must be on a cell, got on background",
  ]);
});

test("background is filled only up to a limit", async () => {
  const workspace = blankWorkspace();
  const size = { t: 1, z: 1, y: 2100, x: 2100 };
  const layer = newLabelsLayer(workspace, { name: "cells", size });
  await drag(workspace, { name: "fill", label: 1 }, [at(1000, 1000)]);
  expect(noticesOf(workspace)).toEqual([
    "area to fill must be at most 4194304 pixels; close its outline first, got more",
  ]);
  const ring = [at(600, 600), at(600, 900), at(900, 900), at(900, 600), at(600, 600)];
  await drag(workspace, { name: "paint", label: 1, brush: 3 }, ring);
  await drag(workspace, { name: "fill", label: 2 }, [at(700, 700)]);
  const store = pagesOf(workspace, layer);
  expect(store.cells.areaIn(0, 2)).toBe(297 * 297);
});

test("a stroke across cuts a cell in two without a gap, and the larger part keeps the number", async () => {
  const { workspace, layer } = opened("........ .777777. .777777. .777777. ........");
  const edit = await drag(workspace, { name: "split" }, [at(0, 5), at(4, 5)]);
  expect(edit?.name).toBe("split 7, 8");
  const rows = rowsOf(workspace, layer);
  for (const row of rows.slice(1, 4)) expect(row).toMatch(/^\.7{4,5}8{1,2}\.$/);
  expect(rows.join("").replaceAll(".", "").length).toBe(18);
  await drag(workspace, { name: "split" }, [at(2, 0), at(2, 2)]);
  expect(noticesOf(workspace)).toEqual([
    "stroke must be right across label 7, from outside to outside, got not",
  ]);
  expect(rowsOf(workspace, layer)).toEqual(rows);
});

test("merge goes from cell to cell, or from the selected one to the one clicked; delete takes what lies under the stroke", async () => {
  const { workspace, layer } = opened("11.22.33.44");
  await drag(workspace, { name: "merge" }, [at(0, 0), at(0, 4)]);
  expect(rowsOf(workspace, layer)).toEqual(["11.11.33.44"]);
  await drag(workspace, { name: "merge", label: 3 }, [at(0, 9)]);
  expect(rowsOf(workspace, layer)).toEqual(["11.11.33.33"]);
  const edit = await drag(workspace, { name: "delete" }, [at(0, 4), at(0, 7)]);
  expect(edit?.name).toBe("delete 1, 3");
  expect(rowsOf(workspace, layer)).toEqual(["..........."]);
});

test("a polygon by clicks stays open until a double click, or an end without a press; a drag draws it at once", async () => {
  const { workspace, layer } = opened("...... ...... ...... ......");
  workspace.scene.update((scene) => changeTool(scene, { name: "polygon", label: 2 }));
  const first = startGesture(workspace, { y: 1, x: 1 });
  expect(await first?.end({ y: 1, x: 1 })).toBeUndefined();
  expect(first?.isOpen).toBe(true);
  expect(startGesture(workspace, { y: 1, x: 5 })).toBe(first);
  await first?.end({ y: 1, x: 5 });
  startGesture(workspace, { y: 3, x: 5 });
  await first?.end({ y: 3, x: 5 });
  expect(rowsOf(workspace, layer).join("")).toBe(".".repeat(24));
  startGesture(workspace, { y: 3, x: 1 });
  await first?.end({ y: 3, x: 1 });
  startGesture(workspace, { y: 3, x: 1 }, { double: true });
  expect((await first?.end({ y: 3, x: 1 }))?.name).toBe("outline 2");
  expect(first?.isOpen).toBe(false);
  expect(rowsOf(workspace, layer)).toEqual(["......", ".2222.", ".2222.", "......"]);
  undo(workspace);
  workspace.scene.update((scene) => ({ ...scene, camera: { ...scene.camera, zoom: 40 } }));
  const corners = [
    { y: 0, x: 0 },
    { y: 0, x: 2 },
    { y: 2, x: 2 },
    { y: 2, x: 0 },
  ];
  await drag(workspace, { name: "polygon" }, corners);
  expect(rowsOf(workspace, layer)).toEqual(["22....", "22....", "......", "......"]);
});

test("undo in the middle of a stroke takes the stroke back and nothing else", async () => {
  const { workspace, layer } = opened("1....");
  await drag(workspace, { name: "paint", label: 2, brush: 1 }, [at(0, 4)]);
  const gesture = startGesture(workspace, at(0, 2));
  expect(rowsOf(workspace, layer)).toEqual(["1.2.2"]);
  expect(undo(workspace)).toBeUndefined();
  expect(rowsOf(workspace, layer)).toEqual(["1...2"]);
  gesture?.move(at(0, 3));
  expect(await gesture?.end(at(0, 3))).toBeUndefined();
  expect(rowsOf(workspace, layer)).toEqual(["1...2"]);
  expect(workspace.history.past.length).toBe(1);
});

test("in a tracked movie painting makes, extends and revives tracks, and erasing shortens and cuts them", async () => {
  const workspace = blankWorkspace();
  const size = { t: 5, z: 1, y: 1, x: 6 };
  const layer = newLabelsLayer(workspace, { name: "cells", size, tracks: [] });
  const dab = (name: "paint" | "erase", t: number, x: number, label = 1) => {
    workspace.scene.update((scene) => ({ ...scene, at: { t, z: 0 } }));
    return drag(workspace, { name, label, brush: 1, preserve: false }, [at(0, x)]);
  };
  const tracks = () =>
    bookOf(workspace, layer).tracks.map(
      ({ label, begin, end, parent }) => `${label}:${begin}-${end}<${parent}`,
    );
  for (const t of [1, 2, 3]) await dab("paint", t, 2);
  expect(tracks()).toEqual(["1:1-3<0"]);
  await dab("erase", 2, 2);
  expect(tracks()).toEqual(["1:1-1<0", "2:3-3<1"]);
  await dab("paint", 2, 2);
  expect(tracks()).toEqual(["1:1-3<0"]);
  expect(rowsOf(workspace, layer, 3)).toEqual(["..1..."]);
  await dab("erase", 3, 2);
  expect(tracks()).toEqual(["1:1-2<0"]);
  // Far from its track the label goes on under a number of its own, which the next dab has too.
  await dab("paint", 4, 0);
  expect(tracks()).toEqual(["1:1-2<0", "3:4-4<1"]);
  expect(workspace.scene.get().tool.label).toBe(3);
  expect(noticesOf(workspace).at(-1)).toBe(
    "1 was not in the frame before or after: it goes on as 3.",
  );
  while (undo(workspace));
  expect(tracks()).toEqual([]);
  while (redo(workspace));
  expect(tracks()).toEqual(["1:1-2<0", "3:4-4<1"]);
});

test("pick selects, points come and go with undo, and a region is drawn and taken away", async () => {
  const { workspace } = opened("..9..");
  await drag(workspace, { name: "pick" }, [at(0, 2)]);
  expect(workspace.scene.get().tool.label).toBe(9);
  await drag(workspace, { name: "region" }, [at(0, 3), at(5, 0)]);
  expect(workspace.scene.get().region).toEqual([0, 0, 1, 4]);
  await drag(workspace, { name: "region" }, [at(0, 3)]);
  expect(workspace.scene.get().region).toBeUndefined();
  const marks = newPointsLayer(workspace, { name: "marks" });
  await drag(workspace, { name: "add-point" }, [at(0, 1)]);
  await drag(workspace, { name: "add-point" }, [at(0, 4)]);
  await drag(workspace, { name: "remove-point" }, [at(0, 0)]);
  expect(workspace.points.get(marks)).toEqual([{ t: 0, z: 0, y: 0.5, x: 4.5 }]);
  undo(workspace);
  expect(workspace.points.get(marks)?.length).toBe(2);
});

test("a tool without a layer says what is missing", () => {
  const workspace = blankWorkspace();
  workspace.scene.update((scene) => changeTool(scene, { name: "paint" }));
  expect(startGesture(workspace, at(0, 0))).toBeUndefined();
  expect(noticesOf(workspace)).toEqual(["Make or select a layer of labels first."]);
});

/** Bright discs on a dim ground with a little texture. */
function discs(): { image: Image; reader: PyramidReader } {
  const [height, width] = [90, 120];
  const data = new Uint16Array(height * width);
  for (let i = 0; i < data.length; i++) {
    const [y, x] = [Math.floor(i / width), i % width];
    const inside =
      Math.hypot(y - 40, x - 40) < 14 || Math.hypot(y - 40, x - 64) < 12 || (y > 75 && x < 8);
    data[i] = 100 + ((i * 7919) % 13) + (inside ? 200 : 0);
  }
  const image: Image = { data, shape: [height, width], axes: "yx" };
  const level = { height, width, scale: { y: 1, x: 1 }, tile: { height, width } };
  return {
    image,
    reader: {
      axes: "yx",
      shape: [height, width],
      type: "uint16",
      levels: [level],
      readRegion: async ({ box }) => {
        const part = new Uint16Array(box.height * box.width);
        for (let i = 0; i < part.length; i++)
          part[i] = data[(box.y + Math.floor(i / box.width)) * width + box.x + (i % box.width)];
        return { data: part, shape: [box.height, box.width], axes: "yx" };
      },
    },
  };
}

test("grow finds the cell under a click, apart from its neighbour, leaves others, and draws a bad one anew", async () => {
  const workspace = blankWorkspace();
  const { reader } = discs();
  workspace.images.set("image", { reader, name: "discs" });
  workspace.scene.update((scene) => addImage(scene, { source: "image", name: "discs", reader }));
  const size = { t: 1, z: 1, y: 90, x: 120 };
  const layer = newLabelsLayer(workspace, { name: "cells", size });
  const store = pagesOf(workspace, layer);
  await drag(workspace, { name: "grow" }, [at(42, 38)]);
  const area = store.cells.areaIn(0, 1);
  expect(Math.abs(area / (Math.PI * 14 * 14) - 1)).toBeLessThan(0.1);
  expect(store.labelAt({ t: 0, z: 0 }, 40, 64)).toBe(0);
  expect(workspace.scene.get().tool.label).toBe(1);
  const before = store.readNow({ t: 0, z: 0 }, wholePlane(size)).data;
  await drag(workspace, { name: "grow" }, [at(40, 66)]);
  const after = store.readNow({ t: 0, z: 0 }, wholePlane(size)).data;
  for (let i = 0; i < before.length; i++) if (before[i] === 1) expect(after[i]).toBe(1);
  expect(Math.abs(store.cells.areaIn(0, 2) / (Math.PI * 12 * 12) - 1)).toBeLessThan(0.15);
  // Half of it erased: a click draws it anew.
  await drag(workspace, { name: "erase", brush: 12 }, [at(30, 36), at(50, 36)]);
  expect(store.cells.areaIn(0, 1)).toBeLessThan(0.7 * area);
  await drag(workspace, { name: "grow" }, [at(40, 45)]);
  expect(Math.abs(store.cells.areaIn(0, 1) / area - 1)).toBeLessThan(0.1);
  expect(noticesOf(workspace)).toEqual([]);
});
