/**
 * A zip that grows file by file, so that its contents need not be in memory twice.
 *
 * @module
 */
import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import { UnsupportedError } from "./errors.js";

/** Bytes and files that a zip without 64-bit records can have; we stay a little below. */
const [mostBytes, mostFiles] = [0xffff0000, 65_000];

/** A zip under way. */
export interface ZipWriter {
  /**
   * Adds a file under a name that was not there before, as it is or deflated. Throws {@link UnsupportedError} for more than
   * 65 000 files or 4 GiB.
   */
  add(name: string, content: Uint8Array, options?: { readonly deflate?: boolean }): void;
  /** The bytes of the whole zip; nothing can be added afterwards. */
  end(): Uint8Array;
}

/** Starts a zip. The same files in the same order give the same bytes: all are dated 1980. */
export function startZip(): ZipWriter {
  const pieces: Uint8Array[] = [];
  let [bytes, files] = [0, 0];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    pieces.push(piece);
    bytes += piece.length;
  });
  return {
    add(name, content, { deflate = false } = {}) {
      if (++files > mostFiles || bytes + content.length > mostBytes)
        throw new UnsupportedError(
          `a zip holds at most ${mostFiles} files and ${mostBytes} bytes, these are more`,
        );
      const entry = deflate ? new ZipDeflate(name, { level: 6 }) : new ZipPassThrough(name);
      entry.mtime = new Date(1980, 0, 1);
      zip.add(entry);
      entry.push(content, true);
    },
    end() {
      zip.end();
      const out = new Uint8Array(bytes);
      let at = 0;
      for (const piece of pieces.splice(0)) {
        out.set(piece, at);
        at += piece.length;
      }
      return out;
    },
  };
}
