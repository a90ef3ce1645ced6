/**
 * The work behind `cellwright measure`: labels and their image in, a table out.
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import {
  type Image,
  lengthOf,
  measure,
  planeOf,
  readImage,
  ShapeError,
  type Table,
  writeTable,
} from "@cellwright/core";
import { about } from "./batch.js";
import type { MeasureOptions } from "./commands/measure.js";
import { type Context, UsageError } from "./context.js";
import { exists, writeWhole } from "./file-sink.js";
import { withFile } from "./file-source.js";
import { readLabels } from "./labels-file.js";
import { channelsOf, joinTables, planesOf } from "./planes.js";

/** Measures the cells of one label file, on all its planes. */
export async function measureFile(
  labelsPath: string,
  imagePath: string | undefined,
  options: MeasureOptions,
  context: Context,
): Promise<void> {
  const output = options.output === undefined ? undefined : resolve(context.cwd, options.output);
  if (output?.endsWith(".parquet"))
    throw new UsageError("Parquet is not written yet: name a .csv file");
  if (output && !options.overwrite && (await exists(output)))
    throw new Error(`${options.output} is there already: use --overwrite or another name`);
  const labels = await about(labelsPath, () => readLabels(resolve(context.cwd, labelsPath)));
  const image =
    imagePath === undefined
      ? undefined
      : await about(imagePath, () =>
          withFile(resolve(context.cwd, imagePath), (source) => readImage(source)),
        );
  const table = await about(imagePath ?? labelsPath, async () => measurePlanes(labels, image));
  if (output === undefined) {
    context.stdout(writeTable(table));
    return;
  }
  await mkdir(dirname(output), { recursive: true });
  await writeWhole(output, writeTable(table));
}

function measurePlanes(labels: Image<Uint32Array>, image: Image | undefined): Table {
  const planes = planesOf(labels);
  if (image && JSON.stringify(planesOf(image)) !== JSON.stringify(planes))
    throw new ShapeError(
      "number of planes",
      `${planes.length} like the labels`,
      `${planesOf(image).length}`,
    );
  const channels = image && Array.from({ length: lengthOf(image, "c") }, (_, c) => c);
  const tables = planes.map((plane) =>
    measure(planeOf(labels, plane), image && channels && channelsOf(image, plane, channels)),
  );
  return joinTables(planes, tables);
}
