/**
 * From a tensor to maps of the whole image, a tile at a time. Step 7 of the road.
 * In: a normalised tensor `"cyx"` and a network ready to run. Out: maps `"cyx"`, one channel an output class,
 * of the tensor's own y and x.
 *
 * @module
 */
import type { Program } from "./engine.js";
import { ModelError, ShapeError, UnsupportedError } from "./errors.js";
import { fieldOf } from "./field.js";
import { checkImage, type Tensor } from "./image.js";
import { mirrored } from "./mirror.js";
import type { Port, Values } from "./network.js";
import type { Watch } from "./source.js";
import { type Box, groupTiles, planTiles, type Tile } from "./tile.js";

/** How {@link predict} cuts the image. None of it changes the maps, only time and memory. */
export interface PredictOptions extends Watch {
  /** Pixels on a side that a tile contributes to the maps; default 512. `Infinity`: the image in one piece. */
  readonly tile?: number;
  /** Tiles of one size that the network is given at once; default 1. */
  readonly batch?: number;
  /**
   * Called as soon as a part of the maps is done: where it lies, and the maps, which hold zeros where nothing is done yet.
   * To be looked at before the next part, not kept and not written to.
   */
  readonly onTile?: (done: Box, maps: Tensor) => void;
}

/**
 * The network's maps of an image of any size. The image is cut into overlapping tiles such that the maps equal those
 * of the image in one piece; memory is that of the maps plus what the network needs for `tile` x `batch`.
 *
 * Where the network pools, an image that is no multiple of the pooling is mirrored at its bottom and right and the
 * maps are cut back. Where the network crops (its convolutions do not pad), maps are 0 in all classes in a frame
 * as wide as the crop, as in Van Valen et al. 2016. `onProgress` counts tiles.
 *
 * Throws {@link ShapeError} where the tensor has another number of channels than the network takes, or is so small
 * that a network that crops would leave nothing of it; {@link ModelError} where the network's answer is not as large as its graph says.
 */
export async function predict(
  tensor: Tensor,
  program: Program,
  options: PredictOptions = {},
): Promise<Tensor> {
  const { tile = 512, batch = 1, signal, onProgress, onTile } = options;
  const { graph } = program;
  const [input, output] = [graph.inputs[0], graph.outputs[0]];
  checkInput(tensor, input);
  const [, height, width] = tensor.shape;
  const field = fieldOf(graph);
  const { tiles } = planTiles(height, width, field, tile);
  const crop = field.crop.before + field.crop.after;
  const groups = groupTiles(tiles, input.shape[0] === 1 ? 1 : batch);
  let maps: Float32Array | undefined;
  let done = 0;
  for (const group of groups) {
    signal?.throwIfAborted();
    const answers = await program.run({ [input.name]: cutWindows(tensor, group) });
    const answer = checkAnswer(answers[output.name], output.name, group, crop);
    maps ??= new Float32Array(answer.shape[1] * height * width);
    for (const [i, { core, offset }] of group.entries()) {
      paste(answer, i, core, offset, maps, height, width);
      onTile?.(core, { data: maps, shape: [answer.shape[1], height, width], axes: "cyx" });
    }
    done += group.length;
    onProgress?.(done, tiles.length);
  }
  signal?.throwIfAborted();
  const data = maps as Float32Array;
  // Maps that are no numbers would pass for an empty image.
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new ModelError(
        "the network's maps are not all finite numbers: are its weights damaged?",
      );
  const { spacing } = tensor;
  const shape = [data.length / (height * width), height, width];
  return { data, shape, axes: "cyx", ...(spacing && { spacing }) };
}

function checkInput(tensor: Tensor, input: Port): void {
  if (tensor.axes !== "cyx") throw new ShapeError("tensor axes", '"cyx"', `"${tensor.axes}"`);
  checkImage(tensor, "tensor");
  const [, channels, ...sides] = input.shape;
  if (input.shape.length !== 4)
    throw new ModelError(`the network's input must have 4 axes, has ${input.shape.length}`);
  if (typeof channels === "number" && channels !== tensor.shape[0])
    throw new ShapeError(
      "channels of the image",
      `${channels} for this network`,
      `${tensor.shape[0]}`,
    );
  if (sides.some((side) => typeof side === "number"))
    throw new UnsupportedError(
      `the network takes only inputs of ${sides.join(" x ")} pixels: export it with free height and width`,
    );
}

function checkAnswer(
  answer: Values | undefined,
  name: string,
  group: readonly Tile[],
  crop: number,
): Values<Float32Array> {
  const { height, width } = group[0].window;
  const [n, , y, x] = answer?.shape ?? [];
  if (!(answer?.data instanceof Float32Array))
    throw new ModelError(`the network's output "${name}" must hold float32 numbers`);
  if (answer.shape.length !== 4 || n !== group.length || y !== height - crop || x !== width - crop)
    throw new ModelError(
      `the network's output "${name}" must be ${height - crop} x ${width - crop} for an input of ${height} x ${width}, is [${answer.shape}]`,
    );
  return answer as Values<Float32Array>;
}

/** The windows of some tiles of one size as `[tile, c, y, x]`; past the image's bottom and right it is mirrored. */
function cutWindows(tensor: Tensor, group: readonly Tile[]): Values<Float32Array> {
  const [channels, height, width] = tensor.shape;
  const size = group[0].window;
  const data = new Float32Array(group.length * channels * size.height * size.width);
  let at = 0;
  for (const { window } of group) {
    const inside = Math.min(window.width, width - window.x);
    for (let c = 0; c < channels; c++)
      for (let y = window.y; y < window.y + window.height; y++) {
        const row = (c * height + mirrored(y, height)) * width;
        data.set(tensor.data.subarray(row + window.x, row + window.x + inside), at);
        for (let i = inside; i < window.width; i++)
          data[at + i] = tensor.data[row + mirrored(window.x + i, width)];
        at += window.width;
      }
  }
  return { data, shape: [group.length, channels, size.height, size.width] };
}

/** Puts the core of the `i`-th answer of a group where it belongs in the maps, all classes. */
function paste(
  answer: Values<Float32Array>,
  i: number,
  core: Tile["core"],
  offset: Tile["offset"],
  maps: Float32Array,
  height: number,
  width: number,
): void {
  const [, classes, rows, columns] = answer.shape;
  for (let c = 0; c < classes; c++)
    for (let y = 0; y < core.height; y++) {
      const from = ((i * classes + c) * rows + offset.y + y) * columns + offset.x;
      const to = (c * height + core.y + y) * width + core.x;
      maps.set(answer.data.subarray(from, from + core.width), to);
    }
}
