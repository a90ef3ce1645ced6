/**
 * `cellwright segment`: finds the cells of images and writes labels, a table and a report for each.
 *
 * @module
 */
import { Command, Option } from "commander";
import type { Context, EngineChoice } from "../context.js";
import { withEngine } from "../engine-option.js";
import { parseShard, type Shard } from "../job/shard.js";
import { listOf, percent, positiveNumber, saturatedHelp, wholeNumber } from "../option.js";

/** What `segment` was asked for, as the command line spells it. */
export interface SegmentOptions extends EngineChoice {
  readonly output: string;
  readonly job?: string;
  readonly shard?: Shard;
  readonly model: string;
  readonly channel?: string;
  readonly phase?: string;
  readonly nuclear?: string;
  readonly seeds?: string;
  readonly pixelSize?: number;
  readonly diameter?: number;
  /** `false` with `--no-rescale`. */
  readonly rescale: boolean;
  readonly averageTurns?: boolean;
  readonly saturated?: number;
  readonly tile?: number;
  readonly format: readonly string[];
  readonly recursive?: boolean;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
  readonly onError: "continue" | "stop";
  readonly preview?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What labels can be written as. */
const formats = ["tif", "ome-zarr", "png", "geojson", "roi", "npy", "coco"];

/** The `segment` command. */
export function segmentCommand(context: Context): Command {
  const command = new Command("segment")
    .description("find the cells of images: labels, a table and a report for each")
    .argument("[input...]", "images (TIFF, PNG, NPY), folders or quoted patterns")
    .option("-o, --output <dir>", "the folder to write to; made where it is not there")
    .option("--job <dir>", 'instead of both: do units of a job that "cellwright plan" made')
    .option("--shard <i/n>", "with --job: only this share of the units, from 0", parseShard);
  return withLabelOptions(withModelOptions(command))
    .addOption(new Option("--overwrite", "replace outputs that are there").conflicts("resume"))
    .option("--resume", "leave out images that are done already, with the same model and options")
    .addOption(
      new Option("--on-error <what>", "after an image or a block that fails")
        .choices(["continue", "stop"])
        .default("continue"),
    )
    .option("--json", "results as one JSON object a line")
    .option("-q, --quiet", "nothing on stderr but errors")
    .addHelpText("after", outputs)
    .action(async (inputs: string[], options: SegmentOptions, self: Command) => {
      if (options.job !== undefined) {
        refuseSettled(inputs, self);
        const { segmentJob } = await import("../job/segment-job.js");
        await segmentJob({ ...options, job: options.job }, context);
        return;
      }
      if (options.shard) self.error("error: option '--shard <i/n>' needs option '--job <dir>'");
      if (inputs.length === 0) self.error("error: missing required argument 'input'");
      if (options.output === undefined)
        self.error("error: required option '-o, --output <dir>' not specified");
      const { segmentFiles } = await import("../segment-files.js");
      await segmentFiles(inputs, options, context);
    });
}

/** Options that the process that does a shard may choose; all others are settled by the plan. */
const perProcess = ["job", "shard", "onError", "json", "quiet", "device", "threads"];

function refuseSettled(inputs: readonly string[], command: Command): void {
  if (inputs.length > 0) command.error("error: give --job or inputs, not both");
  for (const option of command.options) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === "cli" && !perProcess.includes(name))
      command.error(`error: --job has settled ${option.long}: leave it out, or plan another job`);
  }
}

/** Gives a command the options that say by which model, and how, cells are found. */
export function withModelOptions(command: Command): Command {
  command
    .option(
      "-m, --model <name|path>",
      'a model or classical method of "cellwright models list", or a folder',
      "nuclei",
    )
    .option(
      "--channel <n|name>",
      "the channel to look at, from 0; several with commas, as the model wants",
    )
    .option("--phase <n|name|pattern>", "the phase channel, or a pattern of its files: '*phase*'")
    .option(
      "--nuclear <n|name|pattern>",
      "the nuclear channel, or a pattern of its files: '*nuclear*'",
    )
    .option("--seeds <model>", "the model whose nuclei seed the cells of a cytoplasm model")
    .option(
      "--diameter <px>",
      "of the cells in pixels: rescales to what the model knows",
      positiveNumber,
    )
    .option(
      "--pixel-size <um>",
      "micrometres a pixel: rescales to what the model knows",
      positiveNumber,
    )
    .option("--no-rescale", "look at the pixels as they are, whatever file and cells say")
    .option(
      "--average-turns",
      "average what the network says over flips and quarter turns: a little better, eight times the work",
    )
    .option("--saturated <percent>", saturatedHelp, percent);
  return withEngine(command).option(
    "--tile <px>",
    "side of the pieces an image is worked on in; bounds the memory",
    wholeNumber(1),
  );
}

/** Gives a command the options that say which images of folders, and what is written of each. */
export function withLabelOptions(command: Command): Command {
  return command
    .option("--format <list>", `of the labels: ${formats.join(", ")}`, listOf(formats), ["tif"])
    .option("-r, --recursive", "look into folders of folders")
    .option("--preview", "write a picture of the image with the cells outlined");
}

const outputs = `
For the image a.tif it writes
  a_masks.tif    the labels: 0 is background, every cell has its number (16 bit, 32 above 65535 cells)
  a_cells.csv    one row a cell: area, place, shape, brightness
  a.json         model, options, counts and timings: what --resume goes by ("begun" until all is written)
  a_preview.png  with --preview
With --format it writes, besides or instead of a_masks.tif,
  ome-zarr   a_masks.ome.zarr   OME-Zarr 0.5, with smaller copies for viewers
  png        a_masks.png        one plane, up to 65535 cells
  geojson    a_cells.geojson    outlines, measurements and types of cells, for QuPath
  roi        a_RoiSet.zip       outlines, for ImageJ's ROI Manager
  npy        a_seg.npy          for Cellpose
  coco       a_coco.json        outlines as COCO's annotations

Every plane of a stack or a movie is segmented for itself; numbers start anew on each.

A model that tells types of cells apart adds their probabilities to the table and their colours to the preview.

Images are rescaled to the size a model knows, and labels come back at the image's own. That goes by the first of:
--diameter; --pixel-size; the pixel size in the file, where it is off by more than a tenth; the diameter of the cells as
the model itself estimates it, of a stack on its first plane, for all planes alike. The last needs a model that says
its diameter ("cellwright models show"). With --seeds, --diameter is that of the cells, not of their nuclei.

The classical methods need no network: "score" then shows what one gains on your own images.

Examples:
  cellwright segment image.tif -o cells --preview
  cellwright segment image.tif -o classical --model classical-nuclei
  cellwright segment plate1/ -o plate1-cells --channel 1 --resume
  cellwright segment run/ -o cells --model models/hela --seeds models/nuclear --phase '*phase*' --nuclear '*nuclear*'`;
