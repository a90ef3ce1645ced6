/**
 * `cellwright convert`: what one program wrote, for another to read.
 *
 * @module
 */
import { Command, Option } from "commander";
import type { Context } from "../context.js";
import { positiveNumber } from "../option.js";

/** The formats that tracks can be brought to. */
export const convertFormats: readonly string[] = ["ctc", "csv", "trk", "trackmate", "geff"];

/** What `convert` was asked for. */
export interface ConvertOptions {
  readonly output: string;
  readonly format?: string;
  readonly labels?: string;
  readonly image?: string;
  readonly pixelSize?: number;
  readonly interval?: number;
  readonly overwrite?: boolean;
  readonly quiet?: boolean;
}

/** The `convert` command. */
export function convertCommand(context: Context): Command {
  return new Command("convert")
    .description("bring tracks from one program's format to another's")
    .argument("<tracks>", "a table (CSV), TrackMate (XML), GEFF, a .trk, or a folder of masks")
    .requiredOption("-o, --output <path>", "the file to write, or the folder for ctc and geff")
    .addOption(
      new Option("--format <name>", "what to write (default: as the output's name ends)").choices([
        ...convertFormats,
      ]),
    )
    .option("--labels <movie>", "the masks of tracks that come without: for ctc and trk")
    .option("--image <movie>", "the images of the movie, for a .trk")
    .option("--pixel-size <um>", "micrometres a pixel (default: as the file says)", positiveNumber)
    .option(
      "--interval <seconds>",
      "from frame to frame (default: as the file says)",
      positiveNumber,
    )
    .option("--overwrite", "replace outputs that are there")
    .option("-q, --quiet", "nothing on stderr but errors")
    .addHelpText("after", outputs)
    .action(async (input: string, options: ConvertOptions) => {
      const { convert } = await import("../convert.js");
      await convert(input, options, context);
    });
}

const outputs = `
  ctc        a folder: mask000.tif …, res_track.txt (Cell Tracking Challenge); what any other name stands for
  csv        a table of napari's tracks, with parents: NAME.csv
  trackmate  NAME.xml, for Fiji
  geff       NAME.geff, a folder: the graph exchange format
  trk        NAME.trk, DeepCell
ctc and trk hold the outline of every cell. Tables, TrackMate and GEFF only say where cells are: with --labels each is
given the label at its place, and one that has none is an error.

Examples:
  cellwright convert tracks/ -o tracks.xml
  cellwright convert tracks.csv -o result --labels masks/
  cellwright convert movie.trk -o movie.geff`;
