/**
 * `cellwright view`: images in a page of this machine's browser, to look at, segment and correct.
 *
 * @module
 */
import { Command } from "commander";
import type { Context } from "../context.js";
import { wholeNumber } from "../option.js";

/** What `view` was asked for. */
export interface ViewOptions {
  readonly labels?: readonly string[];
  readonly port: number;
  readonly open: boolean;
}

/** The `view` command. */
export function viewCommand(context: Context): Command {
  return new Command("view")
    .description("look at images, segment and correct them, in a page in the browser")
    .argument("[input...]", "images, folders, OME-Zarr folders, or their addresses on the web")
    .option("--labels <path...>", "labels that belong to them, paired by the stem of the name")
    .option("--port <n>", "the port of the page (default: one that is free)", wholeNumber(0), 0)
    .option("--no-open", "print the address and open no browser")
    .addHelpText("after", outputs)
    .action(async (inputs: string[], options: ViewOptions) => {
      const { view } = await import("../view.js");
      await view(inputs, options, context);
    });
}

const outputs = `
The page runs on this machine alone, under an address that nobody can guess; nothing is uploaded. Ctrl-C ends it.
Corrections are written beside the images when you save: a.tif gets a_masks.tif. An image is never written over; what was
in a_masks.tif before stays as a_masks.tif~.

Examples:
  cellwright view plate1/
  cellwright view a.tif --labels a_masks.tif
  cellwright view https://example.org/embryo.ome.zarr`;
