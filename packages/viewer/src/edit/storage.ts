/**
 * Where the journal of edits is kept: as little as must be asked of a place to write to.
 *
 * @module
 */

/** Files by name. What was appended stays, but for the end of what was being appended when the lights went out. */
export interface AutosaveStorage {
  list(): Promise<readonly string[]>;
  /** Undefined where there is no such file. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Adds to the end of a file, which is made where it is not there. */
  append(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file, where it is there. */
  remove(name: string): Promise<void>;
  /** Writes a small file at once, as a page that is being left can wait for nothing; absent where that cannot be. */
  writeNow?(name: string, bytes: Uint8Array): void;
}

/** The files of a layer: what it was once, and what was done since. */
export interface FileName {
  readonly layer: string;
  /** Counts up: the files of a later generation stand for all earlier ones. */
  readonly generation: number;
  /** Pieces of the journal; {@link BASE} for the file that all begins with, {@link LATE} for what was written on leaving. */
  readonly piece: number;
}

/** The file that all begins with. */
export const BASE = -1;

/** What was left to be written when the page was left; it comes after all pieces. */
export const LATE = -2;

/** A name as it is written. */
export function writeName({ layer, generation, piece }: FileName): string {
  const end = piece === BASE ? "base" : piece === LATE ? "late" : `${piece}.edits`;
  return `${encodeURIComponent(layer)}.${generation}.${end}`;
}

/** A name read; undefined for files of others. */
export function readName(name: string): FileName | undefined {
  const found = /^(.+)\.(\d{1,9})\.(base|late|(\d{1,9})\.edits)$/.exec(name);
  if (!found) return undefined;
  const [, layer, generation, end, piece] = found;
  try {
    return {
      layer: decodeURIComponent(layer),
      generation: Number(generation),
      piece: end === "base" ? BASE : end === "late" ? LATE : Number(piece),
    };
  } catch {
    return undefined;
  }
}

/** Files in memory. */
export function memoryStorage(): AutosaveStorage {
  const files = new Map<string, Uint8Array>();
  return {
    list: async () => [...files.keys()],
    read: async (name) => files.get(name)?.slice(),
    append: async (name, bytes) => {
      const old = files.get(name) ?? new Uint8Array(0);
      const joined = new Uint8Array(old.length + bytes.length);
      joined.set(old);
      joined.set(bytes, old.length);
      files.set(name, joined);
    },
    remove: async (name) => {
      files.delete(name);
    },
    writeNow: (name, bytes) => {
      files.set(name, bytes.slice());
    },
  };
}
