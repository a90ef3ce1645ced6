/**
 * The work behind `cellwright convert`: finds what an input is, and who can bring it to another format.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { ConvertOptions } from "./commands/convert.js";
import { type Context, UsageError } from "./context.js";
import { convertTracks, holdsTracks } from "./convert-tracks.js";

/** One kind of thing that can be converted. */
interface Converter {
  /** What it takes, for people. */
  readonly takes: string;
  /** Whether a path, which is there, holds what it takes. */
  readonly knows: (input: string, cwd: string) => Promise<boolean>;
  readonly convert: (input: string, options: ConvertOptions, context: Context) => Promise<void>;
}

/** They are asked in this order. */
const converters: readonly Converter[] = [
  {
    takes:
      "tracks as a table (.csv), TrackMate's .xml, a GEFF, a .trk, or a folder with res_track.txt and masks",
    knows: holdsTracks,
    convert: convertTracks,
  },
];

/** Converts one input. Throws {@link UsageError} where it is nothing we know. */
export async function convert(
  input: string,
  options: ConvertOptions,
  context: Context,
): Promise<void> {
  await stat(resolve(context.cwd, input)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? new Error(`${input}: no such file or folder`) : error;
  });
  for (const converter of converters)
    if (await converter.knows(input, context.cwd))
      return converter.convert(input, options, context);
  throw new UsageError(`${input} must be ${converters.map(({ takes }) => takes).join("; or ")}`);
}
