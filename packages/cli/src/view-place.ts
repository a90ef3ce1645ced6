/**
 * From an address such as `files/0/a.tif` to a path on the disk, inside what the user opened and nowhere else.
 *
 * @module
 */
import { realpath } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { stemOf } from "./inputs.js";
import type { Root } from "./view-inputs.js";

/** A place inside a root. */
export interface Place {
  readonly root: Root;
  /** Names from the root's folder on; empty for the folder itself. */
  readonly steps: readonly string[];
}

/** The place that the part of an address after `files/` names, percent signs and all; undefined where it names none. */
export function placeOf(roots: readonly Root[], address: string): Place | undefined {
  const [number, ...rest] = address.split("/");
  const root = /^\d{1,6}$/.test(number) ? roots[Number(number)] : undefined;
  if (!root) return undefined;
  const steps: string[] = [];
  for (const [i, part] of rest.entries()) {
    if (part === "" && i === rest.length - 1) break;
    const step = decoded(part);
    if (step === undefined || !isPlain(step)) return undefined;
    steps.push(step);
  }
  return { root, steps };
}

/** The real path of a place that may be read; undefined where there is nothing, or it is out of bounds. */
export async function readable({ root, steps }: Place): Promise<string | undefined> {
  if (root.only && !root.only.has(steps[0])) return undefined;
  const path = await realpath(join(root.folder, ...steps)).catch(() => undefined);
  return path !== undefined && isWithin(path, root.folder) ? path : undefined;
}

/** The path of a file that may be written; undefined where it is out of bounds or its folder is not there. */
export async function writable({ root, steps }: Place): Promise<string | undefined> {
  const name = steps.at(-1);
  if (name === undefined || name.startsWith(".")) return undefined;
  if (root.only && !(steps.length === 1 && belongs(name, root.only))) return undefined;
  const folder = await realpath(join(root.folder, ...steps.slice(0, -1))).catch(() => undefined);
  return folder !== undefined && isWithin(folder, root.folder) ? join(folder, name) : undefined;
}

/** Whether a file's name says that it was made from one of the named files. */
function belongs(name: string, named: ReadonlySet<string>): boolean {
  return [...named].some((one) => name.startsWith(stemOf(one)));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** One name, of no hidden file but those of a Zarr. */
function isPlain(step: string): boolean {
  if (step === "" || step !== basename(step) || /[\0\\]/.test(step)) return false;
  if (process.platform === "win32" && step.includes(":")) return false;
  return !step.startsWith(".") || /^\.z(array|attrs|group|metadata)$/.test(step);
}
