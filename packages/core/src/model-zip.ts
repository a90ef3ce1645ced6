/**
 * A model as one file: the zip that bioimage.io calls a package. Files are unpacked one by one, in memory, when they
 * are asked for; sizes and checksums must be those the zip's directory promises.
 *
 * @module
 */
import { Inflate, strFromU8, zipSync } from "fflate";
import { ModelError } from "./errors.js";
import { isPlainPath, type ModelFiles } from "./model-files.js";
import { bytesSource, type Source } from "./source.js";

/** Options of {@link readModelZip}. */
export interface ZipOptions {
  /** No file may have more bytes once it is unpacked; default 2 GiB. */
  readonly maxBytes?: number;
}

/** A file as the zip's directory describes it. */
interface Entry {
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** A package has ten files or so; a directory larger than this is something else's. */
const largestDirectory = 1 << 20;

/** Compressed bytes handed on at a time. */
const piece = 32768;

/**
 * The files inside a zip. Throws {@link ModelError} where the bytes are no zip, where a name would leave the folder or
 * comes twice, and, when a file is opened, where it is larger than `maxBytes` or damaged.
 */
export async function readModelZip(source: Source, options: ZipOptions = {}): Promise<ModelFiles> {
  const { maxBytes = 2 ** 31 } = options;
  const entries = await readDirectory(source);
  return {
    name: source.name,
    open: async (path) => {
      const entry = entries.get(path);
      if (!entry) return undefined;
      const name = `${source.name}/${path}`;
      if (entry.size > maxBytes)
        throw new ModelError(
          `${name} must unpack to at most ${maxBytes} bytes, is said to have ${entry.size}`,
        );
      return bytesSource(name, unpack(name, await readPacked(source, name, entry), entry));
    },
  };
}

/** Files as a zip. The same files give the same bytes: names are sorted, and all are dated 1980. */
export function writeModelZip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const names = Object.keys(files).sort();
  const sorted = Object.fromEntries(names.map((name) => [name, files[name]]));
  return zipSync(sorted, { level: 6, mtime: new Date(1980, 0, 1) });
}

/** The directory stands at the end of the file, found by the record behind it. */
async function readDirectory(source: Source): Promise<Map<string, Entry>> {
  const refuse = (why: string) => new ModelError(`${source.name} ${why}`, { file: source.name });
  const tailStart = Math.max(0, source.byteLength - 65557);
  const tail = viewOf(await source.read(tailStart, source.byteLength));
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw refuse("is not a whole zip file");
  const count = tail.getUint16(end + 10, true);
  const length = tail.getUint32(end + 12, true);
  const start = tail.getUint32(end + 16, true);
  if (length > largestDirectory || start + length > tailStart + end)
    throw refuse("is not a zip of a model: its directory is too large or not inside it");
  const bytes = await source.read(start, start + length);
  const view = viewOf(bytes);
  const entries = new Map<string, Entry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > length || view.getUint32(at, true) !== 0x02014b50)
      throw refuse("is damaged: its directory is");
    const next =
      at +
      46 +
      view.getUint16(at + 28, true) +
      view.getUint16(at + 30, true) +
      view.getUint16(at + 32, true);
    if (next > length) throw refuse("is damaged: its directory is");
    const isUtf8 = (view.getUint16(at + 8, true) & 0x800) !== 0;
    const name = strFromU8(
      bytes.subarray(at + 46, at + 46 + view.getUint16(at + 28, true)),
      !isUtf8,
    );
    if (!isPlainPath(name.replace(/\/$/, "")))
      throw refuse(
        `holds the name ${JSON.stringify(name.slice(0, 80))}, which is no path inside a model`,
      );
    if (entries.has(name)) throw refuse(`holds ${name} twice`);
    entries.set(name, readEntry(view, at));
    at = next;
  }
  return entries;
}

function readEntry(view: DataView, at: number): Entry {
  const isEncrypted = (view.getUint16(at + 8, true) & 1) !== 0;
  return {
    method: isEncrypted ? -1 : view.getUint16(at + 10, true),
    checksum: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
  };
}

/** The bytes of one file as they lie in the zip, behind a head of their own. */
async function readPacked(
  source: Source,
  name: string,
  { offset, packed }: Entry,
): Promise<Uint8Array> {
  const damaged = new ModelError(`${name} is damaged: it does not lie where the zip says`, {
    file: name,
  });
  if (offset + 30 > source.byteLength) throw damaged;
  const head = viewOf(await source.read(offset, offset + 30));
  const start = offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  if (head.getUint32(0, true) !== 0x04034b50 || start + packed > source.byteLength) throw damaged;
  return source.read(start, start + packed);
}

function unpack(name: string, packed: Uint8Array, { method, size, checksum }: Entry): Uint8Array {
  if (method !== 0 && method !== 8)
    throw new ModelError(`${name} must be stored or deflated without a password to be read`, {
      file: name,
    });
  const damaged = new ModelError(`${name} is damaged: it is not what the zip promises`, {
    file: name,
  });
  const bytes = method === 0 ? packed : inflate(packed, size, damaged);
  if (bytes.length !== size || crc32(bytes) !== checksum) throw damaged;
  return bytes;
}

/** At most `size` bytes are made: a bomb stops there. */
function inflate(packed: Uint8Array, size: number, damaged: ModelError): Uint8Array {
  // Deflate makes at most 1032 bytes of one; a larger promise is not worth the memory.
  if (size > packed.length * 1032) throw damaged;
  const out = new Uint8Array(size);
  let filled = 0;
  const stream = new Inflate((bytes) => {
    if (filled + bytes.length > size) throw damaged;
    out.set(bytes, filled);
    filled += bytes.length;
  });
  try {
    for (let at = 0; at < packed.length; at += piece)
      stream.push(packed.subarray(at, at + piece), at + piece >= packed.length);
  } catch {
    throw damaged;
  }
  return out.subarray(0, filled);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Remainders of CRC-32 (ISO 3309, reversed polynomial 0xedb88320) for each byte. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) rest = (rest >>> 8) ^ remainders[(rest ^ bytes[i]) & 255];
  return (rest ^ 0xffffffff) >>> 0;
}
