/**
 * What lies in a zip, and its files one by one, unpacked in memory when they are asked for. Sizes and checksums must be
 * those the zip's directory promises; no name in it is ever used as a path.
 *
 * @module
 */
import { Inflate, strFromU8 } from "fflate";
import { crc32 } from "./crc32.js";
import { type CoreError, FormatError } from "./errors.js";
import type { Source } from "./source.js";

/** A file as the zip's directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 = stored, 8 = deflated, -1 = behind a password. */
  readonly method: number;
  readonly checksum: number;
  /** Bytes in the zip, and bytes once it is unpacked. */
  readonly packed: number;
  readonly size: number;
  /** Where its own head begins. */
  readonly offset: number;
}

/** How a zip is read. */
export interface ReadZipOptions {
  /** The directory may have no more bytes than this; default 1 MiB, some ten thousand files. */
  readonly maxDirectory?: number;
  /** Makes the error for what is wrong with a file; default a {@link FormatError}. */
  readonly refuse?: (message: string, file: string) => CoreError;
}

const refuseFormat = (message: string, file: string): CoreError =>
  new FormatError(message, { file });

/** Compressed bytes handed on at a time. */
const piece = 32768;

/**
 * The files of a zip in the order of its directory, which stands at the end, found by the record behind it. Folders are
 * entries whose names end in `/`. Throws what `refuse` makes where the bytes are no whole zip.
 */
export async function listZip(source: Source, options: ReadZipOptions = {}): Promise<ZipEntry[]> {
  const { maxDirectory = 1 << 20, refuse: make = refuseFormat } = options;
  const refuse = (why: string) => make(`${source.name} ${why}`, source.name);
  const tailStart = Math.max(0, source.byteLength - 65557);
  const tail = viewOf(await source.read(tailStart, source.byteLength));
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw refuse("is not a whole zip file");
  const { count, length, start } = (await readLargeEnd(source, tailStart + end)) ?? {
    count: tail.getUint16(end + 10, true),
    length: tail.getUint32(end + 12, true),
    start: tail.getUint32(end + 16, true),
  };
  if (!(length <= maxDirectory && start + length <= tailStart + end))
    throw refuse("is not a zip we read: its directory is too large or not inside it");
  const bytes = await source.read(start, start + length);
  const view = viewOf(bytes);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > length || view.getUint32(at, true) !== 0x02014b50)
      throw refuse("is damaged: its directory is");
    const name = at + 46;
    const extra = name + view.getUint16(at + 28, true);
    const next = extra + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > length) throw refuse("is damaged: its directory is");
    const isUtf8 = (view.getUint16(at + 8, true) & 0x800) !== 0;
    const entry = readEntry(view, at, strFromU8(bytes.subarray(name, extra), !isUtf8));
    const extraLength = view.getUint16(at + 30, true);
    entries.push(withLargeSizes(entry, viewOf(bytes.subarray(extra, extra + extraLength))));
    at = next;
  }
  return entries;
}

/** What stands in the record that zips of more than 65 535 files or 4 GiB have before their last one, if it is there. */
async function readLargeEnd(
  source: Source,
  end: number,
): Promise<{ count: number; length: number; start: number } | undefined> {
  if (end < 20) return undefined;
  const locator = viewOf(await source.read(end - 20, end));
  if (locator.getUint32(0, true) !== 0x07064b50) return undefined;
  const at = Number(locator.getBigUint64(8, true));
  if (!(at + 56 <= end - 20)) return undefined;
  const record = viewOf(await source.read(at, at + 56));
  if (record.getUint32(0, true) !== 0x06064b50) return undefined;
  const [count, length, start] = [32, 40, 48].map((place) =>
    Number(record.getBigUint64(place, true)),
  );
  return { count, length, start };
}

/** Sizes of 4 GiB and more stand in a field behind the name, those that the entry itself has no room for, in this order. */
function withLargeSizes(entry: ZipEntry, extra: DataView): ZipEntry {
  const large: { size?: number; packed?: number; offset?: number } = {};
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== 1) continue;
    let place = at + 4;
    const end = Math.min(extra.byteLength, place + extra.getUint16(at + 2, true));
    for (const key of ["size", "packed", "offset"] as const) {
      if (entry[key] !== 0xffffffff || place + 8 > end) continue;
      large[key] = Number(extra.getBigUint64(place, true));
      place += 8;
    }
  }
  return { ...entry, ...large };
}

/** The bytes of one file. Throws what `refuse` makes where it is damaged or has more than `maxBytes`. */
export async function readZipEntry(
  source: Source,
  entry: ZipEntry,
  maxBytes: number,
  options: ReadZipOptions = {},
): Promise<Uint8Array> {
  const name = `${source.name}/${entry.name}`;
  const refuse = (why: string) => (options.refuse ?? refuseFormat)(`${name} ${why}`, name);
  if (entry.size > maxBytes)
    throw refuse(`must unpack to at most ${maxBytes} bytes, is said to have ${entry.size}`);
  const start = await findZipBytes(source, entry, options);
  const packed = await source.read(start, start + entry.packed);
  if (entry.method !== 0 && entry.method !== 8)
    throw refuse("must be stored or deflated without a password to be read");
  const damaged = refuse("is damaged: it is not what the zip promises");
  const bytes = entry.method === 0 ? packed : inflate(packed, entry.size, damaged);
  if (bytes.length !== entry.size || crc32(bytes) !== entry.checksum) throw damaged;
  return bytes;
}

function readEntry(view: DataView, at: number, name: string): ZipEntry {
  const isEncrypted = (view.getUint16(at + 8, true) & 1) !== 0;
  return {
    name,
    method: isEncrypted ? -1 : view.getUint16(at + 10, true),
    checksum: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
  };
}

/**
 * Where the bytes of a file begin, as they lie in the zip: behind a head of their own. Throws what `refuse` makes where they
 * do not lie in the zip.
 */
export async function findZipBytes(
  source: Source,
  { name, offset, packed }: ZipEntry,
  options: ReadZipOptions = {},
): Promise<number> {
  const file = `${source.name}/${name}`;
  const damaged = () =>
    (options.refuse ?? refuseFormat)(
      `${file} is damaged: it does not lie where the zip says`,
      file,
    );
  if (!(offset + 30 <= source.byteLength)) throw damaged();
  const head = viewOf(await source.read(offset, offset + 30));
  const start = offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  if (head.getUint32(0, true) !== 0x04034b50 || !(start + packed <= source.byteLength))
    throw damaged();
  return start;
}

/** At most `size` bytes are made: a bomb stops there. */
function inflate(packed: Uint8Array, size: number, damaged: CoreError): Uint8Array {
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
