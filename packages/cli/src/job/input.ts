/**
 * The image of a job: a Zarr in a folder, in a zip or on the web, or a file that is read by region.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { access, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { unzipSync } from "node:zlib";
import {
  type Box,
  type ChunkFiles,
  canonicalJson,
  chunkFiles,
  chunksOfBox,
  openPyramid,
  openZarr,
  type PyramidReader,
  pyramidOf,
  type ZarrStore,
} from "@cellwright/core";
import { openFile } from "../file-source.js";
import { readImageFile } from "../image-file.js";
import { folderStore, isZarrFolder } from "../zarr-store.js";
import { addressStore, isAddress } from "./web-store.js";

/** Bytes of decoded chunks that are kept for the next block. */
const KEPT = 64 * 1024 ** 2;

/** An image that stays open while its blocks are read. */
export interface JobInput {
  readonly reader: PyramidReader;
  /** Changes where the image is another one: of a Zarr a hash of its metadata, else size and time of the file. */
  readonly fingerprint: string;
  /** Of a Zarr in a folder: the files that its pixels are in. */
  readonly files?: StoredFiles;
  close(): Promise<void>;
}

/** The files of a Zarr array; those that are not there stand for pixels of one value. */
export interface StoredFiles {
  /** Pixels along y and x of a file. */
  readonly height: number;
  readonly width: number;
  /** The names of the files that hold a box of some channels of a plane. */
  namesOf(index: Readonly<Record<string, number>>, channels: readonly number[], box: Box): string[];
  /** The names of all files there are. */
  list(): Promise<ReadonlySet<string>>;
  /** How many of some files are there. */
  count(names: readonly string[]): Promise<number>;
}

/** Opens the image at a path or an address. Throws core's errors for what is none. */
export async function openInput(path: string): Promise<JobInput> {
  if (isAddress(path)) return openStore(addressStore(path));
  if (await isZarrFolder(path)) return openStore(folderStore(path), path);
  const { size, mtime } = await stat(path);
  const fingerprint = `${size} bytes, ${mtime.toISOString()}`;
  if (/\.(zip|nrrd|mha|nii|nii\.gz|dcm)$/i.test(path))
    return { reader: pyramidOf(await readImageFile(path)), fingerprint, close: async () => {} };
  const { source, close } = await openFile(path);
  try {
    return { reader: await openPyramid(source), fingerprint, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Node's own zlib. */
function inflater(bytes: Uint8Array, maxOutputLength: number): Uint8Array | undefined {
  try {
    return unzipSync(bytes, { maxOutputLength });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw error;
  }
}

async function openStore(store: Required<ZarrStore>, folder?: string): Promise<JobInput> {
  const { reader, array, arrayAxes } = await openZarr(store, {
    keptBytes: KEPT,
    keepPlanes: true,
    inflater,
  });
  const below = (name: string) => `/${array === "" ? name : `${array}/${name}`}` as const;
  const bytes = (await store.get(below("zarr.json"))) ?? (await store.get(below(".zarray")));
  const metadata: unknown = JSON.parse(Buffer.from(bytes ?? []).toString("utf8"));
  const { axes, shape, type, spacing } = reader;
  const told = canonicalJson({ metadata, axes, shape, type, spacing });
  return {
    reader,
    fingerprint: createHash("sha256").update(told).digest("hex"),
    ...(folder !== undefined && {
      files: filesOf(join(folder, array), chunkFiles(metadata), arrayAxes),
    }),
    close: async () => {},
  };
}

function filesOf(folder: string, files: ChunkFiles, axes: string): StoredFiles {
  const [height, width] = files.chunk.slice(-2);
  const before = [...axes.slice(0, -2)];
  return {
    height,
    width,
    namesOf(index, channels, box) {
      const places = (axes.includes("c") ? channels : [0]).map((c) =>
        before.map((axis) => (axis === "c" ? c : (index[axis] ?? 0))),
      );
      const names = places.flatMap((place) => chunksOfBox(files, place, box).map(files.key));
      return [...new Set(names)];
    },
    async list() {
      const found = new Set<string>();
      await listInto(found, folder, "");
      return found;
    },
    async count(names) {
      const there = await Promise.all(
        names.map((name) =>
          access(join(folder, name)).then(
            () => 1,
            () => 0,
          ),
        ),
      );
      return there.reduce<number>((a, b) => a + b, 0);
    },
  };
}

async function listInto(found: Set<string>, folder: string, below: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) await listInto(found, join(folder, entry.name), name);
    else found.add(name);
  }
}
