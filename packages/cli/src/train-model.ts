/**
 * The end of a training: the best network as a model folder, with a card that says what it was made of and how good it
 * is on the images held back.
 *
 * @module
 */
import { basename } from "node:path";
import {
  averageMatches,
  decode,
  type Engine,
  type Graph,
  type MatchCounts,
  type Model,
  normalize,
  predict,
  scoreMatches,
  sumMatches,
  synthNuclei,
  type WatershedDecoder,
  writeModelFiles,
  writeOnnx,
  writePng,
} from "@cellwright/core";
import type { TrainOptions } from "./commands/train.js";
import { sha256, writeModelFolder } from "./model-folder.js";
import { drawPreview } from "./preview.js";
import type { Recipe } from "./train-checkpoint.js";
import type { Preset } from "./train-preset.js";
import { version } from "./version.js";

/** What a training leaves to be written down. */
export interface Trained {
  readonly network: Graph;
  /** Its parameters as chosen on the held-back images. */
  readonly decoder: WatershedDecoder;
  readonly preset: Preset;
  readonly options: TrainOptions;
  readonly recipe: Recipe;
  /** Matches in each held-back image. */
  readonly counts: readonly (readonly MatchCounts[])[];
  readonly engine: Engine;
}

/** Writes the model folder, in place of an earlier one. */
export async function writeTrained(folder: string, trained: Trained): Promise<void> {
  const { network, decoder, preset, options, recipe, engine } = trained;
  const model: Model = {
    name: options.name ?? modelName(folder),
    description: preset.description,
    version: version(),
    channels: preset.channels,
    maps: preset.maps,
    normalization: preset.normalization,
    decoder,
    ...(options.license && { license: options.license }),
    ...(options.author && { authors: [{ name: options.author }] }),
    tags: ["segmentation", "cells", ...preset.channels],
    graph: network,
  };
  const program = await engine.load(network);
  const see = async (size: number) => {
    const { image } = synthNuclei({ height: size, width: size, seed: recipe.seed });
    const maps = await predict(normalize(image, model.normalization), program);
    return { image, maps };
  };
  // Made-up images: those it was trained on are not ours to hand on.
  const test = await see(128);
  const cover = await see(256);
  await program.dispose();
  const files = await writeModelFiles(model, {
    weights: writeOnnx(network),
    testInput: { data: Float32Array.from(test.image.data), shape: [1, 1, ...test.image.shape] },
    testOutput: { data: test.maps.data, shape: [1, ...test.maps.shape] },
    readme: card(model, trained),
    cover: writePng(drawPreview(cover.image, decode(cover.maps, decoder))),
    sha256,
  });
  await writeModelFolder(folder, files, { overwrite: true });
}

function modelName(folder: string): string {
  const name = basename(folder).replaceAll(/[^A-Za-z0-9_+\- ()]/g, "_");
  return name.length >= 5 ? name : `model ${name}`;
}

/** The card, Markdown. */
function card(model: Model, { preset, options, recipe, counts }: Trained): string {
  const average = averageMatches(counts);
  const pooled = scoreMatches(sumMatches(counts));
  const row = (values: readonly string[]) => `| ${values.join(" | ")} |`;
  const number = (value: number) => value.toFixed(3);
  const command = [
    "cellwright train DATASET -o MODEL",
    `--preset ${recipe.preset}`,
    ...(options.from ? [`--from ${options.from}`] : []),
    `--epochs ${recipe.epochs} --seed ${recipe.seed} --held-back ${options.heldBack}`,
  ].join(" ");
  return `# ${model.name}

${model.description}

- Input: ${model.channels.join(", ")}; brightness by ${JSON.stringify(model.normalization)}.
- Maps: ${model.maps.join(", ")}. Cells are read from them by ${JSON.stringify(model.decoder)}.
- Network: U-Net of widths ${preset.widths.join(", ")}.

## Training

\`${command}\`

${recipe.training.length} images to learn from, ${recipe.heldBack.length} held back by the seed and never learnt from. The
epoch and the decoder's parameters were chosen by the AP on the held-back images.

## Validation

On the ${recipe.heldBack.length} held-back images, cells matched one to one; AP = TP / (TP + FP + FN), as the mean over images and
from pooled counts.

${row(["IoU", "AP, mean of images", "F1, mean of images", "AP, pooled", "F1, pooled"])}
${row(["---", "---", "---", "---", "---"])}
${average
  .map((score, i) =>
    row([
      score.threshold.toFixed(2),
      number(score.averagePrecision),
      number(score.f1),
      number(pooled[i].averagePrecision),
      number(pooled[i].f1),
    ]),
  )
  .join("\n")}

Held back: ${recipe.heldBack.join(", ")}.
`;
}
