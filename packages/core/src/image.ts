/**
 * The image: pixels, how many there are along each axis, and what the axes mean.
 * Everything on the road is one of these: the raw image, the tensor a network eats, the maps it returns, the labels.
 *
 * @module
 */
import { ShapeError } from "./errors.js";

/** The kinds of numbers a pixel can be. */
export type Pixels =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Pixels in C order, slowest axis first. */
export interface Image<P extends Pixels = Pixels> {
  readonly data: P;
  /** One length an axis. */
  readonly shape: readonly number[];
  /** One letter an axis, some of `"tczyx"` in this order. */
  readonly axes: string;
  /** Size of one step along an axis: micrometres for z, y and x, seconds for t. */
  readonly spacing?: Readonly<Record<string, number>>;
  /** Names of the channels, where the file gives them. */
  readonly channels?: readonly string[];
}

/** What a network eats and returns: axes `"cyx"`. */
export type Tensor = Image<Float32Array>;

/** Axes `"yx"`; 0 is background, each cell has a number of its own. */
export type Labels = Image<Uint32Array>;

/** Axes `"yx"`; 1 where something is so, 0 where it is not. */
export type Mask = Image<Uint8Array>;

/** How many steps an image takes along `axis`; 1 where it has no such axis. */
export function lengthOf(image: Pick<Image, "axes" | "shape">, axis: string): number {
  const i = image.axes.indexOf(axis);
  return i < 0 ? 1 : image.shape[i];
}

/** Throws {@link ShapeError} unless shape, axes and data agree and every length is a positive integer. */
export function checkImage(image: Image, what = "image"): void {
  if (image.axes.length !== image.shape.length)
    throw new ShapeError(
      `${what} shape`,
      `one length for each of "${image.axes}"`,
      `[${image.shape}]`,
    );
  if (!image.shape.every((n) => Number.isSafeInteger(n) && n > 0))
    throw new ShapeError(`${what} shape`, "positive integers", `[${image.shape}]`);
  const count = image.shape.reduce((a, b) => a * b, 1);
  if (image.data.length !== count)
    throw new ShapeError(
      `${what} data`,
      `${count} values for shape [${image.shape}]`,
      `${image.data.length}`,
    );
}

/**
 * One plane `"yx"` of an image, picked by an index for each other axis (0 where none is given).
 * A view on the same pixels, not a copy.
 */
export function planeOf<P extends Pixels>(
  image: Image<P>,
  index: Readonly<Record<string, number>> = {},
): Image<P> {
  if (!image.axes.endsWith("yx"))
    throw new ShapeError("image axes", 'to end in "yx"', `"${image.axes}"`);
  const height = lengthOf(image, "y");
  const width = lengthOf(image, "x");
  let plane = 0;
  for (let i = 0; i < image.axes.length - 2; i++) {
    const axis = image.axes[i];
    const at = index[axis] ?? 0;
    if (!Number.isInteger(at) || at < 0 || at >= image.shape[i])
      throw new ShapeError(`index of axis ${axis}`, `0 to ${image.shape[i] - 1}`, `${at}`);
    plane = plane * image.shape[i] + at;
  }
  const start = plane * height * width;
  const data = image.data.subarray(start, start + height * width) as P;
  return { data, shape: [height, width], axes: "yx", ...spacingOf(image) };
}

/**
 * Planes `"yx"` of one size as channels `"cyx"`, every number as it is: of the planes' own type, or float64 where they
 * have several. Throws {@link ShapeError} where there is none or their axes or sizes differ.
 */
export function stackPlanes(planes: readonly Image[], channels?: readonly string[]): Image {
  if (planes.length === 0) throw new ShapeError("channels", "at least one", "none");
  const [first] = planes;
  const [height, width] = first.shape;
  const type = first.data.constructor as new (length: number) => Pixels;
  const alike = planes.every((plane) => plane.data.constructor === type);
  const data = new (alike ? type : Float64Array)(planes.length * height * width);
  for (const [c, { axes, shape, data: pixels }] of planes.entries()) {
    if (axes !== "yx") throw new ShapeError(`channel ${c} axes`, '"yx"', `"${axes}"`);
    if (shape[0] !== height || shape[1] !== width)
      throw new ShapeError(
        `channel ${c}`,
        `${height} x ${width} like channel 0`,
        shape.join(" x "),
      );
    data.set(pixels, c * height * width);
  }
  const names = channels ? { channels } : {};
  return {
    data,
    shape: [planes.length, height, width],
    axes: "cyx",
    ...spacingOf(first),
    ...names,
  };
}

/** The same as float32, as a network wants it. */
export function stackChannels(planes: readonly Image[], channels?: readonly string[]): Tensor {
  const stack = stackPlanes(planes, channels);
  const { data } = stack;
  return { ...stack, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

function spacingOf(image: Image): Pick<Image, "spacing"> {
  return image.spacing ? { spacing: image.spacing } : {};
}
