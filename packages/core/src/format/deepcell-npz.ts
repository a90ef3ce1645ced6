/**
 * DeepCell's training data: an `.npz` with `X`, the images, and `y`, their labels; both [batch, y, x, channel].
 *
 * @module
 */
import { FormatError, ShapeError, UnsupportedError } from "../errors.js";
import { checkImage, type Image, lengthOf } from "../image.js";
import type { Source } from "../source.js";
import { listZip, readZipEntry } from "../zip.js";
import { startZip } from "../zip-write.js";
import { swapAxes } from "./channel-order.js";
import { decodedLimit, namingSource, type ReadOptions } from "./format.js";
import { type NpyArray, readNpy, writeNpy } from "./npy.js";

/** What an `.npz` of DeepCell holds. */
export interface DeepcellData {
  /** `X`: axes `"tcyx"`, without `t` or `c` where there is one of them; images of a batch are frames. */
  readonly image?: Image;
  /** `y` with the same axes: each channel is another kind of labels, such as whole cells and nuclei. */
  readonly labels?: Image;
}

/** Whether a file of a zip is one of the two arrays. */
export function isDeepcellName(name: string): boolean {
  return name === "X.npy" || name === "y.npy";
}

/**
 * Reads `X` and `y`, one of which may be missing; other arrays are passed over. Throws {@link FormatError} where there is none of
 * them, it has not four axes (`y` without channels may have three), or both differ in size.
 */
export function readDeepcell(source: Source, options: ReadOptions = {}): Promise<DeepcellData> {
  return namingSource(source, async () => {
    const maxBytes = decodedLimit(options, source.byteLength);
    const found: Record<string, Image> = {};
    for (const entry of await listZip(source)) {
      if (!isDeepcellName(entry.name)) continue;
      const array = readNpy(await readZipEntry(source, entry, maxBytes), options);
      found[entry.name[0]] = channelsFirst(array, entry.name);
    }
    const { X: image, y: labels } = found;
    if (!image && !labels) throw new FormatError("must hold the arrays X or y, holds neither");
    for (const axis of image && labels ? ["t", "y", "x"] : [])
      if (lengthOf(image, axis) !== lengthOf(labels, axis))
        throw new FormatError(
          `must have X and y of one size, has ${image.shape.join(" x ")} and ${labels.shape.join(" x ")} (${image.axes}, ${labels.axes})`,
        );
    return { ...(image && { image }), ...(labels && { labels }) };
  });
}

/**
 * The bytes of an `.npz` with `X` as float32 and `y` as int32, or one of them. Frames and slices become the batch. Throws
 * {@link ShapeError} where image and labels differ in size, {@link UnsupportedError} for labels beyond int32.
 */
export function writeDeepcell({ image, labels }: DeepcellData): Uint8Array {
  const zip = startZip();
  const x = image && channelsLast(image);
  const y = labels && channelsLast(labels);
  if (x && y && x.shape.slice(0, 3).join() !== y.shape.slice(0, 3).join())
    throw new ShapeError(
      "labels",
      `${x.shape.slice(0, 3).join(" x ")} like the image`,
      y.shape.slice(0, 3).join(" x "),
    );
  if (x) zip.add("X.npy", writeNpy({ shape: x.shape, data: Float32Array.from(x.data) }));
  if (y) {
    if (y.data.some((label) => label > 0x7fffffff))
      throw new UnsupportedError("DeepCell's labels go to 2147483647: renumber the cells");
    const array = { shape: y.shape, data: Int32Array.from(y.data) };
    zip.add("y.npy", writeNpy(array), { deflate: true });
  }
  return zip.end();
}

function channelsFirst({ data, shape }: NpyArray, name: string): Image {
  const [batch, height, width, channels = 1] = shape;
  const isOurs = shape.length === 4 || (shape.length === 3 && name === "y.npy");
  if (!isOurs || data.length === 0)
    throw new FormatError(
      `must have ${name} of the axes batch, y, x and channel, has the shape [${shape}]`,
    );
  const axes = `${batch > 1 ? "t" : ""}${channels > 1 ? "c" : ""}yx`;
  const lengths = { t: batch, c: channels, y: height, x: width };
  return {
    data: swapAxes(data, batch, height * width, channels),
    shape: [...axes].map((axis) => lengths[axis as keyof typeof lengths]),
    axes,
  };
}

function channelsLast(image: Image): NpyArray {
  checkImage(image);
  if (!/^t?c?z?yx$/.test(image.axes) || (image.axes.includes("c") && image.axes.includes("z")))
    throw new ShapeError("image axes", '"yx" after t, and c or z', `"${image.axes}"`);
  const [height, width] = [lengthOf(image, "y"), lengthOf(image, "x")];
  const channels = lengthOf(image, "c");
  const batch = lengthOf(image, "t") * lengthOf(image, "z");
  return {
    data: swapAxes(image.data, batch, channels, height * width),
    shape: [batch, height, width, channels],
  };
}
