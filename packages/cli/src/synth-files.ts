/**
 * The work behind `cellwright synth`: made-up images and their exact labels, as TIFF files.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import { countLabels, seeded, synthBacteria, synthNuclei, writeTiff } from "@cellwright/core";
import { about } from "./batch.js";
import type { SynthOptions } from "./commands/synth.js";
import { type Context, UsageError } from "./context.js";
import { exists, makeFolder, writeWhole } from "./file-sink.js";
import { encodeLabels } from "./labels-file.js";

/** The options that say something of movies alone. */
const ofMovies = ["interval", "cells", "density", "doubling", "spread", "speed", "drift"] as const;

/** Makes `count` images. Image `i` depends on the kind, the size, the seed and `i` alone. */
export async function synthFiles(
  kind: string,
  options: SynthOptions,
  context: Context,
): Promise<void> {
  const alone = ofMovies.find((name) => options[name] !== undefined);
  if (alone) throw new UsageError(`--${alone} is for movies: give --frames too`);
  const folder = resolve(context.cwd, options.output);
  const { count = 10 } = options;
  const digits = Math.max(3, `${count - 1}`.length);
  const synth = kind === "bacteria" ? synthBacteria : synthNuclei;
  for (const name of ["images", "labels"]) await makeFolder(join(folder, name));
  for (let i = 0; i < count; i++) {
    await pause();
    if (context.signal.aborted) return;
    const name = `${kind}-${`${i}`.padStart(digits, "0")}.tif`;
    const paths = { image: join(folder, "images", name), labels: join(folder, "labels", name) };
    for (const path of Object.values(paths))
      if (!options.overwrite && (await exists(path)))
        throw new Error(`${path} is there already: use --overwrite or another folder`);
    const { size } = options;
    // Sets of different seeds must not share images, as they would with seed + i.
    const seed = Math.floor(seeded(options.seed, i)() * 2 ** 31);
    const { image, labels } = synth({ height: size, width: size, seed });
    await about(paths.image, () =>
      writeWhole(paths.image, writeTiff(image, { compression: "deflate" })),
    );
    await about(paths.labels, () => writeWhole(paths.labels, encodeLabels(labels, "tif")));
    const shown = join(options.output, "images", name);
    context.stdout(
      options.json
        ? `${JSON.stringify({ type: "file", image: shown, labels: join(options.output, "labels", name), cells: countLabels(labels) })}\n`
        : `${shown}\n`,
    );
  }
}
