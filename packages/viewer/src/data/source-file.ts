/**
 * A file of the user's as a source: only what is asked for is read.
 *
 * @module
 */
import type { Source } from "@cellwright/core";

/** A source over a file; `name` is what to call it, where that is more than the file's own name. */
export function fileSource(file: File, name: string = file.name): Source {
  return {
    name,
    byteLength: file.size,
    read: async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
  };
}
