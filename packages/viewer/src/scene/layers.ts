/**
 * Commands on the list of layers: add, remove, order, select, look. In: a scene. Out: a scene; the same where nothing changed.
 *
 * @module
 */
import { lengthOf, type PyramidReader, ShapeError } from "@cellwright/core";
import { checkLayer } from "./check-layer.js";
import { withSize } from "./dims.js";
import type { ImageLayer, LabelsLayer, Layer, Scene } from "./scene.js";

/** An opened image, to be shown. */
export interface NewImage {
  /** Under which the workspace knows it; not used in this scene before. */
  readonly source: string;
  readonly name: string;
  readonly reader: PyramidReader;
  /** A colormap for each channel; default grey for one, else colours that tell channels apart. */
  readonly colormaps?: readonly string[];
}

/** Labels or points, to be shown. */
export interface NewLayer {
  readonly id: string;
  readonly name: string;
  readonly size?: Scene["size"];
}

/** Of several channels without colours of their own. */
const channelColormaps = ["cyan", "magenta", "yellow", "red", "green", "blue"];

/** How far values of a type reach, before anybody has looked at them. */
const typeRanges: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
};

/** The steps of an image along the axes of a scene. */
export function sizeOf(reader: Pick<PyramidReader, "axes" | "shape">): Scene["size"] {
  const along = (axis: string) => lengthOf(reader, axis);
  return { t: along("t"), z: along("z"), y: along("y"), x: along("x") };
}

/** One layer for each channel, above other images and below all else; the first of them is selected. */
export function addImage(scene: Scene, image: NewImage): Scene {
  const { source, name, reader } = image;
  const count = lengthOf(reader, "c");
  const range = typeRanges[reader.type] ?? [0, 1];
  const layers = Array.from({ length: count }, (_, channel): ImageLayer => {
    const own = reader.channels?.[channel] ?? `channel ${channel + 1}`;
    const wanted = image.colormaps?.[channel];
    return {
      kind: "image",
      id: `${source}/${channel}`,
      name: count === 1 ? name : `${name} · ${own}`,
      visible: true,
      opacity: 1,
      blending: count === 1 ? "translucent" : "additive",
      source,
      channel,
      colormap:
        wanted ?? (count === 1 ? "gray" : channelColormaps[channel % channelColormaps.length]),
      limits: range,
      range,
      gamma: 1,
    };
  });
  const first = scene.layers.length === 0;
  const known = first ? { ...reader.spacing } : { ...reader.spacing, ...scene.spacing };
  const above = scene.layers.findLastIndex((layer) => layer.kind === "image") + 1;
  return { ...addLayers(withSize(scene, sizeOf(reader)), layers, above), spacing: known };
}

/** Labels on top of the others, and selected. */
export function addLabels(scene: Scene, { id, name, size }: NewLayer): Scene {
  const layer: LabelsLayer = {
    kind: "labels",
    id,
    name,
    visible: true,
    opacity: 0.6,
    blending: "translucent",
    style: "both",
    contourWidth: 2,
    selectedOnly: false,
    colourSeed: 0,
  };
  return addLayers(size ? withSize(scene, size) : scene, [layer]);
}

/** The tracks of a labels layer, right above it; the selection stays. */
export function addTracks(
  scene: Scene,
  { id, name, labels }: { readonly id: string; readonly name: string; readonly labels: string },
): Scene {
  const below = indexOf(scene, labels);
  if (scene.layers[below].kind !== "labels")
    throw new ShapeError("layer of tracks", "a labels layer", scene.layers[below].kind);
  const layer: Layer = {
    kind: "tracks",
    id,
    name,
    visible: true,
    opacity: 1,
    blending: "translucent",
    labels,
    tail: 10,
    head: 0,
    colourBy: "track",
    width: 2,
  };
  checkNew(scene, layer);
  return { ...scene, layers: scene.layers.toSpliced(below + 1, 0, layer) };
}

/** An empty layer of marked places, on top and selected. */
export function addPoints(scene: Scene, { id, name, size }: NewLayer): Scene {
  const layer: Layer = {
    kind: "points",
    id,
    name,
    visible: true,
    opacity: 1,
    blending: "translucent",
    size: 8,
    colour: "#ffd24a",
  };
  return addLayers(size ? withSize(scene, size) : scene, [layer]);
}

/** Any layers, from place `at` of the list on (default on top of the others); the first of them is selected. */
export function addLayers(
  scene: Scene,
  layers: readonly Layer[],
  at: number = scene.layers.length,
): Scene {
  if (layers.length === 0) return scene;
  let next = scene;
  for (const [i, layer] of layers.entries()) {
    checkNew(next, layer);
    next = { ...next, layers: next.layers.toSpliced(at + i, 0, layer) };
  }
  return { ...next, active: layers[0].id };
}

