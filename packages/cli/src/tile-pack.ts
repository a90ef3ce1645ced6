/**
 * Packs by Node's own zlib: tiles on its threads, which leaves this one to the pixels, and strips at once.
 *
 * @module
 */
import { promisify } from "node:util";
import { deflate, deflateSync, gzip } from "node:zlib";

type Packer = (bytes: Uint8Array, options: { readonly level: number }) => Promise<Uint8Array>;
const deflated: Packer = promisify(deflate);
const gzipped: Packer = promisify(gzip);

/** For core's writers. Labels are as fast at level 3 as at 1, and smaller; images are not. */
export function tilePack(
  labels: boolean,
): (bytes: Uint8Array, as: "zlib" | "gzip") => Promise<Uint8Array> {
  const level = labels ? 3 : 1;
  return (bytes, as) => (as === "zlib" ? deflated(bytes, { level }) : gzipped(bytes, { level }));
}

/** For core's writer of plain TIFF. */
export function stripPack(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: 3 });
}
