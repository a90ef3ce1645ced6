/**
 * `cellwright measure`: tables of numbers, a row a cell, from labels and where wanted their image; of a tracked movie
 * a row a cell and frame, with lineages, growth and plots.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "commander";
import type { Context } from "../context.js";
import { positiveNumber, wholeNumber } from "../option.js";

/** What `measure` was asked for. */
export interface MeasureOptions {
  readonly output?: string;
  readonly tracks?: string;
  readonly nuclei?: string;
  readonly ring?: number;
  readonly gap: number;
  readonly background?: "median" | number;
  readonly pixelSize?: number;
  readonly interval?: number;
  readonly growth: "area" | "length" | "volume";
  readonly plots?: string;
  readonly cell?: number;
  readonly overwrite?: boolean;
}

/** The `measure` command. */
export function measureCommand(context: Context): Command {
  return new Command("measure")
    .description("measure labelled cells: a row a cell, of movies a row a cell and frame")
    .argument("<labels>", "labels, such as a_masks.tif, or a tracked movie: a folder, a .trk")
    .argument("[image]", "the image or movie they belong to, for the brightness of the cells")
    .option("-o, --output <file>", "the table to write, .csv or .parquet (default: CSV to stdout)")
    .option(
      "--tracks <file>",
      "the tracks of a movie: res_track.txt (default: that in its folder), .csv, .xml, .geff, .trk",
    )
    .option(
      "--ring <px>",
      "labels are nuclei: compare with a ring so wide around each",
      positiveNumber,
    )
    .option("--nuclei <labels>", "labels are whole cells, these their nuclei: compare both")
    .option("--gap <px>", "pixels left free around nuclei", wholeNumber(0), 1)
    .option(
      "--background <n|median>",
      "brightness to take off: a number, or the median outside of cells",
      background,
    )
    .option("--pixel-size <um>", "micrometres a pixel (default: as the file says)", positiveNumber)
    .option(
      "--interval <seconds>",
      "from frame to frame (default: as the file says)",
      positiveNumber,
    )
    .addOption(
      new Option("--growth <size>", "what growth is measured by")
        .choices(["area", "length", "volume"])
        .default("area"),
    )
    .option("--plots <dir>", "of a tracked movie: draw growth, lineages, population, a kymograph")
    .option(
      "--cell <track>",
      "the cell of the kymograph (default: the longest lineage)",
      wholeNumber(1),
    )
    .option("--overwrite", "replace files that are there")
    .addHelpText("after", outputs)
    .action(async (labels: string, image: string | undefined, options: MeasureOptions) => {
      const { measureFile } = await import("../measure-file.js");
      await measureFile(labels, image, options, context);
    });
}

function background(text: string): "median" | number {
  if (text === "median") return text;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new InvalidArgumentError('It must be a number or "median".');
  return value;
}

const outputs = `
Of a tracked movie (mask000.tif … and res_track.txt), with -o cells.csv:
  cells.csv             a row a cell and frame: size, shape, brightness, ratio of nucleus to ring or cytoplasm
  cells_tracks.csv      a row a cell: family, birth, fate, division time, growth rate with 95 % interval
  cells_population.csv  a row a frame: cells, divisions, cells that came and went
and with --plots DIR
  growth.svg, lineages.svg, population.svg; with the image kymograph-1.png; with types.csv lineages-types.svg
Beside the table lies its report, cells.csv.json: inputs, options and version, which "cellwright verify" goes by.

Examples:
  cellwright measure a_masks.tif a.tif -o a.csv
  cellwright measure tracks/ -o cells.csv --interval 300 --pixel-size 0.1 --plots plots
  cellwright measure tracks/ movie/ -o cells.parquet --ring 4 --background median`;
