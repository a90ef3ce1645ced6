/**
 * What a model says of itself, as the page lists it; its weights are not read.
 *
 * @module
 */
import {
  classicalModel,
  type ModelCard,
  ModelError,
  presetFor,
  presets,
  readModelCard,
} from "@cellwright/core";
import { openModelFiles } from "./model-source.js";
import type { ModelCardData, ModelSource } from "./protocol.js";

/** Reads the card of a model, or of a classical method. Throws core's `ModelError` where it is not sound. */
export async function describe(source: ModelSource): Promise<ModelCardData> {
  if (source.kind === "method") return describeMethod(source.name);
  const card = await readModelCard(await openModelFiles(source));
  const { name, description, channels, maps, types, diameter, pixelSize, license, decoder } = card;
  const whyNot = hindrance(card);
  return {
    name,
    description,
    channels,
    maps,
    ...(types && { types }),
    ...(diameter !== undefined && { diameter }),
    ...(pixelSize !== undefined && { pixelSize }),
    ...(license !== undefined && { license }),
    needsSeeds: decoder.kind === "cytoplasm",
    canLearn: whyNot === undefined,
    ...(whyNot !== undefined && { whyNot }),
  };
}

function describeMethod(name: string): ModelCardData {
  const method = classicalModel(name);
  if (!method) throw new ModelError(`there is no classical method ${name}`);
  const { description, channels } = method;
  return {
    name,
    description,
    channels,
    maps: [],
    needsSeeds: false,
    canLearn: false,
    whyNot: "It is a method without a network: there is nothing in it to train. Take a model.",
  };
}

/** Why a model cannot be trained further in the page, and what to do; undefined where it can. */
function hindrance(card: ModelCard): string | undefined {
  if (card.types)
    return `It tells types of cells apart (${card.types.join(", ")}), and labels that are corrected here do not say of which type a cell is. Train one with "cellwright train --types" on annotations that do, or correct its cells and teach a model without types.`;
  if (presetFor(card, presets) === undefined)
    return `There is no way known to make maps of ${card.maps.join(", ")} from ${card.channels.join(", ")} out of labels. Train it with the program that made it, or take one of the models that come with the page.`;
  return undefined;
}
