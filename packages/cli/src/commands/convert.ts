/**
 * `cellwright convert`: what one program wrote, for another to read.
 *
 * @module
 */
import { Command, Option } from "commander";
import type { Context } from "../context.js";
import { imageFormats, labelFormats, trackFormats } from "../convert-formats.js";
import { positiveNumber, wholeNumber } from "../option.js";

/** What `convert` was asked for. */
export interface ConvertOptions {
  readonly output: string;
  readonly format?: string;
  /** The masks of tracks, the labels of an image; `true`: the input itself is labels. */
  readonly labels?: string | true;
  readonly image?: string;
  readonly channel?: number;
  readonly pixelSize?: number;
  readonly interval?: number;
  readonly zarrVersion: "0.4" | "0.5";
  readonly shard?: number;
  readonly tile?: number;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
  readonly onError: "continue" | "stop";
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The `convert` command. */
export function convertCommand(context: Context): Command {
  return new Command("convert")
    .description("bring images, labels, tracks and tables from one program's format to another's")
    .argument("<input...>", "files, Zarr and GEFF folders, folders of masks; or folders of files")
    .requiredOption("-o, --output <path>", "the file to write, or the folder to write to")
    .addOption(
      new Option("--format <name>", "what to write (default: as the output's name ends)").choices([
        ...imageFormats,
        ...labelFormats,
        ...trackFormats,
        "parquet",
      ]),
    )
    .option(
      "--labels [path]",
      "the input is labels, not an image; or where they are: of tracks, for ctc and trk, of an image, for npz",
    )
    .option(
      "--image <path>",
      "the image that outlines lie on, or a folder of images; the images for a .trk or .npz",
    )
    .option("--channel <n>", "of labels of several kinds in an .npz, from 0", wholeNumber(0))
    .option("--pixel-size <um>", "micrometres a pixel (default: as the file says)", positiveNumber)
    .option(
      "--interval <seconds>",
      "from frame to frame (default: as the file says)",
      positiveNumber,
    )
    .addOption(
      new Option("--zarr-version <v>", "of an OME-Zarr").choices(["0.4", "0.5"]).default("0.5"),
    )
    .option("--shard <n>", "chunks along a side of a shard of an OME-Zarr 0.5", wholeNumber(1))
    .option("--tile <px>", "side of tiles and chunks (default: 512)", wholeNumber(16))
    .addOption(new Option("--overwrite", "replace outputs that are there").conflicts("resume"))
    .option("--resume", "leave out what is there already and not older than its input")
    .addOption(
      new Option("--on-error <what>", "after an input that fails")
        .choices(["continue", "stop"])
        .default("continue"),
    )
    .option("--json", "results as one JSON object a line")
    .option("-q, --quiet", "nothing on stderr but errors")
    .addHelpText("after", outputs)
    .action(async (inputs: string[], options: ConvertOptions) => {
      const { convert } = await import("../convert.js");
      await convert(inputs, options, context);
    });
}

const outputs = `
Images and labels:
  tif        NAME.tif, for Fiji: one piece in memory
  ome-tiff   NAME.ome.tif, tiles and smaller copies, of any size
  ome-zarr   NAME.ome.zarr, a folder: chunks and smaller copies, of any size
  png        NAME.png, one plane of 8 or 16 bits
  npy        NAME.npy, a NumPy array
  npz        NAME.npz, X and y as DeepCell trains on
Labels:
  geojson    NAME.geojson, outlines for QuPath
  roi        NAME.zip, outlines for ImageJ's ROI Manager
  seg        NAME_seg.npy, for Cellpose ("segment" calls it npy)
  coco       NAME.json, for detection networks
Tracks:
  ctc        a folder: mask000.tif …, res_track.txt (Cell Tracking Challenge); what any other name stands for
  csv        a table of napari's tracks, with parents: NAME.csv
  trackmate  NAME.xml, for Fiji
  geff       NAME.geff, a folder: the graph exchange format
  trk        NAME.trk, DeepCell
Tables: csv and parquet, one to the other.

An input is labels with --labels; where it can be nothing else (outlines, _seg.npy, an OME-Zarr that says so, an .npz with y
alone, --format for labels alone); or where its name ends in _masks or _labels. Else it is an image. GeoJSON and regions do
not say how large their image is: name it with --image.

ctc and trk hold the outline of every cell. Tables, TrackMate and GEFF only say where cells are: with --labels each is
given the label at its place, and one that has none is an error.

Beside each result lies its report, NAME.tif.json: input, options and version, which "cellwright verify" goes by.

Several inputs, and folders of files, need --format and are written to the folder -o, under their own names.

Examples:
  cellwright convert image.tif -o image.ome.zarr
  cellwright convert masks.tif -o masks.geojson
  cellwright convert RoiSet.zip --image image.tif -o image_masks.tif
  cellwright convert plate1/ -o plate1-zarr --format ome-zarr --resume
  cellwright convert tracks/ -o tracks.xml
  cellwright convert tracks.csv -o result --labels masks/
  cellwright convert movie.trk -o movie.geff`;
