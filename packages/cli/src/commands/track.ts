/**
 * `cellwright track`: follows labelled cells through a movie, with their divisions.
 *
 * @module
 */
import { Command, Option } from "commander";
import type { Context } from "../context.js";
import { listOf, percent, positiveNumber, saturatedHelp, wholeNumber } from "../option.js";

/** The tracking methods that can be asked for. */
export const trackMethods: readonly string[] = ["motion", "paper"];

/** The formats that tracks can be written in. */
export const trackFormats: readonly string[] = ["ctc", "csv", "trk", "trackmate", "geff"];

/** What `track` was asked for, as the command line spells it. */
export interface TrackCommandOptions {
  readonly output: string;
  readonly method: string;
  readonly maxDistance?: number;
  readonly maxGap?: number;
  /** `false` with `--no-divisions`, `--no-repair`, `--no-drift`. */
  readonly divisions: boolean;
  readonly repair: boolean;
  readonly drift: boolean;
  readonly allowGaps?: boolean;
  readonly model?: string;
  readonly diameter?: number;
  readonly pixelSize?: number;
  readonly saturated?: number;
  readonly channel?: string;
  readonly image?: string;
  /** Where the tables of types are; `false` with `--no-types`. */
  readonly types?: string | false;
  readonly format: readonly string[];
  readonly preview?: boolean;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The `track` command. */
export function trackCommand(context: Context): Command {
  return new Command("track")
    .description("follow labelled cells through a movie: tracks, divisions, lineages")
    .argument(
      "<labels...>",
      "a folder of frames, a stack (TIFF, NPY), an OME-Zarr, a .trk, or the frames",
    )
    .requiredOption("-o, --output <dir>", "the folder to write to; made where it is not there")
    .addOption(
      new Option("--method <name>", "how frames are linked")
        .choices([...trackMethods])
        .default("motion"),
    )
    .option(
      "--max-distance <px>",
      "the furthest a cell moves between frames (default: found from the movie)",
      positiveNumber,
    )
    .option(
      "--max-gap <frames>",
      "frames a cell may be missed and still be the same (default: 2)",
      wholeNumber(0),
    )
    .option("--no-divisions", "cells do not divide in this movie")
    .option("--no-repair", "leave cells that merge or fall apart for a frame as they are")
    .option("--no-drift", "the stage did not move: look for cells where they were")
    .option("--allow-gaps", "take frames whose numbers are missing as empty")
    .option("-m, --model <name|path>", "the movie is of images: segment it first, by this model")
    .option("--channel <n|name>", "with --model: the channel to look at, from 0")
    .option("--diameter <px>", "with --model: of the cells in pixels", positiveNumber)
    .option("--pixel-size <um>", "with --model: micrometres a pixel", positiveNumber)
    .option("--saturated <percent>", `with --model: ${saturatedHelp}`, percent)
    .option("--image <movie>", "the images of the movie: for the .trk file and the preview")
    .option("--types <path>", "tables of cell types (default: a_cells.csv beside a_masks.tif)")
    .option("--no-types", "do not look for cell types")
    .option("--format <list>", `of the tracks: ${trackFormats.join(", ")}`, listOf(trackFormats), [
      "ctc",
      "csv",
    ])
    .option("--preview", "draw the paths of the cells on the last frame, and their family trees")
    .addOption(new Option("--overwrite", "replace outputs that are there").conflicts("resume"))
    .option("--resume", "do nothing where this was done already, with the same options")
    .option("--json", "results as one JSON object a line")
    .option("-q, --quiet", "nothing on stderr but errors")
    .addHelpText("after", outputs)
    .action(async (labels: string[], options: TrackCommandOptions) => {
      const { trackMovie } = await import("../track-movie.js");
      await trackMovie(labels, options, context);
    });
}

const outputs = `
It writes into the folder
  mask000.tif …   a frame each: every cell has the number of its track (16 bit, 32 above 65535 tracks)
  res_track.txt   a line a track: number, first frame, last frame, parent (Cell Tracking Challenge)
  tracks.csv      a row a cell and frame: track, frame, place, parent (napari)
  tracks.trk      DeepCell, with --format trk (wants --image);  tracks.xml  TrackMate, with --format trackmate
  tracks.geff     the graph exchange format, with --format geff
  types.csv       the type of each track, where tables of types are there
  preview.png     with --preview: the last frame with the paths; lineages.svg: the family trees
  track.json      options, version, counts: what --resume and "verify" go by
A cell that divides ends its track; its daughters begin new ones and name it as their parent.

Frames of a folder are put in order by the number in their names. What "segment" wrote is taken as it is, a stack as a
movie, and a folder of the Cell Tracking Challenge too.

Examples:
  cellwright segment movie/ -o cells && cellwright track cells -o tracks --preview
  cellwright track masks.tif -o tracks --max-distance 25
  cellwright track movie/ -o tracks --model nuclei
  cellwright track field.zarr/labels/nuclei -o tracks --format ctc,geff`;
