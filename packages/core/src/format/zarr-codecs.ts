/**
 * Decompression of Zarr chunks that stops at the size a chunk can have: a small file cannot fill the memory.
 * In: zarrita's codecs. Out: the same, but that each looks at what the compressed bytes promise, and does not go beyond.
 *
 * @module
 */
import { Gunzip, Unzlib } from "fflate";
import { FormatError } from "../errors.js";

/** A codec as zarrita's registry has it. */
interface Codec {
  readonly kind?: string;
  encode(bytes: Uint8Array): Promise<Uint8Array> | Uint8Array;
  decode(bytes: Uint8Array): Promise<Uint8Array> | Uint8Array;
}

interface ChunkMeta {
  readonly dataType: string;
  readonly shape: readonly number[];
}

interface CodecEntry {
  fromConfig(configuration: unknown, meta: ChunkMeta): Codec;
}

/** zarrita's registry: what a codec is called, and how to load it. */
export type CodecRegistry = Map<string, () => Promise<CodecEntry>>;

/** How many bytes the compressed ones say they hold; undefined where they do not say. */
type Promised = (bytes: Uint8Array) => number | undefined;

/** Compressed bytes handed on at a time. */
const piece = 32768;

const limited = new WeakSet<CodecRegistry>();

/** Puts a limit on each codec of a registry that decompresses; once, however often it is asked to. */
export function limitCodecs(registry: CodecRegistry): void {
  if (limited.has(registry)) return;
  limited.add(registry);
  const promises: Readonly<Record<string, Promised>> = { blosc, lz4, zstd };
  for (const prefix of ["", "numcodecs."]) {
    for (const [name, promised] of Object.entries(promises)) {
      const load = registry.get(prefix + name);
      if (load) registry.set(prefix + name, async () => withPromise(name, promised, await load()));
    }
    registry.set(`${prefix}gzip`, async () => inflating("gzip", Gunzip));
    registry.set(`${prefix}zlib`, async () => inflating("zlib", Unzlib));
  }
}

/** What a chunk can have before its last codec: its numbers, and room for what codecs before that one add. */
function limitOf({ dataType, shape }: ChunkMeta): number {
  const bits = Number(/\d+$/.exec(dataType)?.[0] ?? 8);
  const bytes = shape.reduce((a, b) => a * b, bits / 8);
  return bytes + Math.ceil(bytes / 8) + 65536;
}

function tooMany(name: string, limit: number): FormatError {
  return new FormatError(`a chunk decodes (${name}) to more than the ${limit} bytes it can have`);
}

function withPromise(name: string, promised: Promised, entry: CodecEntry): CodecEntry {
  return {
    fromConfig(configuration, meta) {
      const codec = entry.fromConfig(configuration, meta);
      const limit = limitOf(meta);
      return {
        ...(codec.kind ? { kind: codec.kind } : {}),
        encode: (bytes) => codec.encode(bytes),
        decode(bytes) {
          if ((promised(bytes) ?? 0) > limit) throw tooMany(name, limit);
          return codec.decode(bytes);
        },
      };
    },
  };
}

/** The uncompressed size stands behind four bytes of versions and flags (Blosc 1, "chunk format"). */
function blosc(bytes: Uint8Array): number | undefined {
  return bytes.length < 16 ? undefined : viewOf(bytes).getUint32(4, true);
}

/** numcodecs writes the size in front of the block. */
function lz4(bytes: Uint8Array): number | undefined {
  return bytes.length < 4 ? undefined : viewOf(bytes).getUint32(0, true);
}

/** The frame header may have the content's size (RFC 8878, section 3.1.1.1). */
function zstd(bytes: Uint8Array): number | undefined {
  if (bytes.length < 14 || viewOf(bytes).getUint32(0, true) !== 0xfd2fb528) return undefined;
  const [descriptor] = bytes.subarray(4, 5);
  const single = (descriptor >> 5) & 1;
  const size = [single, 2, 4, 8][descriptor >> 6];
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3];
  const view = viewOf(bytes);
  if (size === 1) return view.getUint8(at);
  if (size === 2) return view.getUint16(at, true) + 256;
  if (size === 4) return view.getUint32(at, true);
  return size === 8 ? Number(view.getBigUint64(at, true)) : undefined;
}

function inflating(
  name: string,
  Stream: new (
    take: (bytes: Uint8Array) => void,
  ) => { push(bytes: Uint8Array, end: boolean): void },
): CodecEntry {
  const encode = (): never => {
    throw new FormatError(`is not written with ${name}`);
  };
  return {
    fromConfig: (_, meta) => ({
      kind: "bytes_to_bytes",
      encode,
      decode: (bytes) => inflate(bytes, name, Stream, limitOf(meta)),
    }),
  };
}

function inflate(
  bytes: Uint8Array,
  name: string,
  Stream: Parameters<typeof inflating>[1],
  limit: number,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Stream((part) => {
    length += part.length;
    if (length > limit) throw tooMany(name, limit);
    parts.push(part);
  });
  for (let at = 0; at < bytes.length; at += piece)
    stream.push(bytes.subarray(at, at + piece), at + piece >= bytes.length);
  const out = new Uint8Array(length);
  let filled = 0;
  for (const part of parts) {
    out.set(part, filled);
    filled += part.length;
  }
  return out;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
