/**
 * From a tensor to maps of the whole image, a tile at a time. Step 7 of the road.
 * In: a normalised tensor `"cyx"` and a network ready to run. Out: maps `"cyx"`, one channel an output class,
 * of the tensor's own y and x, or as many times smaller as the network makes them.
 *
 * @module
 */
import type { Program } from "./engine.js";
import { ModelError, ShapeError, UnsupportedError } from "./errors.js";
import { fieldOf } from "./field.js";
import { checkImage, type Tensor } from "./image.js";
import { beyond } from "./mirror.js";
import { channelAxis, type Field, type Padding, type Port, type Values } from "./network.js";
import { checkBox } from "./pyramid-box.js";
import type { Watch } from "./source.js";
import { type Box, groupTiles, planTiles, type Tile } from "./tile.js";

/** How {@link predict} cuts the image. None of it changes the maps that are wanted, only time and memory. */
export interface PredictOptions extends Watch {
  /**
   * Pixels on a side that a tile contributes to the maps, or so many down and across; default 512. `Infinity`: the image in
   * one piece.
   */
  readonly tile?: number | readonly [height: number, width: number];
  /** Tiles of one size that the network is given at once; default 1. */
  readonly batch?: number;
  /** The part of the image whose maps are wanted; they are as without it there, and 0 where the network did not look. */
  readonly part?: Box;
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
 * Where the network pools, an image that is no multiple of the pooling is mirrored at its bottom and right (or continued
 * as its field says) and the maps are cut back. Where the network crops (its convolutions do not pad), maps are 0 in all
 * classes in a frame as wide as the crop, as in Van Valen et al. 2016. Where the network makes one pixel of several, maps
 * are as many times smaller, and `onTile` is not called. `onProgress` counts tiles.
 *
 * Throws {@link ShapeError} where the tensor has another number of channels than the network takes, or is so small
 * that a network that crops would leave nothing of it, or the part leaves it; {@link ModelError} where the network's answer is not as large as its graph says.
 */
export async function predict(
  tensor: Tensor,
  program: Program,
  options: PredictOptions = {},
): Promise<Tensor> {
  const { tile = 512, batch = 1, part, signal, onProgress, onTile } = options;
  const { graph } = program;
  const [input, output] = [graph.inputs[0], graph.outputs[0]];
  const [, height, width] = tensor.shape;
  const field = fieldOf(graph);
  checkInput(tensor, input, field);
  const { grid = 1, pad } = field;
  const [rows, columns] = [Math.ceil(height / grid), Math.ceil(width / grid)];
  if (part) checkBox(part, { height, width });
  const { tiles } = planTiles(height, width, field, tile, part);
  const groups = groupTiles(tiles, input.shape[0] === 1 ? 1 : batch);
  let maps: Float32Array | undefined;
  let done = 0;
  for (const group of groups) {
    signal?.throwIfAborted();
    const windows = cutWindows(tensor, group, pad);
    const answers = await program.run({ [input.name]: asPort(windows, input) });
    const answer = checkAnswer(answers[output.name], output, group, field);
    maps ??= new Float32Array(answer.shape[1] * rows * columns);
    for (const [i, tile] of group.entries()) {
      paste(answer, i, shrunk(tile, grid), maps, rows, columns);
      if (grid === 1)
        onTile?.(tile.core, { data: maps, shape: [answer.shape[1], rows, columns], axes: "cyx" });
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
  const spacing = tensor.spacing && coarser(tensor.spacing, grid);
  const shape = [data.length / (rows * columns), rows, columns];
  return { data, shape, axes: "cyx", ...(spacing && { spacing }) };
}

/** The size of a pixel of maps that have one for `grid` x `grid` of the image's. */
function coarser(spacing: Readonly<Record<string, number>>, grid: number): Record<string, number> {
  const { y, x, ...others } = spacing;
  return { ...others, ...(y && { y: y * grid }), ...(x && { x: x * grid }) };
}

function checkInput(tensor: Tensor, input: Port, { only }: Field): void {
  if (tensor.axes !== "cyx") throw new ShapeError("tensor axes", '"cyx"', `"${tensor.axes}"`);
  checkImage(tensor, "tensor");
  const channels = input.shape[channelAxis(input)];
  const sides = input.channelsLast ? input.shape.slice(1, 3) : input.shape.slice(2);
  if (input.shape.length !== 4)
    throw new ModelError(`the network's input must have 4 axes, has ${input.shape.length}`);
  if (typeof channels === "number" && channels !== tensor.shape[0])
    throw new ShapeError(
      "channels of the image",
      `${channels} for this network`,
      `${tensor.shape[0]}`,
    );
  if (only === undefined && sides.some((side) => typeof side === "number"))
    throw new UnsupportedError(
      `the network takes only inputs of ${sides.join(" x ")} pixels: export it with free height and width`,
    );
}

function checkAnswer(
  answer: Values | undefined,
  output: Port,
  group: readonly Tile[],
  { crop, grid = 1 }: Field,
): Values<Float32Array> {
  const { height, width } = group[0].window;
  const [rows, columns] = [height, width].map((n) => (n - crop.before - crop.after) / grid);
  const { name, channelsLast } = output;
  const [n, y, x] = answer?.shape.filter((_, axis) => axis !== channelAxis(output)) ?? [];
  if (!(answer?.data instanceof Float32Array))
    throw new ModelError(`the network's output "${name}" must hold float32 numbers`);
  if (answer.shape.length !== 4 || n !== group.length || y !== rows || x !== columns)
    throw new ModelError(
      `the network's output "${name}" must be ${rows} x ${columns} for an input of ${height} x ${width}, is [${answer.shape}]`,
    );
  const values = answer as Values<Float32Array>;
  return channelsLast ? moved(values, [0, 3, 1, 2]) : values;
}

/** Values `[n, c, y, x]` as a port has them. */
function asPort(values: Values<Float32Array>, { channelsLast }: Port): Values<Float32Array> {
  return channelsLast ? moved(values, [0, 2, 3, 1]) : values;
}

/** Values with their last three axes in another order. */
function moved(
  { data, shape }: Values<Float32Array>,
  order: readonly number[],
): Values<Float32Array> {
  const lengths = order.map((axis) => shape[axis]);
  const steps = order.map((axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const out = new Float32Array(data.length);
  let at = 0;
  for (let n = 0; n < lengths[0]; n++)
    for (let i = 0; i < lengths[1]; i++)
      for (let j = 0; j < lengths[2]; j++)
        for (let k = 0; k < lengths[3]; k++)
          out[at++] = data[n * steps[0] + i * steps[1] + j * steps[2] + k * steps[3]];
  return { data: out, shape: lengths };
}

/** The windows of some tiles of one size as `[tile, c, y, x]`; past the image's bottom and right is what `pad` says. */
function cutWindows(
  tensor: Tensor,
  group: readonly Tile[],
  { mode, value }: Padding = { mode: "symmetric", value: 0 },
): Values<Float32Array> {
  const [channels, height, width] = tensor.shape;
  const size = group[0].window;
  const data = new Float32Array(group.length * channels * size.height * size.width);
  let at = 0;
  for (const { window } of group) {
    const inside = Math.min(window.width, width - window.x);
    for (let c = 0; c < channels; c++)
      for (let y = window.y; y < window.y + window.height; y++, at += window.width) {
        const from = beyond(y, height, mode);
        if (from < 0) {
          data.fill(value, at, at + window.width);
          continue;
        }
        const row = (c * height + from) * width;
        data.set(tensor.data.subarray(row + window.x, row + window.x + inside), at);
        for (let i = inside; i < window.width; i++) {
          const column = beyond(window.x + i, width, mode);
          data[at + i] = column < 0 ? value : tensor.data[row + column];
        }
      }
  }
  return { data, shape: [group.length, channels, size.height, size.width] };
}

/** Where a tile's part of the answer comes from and goes to, in pixels of the maps. */
function shrunk({ core, offset }: Tile, grid: number): Pick<Tile, "core" | "offset"> {
  if (grid === 1) return { core, offset };
  const whole = (n: number) => Math.ceil(n / grid);
  return {
    core: {
      y: whole(core.y),
      x: whole(core.x),
      height: whole(core.height),
      width: whole(core.width),
    },
    offset: { y: whole(offset.y), x: whole(offset.x) },
  };
}

/** Puts the core of the `i`-th answer of a group where it belongs in the maps, all classes. */
function paste(
  answer: Values<Float32Array>,
  i: number,
  { core, offset }: Pick<Tile, "core" | "offset">,
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
