/**
 * `cellwright models`: what models there are, what they are, whether they work; fetching them, and making them from published
 * networks.
 *
 * @module
 */
import { Command, Option } from "commander";
import type { Context, EngineChoice } from "../context.js";
import { withEngine } from "../engine-option.js";
import { positiveNumber } from "../option.js";

/** What `models import` was asked for. */
export interface ImportOptions extends EngineChoice {
  readonly output?: string;
  readonly name?: string;
  readonly runningStd: "auto" | "deviation" | "variance";
  readonly decoder?: "nuclei" | "bacteria" | "cytoplasm";
  readonly channels?: string;
  readonly types?: string;
  readonly pixelSize?: number;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** What `models export` was asked for. */
export interface ExportOptions {
  readonly output?: string;
  readonly overwrite?: boolean;
}

/** What `models pull` was asked for. */
export interface PullOptions {
  readonly output?: string;
  readonly base?: string;
  readonly sha256?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** What `models run` was asked for. */
export interface RunOptions extends EngineChoice {
  readonly output?: string;
  readonly overwrite?: boolean;
}

/** What `models test` was asked for. */
export interface TestOptions extends EngineChoice {
  readonly json?: boolean;
}

/** The `models` command. */
export function modelsCommand(context: Context): Command {
  const command = new Command("models").description(
    "list, show, fetch, import, export, check and test models",
  );
  for (const create of [
    listCommand,
    showCommand,
    pullCommand,
    importCommand,
    exportCommand,
    validateCommand,
    testCommand,
    runCommand,
  ])
    command.addCommand(create(context));
  return command;
}

function listCommand(context: Context): Command {
  return new Command("list")
    .description("the models that come with Cellwright, and those in a folder")
    .argument("[folder]", "a folder that holds model folders")
    .option("--json", "one JSON object a line")
    .action(async (folder: string | undefined, options: { json?: boolean }) => {
      const { listModels } = await import("../model-show.js");
      await listModels(folder, options.json ?? false, context);
    });
}

function showCommand(context: Context): Command {
  return new Command("show")
    .description("what a model is for, what it wants and how it was made")
    .argument("<model>", 'a name of "cellwright models list", a folder or a .zip')
    .option("--json", "as one JSON object")
    .action(async (model: string, options: { json?: boolean }) => {
      const { showModel } = await import("../model-show.js");
      await showModel(model, options.json ?? false, context);
    });
}

function importCommand(context: Context): Command {
  const command = new Command("import")
    .description("make one model folder of the networks published with the 2016 paper (Keras HDF5)")
    .argument("<network...>", "HDF5 files, or folders of them: one ensemble")
    .option("-o, --output <dir>", "the model folder to write (default: ./NAME)")
    .option("--name <text>", "the model's name (default: that of the first folder)")
    .addOption(
      new Option(
        "--running-std <reading>",
        "what the files call running_std: a standard deviation (files of 2016) or a variance (2017)",
      )
        .choices(["auto", "deviation", "variance"])
        .default("auto"),
    )
    .addOption(
      new Option("--decoder <kind>", "how to find cells (default: by the network)").choices([
        "nuclei",
        "bacteria",
        "cytoplasm",
      ]),
    )
    .option("--channels <list>", "what the channels show, such as phase,nuclear")
    .option(
      "--types <list>",
      "the types of cells that a co-culture's network tells apart, such as nih3t3,mcf10a",
    )
    .option("--pixel-size <um>", "micrometres a pixel it was trained on", positiveNumber)
    .option("--overwrite", "replace a model folder that is there")
    .option("--json", "as one JSON object");
  return withEngine(command).action((networks: string[], options: ImportOptions) =>
    import("../model-import.js").then(({ importNetworks }) =>
      importNetworks(networks, options, context),
    ),
  );
}

function exportCommand(context: Context): Command {
  return new Command("export")
    .description("one .zip of a model, as bioimage.io takes it")
    .argument("<model>", 'a name of "cellwright models list" or a folder')
    .option("-o, --output <file>", "the file to write (default: ./NAME.zip)")
    .option("--overwrite", "replace a file that is there")
    .action(async (model: string, options: ExportOptions) => {
      const { exportModel } = await import("../model-export.js");
      await exportModel(model, options, context);
    });
}

function testCommand(context: Context): Command {
  const command = new Command("test")
    .description(
      "run the test that comes with each model: does it give here what it gave its makers?",
    )
    .argument("<model...>", 'names of "cellwright models list", folders or .zip files')
    .option("--json", "one JSON object a line");
  return withEngine(command).action((models: string[], options: TestOptions) =>
    import("../model-export.js").then(({ testModels }) => testModels(models, options, context)),
  );
}

function pullCommand(context: Context): Command {
  return new Command("pull")
    .description("fetch a model from the network into the cache; nothing is fetched otherwise")
    .argument(
      "<model>",
      "the address of a .zip or of a description, or a model's name at bioimage.io",
    )
    .option(
      "-o, --output <dir>",
      "the folder to write (default: one in the cache, found by its name)",
    )
    .option("--base <url>", "where models lie by their names (default: bioimage.io's collection)")
    .option("--sha256 <hex>", "what the .zip or the description must be")
    .option("--overwrite", "fetch again what was fetched before")
    .option("--json", "as one JSON object")
    .action(async (model: string, options: PullOptions) => {
      const { pullModel } = await import("../model-pull.js");
      await pullModel(model, options, context);
    });
}

function validateCommand(context: Context): Command {
  return new Command("validate")
    .description(
      "whether a model is in order for others: its description, its files, and what they say of each other",
    )
    .argument("<model...>", 'names of "cellwright models list", folders or .zip files')
    .option("--json", "one JSON object a line")
    .action(async (models: string[], options: { json?: boolean }) => {
      const { validateModels } = await import("../model-validate.js");
      await validateModels(models, options.json ?? false, context);
    });
}

function runCommand(context: Context): Command {
  const command = new Command("run")
    .description(
      "the maps that a model gives for an image, also where nothing says how to find cells in them",
    )
    .argument("<model>", 'a name of "cellwright models list", a folder or a .zip')
    .argument("<image>", "an image with the channels that the model wants")
    .option("-o, --output <file>", "the .npy or .tif to write (default: ./STEM_maps.npy)")
    .option("--overwrite", "replace a file that is there");
  return withEngine(command).action((model: string, image: string, options: RunOptions) =>
    import("../model-run.js").then(({ runModel }) => runModel(model, image, options, context)),
  );
}
