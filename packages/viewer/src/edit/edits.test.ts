import { checkTracks, type Labels, type Track } from "@cellwright/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { changeTool } from "../scene/commands.js";
import type { Workspace } from "../workspace.js";
import { bookOf, pagesOf } from "./apply.js";
import { blankWorkspace } from "./blank-workspace.js";
import { deleteLabel, mergeLabels, redo, relabelCell, replaceLabels, undo } from "./commands.js";
import { startGesture } from "./gesture.js";
import { newLabelsLayer } from "./layers.js";
import { wholePlane } from "./pages.js";
import {
  cutTrack,
  linkTracks,
  markDivision,
  removeParent,
  swapTracks,
  takeAsTracks,
} from "./track-commands.js";

// Wider than a page, so that strokes cross from page to page.
const size = { t: 6, z: 1, y: 24, x: 536 };

/** Pixels, tracks and where cells are: all that undo must bring back. */
function stateOf(workspace: Workspace, layer: string) {
  const store = pagesOf(workspace, layer);
  const frames = Array.from({ length: store.size.t }, (_, t) =>
    store.readNow({ t, z: 0 }, wholePlane(store.size)),
  );
  return { frames, tracks: bookOf(workspace, layer).tracks };
}

function pixelsOf(workspace: Workspace, layer: string): string {
  const { frames, tracks } = stateOf(workspace, layer);
  const runs = frames.map(({ data }) => {
    const parts: string[] = [];
    for (let i = 0; i < data.length; ) {
      const from = i;
      while (i < data.length && data[i] === data[from]) i++;
      parts.push(`${i - from}x${data[from]}`);
    }
    return parts.join(" ");
  });
  return JSON.stringify([runs, tracks]);
}

/** What must always hold: tracks are sound, and each cell is in the frames of its track and in no other. */
function checkStep(workspace: Workspace, layer: string): void {
  const { frames, tracks } = stateOf(workspace, layer);
  const store = pagesOf(workspace, layer);
  checkTracks(tracks);
  expect(tracks.map(({ label }) => label)).toEqual(
    tracks.map(({ label }) => label).sort((a, b) => a - b),
  );
  for (const [t, { data, shape }] of frames.entries()) {
    const sums = new Map<number, { area: number; y: number; x: number }>();
    for (let i = 0; i < data.length; i++) {
      if (data[i] === 0) continue;
      const sum = sums.get(data[i]) ?? { area: 0, y: 0, x: 0 };
      sum.area++;
      sum.y += Math.floor(i / shape[1]);
      sum.x += i % shape[1];
      sums.set(data[i], sum);
    }
    const seen = [...sums.keys()].sort((a, b) => a - b);
    expect(store.cells.labelsIn(t)).toEqual(seen);
    expect(tracks.filter(({ begin, end }) => begin <= t && t <= end).map((s) => s.label)).toEqual(
      seen,
    );
    for (const [label, { area, y, x }] of sums) {
      const extent = store.cells.get(t, label);
      expect(extent?.area).toBe(area);
      expect(extent?.y).toBeCloseTo(y / area, 9);
      expect(extent?.x).toBeCloseTo(x / area, 9);
      const path = bookOf(workspace, layer).path(label);
      expect(path?.y[t - path.begin]).toBeCloseTo(y / area + 0.5, 9);
    }
  }
}

const place = fc.record({
  y: fc.double({ min: -3, max: size.y + 3, noNaN: true }),
  x: fc.oneof(
    fc.double({ min: -3, max: 40, noNaN: true }),
    fc.double({ min: 495, max: size.x + 3, noNaN: true }),
  ),
});
const label = fc.integer({ min: 1, max: 6 });
const t = fc.integer({ min: 0, max: size.t - 1 });
const gesture = fc.record({
  kind: fc.constant("gesture" as const),
  tool: fc.constantFrom(
    ...([
      "paint",
      "paint",
      "paint",
      "erase",
      "fill",
      "polygon",
      "split",
      "merge",
      "delete",
    ] as const),
  ),
  label,
  t,
  brush: fc.integer({ min: 1, max: 14 }),
  preserve: fc.boolean(),
  allFrames: fc.boolean(),
  path: fc.array(place, { minLength: 1, maxLength: 4 }),
});
const command = fc.record({
  kind: fc.constantFrom(
    ...([
      "delete",
      "merge",
      "relabel",
      "cut",
      "link",
      "swap",
      "divide",
      "orphan",
      "replace",
    ] as const),
  ),
  a: label,
  b: label,
  c: label,
  t,
  allFrames: fc.boolean(),
  fromHere: fc.boolean(),
});
const walk = fc.record({
  kind: fc.constantFrom("undo" as const, "redo" as const),
  steps: fc.integer({ min: 1, max: 4 }),
});
const act = fc.oneof({ weight: 6, arbitrary: gesture }, { weight: 4, arbitrary: command }, walk);
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

