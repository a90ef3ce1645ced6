/**
 * A GEFF in any Zarr hierarchy, of version 2 or 3, compressed by any of the usual codecs; read with the guards that images have.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import { decodedLimit, type ReadOptions } from "./format.js";
import type { GeffGroup } from "./geff.js";
import type { ZarrNumbers } from "./geff-zarr.js";
import { type CodecRegistry, limitCodecs } from "./zarr-codecs.js";
import { sayingOurs } from "./zarr-fault.js";
import { guardedStore, type ZarrStore } from "./zarr-store.js";

/**
 * The group at the root of a store, for `readGeff`. `maxBytes` is the limit of an array and of a chunk. Throws
 * {@link FormatError} where there is no group or an array is damaged, {@link UnsupportedError} for what is no numbers or is
 * larger.
 */
export async function openGeff(store: ZarrStore, options: ReadOptions = {}): Promise<GeffGroup> {
  const { get, isZarritaError, open, registry, root } = await import("zarrita");
  limitCodecs(registry as unknown as CodecRegistry);
  const most = decodedLimit(options);
  const top = root(guardedStore(store, most));
  const orNone = (error: unknown): undefined => {
    if (isZarritaError(error, "NotFoundError")) return undefined;
    throw error;
  };
  const group = await sayingOurs(() => open(top, { kind: "group" }).catch(orNone));
  if (!group) throw new FormatError("must be a GEFF: a folder with a Zarr group, has none");
  return {
    attributes: group.attrs,
    array: (name) =>
      sayingOurs(async () => {
        const array = await open(top.resolve(name), { kind: "array" }).catch(orNone);
        if (!array) return undefined;
        for (const shape of [array.shape, array.chunks])
          if (shape.reduce((a, b) => a * b, 1) * 8 > most)
            throw new UnsupportedError(
              `${name} of ${shape.join(" x ")} is more than is read at once`,
            );
        const { data, shape } = await get(array);
        return { data: numbersOf(data, name), shape };
      }),
  };
}

function numbersOf(data: unknown, name: string): ZarrNumbers["data"] {
  if (ArrayBuffer.isView(data) && !(data instanceof DataView))
    return data as unknown as ZarrNumbers["data"];
  // Booleans come as an array of their own kind.
  const items = Array.from(data as Iterable<unknown>);
  if (items.every((item) => typeof item === "boolean"))
    return Uint8Array.from(items, (item) => (item ? 1 : 0));
  throw new UnsupportedError(`${name} must hold numbers`);
}
