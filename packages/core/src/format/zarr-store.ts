/**
 * Where the files of a Zarr hierarchy come from: the caller hands in something that has them by key. Keys are paths below
 * the hierarchy's root; metadata are read once, checked before anyone believes them, and kept.
 *
 * @module
 */
import { strFromU8, strToU8 } from "fflate";
import { FormatError, UnsupportedError } from "../errors.js";
import type { Signal } from "../source.js";
import type { Fields } from "./json-fields.js";
import { halvesAsBits } from "./zarr-half.js";
import { checkArrayMetadata } from "./zarr-metadata.js";

/** A path from the root of a hierarchy: `/0/zarr.json`. */
export type ZarrKey = `/${string}`;

/** Which bytes of a file: so many from an offset, or so many at its end. */
export type ZarrRange =
  | { readonly offset: number; readonly length: number }
  | { readonly suffixLength: number };

/**
 * The files of a Zarr hierarchy; `undefined` where there is none of that name, which means that a chunk has the fill value
 * everywhere. Zarrita's stores are of this shape.
 */
export interface ZarrStore {
  /** The bytes under a key; undefined where there are none. */
  get(key: ZarrKey, options?: { readonly signal?: Signal }): Promise<Uint8Array | undefined>;
  /** Arrays in shards need it. */
  getRange?(
    key: ZarrKey,
    range: ZarrRange,
    options?: { readonly signal?: Signal },
  ): Promise<Uint8Array | undefined>;
}

/** Metadata beyond this is no metadata. */
const longestMetadata = 16 * 1024 ** 2;

/** Throws {@link FormatError} where a path that metadata give would lead out of the hierarchy. */
export function checkZarrPath(path: string): string {
  const steps = path.split("/");
  if (path === "" || steps.some((step) => ["", ".", ".."].includes(step) || /[\\\0]/.test(step)))
    throw new FormatError(`names "${path}", which must be a path below its own folder`);
  return path;
}

/**
 * A store that asks `store` for no key outside of the hierarchy, asks once for each metadata file, and hands those of
 * arrays out only where they are sound and a chunk takes at most `maxBytes` when decoded.
 */
export function guardedStore(store: ZarrStore, maxBytes: number): ZarrStore {
  const metadata = new Map<string, Promise<Uint8Array | undefined>>();
  const read = async (key: ZarrKey): Promise<Uint8Array | undefined> => {
    const bytes = await store.get(key);
    return bytes && checkedMetadata(key, bytes, maxBytes);
  };
  const { getRange } = store;
  return {
    get(key, options) {
      checkZarrPath(key.slice(1));
      if (!/\/(zarr\.json|\.z[a-z]+)$/.test(key)) return store.get(key, options);
      let found = metadata.get(key);
      if (!found) {
        found = read(key);
        metadata.set(key, found);
        found.catch(() => metadata.delete(key));
      }
      return found;
    },
    ...(getRange && {
      getRange(key, range, options) {
        checkZarrPath(key.slice(1));
        // The index of a shard is shared by all who wait for its chunks, so it does not end with one of them.
        const shared = "suffixLength" in range ? undefined : options;
        return getRange.call(store, key, range, shared);
      },
    }),
  };
}

/** The bytes of metadata that are sound, as zarrita is to see them. */
function checkedMetadata(key: ZarrKey, bytes: Uint8Array, maxBytes: number): Uint8Array {
  const name = key.slice(1);
  if (bytes.length > longestMetadata)
    throw new UnsupportedError(
      `${name} has ${bytes.length} bytes, the limit is ${longestMetadata}`,
    );
  let parsed: unknown;
  try {
    parsed = JSON.parse(strFromU8(bytes));
  } catch (error) {
    throw new FormatError(`${name} is not JSON`, {}, error);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new FormatError(`${name} must be an object, is not`);
  const fields = parsed as Fields;
  if (!name.endsWith(".zarray") && fields.node_type !== "array") return bytes;
  checkArrayMetadata(fields, name, maxBytes);
  const told = halvesAsBits(fields);
  return told === fields ? bytes : strToU8(JSON.stringify(told));
}