async function perform(workspace: Workspace, layer: string, each: Act): Promise<void> {
  if (each.kind === "undo" || each.kind === "redo") {
    for (let n = 0; n < each.steps; n++) (each.kind === "undo" ? undo : redo)(workspace);
  } else if (each.kind === "gesture") {
    const { tool: name, label, brush, preserve, allFrames, path } = each;
    workspace.scene.update((scene) => ({
      ...changeTool(scene, { name, label, brush, preserve, allFrames }),
      at: { t: each.t, z: 0 },
    }));
    const made = startGesture(workspace, path[0]);
    for (const to of path.slice(1)) made?.move(to);
    await made?.end(path[path.length - 1]);
    if (made?.isOpen) made.cancel();
  } else
    try {
      runCommand(workspace, layer, each as Parameters<typeof runCommand>[2]);
    } catch {
      // Refused: then nothing has changed, which the check after it shows.
    }
}

function runCommand(
  workspace: Workspace,
  layer: string,
  { kind, a, b, c, t, ...frames }: Extract<Act, { a: number }>,
): void {
  if (kind === "delete") deleteLabel(workspace, layer, a, { t, ...frames });
  if (kind === "merge") mergeLabels(workspace, layer, [a, b], { t, ...frames });
  if (kind === "relabel") relabelCell(workspace, layer, a, b, { t, ...frames });
  if (kind === "cut") cutTrack(workspace, layer, a, t);
  if (kind === "link") linkTracks(workspace, layer, a, b);
  if (kind === "swap") swapTracks(workspace, layer, a, b, t);
  if (kind === "divide") markDivision(workspace, layer, a, [b, c]);
  if (kind === "orphan") removeParent(workspace, layer, a);
  if (kind === "replace") {
    const box = { y: 2, x: 500, height: 6, width: 20 };
    const data = Uint32Array.from({ length: 120 }, (_, i) => (i % 20 < 10 ? a : b));
    replaceLabels(workspace, layer, { t, z: 0 }, box, { data, shape: [6, 20], axes: "yx" });
  }
}

/** A movie with a division: 1 becomes 2 and 3; 4 stays; 5 comes late. */
function movie(): { labels: Labels[]; tracks: Track[] } {
  const labels = Array.from({ length: size.t }, (_, t) => {
    const data = new Uint32Array(size.y * size.x);
    const disc = (label: number, y: number, x: number): void => {
      for (let i = 0; i < data.length; i++)
        if (Math.hypot(Math.floor(i / size.x) - y, (i % size.x) - x) < 4) data[i] = label;
    };
    if (t < 3) disc(1, 8, 510 + t);
    else {
      disc(2, 6, 506);
      disc(3, 16, 516);
    }
    disc(4, 12, 20 + t);
    if (t > 3) disc(5, 18, 30);
    return { data, shape: [size.y, size.x], axes: "yx" };
  });
  const tracks = [
    { label: 1, begin: 0, end: 2, parent: 0 },
    { label: 2, begin: 3, end: 5, parent: 1 },
    { label: 3, begin: 3, end: 5, parent: 1 },
    { label: 4, begin: 0, end: 5, parent: 0 },
    { label: 5, begin: 4, end: 5, parent: 0 },
  ];
  return { labels, tracks };
}

test("whatever is done, tracks and labels agree, and undo and redo bring every state back bit for bit", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 14 }), async (acts) => {
      const workspace = blankWorkspace();
      const layer = newLabelsLayer(workspace, { name: "cells", size, ...movie() });
      const states = [pixelsOf(workspace, layer)];
      for (const each of acts) {
        await perform(workspace, layer, each);
        checkStep(workspace, layer);
        // The history says which state this is; a new step forgets the states ahead of it.
        const { past, future } = workspace.history;
        states.length = Math.min(states.length, past.length + future.length + 1);
        states[past.length] ??= pixelsOf(workspace, layer);
        if (future.length === 0) states[past.length] = pixelsOf(workspace, layer);
        expect(pixelsOf(workspace, layer)).toBe(states[past.length]);
      }
      while (workspace.history.future.length > 0) redo(workspace);
      const { length } = workspace.history.past;
      states.length = length + 1;
      states[length] = pixelsOf(workspace, layer);
      for (let n = length - 1; n >= 0; n--) {
        undo(workspace);
        if (states[n] !== undefined) expect(pixelsOf(workspace, layer)).toBe(states[n]);
      }
      expect(undo(workspace)).toBeUndefined();
      checkStep(workspace, layer);
      for (let n = 1; n <= length; n++) {
        redo(workspace);
        if (states[n] !== undefined) expect(pixelsOf(workspace, layer)).toBe(states[n]);
      }
      checkStep(workspace, layer);
    }),
    { numRuns: 40 },
  );
});

test("labels without tracks get none by being painted, and all of them when they are taken as tracks", async () => {
  const workspace = blankWorkspace();
  const layer = newLabelsLayer(workspace, { name: "cells", size, labels: movie().labels });
  const paint = { kind: "gesture", tool: "paint", label: 4, t: 0, brush: 3 } as const;
  const rest = { preserve: false, allFrames: false, path: [{ y: 2, x: 2 }] };
  await perform(workspace, layer, { ...paint, ...rest });
  expect(bookOf(workspace, layer).tracks).toEqual([]);
  takeAsTracks(workspace, layer);
  checkStep(workspace, layer);
  expect(bookOf(workspace, layer).tracks.map(({ label }) => label)).toEqual([1, 2, 3, 4, 5]);
  undo(workspace);
  expect(bookOf(workspace, layer).tracked).toBe(false);
});
