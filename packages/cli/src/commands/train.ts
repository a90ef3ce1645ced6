/**
 * `cellwright train`: from labelled images to a model.
 *
 * @module
 */
import { Command } from "commander";
import { type Context, type EngineChoice, UsageError } from "../context.js";
import { withEngine } from "../engine-option.js";
import { positiveNumber, wholeNumber } from "../option.js";
import { presets } from "../train-preset.js";

/** What `train` was asked for. */
export interface TrainOptions extends EngineChoice {
  readonly output: string;
  readonly preset: string;
  readonly from?: string;
  readonly epochs?: number;
  readonly time?: number;
  readonly seed: number;
  readonly heldBack: number;
  readonly channel?: string;
  readonly name?: string;
  readonly license?: string;
  readonly author?: string;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The `train` command. */
export function trainCommand(context: Context): Command {
  const command = new Command("train")
    .description("train a network on labelled images and write it as a model folder")
    .argument(
      "<dataset>",
      "a folder with images/ and labels/ (one file each, same names), or of NAME.tif and NAME_masks.tif",
    )
    .requiredOption(
      "-o, --output <model>",
      "the model folder to write; MODEL.training beside it keeps checkpoints and the log",
    )
    .option("--preset <name>", `what to train: ${Object.keys(presets).join(", ")}`, "nuclei")
    .option("--from <model>", "start from the network of this model instead of a random one")
    .option("--epochs <n>", "how long to train", wholeNumber(1))
    .option("--time <minutes>", "train for about this long instead", positiveNumber)
    .option(
      "--seed <n>",
      "chooses the held-back images, the first weights and the crops",
      wholeNumber(0),
      1,
    )
    .option(
      "--held-back <share>",
      "share of the images kept aside to judge by",
      positiveNumber,
      0.1,
    )
    .option(
      "--channel <name>",
      "the channel to learn from, by number or name, where images have several",
    )
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
    .option("--quiet", "no progress")
    .action(async (dataset: string, options: TrainOptions) => {
      const known = Object.hasOwn(presets, options.preset);
      if (!known)
        throw new UsageError(
          `--preset must be one of ${Object.keys(presets).join(", ")}, got "${options.preset}"`,
        );
      if (options.heldBack >= 1)
        throw new UsageError(`--held-back must be below 1, got ${options.heldBack}`);
      if (options.epochs && options.time) throw new UsageError("give --epochs or --time, not both");
      const { train } = await import("../train.js");
      await train(dataset, presets[options.preset], options, context);
    });
}
