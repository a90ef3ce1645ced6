/**
 * Zips as they must not be: any field of the heads and the directory may lie. Nothing is shared with the writer under test.
 * Format: PKWARE's APPNOTE.
 *
 * @module
 */
import { crc32 } from "@cellwright/core";
import { deflatedZeros } from "./bomb.js";
import { joined, number, text } from "./case.js";

/** A file in a zip; what is not said is right. */
export interface Packed {
  readonly name: string;
  /** The name in the head before the bytes, where it is another one. */
  readonly localName?: string;
  readonly content?: Uint8Array;
  /** In place of content: deflated zeros, so many. */
  readonly bomb?: number;
  readonly method?: number;
  readonly flags?: number;
  readonly checksum?: number;
  readonly packed?: number;
  readonly size?: number;
  readonly offset?: number;
  /** The kind and rights of the file as Unix has them; 0o120777 is a link. */
  readonly mode?: number;
}

/** What the record at the end says, where it is not right. */
export interface EndRecord {
  readonly count?: number;
  readonly length?: number;
  readonly start?: number;
}

/** A zip of these files in this order. */
export function zipOf(files: readonly Packed[], end: EndRecord = {}): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const file of files) {
    const bytes = file.bomb ? deflatedZeros(file.bomb) : (file.content ?? new Uint8Array(0));
    const shared = [
      ...number(20, 2),
      ...number(file.flags ?? 0x800, 2),
      ...number(file.method ?? (file.bomb ? 8 : 0), 2),
      ...number(0, 2),
      ...number(0x0021, 2),
      ...number(file.checksum ?? (file.bomb ? 0 : crc32(bytes)), 4),
      ...number(file.packed ?? bytes.length, 4),
      ...number(file.size ?? file.bomb ?? bytes.length, 4),
    ];
    const local = text(file.localName ?? file.name);
    const named = text(file.name);
    const head = joined("PK\x03\x04", shared, number(local.length, 2), [0, 0], local);
    directory.push(
      joined(
        ...["PK\x01\x02", [20, 3], shared, number(named.length, 2), [0, 0, 0, 0, 0, 0, 0, 0]],
        ...[number((file.mode ?? 0o100644) * 65536, 4), number(file.offset ?? at, 4), named],
      ),
    );
    pieces.push(head, bytes);
    at += head.length + bytes.length;
  }
  const list = joined(...directory);
  const count = number(end.count ?? files.length, 2);
  const tail = [...number(end.length ?? list.length, 4), ...number(end.start ?? at, 4), 0, 0];
  return joined(...pieces, list, "PK\x05\x06", [0, 0, 0, 0], count, count, tail);
}
