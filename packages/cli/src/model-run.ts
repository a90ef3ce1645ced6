/**
 * The maps of one image, as a file: for models of others that say nothing of cells.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import {
  findMaps,
  ModelError,
  readMapModel,
  ShapeError,
  writeNpy,
  writeTiff,
} from "@cellwright/core";
import type { RunOptions } from "./commands/models.js";
import { type Context, UsageError } from "./context.js";
import { writeWhole } from "./file-sink.js";
import { readImageFile } from "./image-file.js";
import { stemOf } from "./inputs.js";
import { openModelFiles, sha256 } from "./model-folder.js";

/** Writes the maps `[c, y, x]` of an image as float32. */
export async function runModel(
  name: string,
  imagePath: string,
  options: RunOptions,
  context: Context,
): Promise<void> {
  const target = resolve(context.cwd, options.output ?? `${stemOf(imagePath)}_maps.npy`);
  const isTiff = /\.tiff?$/i.test(target);
  if (!isTiff && !/\.npy$/i.test(target)) throw new UsageError("--output must end in .npy or .tif");
  if (!options.overwrite && (await stat(target).catch(() => undefined)))
    throw new ModelError(`${target} exists already: give another name, or --overwrite`);
  const model = await readMapModel(await openModelFiles(name, context.cwd), sha256);
  const image = await readImageFile(resolve(context.cwd, imagePath));
  const count = image.axes === "cyx" ? image.shape[0] : 1;
  if (count !== model.channels.length)
    throw new ShapeError(
      `${imagePath}: channels`,
      `${model.channels.length} (${model.channels.join(", ")}) for this model`,
      `${count}`,
    );
  const { engine: engineName, device, threads } = options;
  const engine = await context.openEngine({
    engine: engineName,
    device,
    ...(threads && { threads }),
  });
  const program = await engine.load(model.graph);
  try {
    const maps = await findMaps(image, model, program, { signal: context.signal });
    const named = { ...maps, channels: model.maps };
    await writeWhole(target, isTiff ? writeTiff(named) : writeNpy(maps));
    context.stdout(`${target}\n`);
  } finally {
    await program.dispose();
  }
}
