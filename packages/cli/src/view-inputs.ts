/**
 * What the page of `cellwright view` shall offer: from files, folders and addresses to a list of images, each with the
 * labels that lie beside it, and the folders that the page may read and write in.
 *
 * @module
 */
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { UsageError } from "./context.js";
import { compare, type Problem, stemOf } from "./inputs.js";
import { messageOf } from "./report.js";
import { isZarr, kindOf, stemOfLabels } from "./view-kind.js";
import { pairLabels } from "./view-labels.js";
import { withMovie } from "./view-movie.js";

/** One thing that the page can open. */
export interface ViewInput {
  readonly name: string;
  /** As the user would type it. */
  readonly path: string;
  /** A folder holds images, which the page may open as a movie. */
  readonly kind: "image" | "labels" | "zarr" | "folder";
  /** Relative to the page's address, or on the web; that of a folder or Zarr ends in `/`. */
  readonly address: string;
  /** The address of the labels that belong to it, where there are some. */
  readonly labels?: string;
}

/** A folder that the page may look into. */
export interface Root {
  /** Its real path. */
  readonly folder: string;
  /** Names in it that were asked for; undefined where all of it was. */
  readonly only?: ReadonlySet<string>;
}

/** What is shown, and from where. */
export interface Viewed {
  readonly inputs: readonly ViewInput[];
  /** The page knows them by their numbers. */
  readonly roots: readonly Root[];
  /** Origins on the web that the user named. */
  readonly hosts: readonly string[];
}

/** An input and where it lies; undefined on the web. */
export interface Placed {
  readonly input: ViewInput;
  readonly file?: string;
}

/** More than this in a list helps nobody. */
const mostInputs = 20_000;

/** Finds all that was named; what cannot be viewed is a problem, and the rest is found still. */
export async function findViewed(
  inputs: readonly string[],
  labels: readonly string[],
  cwd: string,
): Promise<{ viewed: Viewed; problems: Problem[] }> {
  const roots: { folder: string; only?: Set<string> }[] = [];
  const problems: Problem[] = [];
  const look = async (names: readonly string[]) => {
    const found: Placed[] = [];
    for (const name of names)
      try {
        found.push(...(isAddress(name) ? [onTheWeb(name)] : await onDisk(name, cwd, roots)));
      } catch (error) {
        if (error instanceof UsageError) throw error;
        // The path is what the user typed, not what it was made into.
        if (error instanceof Error && "path" in error) error.path = undefined;
        problems.push({ input: name, message: messageOf(error) });
      }
    return found;
  };
  const images = await look(inputs);
  const paired = pairLabels(images, await look(labels));
  const hosts = [...inputs, ...labels].filter(isAddress).map((name) => new URL(name).origin);
  return { viewed: { inputs: paired, roots, hosts: [...new Set(hosts)] }, problems };
}

function isAddress(name: string): boolean {
  return /^https?:\/\//i.test(name);
}

function onTheWeb(address: string): Placed {
  if (!URL.canParse(address)) throw new Error("is not an address on the web");
  const { pathname, href } = new URL(address);
  const name = pathname.replace(/\/+$/, "").split("/").at(-1) || address;
  const kind = /\.zarr\/?$/i.test(pathname) ? "zarr" : "image";
  return { input: { name: decodeURIComponent(name), path: address, kind, address: href } };
}

type Roots = { folder: string; only?: Set<string> }[];

async function onDisk(name: string, cwd: string, roots: Roots): Promise<Placed[]> {
  const path = await realpath(resolve(cwd, name));
  const status = await stat(path);
  if (status.isDirectory() && !(await isZarr(path))) {
    const number = rootOf(roots, path);
    const found = await inFolder(path, name, number);
    if (found.length === 0) throw new Error("no images in this folder");
    return withMovie(found, placed({ path, shown: name, kind: "folder", root: path, number }));
  }
  if (!status.isFile() && !status.isDirectory()) throw new Error("is not a regular file");
  const root = dirname(path);
  const kind = status.isDirectory() ? "zarr" : (kindOf(path) ?? "image");
  const number = rootOf(roots, root, basename(path));
  const found = [placed({ path, shown: name, kind, root, number })];
  for (const labels of kind === "image" ? await labelsBeside(path) : []) {
    rootOf(roots, root, labels);
    const shown = join(dirname(name), labels);
    found.push(placed({ path: join(root, labels), shown, kind: "labels", root, number }));
  }
  return found;
}

/** Names of the files beside an image that hold its labels. */
async function labelsBeside(path: string): Promise<string[]> {
  const names = await readdir(dirname(path)).catch(() => [] as string[]);
  const stem = stemOf(path);
  return names
    .filter((name) => kindOf(name) === "labels" && stemOfLabels(name) === stem)
    .sort(compare)
    .slice(0, 1);
}

/** The number of a folder among the roots; a new one where it is not there. */
function rootOf(roots: Roots, folder: string, only?: string): number {
  const at = roots.findIndex((root) => root.folder === folder && !root.only === !only);
  if (at >= 0) {
    if (only) roots[at].only?.add(only);
    return at;
  }
  return roots.push({ folder, ...(only ? { only: new Set([only]) } : {}) }) - 1;
}

/** Images, Zarrs and folders of images that lie in a folder; of folders in it no more than that they are there. */
async function inFolder(folder: string, shown: string, number: number): Promise<Placed[]> {
  const found: Placed[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => compare(a.name, b.name))) {
    if (entry.name.startsWith(".") || entry.name.endsWith("~")) continue;
    if (found.length === mostInputs)
      throw new UsageError(`${shown} has more than ${mostInputs} images`);
    const path = join(folder, entry.name);
    const status = await stat(path).catch(() => undefined);
    const kind = status?.isDirectory()
      ? await folderKind(path)
      : status?.isFile()
        ? kindOf(path)
        : undefined;
    const at = { path, shown: join(shown, entry.name), root: folder, number };
    if (kind) found.push(placed({ ...at, kind }));
    else if (status?.isDirectory()) found.push(...(await foldersIn(at)));
  }
  return found;
}

/** Folders of images in a folder that has none itself: the truth of the Cell Tracking Challenge lies so. */
async function foldersIn(at: Omit<Place, "kind">): Promise<Placed[]> {
  const found: Placed[] = [];
  const names = await readdir(at.path).catch(() => [] as string[]);
  for (const name of names.filter((name) => !name.startsWith(".")).sort(compare)) {
    const path = join(at.path, name);
    const kind = (await stat(path).catch(() => undefined))?.isDirectory()
      ? await folderKind(path)
      : undefined;
    if (kind) found.push(placed({ ...at, path, shown: join(at.shown, name), kind }));
  }
  return found;
}

async function folderKind(folder: string): Promise<"zarr" | "folder" | undefined> {
  if (await isZarr(folder)) return "zarr";
  const names = await readdir(folder).catch(() => [] as string[]);
  return names.some((name) => !name.startsWith(".") && kindOf(name)) ? "folder" : undefined;
}

interface Place {
  readonly path: string;
  readonly shown: string;
  readonly kind: ViewInput["kind"];
  readonly root: string;
  readonly number: number;
}

function placed({ path, shown, kind, root, number }: Place): Placed {
  const steps = relative(root, path).split(sep).map(encodeURIComponent).join("/");
  const slash = steps !== "" && (kind === "zarr" || kind === "folder") ? "/" : "";
  const name = kind === "image" ? stemOf(path) : basename(path);
  return {
    file: path,
    input: { name, path: shown, kind, address: `files/${number}/${steps}${slash}` },
  };
}
