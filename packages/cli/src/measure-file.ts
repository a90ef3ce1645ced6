/**
 * The work behind `cellwright measure` for one file of labels and its image; movies go to `measure-movie`.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type MeasureOptions as CoreOptions,
  type Image,
  lengthOf,
  measure,
  planeOf,
  ShapeError,
  type Table,
  writeTable,
} from "@cellwright/core";
import { about } from "./batch.js";
import type { MeasureOptions } from "./commands/measure.js";
import { type Context, UsageError } from "./context.js";
import { checkReport, recorded } from "./file-report.js";
import { exists, writeWhole } from "./file-sink.js";
import { readImageFile } from "./image-file.js";
import { readLabels } from "./labels-file.js";
import { measureRecording, measuresOf, spacingOf } from "./measure-asked.js";
import { isTrk } from "./movie-trk.js";
import { channelsOf, joinTables, planesOf } from "./planes.js";

/** Measures the cells of one label file, on all its planes; or of a movie, where a folder or tracks are named. */
export async function measureFile(
  labelsPath: string,
  imagePath: string | undefined,
  options: MeasureOptions,
  context: Context,
): Promise<void> {
  checkOptions(imagePath, options);
  const folder = await stat(resolve(context.cwd, labelsPath)).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (folder || options.tracks !== undefined || (await isTrk(resolve(context.cwd, labelsPath)))) {
    const { measureMovieFiles } = await import("./measure-movie.js");
    return measureMovieFiles(labelsPath, imagePath, options, context);
  }
  if (options.plots !== undefined)
    throw new UsageError("--plots wants a tracked movie: a folder, or a stack with --tracks");
  const output = options.output === undefined ? undefined : resolve(context.cwd, options.output);
  if (output && !options.overwrite && (await exists(output)))
    throw new Error(`${options.output} is there already: use --overwrite or another name`);
  if (output) await checkReport(output, options.overwrite ?? false);
  const labels = await about(labelsPath, () => readLabels(resolve(context.cwd, labelsPath)));
  const image =
    imagePath === undefined
      ? undefined
      : await about(imagePath, () => readImageFile(resolve(context.cwd, imagePath)));
  const { nuclei: nucleiPath } = options;
  const nuclei =
    nucleiPath === undefined
      ? undefined
      : await about(nucleiPath, () => readLabels(resolve(context.cwd, nucleiPath)));
  const table = await about(imagePath ?? labelsPath, async () =>
    measurePlanes(
      { ...labels, ...spacingOf(options, labels, image) },
      image,
      nuclei,
      measuresOf(options),
    ),
  );
  if (output === undefined) {
    context.stdout(writeTable(table));
    return;
  }
  await recorded(
    output,
    measureRecording(labelsPath, imagePath, options, context.cwd),
    async () => {
      if (output.endsWith(".parquet")) {
        const { encodeParquet } = await import("./parquet.js");
        await writeWhole(output, await encodeParquet(table));
      } else await writeWhole(output, writeTable(table));
      return [output];
    },
  );
}

function checkOptions(imagePath: string | undefined, options: MeasureOptions): void {
  const { output } = options;
  if (output !== undefined && !/[^/]\.(csv|parquet)$/.test(output))
    throw new UsageError(`-o must name a table, FILE.csv or FILE.parquet, is "${output}"`);
  if (imagePath === undefined)
    for (const name of ["ring", "nuclei", "background", "cell"] as const)
      if (options[name] !== undefined) throw new UsageError(`--${name} wants an image`);
  if (options.cell !== undefined && options.plots === undefined)
    throw new UsageError("--cell is for --plots: it names the cell of the kymograph");
  if (options.ring !== undefined && options.nuclei !== undefined)
    throw new UsageError("--ring is for labels of nuclei, --nuclei for labels of whole cells");
}

function measurePlanes(
  labels: Image<Uint32Array>,
  image: Image | undefined,
  nuclei: Image<Uint32Array> | undefined,
  measures: Omit<CoreOptions, "nuclei">,
): Table {
  const planes = planesOf(labels);
  for (const other of [image, nuclei])
    if (other && JSON.stringify(planesOf(other)) !== JSON.stringify(planes))
      throw new ShapeError(
        "number of planes",
        `${planes.length} like the labels`,
        `${planesOf(other).length}`,
      );
  const channels = image && Array.from({ length: lengthOf(image, "c") }, (_, c) => c);
  const tables = planes.map((plane) =>
    measure(
      planeOf(labels, plane),
      image && channels && channelsOf(image, plane, channels),
      nuclei ? { ...measures, nuclei: planeOf(nuclei, plane) } : measures,
    ),
  );
  return joinTables(planes, tables);
}
