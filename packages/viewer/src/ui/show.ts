/**
 * Opened images and labels become layers: named, coloured, with contrast limits that suit, and in view.
 *
 * @module
 */
import type { Opened } from "../data/opened.js";
import { coloursOf, parseHex } from "../draw/colormap.js";
import { newLabelsLayer } from "../edit/layers.js";
import { addImage, changeLayer, sizeOf } from "../scene/commands.js";
import type { Workspace } from "../workspace.js";
import { showTracks } from "./act-layers.js";
import { autoContrast } from "./contrast.js";
import { notifyError } from "./notify.js";

/** Colormaps from black to one colour, that a file's own colours are matched with. */
const plain = ["gray", "red", "green", "blue", "cyan", "magenta", "yellow", "orange"];

/** Adds layers for what was opened, images below labels. Answers their ids. */
export function showOpened(workspace: Workspace, opened: readonly Opened[]): string[] {
  const images = opened.filter(({ kind }) => kind === "image");
  const labels = opened.filter(({ kind }) => kind === "labels");
  return [
    ...images.flatMap((image) => showImage(workspace, image)),
    ...labels.map((one) => showLabels(workspace, one)),
  ];
}

function showImage(workspace: Workspace, opened: Opened): string[] {
  const { name, reader, address, channelColours, channelLimits } = opened;
  const { scene, images } = workspace;
  const source = freeSource(workspace);
  images.set(source, { name, reader, ...(address === undefined ? {} : { address }) });
  try {
    const colormaps = channelColours?.map(colormapLike);
    scene.update((scene) =>
      addImage(scene, { source, name, reader, ...(colormaps ? { colormaps } : {}) }),
    );
  } catch (error) {
    images.delete(source);
    throw error;
  }
  const ids = scene
    .get()
    .layers.filter((layer) => layer.kind === "image" && layer.source === source)
    .map((layer) => layer.id);
  for (const [channel, id] of ids.entries()) {
    const limits = channelLimits?.[channel];
    const set = () =>
      limits &&
      limits[0] < limits[1] &&
      scene.update((scene) => changeLayer(scene, id, { limits, range: limits }));
    if (!set())
      autoContrast({ workspace }, id).catch((error) =>
        notifyError(workspace, `The contrast of ${name} was not found`, error),
      );
  }
  return ids;
}

function showLabels(workspace: Workspace, opened: Opened): string {
  const { name, reader, address, tracks } = opened;
  const id = newLabelsLayer(workspace, {
    name,
    size: sizeOf(reader),
    labels: reader,
    ...(tracks ? { tracks } : {}),
    ...(address === undefined ? {} : { address }),
  });
  if (tracks && tracks.length > 0) showTracks({ workspace }, id);
  return id;
}

function freeSource({ images }: Workspace): string {
  for (let n = 1; ; n++) if (!images.has(`image-${n}`)) return `image-${n}`;
}

/** The colormap whose brightest colour is most like `#rrggbb`; white is grey. */
export function colormapLike(colour: string): string {
  const wanted = parseHex(colour);
  const distance = (name: string) => {
    const bright = coloursOf(name).subarray(255 * 4);
    return wanted.reduce((sum, part, i) => sum + (part - bright[i]) ** 2, 0);
  };
  return plain.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}
