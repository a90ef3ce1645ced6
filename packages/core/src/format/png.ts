/**
 * PNG: bytes ↔ image, grey and colour, 8 and 16 bits. The codec is fast-png; what the file claims is checked before it runs.
 * Format: ISO/IEC 15948, Portable Network Graphics.
 *
 * @module
 */
import { type DecodedPng, decode, encode } from "fast-png";
import { FormatError, ShapeError, UnsupportedError } from "../errors.js";
import { checkImage, type Image, lengthOf, type Pixels } from "../image.js";
import type { Source } from "../source.js";
import { unpackBits } from "./bits.js";
import { checkDecodedSize, type Format, namingSource, type ReadOptions } from "./format.js";
import { checkPngPixels, type PngHeader, readPngChunks } from "./png-chunks.js";

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * PNG files. Grey is `"yx"`, all else `"cyx"`: red, green, blue, and alpha where the file has it (also grey + alpha).
 * Palettes become colours. Grey of 1, 2 and 4 bits gives the stored numbers (0 to 1, 3, 15), not stretched to 8 bits.
 */
export const png: Format = {
  name: "PNG",
  matches: (head) => signature.every((byte, i) => head[i] === byte),
  read: (source, options) => namingSource(source, () => readPng(source, options)),
};

async function readPng(source: Source, options: ReadOptions = {}): Promise<Image> {
  checkDecodedSize(source.byteLength, options, source.byteLength);
  const bytes = await source.read(0, source.byteLength);
  const chunks = readPngChunks(bytes);
  const { header } = chunks;
  checkDecodedSize(
    header.width * header.height * header.samples * (header.depth > 8 ? 2 : 1),
    options,
    source.byteLength,
  );
  if (header.interlaced && header.depth < 8)
    throw new UnsupportedError(
      `is an interlaced PNG of ${header.depth} bits: save it without interlace`,
    );
  checkPngPixels(chunks);
  const decoded = decodeChunks(chunks.essential);
  return imageOf(header, decoded);
}

/** The codec reads only the chunks that make pixels. */
function decodeChunks(bytes: Uint8Array): DecodedPng {
  try {
    return decode(bytes, { checkCrc: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(`is a damaged PNG: ${reason}`, {}, error);
  }
}

function imageOf(header: PngHeader, decoded: DecodedPng): Image {
  const { width, height, depth } = header;
  const stored = decoded.data as Uint8Array | Uint16Array;
  const values = depth < 8 ? unpackBits(stored as Uint8Array, depth, width) : stored;
  if (header.colour === 3 && !decoded.palette)
    throw new FormatError("is a damaged PNG: its palette is missing");
  if (decoded.palette) return paint(values, decoded.palette, width, height);
  if (header.samples === 1) return { data: values, shape: [height, width], axes: "yx" };
  return splitSamples(values, header.samples, width, height);
}

function paint(values: Pixels, palette: number[][], width: number, height: number): Image {
  const samples = palette.some((colour) => colour.length === 4) ? 4 : 3;
  const plane = width * height;
  const data = new Uint8Array(samples * plane);
  for (let i = 0; i < plane; i++) {
    const colour = palette[values[i]];
    if (!colour)
      throw new FormatError(`is a damaged PNG: colour ${values[i]} is not in its palette`);
    for (let s = 0; s < samples; s++) data[s * plane + i] = colour[s] ?? 255;
  }
  return { data, shape: [samples, height, width], axes: "cyx" };
}

function splitSamples(
  values: Uint8Array | Uint16Array,
  samples: number,
  width: number,
  height: number,
): Image {
  const plane = width * height;
  const data = values.slice();
  for (let i = 0; i < plane; i++)
    for (let s = 0; s < samples; s++) data[s * plane + i] = values[i * samples + s];
  return { data, shape: [samples, height, width], axes: "cyx" };
}

/** The bytes of a PNG: `"yx"` of uint8 or uint16 as grey, `"cyx"` of 3 uint8 channels as RGB. Throws `ShapeError` for others. */
export function writePng(image: Image): Uint8Array {
  checkImage(image);
  const { data, axes } = image;
  const isGrey = axes === "yx" && (data instanceof Uint8Array || data instanceof Uint16Array);
  const isColour = axes === "cyx" && image.shape[0] === 3 && data instanceof Uint8Array;
  if (!isGrey && !isColour)
    throw new ShapeError(
      "a PNG",
      '"yx" of uint8 or uint16, or "cyx" of 3 uint8 channels',
      `"${axes}" [${image.shape}] of ${data.constructor.name}`,
    );
  const [width, height] = [lengthOf(image, "x"), lengthOf(image, "y")];
  const depth = data instanceof Uint16Array ? 16 : 8;
  const values = isColour ? joinSamples(data, width * height) : (data as Uint8Array | Uint16Array);
  return encode({ width, height, data: values, depth, channels: isColour ? 3 : 1 });
}

function joinSamples(data: Uint8Array, plane: number): Uint8Array {
  const values = new Uint8Array(data.length);
  for (let i = 0; i < plane; i++)
    for (let s = 0; s < 3; s++) values[i * 3 + s] = data[s * plane + i];
  return values;
}
