/**
 * What opening gives: images and labels whose pixels are read when they are asked for.
 *
 * @module
 */
import type { PyramidReader, Signal, Track } from "@cellwright/core";

/** An image or labels that were opened. */
export interface Opened {
  /** What to call it in the list of layers. */
  readonly name: string;
  readonly kind: "image" | "labels";
  readonly reader: PyramidReader;
  /** Where it came from, absent for what was dropped. */
  readonly address?: string;
  /** The tracks that lie beside labels of a movie. */
  readonly tracks?: readonly Track[];
  /** A colour `#rrggbb` for each channel, where the file gives them all. */
  readonly channelColours?: readonly string[];
  /** First and last value to draw for each channel, where the file gives them all. */
  readonly channelLimits?: readonly (readonly [number, number])[];
}

/** A file by its path below what was dropped or picked: `folder/t001.tif`. */
export interface Entry {
  readonly path: string;
  readonly file: File;
}

/** How to open. */
export interface OpenOptions {
  readonly signal?: Signal;
  /** Files opened of those that were given. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Where ITK's readers lie, ends in `/`; default `itk/` beside the page. */
  readonly pipelines?: string;
  /** What relative addresses begin from; default the page. In a worker it must be given. */
  readonly base?: string;
}
