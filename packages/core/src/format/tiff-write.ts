/**
 * Writes TIFF: image → bytes that Fiji, QuPath and tifffile open with the same axes, numbers and pixel size.
 * Little-endian, one page a plane, strips of about 256 KiB; the same image gives the same bytes.
 *
 * @module
 */
import { strToU8 } from "fflate";
import { ShapeError } from "../errors.js";
import { checkImage, type Image, lengthOf, type Pixels } from "../image.js";
import { packPixels } from "./pack-pixels.js";
import { bytesOf, littleEndianBytes, typeOf } from "./sample-type.js";
import { tags } from "./tiff-directory.js";
import { imageJDescription, pagesOf } from "./tiff-imagej.js";
import { layOut, resolutionTags, type WrittenPage, type WrittenTag } from "./tiff-pack.js";

/** How {@link writeTiff} writes. */
export interface TiffWriteOptions {
  /** Default `"deflate"`, without a predictor: ImageJ's own reader passes over a predictor on deflated strips. */
  readonly compression?: "none" | "deflate";
  /** Packs a strip as zlib does; without, strips are packed here: runs of labels fast, others slowly and small. */
  readonly pack?: (bytes: Uint8Array) => Uint8Array;
  /** The text of the first page. Default: ImageJ's, where the image has several planes or a pixel size. */
  readonly description?: string;
  /** Offsets of 8 bytes. Default: only where the file is larger than 4 GiB. */
  readonly bigTiff?: boolean;
}

const stripBytes = 262144;

/**
 * The bytes of a TIFF. Axes: some of `"tczyx"` in this order, `"yx"` among them; any number type.
 * Spacing (µm, seconds) becomes resolution and ImageJ's unit, spacing and finterval. Throws `ShapeError` for other images.
 */
export function writeTiff(image: Image, options: TiffWriteOptions = {}): Uint8Array {
  checkImage(image);
  if (!/^t?c?z?yx$/.test(image.axes))
    throw new ShapeError(
      "image axes",
      'some of "tczyx" in this order, with "yx"',
      `"${image.axes}"`,
    );
  const planes = pagesOf(image);
  const isImageJ = options.description === undefined;
  const description = options.description ?? imageJDescription(image);
  const shared = [...shapeTags(image, options), ...resolutionTags(image, { isImageJ })];
  const pages = planes.map((plane, i): WrittenPage => {
    const text = i === 0 && description !== "" ? [textTag(description)] : [];
    return { tags: [...shared, ...text], strips: stripsOf(image, plane, options) };
  });
  return layOut(pages, options.bigTiff);
}

function rowsPerStrip(image: Image): number {
  const rowBytes = lengthOf(image, "x") * image.data.BYTES_PER_ELEMENT;
  return Math.max(1, Math.min(lengthOf(image, "y"), Math.floor(stripBytes / rowBytes)));
}

function shapeTags(image: Image, options: TiffWriteOptions): WrittenTag[] {
  const type = typeOf(image.data);
  const deflate = options.compression !== "none";
  const format = type.startsWith("uint") ? 1 : type.startsWith("int") ? 2 : 3;
  return [
    { tag: tags.NewSubfileType, type: "long", values: [0] },
    { tag: tags.ImageWidth, type: "long", values: [lengthOf(image, "x")] },
    { tag: tags.ImageLength, type: "long", values: [lengthOf(image, "y")] },
    { tag: tags.BitsPerSample, type: "short", values: [8 * bytesOf(type)] },
    { tag: tags.Compression, type: "short", values: [deflate ? 8 : 1] },
    { tag: tags.PhotometricInterpretation, type: "short", values: [1] },
    { tag: tags.SamplesPerPixel, type: "short", values: [1] },
    { tag: tags.RowsPerStrip, type: "long", values: [rowsPerStrip(image)] },
    { tag: tags.SampleFormat, type: "short", values: [format] },
  ];
}

function textTag(description: string): WrittenTag {
  return { tag: tags.ImageDescription, type: "text", values: [...strToU8(description), 0] };
}

function stripsOf(image: Image, plane: Pixels, options: TiffWriteOptions): Uint8Array[] {
  const width = lengthOf(image, "x");
  const step = rowsPerStrip(image) * width;
  const deflate = options.compression !== "none";
  const strips: Uint8Array[] = [];
  for (let start = 0; start < plane.length; start += step) {
    const values = plane.subarray(start, start + step);
    if (!deflate) strips.push(littleEndianBytes(values));
    else if (options.pack) strips.push(options.pack(littleEndianBytes(values)));
    else strips.push(packPixels(values, width, "zlib", 6));
  }
  return strips;
}
