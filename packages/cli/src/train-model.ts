/**
 * The end of a training, written down: the network as a model folder with its card, test and cover.
 *
 * @module
 */
import { basename } from "node:path";
import {
  type Engine,
  exampleImage,
  findCells,
  type Model,
  makeModelTest,
  planeOf,
  testSize,
  writeModelFiles,
  writeOnnx,
  writePng,
} from "@cellwright/core";
import { sha256, writeModelFolder } from "./model-folder.js";
import { drawPreview } from "./preview.js";
import { cardOf, type Story } from "./train-card.js";
import { version } from "./version.js";

/** Writes the model folder, in place of an earlier one. */
export async function writeTrained(
  folder: string,
  model: Model,
  story: Story,
  engine: Engine,
): Promise<void> {
  const { seed } = story.options;
  const { channels, diameter } = model;
  const example = (size: number) =>
    exampleImage(channels, { size, seed, ...(diameter && { diameter }) });
  const program = await engine.load(model.graph);
  try {
    const picture = example(256);
    const { labels } = await findCells(picture, model, program, { rescale: false });
    const files = await writeModelFiles(model, {
      weights: writeOnnx(model.graph),
      ...(await makeModelTest(model, example(testSize(model.graph)), program)),
      readme: cardOf(model, story),
      cover: writePng(drawPreview(planeOf(picture, {}), labels)),
      sha256,
    });
    await writeModelFolder(folder, files, { overwrite: true });
  } finally {
    await program.dispose();
  }
}

/** What the model is called and what it says of itself, as far as the options tell. */
export function modelNames(
  folder: string,
  { options, settings }: Pick<Story, "options" | "settings">,
): Pick<Model, "name" | "description" | "version" | "license" | "authors" | "tags"> {
  return {
    name: options.name ?? nameOf(folder),
    description: settings.preset.description,
    version: version(),
    ...(options.license && { license: options.license }),
    ...(options.author && { authors: [{ name: options.author }] }),
    tags: ["segmentation", "cells", ...settings.preset.channels],
  };
}

/** A name that bioimage.io allows. */
function nameOf(folder: string): string {
  const name = basename(folder).replaceAll(/[^A-Za-z0-9_+\- ()]/g, "_");
  return name.length >= 5 ? name : `model ${name}`;
}
