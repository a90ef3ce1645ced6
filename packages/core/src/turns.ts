/**
 * Maps that are the mean over an image's flips and quarter turns. In: a tensor and a network. Out: maps, as `predict` has them.
 *
 * @module
 */
import type { Program } from "./engine.js";
import { UnsupportedError } from "./errors.js";
import type { Tensor } from "./image.js";
import type { Decoder } from "./instance/decode.js";
import { type PredictOptions, predict } from "./predict.js";
import { FACES, turn, turnBack, turnBox } from "./symmetry.js";

/** Throws {@link UnsupportedError} for maps that have directions, or too few pixels to be laid over each other. */
export function checkTurns(decoder: Decoder, { graph }: Program): void {
  if (decoder.kind === "stardist" || decoder.kind === "cellpose" || graph.field?.grid)
    throw new UnsupportedError(
      `maps for the ${decoder.kind} decoder cannot be averaged over turns: leave that out`,
    );
}

/** The mean of the maps of all eight faces of an image. */
export async function predictTurns(
  tensor: Tensor,
  program: Program,
  options: PredictOptions,
): Promise<Tensor> {
  let sum: Tensor | undefined;
  for (let face = 0; face < FACES; face++) {
    const onProgress = (done: number, total: number) =>
      options.onProgress?.(face * total + done, FACES * total);
    // A part of a turned image is no part of the mean: nobody is told of it.
    const watched = { ...options, onProgress, onTile: undefined };
    const [, height, width] = tensor.shape;
    const part = options.part && turnBox(options.part, height, width, face);
    const maps = await predict(turn(tensor, face), program, { ...watched, ...(part && { part }) });
    const { data } = turnBack(maps, face);
    if (sum) for (let i = 0; i < data.length; i++) sum.data[i] += data[i];
    else sum = maps;
  }
  const { data, ...rest } = sum as Tensor;
  return { ...rest, data: data.map((value) => value / FACES) };
}
