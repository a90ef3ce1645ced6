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

/** How much of a plane a page takes at once. */
export interface Budget {
  /** Planes of at most so many pixels are read whole, be it for a part of them. */
  readonly whole: number;
  /** The most pixels that are worked on at once. */
  readonly most: number;
  /** Planes of more are worked on in blocks of so many pixels a side. */
  readonly block: number;
}

/** 4096 x 4096, 8192 x 8192, 4096. */
export const BUDGET: Budget = { whole: 2 ** 24, most: 2 ** 26, block: 2 ** 12 };

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
export function checkExtent({ height, width }: Box, { most }: Budget): void {
  const side = Math.floor(Math.sqrt(most));
  if (height * width > most)
    throw new ShapeError(
      "region",
      `at most ${side} x ${side} pixels: draw a smaller region or zoom in`,
      `${height} x ${width}`,
    );
}

/** Where the pixels of a channel of a plane are. Throws `ShapeError` for a channel that is not looked at. */
export function channelOf(
  view: View,
  shows: string,
  at: PlaneAt,
): { readonly reader: PyramidReader; readonly index: Readonly<Record<string, number>> } {
  const found = view.channels.find((channel) => channel.shows === shows);
  if (!found) throw new ShapeError("channel", "one that is looked at", shows);
  const { reader, channel } = found;
  const all = Object.entries({ t: at.t, z: at.z, c: channel });
  return { reader, index: Object.fromEntries(all.filter(([axis]) => reader.axes.includes(axis))) };
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
      const { reader, index } = channelOf(view, shows, at);
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
