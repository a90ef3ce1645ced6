/**
 * Decompression of Zarr chunks that stops at the size a chunk can have: a small file cannot fill the memory.
 * In: zarrita's codecs. Out: the same, but that each looks at what the compressed bytes promise, and does not go beyond.
 *
 * @module
 */
import { Gunzip, Unzlib } from "fflate";
import { FormatError, UnsupportedError } from "../errors.js";
import { decodeBlosc } from "./blosc.js";
import { decodeLz4 } from "./lz4.js";
import { decodeZstd } from "./zstd.js";

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

/** What a compressed chunk holds: at most `limit` bytes, or an error. */
type Decode = (bytes: Uint8Array, limit: number) => Uint8Array;

/** Compressed bytes handed on at a time. */
const piece = 32768;

/**
 * Unpacks gzip or zlib, whichever the bytes are, faster than we do: `undefined` where they unpack to more than `limit` bytes.
 * Throws for what is neither or damaged.
 */
export type Inflater = (bytes: Uint8Array, limit: number) => Uint8Array | undefined;

type InflateStream = new (
  take: (bytes: Uint8Array) => void,
) => { push(bytes: Uint8Array, end: boolean): void };

/** What unpacks for a registry, where that is not us. */
const inflaters = new WeakMap<CodecRegistry, Inflater>();

const limited = new WeakSet<CodecRegistry>();

/**
 * Puts our own decoders in place of those of a registry, whose WebAssembly needs `eval`, which pages with a strict policy do
 * not allow; once, however often it is asked to. Each stops at the size that a chunk can have.
 */
export function limitCodecs(registry: CodecRegistry, inflater?: Inflater): void {
  if (inflater) inflaters.set(registry, inflater);
  if (limited.has(registry)) return;
  limited.add(registry);
  const decoders: Readonly<Record<string, Decode>> = {
    ...{ blosc: decodeBlosc, lz4: decodeSizedLz4, zstd: decodeZstd },
    gzip: (bytes, limit) => inflateBy(registry, bytes, Gunzip, limit),
    zlib: (bytes, limit) => inflateBy(registry, bytes, Unzlib, limit),
  };
  for (const prefix of ["", "numcodecs."])
    for (const [name, decode] of Object.entries(decoders))
      registry.set(prefix + name, decoding(decode, registry.get(prefix + name)));
}

/** What a chunk can have before its last codec: its numbers, and room for what codecs before that one add. */
function limitOf({ dataType, shape }: ChunkMeta): number {
  const bits = Number(/\d+$/.exec(dataType)?.[0] ?? 8);
  const bytes = shape.reduce((a, b) => a * b, bits / 8);
  return bytes + Math.ceil(bytes / 8) + 65536;
}

/** A codec that decodes as we do, and encodes as the registry's own. */
function decoding(decode: Decode, load?: () => Promise<CodecEntry>): () => Promise<CodecEntry> {
  return async () => ({
    fromConfig: (configuration, meta) => ({
      kind: "bytes_to_bytes",
      async encode(bytes) {
        const own = (await load?.())?.fromConfig(configuration, meta);
        if (!own) throw new UnsupportedError("is compressed with a codec that only reads");
        return own.encode(bytes);
      },
      decode: (bytes) => decode(bytes, limitOf(meta)),
    }),
  });
}

/** numcodecs writes the size in front of the block. */
function decodeSizedLz4(bytes: Uint8Array, limit: number): Uint8Array {
  if (bytes.length < 4) throw new FormatError("is damaged: not an LZ4 block");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (length > limit) throw tooMany(limit);
  return decodeLz4(bytes.subarray(4), length);
}

function tooMany(limit: number): FormatError {
  return new FormatError(`a chunk decodes to more than the ${limit} bytes it can have`);
}

/** Unpacks by what the machine brings, where we were told of it, else by our own. */
function inflateBy(
  registry: CodecRegistry,
  bytes: Uint8Array,
  Stream: InflateStream,
  limit: number,
): Uint8Array {
  const inflater = inflaters.get(registry);
  if (!inflater) return inflate(bytes, Stream, limit);
  const out = inflater(bytes, limit);
  if (!out) throw tooMany(limit);
  return out;
}

function inflate(bytes: Uint8Array, Stream: InflateStream, limit: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Stream((part) => {
    length += part.length;
    if (length > limit) throw tooMany(limit);
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
