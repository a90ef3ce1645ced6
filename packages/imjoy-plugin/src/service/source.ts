/**
 * Images as callers have them, as ours. In: an array on the wire, an image of ITK, plain numbers with a shape, or an address.
 * Out: an image whose axes have names, or one that is read by region.
 *
 * @module
 */
import {
  checkImage,
  type Image,
  type ItkImage,
  imageOfItk,
  type Pixels,
  type PyramidReader,
  pyramidOf,
} from "@cellwright/core";
import { Fault, worded, wrong } from "./fault.js";
import type { OpenedImage, ServiceHost } from "./host.js";
import { type Fields, fieldsOf, isPlain } from "./read.js";
import { isNdArray, type Numbers, readNdArray } from "./wire.js";

/** An image that a caller gave. */
export interface Given extends OpenedImage {
  /** Axes of the image without channels, as the caller had them: answers of labels have this shape. */
  readonly plain: { readonly axes: string; readonly shape: readonly number[] };
}

/** Planes of more pixels are not read whole: 8192 x 8192. */
const LARGEST_PLANE = 2 ** 26;

/** Pixels that a call works on, in all planes. */
const LARGEST = 2 ** 29;

/** What a caller says of an image beside its pixels. */
export const SOURCE_FIELDS: readonly string[] = ["axes", "pixel_size"];

/** The bytes that an image brings with it, for the queue; 0 for an address. */
export function bytesIn(value: unknown): number {
  if (Array.isArray(value)) return value.slice(0, 1000).reduce((sum, one) => sum + bytesIn(one), 0);
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
  if (!isPlain(value)) return 0;
  return ["_rvalue", "data", "image", "labels"].reduce(
    (sum, name) => sum + (Object.hasOwn(value, name) ? bytesIn(value[name]) : 0),
    0,
  );
}

/** What is read: its name in messages, and whether it may have channels. */
export interface What {
  readonly name: string;
  readonly isImage: boolean;
}

/** An image. */
export const IMAGE: What = { name: "image", isImage: true };
/** Whole numbers, a cell each. */
export const LABELS: What = { name: "labels", isImage: false };

/** An image out of what a caller gave. */
export async function readSource(
  value: unknown,
  options: Fields,
  host: Pick<ServiceHost, "open">,
  signal: AbortSignal,
  what: What = IMAGE,
): Promise<Given> {
  const opened = await openSource(value, options, host, signal, what);
  const { reader } = opened;
  const { shape, axes } = reader;
  const area = [...axes].reduce((n, axis, i) => ("yx".includes(axis) ? n * shape[i] : n), 1);
  if (area > LARGEST_PLANE || shape.reduce((n, length) => n * length, 1) > LARGEST)
    throw new Fault(
      "unsupported",
      `${what.name} must have at most ${LARGEST_PLANE} pixels a plane and ${LARGEST} in all, is ${shape.join(" x ")}: segment it with the command line, plane by plane or as a job`,
    );
  const kept = [...axes].map((axis, i) => ({ axis, length: shape[i] }));
  const plain = kept.filter(({ axis }) => axis !== "c");
  return {
    ...opened,
    plain: {
      axes: plain.map(({ axis }) => axis).join(""),
      shape: plain.map(({ length }) => length),
    },
  };
}

async function openSource(
  value: unknown,
  options: Fields,
  host: Pick<ServiceHost, "open">,
  signal: AbortSignal,
  what: What,
): Promise<OpenedImage> {
  const address = addressOf(value, what.name);
  if (address !== undefined) return host.open(address, signal);
  const image = withSpacing(readImage(value, options.text("axes", 8), what), options);
  return { name: what.name, reader: pyramidOf(image) };
}

/** The address where a source names one: a text, or an object with `url`. */
export function addressOf(value: unknown, what: string): string | undefined {
  if (typeof value === "string" && value.length <= 8192) return value;
  if (!isPlain(value) || !Object.hasOwn(value, "url")) return undefined;
  return fieldsOf(value, what).only(["url"]).text("url", 8192);
}

/** An image that came with its pixels. */
export function readImage(value: unknown, axes?: string, what: What = IMAGE): Image {
  if (isNdArray(value)) return named(readNdArray(value, what.name), axes, what);
  if (isPlain(value) && Object.hasOwn(value, "imageType")) return readItk(value, what.name);
  if (isPlain(value) && Object.hasOwn(value, "data") && Object.hasOwn(value, "shape"))
    return readPlain(value, axes, what);
  throw wrong(
    what.name,
    "an ndarray, {url}, an ITK image or {data, shape}",
    Array.isArray(value) ? "a list: send its numbers as an ndarray" : worded(value),
  );
}

/** An image of ITK, as itk-vtk-viewer has it. */
function readItk(value: Record<string, unknown>, what: string): Image {
  const { components } = fieldsOf(value.imageType, `${what}.imageType`).any("components")
    ? (value.imageType as { components: number })
    : { components: 1 };
  const { size, data } = value;
  const lengths: unknown = ArrayBuffer.isView(size) ? Array.from(size as Uint32Array) : size;
  const count = isLengths(lengths) ? lengths.reduce((n, length) => n * length, 1) : Number.NaN;
  const numbers = (data as { length?: unknown } | undefined)?.length;
  if (!isLengths(lengths) || !isLengths([components]) || numbers !== count * components)
    throw wrong(what, "an ITK image whose size says how many numbers it has", `${numbers} numbers`);
  const itk: ItkImage = {
    imageType: { dimension: lengths.length, components },
    size: lengths,
    data,
  };
  return imageOfItk(itk);
}

