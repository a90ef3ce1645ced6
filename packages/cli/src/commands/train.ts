/**
 * `cellwright train`: from labelled images to a model.
 *
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import { type Context, type EngineChoice, UsageError } from "../context.js";
import { withEngine } from "../engine-option.js";
import { positiveNumber, wholeNumber } from "../option.js";

/** What `train` was asked for. */
export interface TrainOptions extends EngineChoice {
  readonly output: string;
  readonly preset?: string;
  readonly from?: string;
  readonly types?: readonly string[];
  readonly channel?: string;
  readonly phase?: string;
  readonly nuclear?: string;
  readonly pixelSize?: number;
  readonly leaveOut?: readonly string[];
  /** A share of the images, or the names of those to hold back; absent: a tenth. */
  readonly heldBack?: number | readonly string[];
  readonly folds?: number;
  readonly fold?: number;
  readonly ensemble?: number;
  readonly epochs?: number;
  readonly time?: number;
  readonly patience?: number;
  readonly steps?: number;
  readonly rate?: number;
  readonly batch?: number;
  readonly crop?: number;
  readonly seed: number;
  readonly name?: string;
  readonly license?: string;
  readonly author?: string;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Names of core's `presets`, which are loaded only to train. */
export const presetNames: readonly string[] = [
  "nuclei",
  "bacteria-phase",
  "cytoplasm-phase",
  "coculture",
  "paper-31",
  "paper-61",
];

/** The `train` command. */
export function trainCommand(context: Context): Command {
  const command = new Command("train")
    .description("train a network on labelled images and write it as a model folder")
    .argument("<dataset...>", "folders of images with their cells: labels, masks, ROIs, outlines")
    .requiredOption(
      "-o, --output <model>",
      "the model folder to write; MODEL.training beside it keeps checkpoints, log and pictures",
    )
    .option("--preset <name>", `what to train: ${presetNames.join(", ")} (default: nuclei)`)
    .option(
      "--from <model>",
      "go on from the network of this model: for a few images of one's own",
    );
  withData(command);
  withEffort(command);
  command
    .option("--name <text>", "the name written into the model")
    .option("--author <name>", "who made it, written into the model")
    .option(
      "--license <spdx>",
      "what others may do with it, such as CC-BY-4.0, written into the model",
    );
  return withEngine(command)
    .option("--resume", "go on where an interrupted training stopped")
    .option("--overwrite", "forget an earlier training, and replace the model if there is one")
    .option("--json", "one JSON object a line on stdout: start, epoch, summary")
    .option("-q, --quiet", "no progress")
    .addHelpText("after", examples)
    .action(async (datasets: string[], options: TrainOptions) => {
      checkTogether(options);
      const { train } = await import("../train.js");
      const { presets } = await import("@cellwright/core");
      await train(datasets, options, context, presets);
    });
}

/** Options that say what to learn from, and what to keep aside. */
function withData(command: Command): void {
  command
    .option(
      "--channel <n|name>",
      "the channel to learn from, where images have several; more with commas, as the preset wants",
    )
    .option("--phase <n|name>", "the phase channel")
    .option("--nuclear <n|name>", "the nuclear channel")
    .option(
      "--types <list>",
      "names of the types of cells, in order; NAME=FOLDER where the folder is called otherwise",
      names,
    )
    .option("--pixel-size <um>", "micrometres a pixel of the training images", positiveNumber)
    .option("--leave-out <list>", "images never to look at, by name or pattern: '*/set1'", names)
    .option(
      "--held-back <share|names>",
      "images kept aside to judge by; 0 for none, then the last epoch counts (default: 0.1)",
      heldBack,
    )
    .option(
      "--folds <k>",
      "train k networks, each judged by another part; they become one",
      atLeastTwo,
    )
    .option("--fold <i>", "train only this one of the folds", wholeNumber(1))
    .option("--ensemble <n>", "train n networks from n seeds; they become one", atLeastTwo);
}

/** Options that say how long and how to learn; defaults are the preset's. */
function withEffort(command: Command): void {
  command
    .option("--epochs <n>", "how long to train", wholeNumber(1))
    .option("--time <minutes>", "train for about this long instead", positiveNumber)
    .option("--patience <n>", "stop when the best epoch is n epochs ago", wholeNumber(1))
    .option("--steps <n>", "batches an epoch", wholeNumber(1))
    .option("--batch <n>", "crops a batch", wholeNumber(1))
    .option("--crop <px>", "side of a crop", wholeNumber(1))
    .option("--rate <r>", "the largest learning rate", positiveNumber)
    .option(
      "--seed <n>",
      "chooses the held-back images, the first weights and the crops",
      wholeNumber(0),
      1,
    );
}

/** Options that exclude each other, or that mean nothing alone. */
function checkTogether(options: TrainOptions): void {
  const { heldBack: aside, folds, fold, ensemble, epochs, time, patience } = options;
  if (epochs && time) throw new UsageError("give --epochs or --time, not both");
  if (folds && ensemble) throw new UsageError("give --folds or --ensemble, not both");
  if (folds && aside !== undefined)
    throw new UsageError("give --folds or --held-back, not both: each fold holds its part back");
  if (fold && !folds) throw new UsageError("--fold needs --folds: --folds 5 --fold 1");
  if (fold && folds && fold > folds)
    throw new UsageError(`--fold must be at most the ${folds} of --folds, got ${fold}`);
  if (patience && aside === 0)
    throw new UsageError("--patience needs held-back images to tell which epoch is the best");
}

const atLeastTwo = wholeNumber(2);

function names(text: string): string[] {
  const list = text.split(",").map((item) => item.trim());
  if (list.includes("")) throw new InvalidArgumentError("It must be names with commas between.");
  return list;
}

/** A share, or names. */
function heldBack(text: string): number | string[] {
  const share = Number(text);
  if (text.trim() === "" || Number.isNaN(share)) return names(text);
  if (share >= 0 && share < 1) return share;
  throw new InvalidArgumentError("A share must be at least 0 and below 1.");
}

const examples = `
A dataset is a folder of images/ and labels/; or of a.tif beside a_masks.tif, a_seg.npy (Cellpose) or a_RoiSet.zip (ImageJ); or of
folders that hold phase.tif and nuclear.tif with labels.tif, or with edge.tif and interior.tif.

Examples:
  cellwright train images/ -o my-nuclei
  cellwright train ten-images/ -o my-nuclei --from nuclei
  cellwright train plate1/ plate2/ -o cells --preset cytoplasm-phase --folds 5
  cellwright train images/ -o my-nuclei --resume`;
