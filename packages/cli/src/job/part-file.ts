/**
 * What a finished block leaves in a job's folder: a file of packed arrays, and a small one that says what is in it, which
 * is written last. Both are the same whoever does the block.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import { FormatError } from "@cellwright/core";
import { openFile } from "../file-source.js";
import { putFile, tidyUnit, type UnitPath } from "./folder.js";

const pack: (bytes: Uint8Array, options: { level: number }) => Promise<Uint8Array> =
  promisify(deflateRaw);
const unpack: (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array> =
  promisify(inflateRaw);

/** An array that a part holds. */
export type PartArray = Uint32Array | Float32Array | Float64Array;

/** Where an array lies in the packed file. */
interface Section {
  readonly offset: number;
  /** Packed. */
  readonly bytes: number;
  /** Unpacked. */
  readonly length: number;
}

/** What the small file says. */
export interface PartRecord {
  readonly job: string;
  readonly unit: UnitPath;
  /** How many pieces of cells there are. */
  readonly cells: number;
  readonly sections: Readonly<Record<string, Section>>;
  /** Of the packed file; absent where there is none. */
  readonly sha256?: string;
}

/** Writes a part: arrays by name, and then the record that makes the block a finished one. */
export async function writePart(
  folder: string,
  record: Pick<PartRecord, "job" | "unit" | "cells">,
  arrays: Readonly<Record<string, PartArray>>,
): Promise<void> {
  const sections: Record<string, Section> = {};
  const packed: Uint8Array[] = [];
  let offset = 0;
  for (const [name, array] of Object.entries(arrays)) {
    const bytes = await pack(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), {
      level: 1,
    });
    sections[name] = { offset, bytes: bytes.length, length: array.byteLength };
    packed.push(bytes);
    offset += bytes.length;
  }
  const { job, unit, cells } = record;
  const flush = packed.length > 0;
  const content = Buffer.concat(packed);
  if (flush) await putFile(folder, unit, `parts/${unit}.part`, content);
  const sha256 = flush && createHash("sha256").update(content).digest("hex");
  const text = `${JSON.stringify({ job, unit, cells, sections, ...(sha256 && { sha256 }) })}\n`;
  // A block without anything in it is soon done again: it need not wait for the disk.
  await putFile(folder, unit, `parts/${unit}.json`, text, { flush });
  await tidyUnit(folder, unit);
}

/**
 * The record of a block that is done for this job; undefined for one that is not, or whose record is damaged. At once, as ten
 * thousand of them are looked at before anything else is done.
 */
export function readRecord(folder: string, job: string, unit: UnitPath): PartRecord | undefined {
  try {
    const text = readFileSync(join(folder, "parts", `${unit}.json`), "utf8");
    const record = JSON.parse(text) as PartRecord;
    return record.job === job && record.unit === unit ? record : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT")
      return undefined;
    throw error;
  }
}

/** Some arrays of a part, as bytes. Throws {@link FormatError} where the file is cut off or damaged. */
export async function readSections<K extends string>(
  folder: string,
  { unit, sections }: PartRecord,
  names: readonly K[],
): Promise<{ readonly [name in K]?: ArrayBuffer }> {
  const wanted = names.filter((name) => Object.hasOwn(sections, name));
  if (wanted.length === 0) return {};
  const { source, close } = await openFile(join(folder, "parts", `${unit}.part`));
  try {
    const found: { [name in K]?: ArrayBuffer } = {};
    for (const name of wanted) {
      const { offset, bytes, length } = sections[name];
      const packed = await source.read(offset, offset + bytes);
      const whole = await unpack(packed, { maxOutputLength: Math.max(1, length) }).catch(
        (error) => {
          throw new FormatError(`parts/${unit}.part is damaged (${error.message})`, {}, error);
        },
      );
      if (whole.length !== length)
        throw new FormatError(`parts/${unit}.part is damaged: ${name} is too short`);
      found[name] = new Uint8Array(whole).buffer;
    }
    return found;
  } finally {
    await close();
  }
}
