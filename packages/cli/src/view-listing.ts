/**
 * What is in a folder, for the page.
 *
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { compare } from "./inputs.js";

/** A file or folder in a folder. */
export interface Listed {
  readonly name: string;
  readonly kind: "file" | "folder";
  /** Of a file. */
  readonly byteLength?: number;
}

/**
 * Files and folders in the order people count, without hidden ones but for those of a Zarr; with `only`, those of its names.
 * Undefined where there is no such folder.
 */
export async function folderListing(
  folder: string,
  only?: ReadonlySet<string>,
): Promise<Listed[] | undefined> {
  const names = await readdir(folder).catch(() => undefined);
  if (!names) return undefined;
  const shown = names.filter((name) => (only ? only.has(name) : isShown(name)));
  const found: Listed[] = [];
  for (const name of shown.sort(compare)) {
    const status = await stat(join(folder, name)).catch(() => undefined);
    if (status?.isDirectory()) found.push({ name, kind: "folder" });
    else if (status?.isFile()) found.push({ name, kind: "file", byteLength: status.size });
  }
  return found;
}

function isShown(name: string): boolean {
  return (
    !name.endsWith("~") && (!name.startsWith(".") || /^\.z(array|attrs|group|metadata)$/.test(name))
  );
}