/** Without a layer, and without the tracks of it where it holds labels. The one below it is selected. */
export function removeLayer(scene: Scene, id: string): Scene {
  const at = indexOf(scene, id);
  const layers = scene.layers.filter(
    (layer) => layer.id !== id && !(layer.kind === "tracks" && layer.labels === id),
  );
  const { active: old, ...rest } = scene;
  const isThere = layers.some((layer) => layer.id === old);
  const active = isThere ? old : layers[Math.min(Math.max(at - 1, 0), layers.length - 1)]?.id;
  return { ...rest, layers, ...(active === undefined ? {} : { active }) };
}

/** Moves a layer to place `to` of the list, 0 the lowest; beyond the ends is at the ends. */
export function moveLayer(scene: Scene, id: string, to: number): Scene {
  const from = indexOf(scene, id);
  const place = Math.min(Math.max(Math.round(to), 0), scene.layers.length - 1);
  if (place === from) return scene;
  const layers = scene.layers.toSpliced(from, 1).toSpliced(place, 0, scene.layers[from]);
  return { ...scene, layers };
}

/** Selects a layer. */
export function select(scene: Scene, id: string): Scene {
  indexOf(scene, id);
  return scene.active === id ? scene : { ...scene, active: id };
}

/** Selects the layer `by` places above the selected one, or below; stays within the list. */
export function selectNext(scene: Scene, by: number): Scene {
  if (scene.layers.length === 0) return scene;
  const at = scene.layers.findIndex((layer) => layer.id === scene.active);
  const to = Math.min(Math.max(at + by, 0), scene.layers.length - 1);
  return select(scene, scene.layers[to].id);
}

/** What may be changed of a layer: anything but what it is. */
export type LayerPatch = Partial<
  Omit<ImageLayer, "kind" | "id" | "source" | "channel"> &
    Omit<LabelsLayer, "kind" | "id"> &
    Omit<Extract<Layer, { kind: "tracks" }>, "kind" | "id" | "labels"> &
    Omit<Extract<Layer, { kind: "points" }>, "kind" | "id">
>;

/** Another look or name. Throws `ShapeError` for what no layer of its kind can be. */
export function changeLayer(scene: Scene, id: string, patch: LayerPatch): Scene {
  const at = indexOf(scene, id);
  const before = scene.layers[at];
  const values = before as unknown as Readonly<Record<string, unknown>>;
  const changes = Object.entries(patch).filter(([key, value]) => values[key] !== value);
  if (changes.length === 0) return scene;
  for (const [key] of changes)
    if (!Object.hasOwn(before, key) || fixed.has(key))
      throw new ShapeError(`change of a layer of ${before.kind}`, "a part of its look", `${key}`);
  const layer = { ...before, ...patch } as Layer;
  checkLayer(layer);
  return { ...scene, layers: scene.layers.with(at, layer) };
}

/** Shows a layer where it was hidden, and the other way round. */
export function toggleVisible(scene: Scene, id: string): Scene {
  return changeLayer(scene, id, { visible: !layerOf(scene, id).visible });
}

/** Shows this layer alone; where it is alone already, all. */
export function showAlone(scene: Scene, id: string): Scene {
  const alone = scene.layers.every((layer) => layer.visible === (layer.id === id));
  const layers = scene.layers.map((layer) => ({ ...layer, visible: alone || layer.id === id }));
  return { ...scene, layers };
}

/** A layer by its id. Throws `ShapeError` where there is none. */
export function layerOf(scene: Scene, id: string): Layer {
  return scene.layers[indexOf(scene, id)];
}

/** The selected layer; undefined where there is none. */
export function activeLayer(scene: Scene): Layer | undefined {
  return scene.layers.find((layer) => layer.id === scene.active);
}

/** The labels layer that tools work on: the selected one, that of the selected tracks, else the topmost visible one. */
export function activeLabels(scene: Scene): LabelsLayer | undefined {
  const active = activeLayer(scene);
  const all = scene.layers.filter((layer) => layer.kind === "labels");
  const wanted = active?.kind === "tracks" ? active.labels : active?.id;
  return all.find((layer) => layer.id === wanted) ?? all.findLast((layer) => layer.visible);
}

/** What a layer is, in contrast to how it looks. */
const fixed: ReadonlySet<string> = new Set(["kind", "id", "source", "channel", "labels"]);

function indexOf(scene: Scene, id: string): number {
  const at = scene.layers.findIndex((layer) => layer.id === id);
  if (at < 0) throw new ShapeError("layer", "one of the scene", `"${id}"`);
  return at;
}

function checkNew(scene: Scene, layer: Layer): void {
  checkLayer(layer);
  if (scene.layers.some(({ id }) => id === layer.id))
    throw new ShapeError("id of a new layer", "one that the scene does not have", `"${layer.id}"`);
}