function isLengths(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= 6 &&
    value.every((n) => Number.isSafeInteger(n) && n > 0)
  );
}

/** Numbers with a shape: what JavaScript has at hand. */
function readPlain(value: Record<string, unknown>, axes: string | undefined, what: What): Image {
  const { data, shape } = value;
  const said = Object.hasOwn(value, "axes") ? value.axes : axes;
  const typed = ArrayBuffer.isView(data) && "length" in data ? data : undefined;
  const big = typed instanceof BigInt64Array || typed instanceof BigUint64Array;
  const count = isLengths(shape) ? shape.reduce((n, length) => n * length, 1) : undefined;
  if (!typed || big || count === undefined || typed.length !== count)
    throw wrong(
      what.name,
      "a typed array of at most 32 bits, or float64, and a shape that fits it",
      `${worded(data)} and ${worded(shape)}${big ? ": convert numbers of 64 bits to int32" : ""}`,
    );
  if (said !== undefined && typeof said !== "string")
    throw wrong(`${what.name}.axes`, "text", worded(said));
  const pixels = typed instanceof Uint8ClampedArray ? new Uint8Array(typed) : typed;
  return named({ data: pixels as Pixels, shape: shape as number[] }, said, what);
}

/**
 * Axes by the rule of itk-vtk-viewer and ImageJ.JS where nobody says them: colours last where that is 4 or fewer. Labels have
 * no colours.
 */
function guessAxes(shape: readonly number[], what: What): string {
  const last = what.isImage && shape.length > 2 && (shape.at(-1) ?? 0) <= 4;
  const axes = {
    2: "yx",
    3: last ? "yxc" : "zyx",
    4: last ? "zyxc" : "tzyx",
    5: last ? "tzyxc" : "tczyx",
  };
  const found = axes[shape.length as keyof typeof axes];
  if (found === undefined) throw wrong(what.name, "of 2 to 5 axes", `${shape.length}`);
  return found;
}

/** Numbers whose axes have names, in our order. */
function named({ data, shape }: Numbers, said: string | undefined, what: What): Image {
  const axes = (said ?? guessAxes(shape, what)).toLowerCase();
  const isSet = /^[tczyx]+$/.test(axes) && new Set(axes).size === axes.length;
  if (!isSet || axes.length !== shape.length || !axes.includes("y") || !axes.includes("x"))
    throw wrong(
      `${what.name} axes`,
      `a letter of "tczyx" for each of its ${shape.length} axes, y and x among them`,
      worded(said ?? axes),
    );
  const image = inOrder({ data, shape, axes });
  checkImage(image, what.name);
  return image;
}

/** The same image with its axes in the order of `"tczyx"`. */
function inOrder(image: Image): Image {
  const { data, shape, axes } = image;
  const order = [..."tczyx"].filter((axis) => axes.includes(axis));
  if (order.join("") === axes) return image;
  const from = order.map((axis) => axes.indexOf(axis));
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((n, length) => n * length, 1));
  const lengths = from.map((i) => shape[i]);
  const steps = from.map((i) => strides[i]);
  const out = new (data.constructor as new (length: number) => Pixels)(data.length);
  const index = new Array<number>(order.length).fill(0);
  const row = lengths[order.length - 1];
  const along = steps[order.length - 1];
  for (let at = 0; at < out.length; at += row) {
    let start = 0;
    for (let i = 0; i < index.length - 1; i++) start += index[i] * steps[i];
    for (let i = 0; i < row; i++) out[at + i] = data[start + i * along];
    for (let i = index.length - 2; i >= 0; i--) {
      if (++index[i] < lengths[i]) break;
      index[i] = 0;
    }
  }
  return { data: out, shape: lengths, axes: order.join("") };
}

function withSpacing(image: Image, options: Fields): Image {
  const size = options.number("pixel_size", 1e-6, 1e6);
  return size === undefined ? image : { ...image, spacing: { y: size, x: size } };
}

/** Labels out of what a caller gave: whole numbers from 0 on, of the axes `"yx"` and before them `t` and `z`. */
export async function readLabels(
  given: Pick<Given, "reader">,
  signal: AbortSignal,
  what = "labels",
): Promise<Image<Uint32Array>> {
  const { reader } = given;
  if (reader.axes.includes("c"))
    throw wrong(`${what} axes`, 'some of "tzyx"', `"${reader.axes}": labels have no channels`);
  const [height, width] = reader.shape.slice(-2);
  const data = new Uint32Array(reader.shape.reduce((n, length) => n * length, 1));
  for (const [i, index] of planesOf(reader).entries()) {
    const plane = await reader.readRegion({ index, box: { y: 0, x: 0, height, width }, signal });
    const odd = plane.data.find(
      (value) => !(value >= 0 && value < 2 ** 32 && Number.isInteger(value)),
    );
    if (odd !== undefined) throw wrong(what, "whole numbers from 0 to 4294967295", `${odd}`);
    data.set(plane.data, i * height * width);
  }
  const { axes, shape, spacing } = reader;
  return { data, axes, shape: [...shape], ...(spacing && { spacing }) };
}

/** The indices of all planes, frame by frame and within a frame from z to z. */
export function planesOf(reader: Pick<PyramidReader, "axes" | "shape">): Record<string, number>[] {
  let planes: Record<string, number>[] = [{}];
  for (const [i, axis] of [...reader.axes].entries())
    if (axis === "t" || axis === "z")
      planes = planes.flatMap((index) =>
        Array.from({ length: reader.shape[i] }, (_, n) => ({ ...index, [axis]: n })),
      );
  return planes;
}
