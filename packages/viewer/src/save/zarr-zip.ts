/**
 * Labels of any size as an OME-Zarr in one zip, whose root is that of the Zarr.
 *
 * @module
 */
import { type RegionSource, startZip, type Watch, writeOmeZarr } from "@cellwright/core";

/** More chunks than this go into shards, in the version that has them. */
const manyChunks = 4096;

/** The bytes of the zip. Throws `UnsupportedError` where a zip cannot hold so much. */
export async function zarrZip(
  source: RegionSource,
  options: Watch & { readonly version: "0.4" | "0.5"; readonly name: string },
): Promise<Uint8Array> {
  const zip = startZip();
  const planes = source.shape.slice(0, -2).reduce((a, b) => a * b, 1);
  const chunks = source.shape.slice(-2).reduce((n, side) => n * Math.ceil(side / 512), planes);
  const shard = options.version === "0.5" && chunks > manyChunks ? 16 : 1;
  // Chunks are packed already.
  const sink = { set: (key: string, content: Uint8Array) => zip.add(key, content) };
  await writeOmeZarr(source, sink, { ...options, labels: true, shard, pack: packNatively });
  return zip.end();
}

/** The browser's own codec, which does not hold up the page. */
async function packNatively(bytes: Uint8Array, as: "zlib" | "gzip"): Promise<Uint8Array> {
  // What the web calls "deflate" is zlib's format.
  const codec = new CompressionStream(as === "zlib" ? "deflate" : "gzip");
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(codec);
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
