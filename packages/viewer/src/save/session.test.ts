import { bytesSource, type Labels, pyramidOf, readImage } from "@cellwright/core";
import { expect, test } from "vitest";
import type { Opened } from "../data/opened.js";
import { blankWorkspace } from "../edit/blank-workspace.js";
import { deleteLabel } from "../edit/commands.js";
import { newLabelsLayer, newPointsLayer } from "../edit/layers.js";
import { addImage, addTracks, changeLayer, setCamera, setRegion } from "../scene/commands.js";
import type { Workspace } from "../workspace.js";
import { SESSION_NAME, saveSession, sessionOf } from "./session.js";
import { applySession, type Wanted } from "./session-apply.js";
import { readSession } from "./session-read.js";

const page = "http://127.0.0.1:8000/secret/";
const size = { t: 2, z: 1, y: 12, x: 14 };
const image = {
  data: new Uint8Array(2 * 2 * 12 * 14).fill(7),
  shape: [2, 2, 12, 14],
  axes: "tcyx",
};
const tracks = [
  { label: 3, begin: 0, end: 1, parent: 0 },
  { label: 9, begin: 0, end: 1, parent: 0 },
];

function cells(): Labels[] {
  return [0, 1].map(() => {
    const data = new Uint32Array(12 * 14);
    data.fill(3, 30, 34);
    data.fill(9, 60, 66);
    return { data, shape: [12, 14], axes: "yx" };
  });
}

/** Two channels, labels with tracks, points, and a look of its own. */
function full(): { workspace: Workspace; layer: string } {
  const workspace = blankWorkspace();
  const reader = pyramidOf(image);
  workspace.images.set("i", { name: "a.tif", reader, address: `${page}files/0/a.tif` });
  workspace.scene.update((scene) => addImage(scene, { source: "i", name: "a.tif", reader }));
  const layer = newLabelsLayer(workspace, { name: "cells", size, labels: cells(), tracks });
  newPointsLayer(workspace, { name: "marks", points: [{ t: 1, z: 0, y: 2.5, x: 3 }] });
  workspace.scene.update((scene) => {
    let next = addTracks(scene, { id: `${layer}/tracks`, name: "paths", labels: layer });
    next = changeLayer(next, "i/1", { gamma: 2, visible: false });
    next = setRegion(setCamera(next, { y: 4, x: 5, zoom: 3 }), [1, 1, 5, 6]);
    return { ...next, active: layer };
  });
  return { workspace, layer };
}

/** Opens what a session names from files that were saved, and the image by its address. */
function opener(files: ReadonlyMap<string, Uint8Array>, seen: Wanted[] = []) {
  return async (wanted: Wanted): Promise<Opened[]> => {
    seen.push(wanted);
    if (wanted.address === "files/0/a.tif")
      return [{ name: "a.tif", kind: "image", reader: pyramidOf(image) }];
    const bytes = files.get(wanted.name);
    if (!bytes) return [];
    const read = await readImage(bytesSource(wanted.name, bytes));
    return [{ name: wanted.name, kind: "labels", reader: pyramidOf(read) }];
  };
}

async function savedFiles(workspace: Workspace): Promise<Map<string, Uint8Array>> {
  const files = await saveSession(workspace, { page });
  return new Map(files.map(({ name, bytes }) => [name, bytes]));
}

const textOf = (files: ReadonlyMap<string, Uint8Array>) =>
  new TextDecoder().decode(files.get("a.cellwright.json"));

test("a session brings back layers, looks, places, labels, tracks and points", async () => {
  const { workspace, layer } = full();
  const files = await savedFiles(workspace);
  expect([...files.keys()]).toEqual(["a_masks.tif", "a.cellwright.json"]);
  expect([...files.keys()].filter((name) => SESSION_NAME.test(name))).toHaveLength(1);
  const session = readSession(textOf(files));
  expect(session).toEqual(sessionOf(workspace, { page }));
  expect(textOf(files)).not.toContain("secret");
  const next = blankWorkspace();
  const seen: Wanted[] = [];
  expect(await applySession(next, session, opener(files, seen))).toEqual([]);
  expect(seen).toEqual([{ name: "a.tif", address: "files/0/a.tif" }, { name: "a_masks.tif" }]);
  const { region: _, ...scene } = workspace.scene.get();
  expect(next.scene.get()).toEqual(scene);
  const store = next.labels.get(layer);
  for (const t of [0, 1])
    expect((await store?.read({ t, z: 0 }, { y: 0, x: 0, height: 12, width: 14 }))?.data).toEqual(
      cells()[t].data,
    );
  expect(next.lineages.get(layer)?.tracks).toEqual(tracks);
  expect([...next.points.values()]).toEqual([...workspace.points.values()]);
  // And once more over what is there: nothing of it is touched.
  expect(await applySession(next, session, opener(files))).toEqual([]);
  const { layers } = next.scene.get();
  expect(layers.slice(0, 5)).toEqual(scene.layers);
  expect(layers).toHaveLength(10);
  expect(new Set(layers.map(({ id }) => id)).size).toBe(10);
});

