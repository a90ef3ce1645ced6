import { describe, expect, test } from "vitest";
import { bookOf } from "../edit/apply.js";
import { blankWorkspace } from "../edit/blank-workspace.js";
import { startGesture } from "../edit/gesture.js";
import { changeTool } from "../scene/commands.js";
import { storeOf } from "../scene/store.js";
import type { Job, Notice } from "../workspace.js";
import { newLabels, removeNow } from "./act-layers.js";
import { type App, NEW_PAGE } from "./app-context.js";
import { rangeFor } from "./contrast.js";
import { timeText } from "./dims.js";
import { dismiss, notify, notifyError } from "./notify.js";
import { countText, numberText, percentText } from "./number-text.js";
import { levelFor } from "./pixel-values.js";
import { targetOf } from "./roving.js";
import { runJob } from "./run-job.js";
import { readInputs } from "./served.js";
import { colormapLike } from "./show.js";

describe("words and numbers", () => {
  test("numbers are short and keep what matters", () => {
    expect([0, 1234, 65535, 0.125, 1.23456e-7, 12345.678].map(numberText)).toEqual([
      "0",
      "1234",
      "65535",
      "0.125",
      "1.235e-7",
      "12350",
    ]);
    expect([1, 0.0025, 2.567].map(percentText)).toEqual(["100 %", "0.25 %", "257 %"]);
    expect([countText(1, "cell"), countText(20000, "cell")]).toEqual(["1 cell", "20,000 cells"]);
    expect([7.25, 75, 3725].map(timeText)).toEqual(["7.3 s", "1:15 min", "1:02 h"]);
  });
});

test("arrow keys walk around, other keys do not", () => {
  expect(targetOf("ArrowRight", 2, 3, "horizontal")).toBe(0);
  expect(targetOf("ArrowLeft", 0, 3, "horizontal")).toBe(2);
  expect(targetOf("ArrowLeft", -1, 3, "horizontal")).toBe(2);
  expect(targetOf("ArrowDown", 0, 3, "horizontal")).toBeUndefined();
  expect(targetOf("End", 0, 3, "vertical")).toBe(2);
  expect(targetOf("Home", 0, 0, "vertical")).toBeUndefined();
});

test("values are read at the level that is seen, never at a finer one", () => {
  const levels = [1, 2, 4, 8].map((scale) => ({
    height: 80 / scale,
    width: 80 / scale,
    scale: { y: scale, x: scale },
    tile: { height: 8, width: 8 },
  }));
  expect([8, 1, 0.5, 0.3, 0.25, 0.01].map((zoom) => levelFor({ levels }, zoom))).toEqual([
    0, 0, 1, 1, 2, 3,
  ]);
});

test("sliders of contrast reach what the image has", () => {
  const found = { range: [10, 200], auto: [12, 150], counts: new Uint32Array(4) } as const;
  expect(rangeFor(found, "uint8")).toEqual([0, 255]);
  expect(rangeFor(found, "uint16")).toEqual([0, 219]);
  expect(rangeFor({ ...found, range: [-1, 1], auto: [-0.5, 0.5] }, "float32")).toEqual([-1.2, 1.2]);
  expect(rangeFor({ ...found, range: [0, 0], auto: [0, 1] }, "uint16")).toEqual([0, 2]);
});

test("a file's colours become the colormaps that are most like them", () => {
  expect(["#ffffff", "#FF0000", "#00ee10", "#0000ff", "#ff00ff"].map(colormapLike)).toEqual([
    "gray",
    "red",
    "green",
    "blue",
    "magenta",
  ]);
});

test("a server's list is believed only as far as it is one", () => {
  const input = { name: "a", path: "x/a.tif", kind: "image", address: "files/0/a.tif", evil: 1 };
  expect(readInputs([input])).toEqual([
    { name: "a", path: "x/a.tif", kind: "image", address: "files/0/a.tif" },
  ]);
  expect(readInputs({ inputs: [] })).toEqual([]);
  for (const wrong of [null, "a", { inputs: 3 }, [{ name: "a" }], [{ ...input, kind: "script" }]])
    expect(() => readInputs(wrong)).toThrow(/list/);
});

test("messages come once, errors say why, what was stopped on purpose says nothing", () => {
  const notices = storeOf<readonly Notice[]>([]);
  notify({ notices }, "info", "a");
  notify({ notices }, "info", "a");
  notifyError({ notices }, "b was not opened", new Error("it is empty"));
  notifyError({ notices }, "c", new DOMException("stop", "AbortError"));
  expect(notices.get().map(({ text }) => text)).toEqual(["a", "b was not opened: it is empty"]);
  dismiss({ notices }, notices.get()[0].id);
  for (let i = 0; i < 20; i++) notify({ notices }, "info", `${i}`);
  expect(notices.get().length).toBeLessThanOrEqual(5);
  expect(new Set(notices.get().map(({ id }) => id)).size).toBe(notices.get().length);
});

test("a job is shown with its progress, can be stopped, and is gone at its end", async () => {
  const jobs = storeOf<readonly Job[]>([]);
  const seen: (number | undefined)[] = [];
  jobs.watch((all) => seen.push(all[0]?.progress));
  const stopped = runJob({ jobs }, "long", async ({ signal, tell }) => {
    tell(0.5, "half");
    jobs.get()[0].cancel();
    signal.throwIfAborted();
  });
  await expect(stopped).rejects.toThrow(/abort/i);
  expect(seen).toEqual([undefined, 0.5, undefined]);
  expect(jobs.get()).toEqual([]);
  expect(await runJob({ jobs }, "short", async () => 7)).toBe(7);
});

test("labels that are made in a movie are tracked from the first stroke; a removed layer leaves nothing behind", async () => {
  const workspace = blankWorkspace();
  const app = { workspace, page: storeOf(NEW_PAGE) } as App;
  const made = (frames: number) => {
    const size = { t: frames, z: 1, y: 9, x: 9 };
    workspace.scene.update((scene) => ({ ...scene, size }));
    return newLabels(app);
  };
  expect(bookOf(workspace, made(1)).tracked).toBe(false);
  const id = made(3);
  expect(bookOf(workspace, id).tracked).toBe(true);
  workspace.scene.update((scene) => changeTool(scene, { name: "paint", label: 4, brush: 1 }));
  await startGesture(workspace, { y: 1, x: 1 })?.end({ y: 1, x: 1 });
  expect(workspace.lineages.get(id)?.tracks).toEqual([{ label: 4, begin: 0, end: 0, parent: 0 }]);
  workspace.corrected.set(id, []);
  removeNow(app, id);
  const { labels, lineages, corrected, history } = workspace;
  for (const map of [labels, lineages, corrected]) expect(map.has(id)).toBe(false);
  expect(history.past).toEqual([]);
});
