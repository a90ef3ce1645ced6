/**
 * Records of a journal: some JSON and some runs, with their length and a checksum before them, so that a record that was
 * cut off or damaged is known as such.
 * In: records. Out: bytes, and back.
 *
 * @module
 */
import { crc32 } from "@cellwright/core";

/** A record. */
export interface JournalRecord {
  readonly json: unknown;
  /** Runs, in the order in which the JSON speaks of them. */
  readonly arrays: readonly Uint32Array[];
}

/** Bytes before a record's content: its length and its checksum. */
const HEAD = 8;

/** A record as bytes, little-endian: length, CRC-32, then the length of the JSON, the JSON, and each array with its length. */
export function writeRecord({ json, arrays }: JournalRecord): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(json));
  const size = 4 + text.length + arrays.reduce((sum, array) => sum + 4 + array.byteLength, 0);
  const bytes = new Uint8Array(HEAD + size);
  const view = new DataView(bytes.buffer);
  let offset = HEAD;
  const put = (value: number): void => {
    view.setUint32(offset, value, true);
    offset += 4;
  };
  put(text.length);
  bytes.set(text, offset);
  offset += text.length;
  for (const array of arrays) {
    put(array.length);
    for (const value of array) put(value);
  }
  view.setUint32(0, size, true);
  view.setUint32(4, crc32(bytes.subarray(HEAD)), true);
  return bytes;
}

/** The records of a file, as far as they are whole. */
export function readRecords(bytes: Uint8Array): { records: JournalRecord[]; isWhole: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: JournalRecord[] = [];
  let offset = 0;
  while (offset + HEAD <= bytes.length) {
    const size = view.getUint32(offset, true);
    const content = bytes.subarray(offset + HEAD, offset + HEAD + size);
    if (content.length < size || crc32(content) !== view.getUint32(offset + 4, true)) break;
    const record = readContent(content);
    if (!record) break;
    records.push(record);
    offset += HEAD + size;
  }
  return { records, isWhole: offset === bytes.length };
}

function readContent(content: Uint8Array): JournalRecord | undefined {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  try {
    const length = view.getUint32(0, true);
    const json: unknown = JSON.parse(new TextDecoder().decode(content.subarray(4, 4 + length)));
    const arrays: Uint32Array[] = [];
    for (let offset = 4 + length; offset < content.length; ) {
      const count = view.getUint32(offset, true);
      if (offset + 4 + 4 * count > content.length) return undefined;
      const at = offset + 4;
      arrays.push(Uint32Array.from({ length: count }, (_, i) => view.getUint32(at + 4 * i, true)));
      offset = at + 4 * count;
    }
    return { json, arrays };
  } catch {
    return undefined;
  }
}
