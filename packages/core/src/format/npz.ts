/**
 * NumPy's zip of arrays, of which one is the image.
 *
 * @module
 */
import { strFromU8 } from "fflate";
import { FormatError, UnsupportedError } from "../errors.js";
import type { Image } from "../image.js";
import { bytesSource, type Source } from "../source.js";
import { listZip, readZipEntry } from "../zip.js";
import { decodedLimit, type Format, namingSource, type ReadOptions } from "./format.js";
import { npy } from "./npy.js";

/** Room for an array's header besides its numbers. */
const headerRoom = 65536;

/** NPZ files of one array; it is read as the {@link npy} file that it is. */
export const npz: Format = {
  name: "NPZ",
  matches: looksLikeNpz,
  read: (source, options) => namingSource(source, () => readNpz(source, options)),
};

/** A zip whose first file is an array. */
function looksLikeNpz(head: Uint8Array): boolean {
  const text = strFromU8(head, true);
  return (
    text.startsWith("PK\x03\x04") && text.slice(30, 30 + head[26] + 256 * head[27]).endsWith(".npy")
  );
}

async function readNpz(source: Source, options: ReadOptions = {}): Promise<Image> {
  const arrays = (await listZip({ ...source, name: "the zip" })).filter(({ name }) =>
    name.endsWith(".npy"),
  );
  if (arrays.length !== 1) {
    const names = arrays.map(({ name }) => name.replace(/\.npy$/, ""));
    throw new UnsupportedError(
      `must hold one array, holds ${names.length} (${names.slice(0, 8).join(", ")}): save the one you want as NPY`,
      { names },
    );
  }
  const [entry] = arrays;
  const maxBytes = decodedLimit(options, source.byteLength) + headerRoom;
  if (entry.size > maxBytes)
    throw new UnsupportedError(
      `takes ${entry.size} bytes when decoded, the limit is ${maxBytes}: raise maxBytes (--max-bytes)`,
    );
  const bytes = await readZipEntry({ ...source, name: "the zip" }, entry, maxBytes);
  if (!npy.matches(bytes)) throw new FormatError(`holds ${entry.name}, which is no NPY file`);
  return npy.read(bytesSource(entry.name, bytes), options);
}
