/**
 * The labels of a movie, frame by frame; what is no labels is told from them before it is tracked.
 *
 * @module
 */
import { components, type Image, type Labels, ShapeError, toLabels } from "@cellwright/core";
import { UsageError } from "./context.js";
import type { Movie } from "./movie.js";

/** Frames are looked at until this many neighbouring pixels of cells have been seen. */
const pairsWanted = 2000;

/**
 * The frames as labels `"yx"`, in order, each read when it is asked for. Throws {@link UsageError} where they are an
 * image or a mask and not labels; errors name the frame.
 */
export async function* labelFrames(movie: Movie): AsyncGenerator<Labels> {
  if (movie.channels > 1)
    throw new UsageError(
      `${movie.name} has ${movie.channels} channels, labels have one number a pixel: ${segmentFirst}`,
    );
  let pairs = 0;
  for (let t = 0; t < movie.frames; t++) {
    const image = await movie.readFrame(t);
    const labels = wholeNumbers(image, movie.frameName(t));
    if (pairs < pairsWanted) pairs += checkLooks(labels, movie.frameName(t));
    yield { ...labels, ...(movie.spacing && { spacing: movie.spacing }) };
  }
}

const segmentFirst =
  'if these are images, run "cellwright segment" first, or name a model with --model';

function wholeNumbers(image: Image, name: string): Labels {
  try {
    return toLabels(image, `labels (${name})`);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new UsageError(`${error.message}: ${segmentFirst}`, { cause: error });
  }
}

/**
 * In labels, neighbours within a row mostly have one number; in an image they mostly differ. A mask has one number for
 * all cells, which lie apart. Returns how many pairs of neighbouring pixels it went by.
 */
function checkLooks(labels: Labels, name: string): number {
  const { data, shape } = labels;
  const width = shape[1];
  let pairs = 0;
  let different = 0;
  let one = 0;
  let several = false;
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    if (one === 0) one = data[i];
    else if (data[i] !== one) several = true;
    if (i % width === 0 || data[i - 1] === 0) continue;
    pairs++;
    if (data[i] !== data[i - 1]) different++;
  }
  if (pairs >= pairsWanted && different > pairs / 3)
    throw new UsageError(`${name} looks like an image, not like labels: ${segmentFirst}`);
  if (!several && [1, 255, 65535].includes(one)) {
    const pieces = components({ ...labels, data: Uint8Array.from(data, (label) => +(label > 0)) });
    const count = pieces.data.reduce((most, label) => Math.max(most, label), 0);
    if (count > 1 && (one > 1 || count > 3))
      throw new UsageError(
        `${name} is a mask: all its ${count} cells have the number ${one}; give labels, where each cell has a number of its own`,
      );
  }
  return pairs;
}
