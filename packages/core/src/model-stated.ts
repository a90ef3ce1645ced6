/**
 * How far a network sees, as its description says: for networks from whose layers it cannot be computed.
 * In: the image's and the maps' tensors. Out: what tiles are cut by.
 *
 * @module
 */
import { UnsupportedError } from "./errors.js";
import type { Decoder } from "./instance/decode.js";
import type { ModelAxis, ModelTensor } from "./model-axes.js";
import type { Field } from "./network.js";

/** Pixels that tiles overlap by at each side where a description says nothing of it. */
const usualHalo = 64;

/**
 * What a description says of y and x. Throws {@link UnsupportedError} where they differ in what tiles depend on, and for
 * maps that are larger than their image.
 */
export function statedField(input: ModelTensor, output: ModelTensor, decoder?: Decoder): Field {
  const [y, x] = ["y", "x"].map((id) => alongAxis(axisAt(input, id), axisAt(output, id), decoder));
  for (const name of ["stride", "least", "only", "grid"] as const)
    if (y[name] !== x[name])
      throw new UnsupportedError(
        `${input.field.file}: sizes along y and x must be the same for Cellwright, ${name} is ${y[name]} and ${x[name]}`,
      );
  const halo = Math.max(y.halo.before, x.halo.before);
  const { pad } = input;
  return {
    ...y,
    halo: { before: halo, after: halo },
    receptiveField: 2 * halo + 1,
    ...(pad && { pad }),
  };
}

function axisAt(tensor: ModelTensor, id: string): ModelAxis {
  const axis = tensor.axes.find((one) => one.id === id);
  if (axis) return axis;
  throw new UnsupportedError(`${tensor.field.file}: ${tensor.field.path} must have an axis ${id}`);
}

function alongAxis(input: ModelAxis, output: ModelAxis, decoder?: Decoder): Field {
  const { file } = input.field;
  // What finds cells brings the maps to the image's size itself.
  const own = decoder?.kind === "stardist" ? decoder.grid : 1;
  const grid = output.size.kind === "reference" ? (output.scale / input.scale) * own : own;
  if (!Number.isInteger(grid) || grid < 1)
    throw new UnsupportedError(
      `${file}: ${output.field.path} must have one pixel for a whole number of the image's, has one for ${grid}`,
    );
  const offset = output.size.kind === "reference" ? output.size.offset : 0;
  const frame = -offset * grid;
  if (frame < 0 || (grid > 1 && frame > 0))
    throw new UnsupportedError(
      `${file}: ${output.field.path} is ${offset} pixels longer than its image, which Cellwright cannot tile`,
    );
  const before = Math.floor(frame / 2);
  const { size } = input;
  const [least, step] =
    size.kind === "range"
      ? [size.min, size.step]
      : size.kind === "fixed"
        ? [size.length, grid]
        : [1, 1];
  const room = size.kind === "fixed" ? Math.floor(size.length / 8) : usualHalo;
  const margin = (output.halo > 0 ? output.halo * (grid / own) : room) + frame - before;
  const stride = lcm(step, grid);
  return {
    receptiveField: 2 * margin + 1,
    halo: { before: margin, after: margin },
    stride,
    crop: { before, after: frame - before },
    least: Math.max(least, stride),
    ...(grid > 1 && { grid }),
    ...(size.kind === "fixed" && { only: size.length }),
  };
}

function lcm(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
