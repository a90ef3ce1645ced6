/**
 * Whether there is a group or an array at a path of a Zarr hierarchy, and what its attributes are; versions 2 and 3.
 *
 * @module
 */
import { strFromU8 } from "fflate";
import { type Fields, fieldsOf } from "./json-fields.js";
import type { ZarrStore } from "./zarr-store.js";

/** A group or an array. */
export interface ZarrNode {
  readonly path: string;
  readonly kind: "group" | "array";
  readonly version: 2 | 3;
  readonly attributes: Fields;
}

/** What is at a path; undefined where there is nothing. `version` is that of the hierarchy, where it is known. */
export async function readNode(
  store: ZarrStore,
  path: string,
  version?: 2 | 3,
): Promise<ZarrNode | undefined> {
  const read = async (name: string): Promise<Fields | undefined> => {
    const bytes = await store.get(path === "" ? `/${name}` : `/${path}/${name}`);
    return bytes && fieldsOf(JSON.parse(strFromU8(bytes)));
  };
  const third = version === 2 ? undefined : await read("zarr.json");
  if (third) {
    const kind = third.node_type === "array" ? "array" : "group";
    return { path, kind, version: 3, attributes: fieldsOf(third.attributes) };
  }
  if (version === 3) return undefined;
  const attributes = (await read(".zattrs")) ?? {};
  const isImage = "multiscales" in attributes || "labels" in attributes;
  if (isImage || (await read(".zgroup"))) return { path, kind: "group", version: 2, attributes };
  return (await read(".zarray")) && { path, kind: "array", version: 2, attributes };
}
