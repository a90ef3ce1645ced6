/**
 * The chunks of a PNG, checked: lengths against the file, the header against the standard, and the compressed pixels
 * against the size that the header implies.
 *
 * @module
 */
import { strFromU8 } from "fflate";
import { FormatError } from "../errors.js";
import { joinBytes } from "../join-bytes.js";
import { inflateExactly, largestDeflateGain } from "./inflate.js";

/** What IHDR says. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGB + alpha. */
  readonly colour: number;
  /** Numbers a pixel as stored: 1 for a palette. */
  readonly samples: number;
  readonly interlaced: boolean;
}

/** A PNG taken apart. */
export interface PngChunks {
  readonly header: PngHeader;
  /** The zlib stream of all IDAT chunks. */
  readonly stream: Uint8Array;
  /** The file with only the chunks that make pixels: IHDR, PLTE, tRNS of a palette, IDAT, IEND. */
  readonly essential: Uint8Array;
}

const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

const depthsOf: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Takes a PNG apart. Throws {@link FormatError} where chunks are cut off, missing or out of order. */
export function readPngChunks(bytes: Uint8Array): PngChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  const pixels: Uint8Array[] = [];
  let header: PngHeader | undefined;
  let type = "";
  for (let at = 8; type !== "IEND"; ) {
    if (at + 12 > bytes.length) throw cutOff(bytes, at);
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) throw cutOff(bytes, at);
    type = strFromU8(bytes.subarray(at + 4, at + 8), true);
    const content = bytes.subarray(at + 8, at + 8 + length);
    if ((type === "IHDR") === (header !== undefined))
      throw new FormatError("is a damaged PNG: it must begin with one IHDR chunk");
    if (type === "IHDR") header = parseHeader(content);
    if (type === "IDAT") pixels.push(content);
    if (isEssential(type, header)) kept.push(bytes.subarray(at, at + 12 + length));
    at += 12 + length;
  }
  return { header: header as PngHeader, stream: joinBytes(pixels), essential: joinBytes(kept) };
}

/** Throws {@link FormatError} unless the compressed pixels are exactly as many as the header implies. */
export function checkPngPixels({ header, stream }: PngChunks): void {
  const length = header.interlaced
    ? interlacedLength(header)
    : rowsLength(header, header.width, header.height);
  if (stream.length * largestDeflateGain < length)
    throw new FormatError(
      `is a damaged PNG: ${stream.length} compressed bytes are too few for ${header.width} x ${header.height} pixels`,
    );
  try {
    inflateExactly(stream, length);
  } catch (error) {
    if (error instanceof FormatError)
      throw new FormatError(
        `has damaged pixels: the PNG stream ${error.message}`,
        error.details,
        error,
      );
    throw error;
  }
}

function isEssential(type: string, header: PngHeader | undefined): boolean {
  if (type === "PLTE" || type === "tRNS") return header?.colour === 3;
  return type === "IHDR" || type === "IDAT" || type === "IEND";
}

function parseHeader(content: Uint8Array): PngHeader {
  if (content.length !== 13)
    throw new FormatError(`is a damaged PNG: IHDR has ${content.length} bytes, not 13`);
  const view = new DataView(content.buffer, content.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour, compression, filter, interlace] = content.subarray(8);
  if (width < 1 || height < 1 || width > 0x7fffffff || height > 0x7fffffff)
    throw new FormatError(`is a damaged PNG: it says it is ${width} x ${height} pixels`);
  if (!depthsOf[colour]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1)
    throw new FormatError(
      `is a damaged PNG: no PNG has ${depth} bits of colour type ${colour}, compression ${compression}, filter ${filter}, interlace ${interlace}`,
    );
  return { width, height, depth, colour, samples: samplesOf[colour], interlaced: interlace === 1 };
}

/** Bytes of so many rows, each with its filter byte. */
function rowsLength(header: PngHeader, width: number, height: number): number {
  if (width === 0 || height === 0) return 0;
  return height * (1 + Math.ceil((width * header.samples * header.depth) / 8));
}

/** Adam7: seven smaller pictures, each given by its first column and row and its steps. */
function interlacedLength(header: PngHeader): number {
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ];
  return passes.reduce((sum, [x, y, stepX, stepY]) => {
    const width = Math.max(0, Math.ceil((header.width - x) / stepX));
    const height = Math.max(0, Math.ceil((header.height - y) / stepY));
    return sum + rowsLength(header, width, height);
  }, 0);
}

function cutOff(bytes: Uint8Array, at: number): FormatError {
  return new FormatError(
    `is a PNG that is cut off: a chunk at byte ${at} runs beyond its end (${bytes.length} bytes)`,
  );
}