test("labels at an address need no file until they are edited", async () => {
  const workspace = blankWorkspace();
  const stack = { data: cells()[0].data, shape: [12, 14], axes: "yx" };
  const one = { t: 1, z: 1, y: 12, x: 14 };
  const layer = newLabelsLayer(workspace, {
    ...{
      name: "cells",
      size: one,
      labels: pyramidOf(stack),
      address: `${page}files/0/a_masks.tif`,
    },
  });
  await workspace.labels.get(layer)?.load({ t: 0, z: 0 }, { y: 0, x: 0, height: 12, width: 14 });
  const [labels] = sessionOf(workspace, { page }).labels;
  expect(labels).toEqual({ layer, size: one, address: "files/0/a_masks.tif" });
  expect(await saveSession(workspace, { page })).toHaveLength(1);
  await deleteLabel(workspace, layer, 3);
  expect(sessionOf(workspace, { page }).labels[0]).toEqual({
    layer,
    size: one,
    file: "cells_masks.tif",
  });
});

test("what is not there any more is told, and the rest comes back", async () => {
  const { workspace } = full();
  const session = readSession(textOf(await savedFiles(workspace)));
  const next = blankWorkspace();
  const problems = await applySession(next, session, async ({ address }) => {
    if (address) throw new Error("no connection");
    return [];
  });
  expect(problems).toEqual(["a.tif: no connection", "a_masks.tif was not found: open it by hand"]);
  expect(next.scene.get().layers.map(({ kind }) => kind)).toEqual(["points"]);
  expect(next.scene.get().active).toBe(next.scene.get().layers[0].id);
});

test("files that are no session, or a hostile one, are refused with what is wrong", async () => {
  const good = JSON.parse(textOf(await savedFiles(full().workspace)));
  const changed = (change: (session: typeof good) => void) => {
    const copy = structuredClone(good);
    change(copy);
    return JSON.stringify(copy);
  };
  const cases: [RegExp, string][] = [
    [/it is not JSON/, "hello"],
    [/"cellwright": "session"/, "[]"],
    [/version 1, is of 2/, changed((s) => (s.version = 2))],
    [
      /http or https, has "javascript:alert/,
      changed((s) => (s.sources[0].address = "javascript:alert(1)")),
    ],
    [/http or https/, changed((s) => (s.sources[0].address = " file:///etc/passwd"))],
    [/kind "__proto__"/, changed((s) => (s.scene.layers[0].kind = "__proto__"))],
    [/id of its own/, changed((s) => (s.scene.layers[1].id = s.scene.layers[0].id))],
    [/opacity/, changed((s) => (s.scene.layers[0].opacity = 7))],
    [/limits must be two numbers/, changed((s) => (s.scene.layers[0].limits = "x"))],
    [/parts of parts/, changed((s) => (s.scene.layers[0].name = { toString: 1 }))],
    [/size of a scene/, changed((s) => (s.scene.size.t = 0))],
    [/a number where it has "3"/, changed((s) => (s.scene.camera.zoom = "3"))],
    [/tool must be one of/, changed((s) => (s.scene.tool.name = "constructor"))],
    [/track 3 is there twice/, changed((s) => s.labels[0].tracks.push(s.labels[0].tracks[0]))],
    [
      /a whole number from 0 where it has -1/,
      changed((s) => (s.corrected = [{ layer: "a", areas: [{ at: { t: -1, z: 0 } }] }])),
    ],
    [/a list of at most/, changed((s) => (s.points = { length: 1e9 }))],
  ];
  for (const [message, text] of cases) expect(() => readSession(text)).toThrow(message);
});

test("parts that nobody knows are dropped, and prototypes stay as they are", async () => {
  const text = textOf(await savedFiles(full().workspace))
    .replace('"scene": {', '"scene": { "__proto__": { "theme": "light" }, "extra": 1,')
    .replace('"gamma": 1', '"gamma": 1, "__proto__": { "polluted": true }, "onclick": "x"')
    .replace('"colormap": "cyan"', '"colormap": "constructor"');
  const session = readSession(text);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(JSON.stringify(session)).not.toMatch(/extra|polluted|onclick/);
  expect((session.scene.layers[0] as { polluted?: boolean }).polluted).toBeUndefined();
  expect(session.scene.layers[0]).toMatchObject({ colormap: "gray" });
});

test("where labels were corrected is known again, by what they are called then", async () => {
  const { workspace, layer } = full();
  await deleteLabel(workspace, layer, 3);
  const [{ areas, ...of }, ...others] = sessionOf(workspace, { page }).corrected;
  expect([of, others]).toEqual([{ layer }, []]);
  expect(areas.length).toBeGreaterThan(0);
  const files = await savedFiles(workspace);
  const session = readSession(textOf(files));
  const next = blankWorkspace();
  const beside = { at: { t: 9, z: 0 }, box: areas[0].box };
  const more = { ...session, corrected: [{ layer, areas: [...areas, beside] }] };
  for (const _ of [1, 2]) await applySession(next, more, opener(files));
  expect([...next.corrected]).toEqual([
    [layer, areas],
    [`${layer}~2`, areas],
  ]);
  // They go on from visit to visit.
  expect(sessionOf(next, { page }).corrected[0]).toEqual({ layer, areas });
});
