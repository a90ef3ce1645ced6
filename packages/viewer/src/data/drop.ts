/**
 * The files of a drop, folders walked through to their ends.
 *
 * @module
 */
import { UnsupportedError } from "@cellwright/core";
import type { Entry } from "./opened.js";

/** A folder with more files than this is no folder of images; an OME-Zarr of that size is better opened by its address. */
const mostFiles = 200_000;

/** As people count: `a2` before `a10`. */
const collator = new Intl.Collator("en", { numeric: true });

/**
 * All files that were dropped, by their paths. Folders keep their names: `movie/t001.tif`; their files come by name, however
 * the disk has them. Hidden files are left out.
 */
export async function entriesOfDrop(transfer: DataTransfer): Promise<Entry[]> {
  // The browser forgets the items as soon as one waits, so all are taken first.
  const roots = [...transfer.items]
    .filter(({ kind }) => kind === "file")
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found: Entry[] = [];
  for (const root of roots)
    if (root instanceof File) found.push({ path: root.name, file: root });
    else if (root) found.push(...byName(await walked(root, root.name)));
  return found;
}

/** The files of an `<input type="file">`, by their paths and in the order of these where it picks folders. */
export function entriesOfInput(files: Iterable<File>): Entry[] {
  const entries = [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  return entries.some(({ file }) => file.webkitRelativePath) ? byName(entries) : entries;
}

function byName(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => collator.compare(a.path, b.path));
}

async function walked(node: FileSystemEntry, path: string): Promise<Entry[]> {
  const found: Entry[] = [];
  await walk(node, path, found);
  return found;
}

async function walk(node: FileSystemEntry, path: string, found: Entry[]): Promise<void> {
  if (node.isFile) {
    if (found.length === mostFiles)
      throw new UnsupportedError(
        `has more than ${mostFiles} files: open a part of it, or serve it and open its address`,
      );
    const file = await new Promise<File>((resolve, reject) =>
      (node as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ path, file });
    return;
  }
  const reader = (node as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A call answers a hundred entries at most; none at all means the end.
    const nodes = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (nodes.length === 0) return;
    for (const child of nodes)
      if (!isHidden(child.name)) await walk(child, `${path}/${child.name}`, found);
  }
}

/** Names that begin with a dot are hidden, but for Zarr's metadata. */
function isHidden(name: string): boolean {
  return name.startsWith(".") && !/^\.z(array|attrs|group|metadata)$/.test(name);
}
