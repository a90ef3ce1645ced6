/**
 * What there is at a place: the values of visible images, the labels of cells.
 *
 * @module
 */
import type { PyramidReader } from "@cellwright/core";
import type { PlaneAt } from "../edit/label-store.js";
import type { ImageLayer, Scene } from "../scene/scene.js";
import { typeOf } from "../work/types.js";
import type { Workspace } from "../workspace.js";

/** What a layer has at a place. */
export interface PixelValue {
  /** The layer's. */
  readonly name: string;
  readonly value: number;
  /** Of labels: the label, 0 for background. */
  readonly label?: number;
  /** Of labels with tracks: "frames 3 to 17, from 5". */
  readonly track?: string;
  /** Of cells whose type a model told: "MCF10A 93 %". */
  readonly type?: string;
}

/** The values of all visible layers, the topmost first. Images are read at the level that is seen, so that nothing finer is fetched. */
export async function valuesAt(
  workspace: Workspace,
  place: { readonly y: number; readonly x: number },
  signal?: AbortSignal,
): Promise<PixelValue[]> {
  const scene = workspace.scene.get();
  const y = Math.floor(place.y);
  const x = Math.floor(place.x);
  const found = await Promise.all(
    scene.layers.toReversed().map(async (layer): Promise<PixelValue | undefined> => {
      if (!layer.visible) return undefined;
      if (layer.kind === "image") {
        const value = await imageValue(workspace, scene, layer, { y, x }, signal);
        return value === undefined ? undefined : { name: layer.name, value };
      }
      const store = layer.kind === "labels" ? workspace.labels.get(layer.id) : undefined;
      if (!store || y < 0 || x < 0 || y >= store.size.y || x >= store.size.x) return undefined;
      const at = planeIn(scene, store.size);
      const label = store.labelAt(at, y, x);
      const track = trackText(workspace, layer.id, label);
      const type = typeText(workspace, layer.id, at, label);
      return {
        ...{ name: layer.name, value: label, label },
        ...(track ? { track } : {}),
        ...(type ? { type } : {}),
      };
    }),
  );
  return found.filter((value) => value !== undefined);
}

/** Where one stands, in a layer that may have no time or depth of its own. */
function planeIn(scene: Scene, size: Scene["size"]): PlaneAt {
  return { t: Math.min(scene.at.t, size.t - 1), z: Math.min(scene.at.z, size.z - 1) };
}

async function imageValue(
  workspace: Workspace,
  scene: Scene,
  layer: ImageLayer,
  place: { readonly y: number; readonly x: number },
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const reader = workspace.images.get(layer.source)?.reader;
  if (!reader) return undefined;
  const level = levelFor(reader, scene.camera.zoom);
  const { height, width, scale } = reader.levels[level];
  const y = Math.floor(place.y / scale.y);
  const x = Math.floor(place.x / scale.x);
  if (place.y < 0 || place.x < 0 || y >= height || x >= width) return undefined;
  const along = (axis: string, at: number) => {
    const i = reader.axes.indexOf(axis);
    return i < 0 ? 0 : Math.min(at, reader.shape[i] - 1);
  };
  const index = { t: along("t", scene.at.t), z: along("z", scene.at.z), c: layer.channel };
  const box = { y, x, height: 1, width: 1 };
  const { data } = await reader.readRegion({ index, box, level, ...(signal ? { signal } : {}) });
  return data[0];
}

/** The coarsest level whose pixels are still no larger than those of the screen; else the finest. */
export function levelFor(reader: Pick<PyramidReader, "levels">, zoom: number): number {
  return Math.max(
    0,
    reader.levels.findLastIndex(({ scale }) => Math.max(scale.y, scale.x) * zoom <= 1.001),
  );
}

function typeText(
  { types }: Workspace,
  layer: string,
  at: PlaneAt,
  label: number,
): string | undefined {
  const type = typeOf(types.get(layer), at, label);
  return type && `${type.name} ${Math.round(100 * type.probability)} %`;
}

function trackText(workspace: Workspace, layer: string, label: number): string | undefined {
  const track = workspace.lineages.get(layer)?.tracks.find((track) => track.label === label);
  if (!track) return undefined;
  const from = track.parent ? `, from ${track.parent}` : "";
  return `frames ${track.begin + 1} to ${track.end + 1}${from}`;
}
