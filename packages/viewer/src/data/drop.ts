/**
 * The files of a drop, folders walked through to their ends.
 *
 * @module
 */
import { UnsupportedError } from "@cellwright/core";
import type { Entry } from "./opened.js";

/** A folder with more files than this is no folder of images; an OME-Zarr of that size is better opened by its address. */
const mostFiles = 200_000;

/** All files that were dropped, by their paths. Folders keep their names: `movie/t001.tif`. Hidden files are left out. */
export async function entriesOfDrop(transfer: DataTransfer): Promise<Entry[]> {
  // The browser forgets the items as soon as one waits, so all are taken first.
  const roots = [...transfer.items]
    .filter(({ kind }) => kind === "file")
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found: Entry[] = [];
  for (const root of roots)
    if (root instanceof File) found.push({ path: root.name, file: root });
    else if (root) await walk(root, root.name, found);
  return found;
}

/** The files of an `<input type="file">`, by their paths where it picks folders. */
export function entriesOfInput(files: Iterable<File>): Entry[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
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
