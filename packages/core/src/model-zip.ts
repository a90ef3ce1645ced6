/**
 * A model as one file: the zip that bioimage.io calls a package. Its files are unpacked one by one, in memory, when
 * they are asked for.
 *
 * @module
 */
import { zipSync } from "fflate";
import { ModelError } from "./errors.js";
import { decodedLimit } from "./format/format.js";
import { isPlainPath, type ModelFiles } from "./model-files.js";
import { bytesSource, type Source } from "./source.js";
import { listZip, readZipEntry, type ZipEntry } from "./zip.js";

/** Options of {@link readModelZip}. */
export interface ZipOptions {
  /** No file may have more bytes once it is unpacked; default 128 MiB and 64 times the zip's, up to 2 GiB. */
  readonly maxBytes?: number;
}

const refuse = (message: string, file: string) => new ModelError(message, { file });

/**
 * The files inside a zip. Throws {@link ModelError} where the bytes are no zip, where a name would leave the folder or
 * comes twice, and, when a file is opened, where it is larger than `maxBytes` or damaged.
 */
export async function readModelZip(source: Source, options: ZipOptions = {}): Promise<ModelFiles> {
  const { maxBytes = Math.min(2 ** 31, decodedLimit({}, source.byteLength)) } = options;
  const entries = new Map<string, ZipEntry>();
  for (const entry of await listZip(source, { refuse })) {
    const { name } = entry;
    if (!isPlainPath(name.replace(/\/$/, "")))
      throw refuse(
        `${source.name} holds the name ${JSON.stringify(name.slice(0, 80))}, which is no path inside a model`,
        source.name,
      );
    if (entries.has(name)) throw refuse(`${source.name} holds ${name} twice`, source.name);
    entries.set(name, entry);
  }
  return {
    name: source.name,
    paths: [...entries.keys()],
    open: async (path) => {
      const entry = entries.get(path);
      if (!entry) return undefined;
      const bytes = await readZipEntry(source, entry, maxBytes, { refuse });
      return bytesSource(`${source.name}/${path}`, bytes);
    },
  };
}

/** Files as a zip. The same files give the same bytes: names are sorted, and all are dated 1980. */
export function writeModelZip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const names = Object.keys(files).sort();
  const sorted = Object.fromEntries(names.map((name) => [name, files[name]]));
  return zipSync(sorted, { level: 6, mtime: new Date(1980, 0, 1) });
}
