/**
 * From the layers that a model looks at to pixels: which source, which channels, which planes, and reading them.
 *
 * @module
 */
import {
  type Box,
  type Image,
  lengthOf,
  type PyramidReader,
  ShapeError,
  type Signal,
  stackPlanes,
} from "@cellwright/core";
import type { PlaneAt } from "../edit/label-store.js";
import type { Workspace } from "../workspace.js";
import { guessChannels } from "./channels.js";

/** A channel of an opened image. */
export interface ChannelReader {
  readonly shows: string;
  readonly reader: PyramidReader;
  readonly channel: number;
}

/** The image that is looked at: its name, size and channels. */
export interface View {
  readonly name: string;
  readonly size: { readonly t: number; readonly z: number; readonly y: number; readonly x: number };
  readonly channels: readonly ChannelReader[];
}

/** Pixels a plane that are worked on at once: 8192 x 8192. */
const MOST = 2 ** 26;

/**
 * The layers that show `channels`: those of `choice`, else those that names and order tell. Throws `ShapeError` where
 * one is missing, or they differ in size.
 */
export function viewOf(
  { scene, images }: Pick<Workspace, "scene" | "images">,
  channels: readonly string[],
  choice: Readonly<Record<string, string>> = {},
): View {
  const state = scene.get();
  const guess = guessChannels(state, images, channels);
  let name = "";
  const found = channels.map((shows): ChannelReader => {
    const id = (Object.hasOwn(choice, shows) ? choice[shows] : undefined) ?? guess[shows];
    const layer = state.layers.find((layer) => layer.id === id);
    const image = layer?.kind === "image" ? images.get(layer.source) : undefined;
    if (layer?.kind !== "image" || !image)
      throw new ShapeError(
        `channel "${shows}"`,
        "one of the image layers: say which",
        id === undefined ? "none that names tell" : `"${id}"`,
      );
    name ||= image.name;
    return { shows, reader: image.reader, channel: layer.channel };
  });
  const [first] = found;
  const size = sizeOf(first.reader);
  for (const { shows, reader } of found)
    if (JSON.stringify(sizeOf(reader)) !== JSON.stringify(size))
      throw new ShapeError(
        `size of channel "${shows}"`,
        `that of "${first.shows}", ${size.y} x ${size.x} in ${size.t * size.z} planes`,
        `${sizeOf(reader).y} x ${sizeOf(reader).x} in ${sizeOf(reader).t * sizeOf(reader).z}`,
      );
  return { name, size, channels: found };
}

function sizeOf(reader: PyramidReader): View["size"] {
  const along = (axis: string) => lengthOf(reader, axis);
  return { t: along("t"), z: along("z"), y: along("y"), x: along("x") };
}

/** Throws `ShapeError` for a box that is too large to be worked on at once. */
export function checkExtent({ height, width }: Box): void {
  if (height * width > MOST)
    throw new ShapeError(
      "region",
      "at most 8192 x 8192 pixels: draw a region or zoom in (the command line takes larger images)",
      `${height} x ${width}`,
    );
}

/** The channels named, of a box of a plane, as `"cyx"` with the numbers and the spacing of the file. */
export async function readChannels(
  view: View,
  names: readonly string[],
  at: PlaneAt,
  box: Box,
  signal?: Signal,
): Promise<Image> {
  const planes = await Promise.all(
    names.map(async (shows) => {
      const found = view.channels.find((channel) => channel.shows === shows);
      if (!found) throw new ShapeError("channel", "one that is looked at", shows);
      const { reader, channel } = found;
      const index: Record<string, number> = {};
      for (const [axis, value] of Object.entries({ t: at.t, z: at.z, c: channel }))
        if (reader.axes.includes(axis)) index[axis] = value;
      const plane = await reader.readRegion({ index, box, level: 0, signal });
      const { spacing } = reader;
      return { ...plane, ...(spacing && { spacing }) };
    }),
  );
  return stackPlanes(planes, names);
}

/** The buffers of an image, to be handed over. */
export function handOver(...images: readonly (Pick<Image, "data"> | undefined)[]): ArrayBuffer[] {
  return images.flatMap((image) =>
    image && image.data.buffer instanceof ArrayBuffer ? [image.data.buffer] : [],
  );
}
