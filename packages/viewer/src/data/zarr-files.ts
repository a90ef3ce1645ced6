/**
 * A Zarr hierarchy in files that were dropped, or lie in a zip.
 *
 * @module
 */
import { FormatError, type Source, UnsupportedError, type ZarrStore } from "@cellwright/core";

/** The largest file that is read as a whole; of shards only pieces are. */
const largestFile = 2 ** 30;

/** The store of files by their paths from the root; each is opened when it is asked for. */
export function filesStore(files: ReadonlyMap<string, () => Promise<Source>>): Required<ZarrStore> {
  const read = async (key: string, start: number, end: number, source: Source) => {
    if (end - start > largestFile)
      throw new UnsupportedError(
        `${key.slice(1)} has ${end - start} bytes, the limit is ${largestFile}`,
      );
    if (start < 0 || end > source.byteLength)
      throw new FormatError(
        `${key.slice(1)} must have ${end} bytes, has ${source.byteLength}: cut off or damaged`,
      );
    return source.read(start, end);
  };
  return {
    async get(key) {
      const source = await files.get(key.slice(1))?.();
      return source && read(key, 0, source.byteLength, source);
    },
    async getRange(key, range) {
      const source = await files.get(key.slice(1))?.();
      if (!source) return undefined;
      return "offset" in range
        ? read(key, range.offset, range.offset + range.length, source)
        : read(key, source.byteLength - range.suffixLength, source.byteLength, source);
    },
  };
}
