/**
 * Writes what the page saves beside the images: all of it or nothing, and never over anything that Cellwright has not made.
 *
 * @module
 */
import { link, lstat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { writeWhole } from "./file-sink.js";
import { type Reply, said } from "./view-reply.js";

/** Kinds of files that the page saves. */
const extensions: ReadonlySet<string> = new Set([
  ".tif",
  ".tiff",
  ".png",
  ".npy",
  ".zip",
  ".geojson",
  ".json",
  ".csv",
  ".txt",
  ".parquet",
  ".svg",
]);
/** Names that Cellwright gives to what it makes; what bears one may be replaced. */
const ownName =
  /(_masks\.(tiff?|png|npy|ome\.zarr\.zip)|_seg\.npy|_preview\.png|_RoiSet\.zip|_RES\.zip|_(cells|points)\.(csv|geojson)|_coco\.json|\.cellwright\.json)$/i;
/** More than any label file has. */
const mostBytes = 16 * 1024 ** 3;

/**
 * Writes a body to a path. What stood there before the page was opened stays beside it, with `~` after its name.
 * `written` remembers what this server has written: only that is replaced without keeping it.
 */
export async function writeReply(
  path: string,
  body: AsyncIterable<Uint8Array>,
  length: number | undefined,
  written: Set<string>,
): Promise<Reply> {
  const name = basename(path);
  if (!extensions.has(extname(name).toLowerCase()))
    return said(403, `${name} must have an ending such as .tif, .csv or .zip`);
  if ((length ?? 0) > mostBytes)
    return said(413, `${name} has ${length} bytes, the limit is ${mostBytes}`);
  const status = await lstat(path).catch(() => undefined);
  if (status && !status.isFile()) return said(409, `${name} must be a file, is none`);
  if (status && !written.has(path)) {
    if (!ownName.test(name))
      return said(409, `${name} is there already and is not ours to replace`);
    await keepEarlier(path);
  }
  await writeWhole(path, limited(body));
  written.add(path);
  return said(status ? 200 : 201, `wrote ${name}`);
}

/** Leaves the file under a second name, unless an earlier one has that. */
async function keepEarlier(path: string): Promise<void> {
  await link(path, `${path}~`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

async function* limited(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const bytes of body) {
    length += bytes.length;
    if (length > mostBytes) throw new Error(`must have at most ${mostBytes} bytes`);
    yield bytes;
  }
}
