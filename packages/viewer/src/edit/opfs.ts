/**
 * The journal in the browser's private file system: a folder a page, so that two pages never write to one file. A page that
 * opens takes over the folder that it had before its reload, or the newest that a closed or crashed page left.
 *
 * @module
 */
import type { AutosaveStorage } from "./storage.js";

/** A folder that this page alone writes to, as long as it is open. */
export interface WorkFolder {
  readonly name: string;
  readonly storage: AutosaveStorage;
  /** Lets other pages have it. */
  release(): void;
}

/** Where folders are kept, and the name of this page's, which outlives a reload. */
const ROOT = "cellwright-work";
/** How long a page waits for the one before its reload to let go, in milliseconds. */
const PATIENCE = 3000;

/**
 * The folder for this page. Rejects where the browser has no private file system, or forbids it, as in some private
 * windows: then nothing can be saved but by hand.
 */
export async function takeWorkFolder(): Promise<WorkFolder> {
  const top = await navigator.storage.getDirectory();
  const root = await top.getDirectoryHandle(ROOT, { create: true });
  const own = sessionStorage.getItem(ROOT) ?? undefined;
  const names: string[] = [];
  for await (const [name, handle] of root.entries())
    if (handle.kind === "directory") names.push(name);
  names.sort().reverse();
  if (own !== undefined)
    names.unshift(...names.splice(names.indexOf(own), names.includes(own) ? 1 : 0));
  for (const name of names) {
    const release = await lock(name, name === own ? PATIENCE : 0);
    if (!release) continue;
    const handle = await root.getDirectoryHandle(name);
    const storage = opfsStorage(handle, `${ROOT}/${name}/`);
    const isEmpty = (await storage.list()).length === 0;
    if (!isEmpty || name === own) return taken(name, storage, release);
    await root.removeEntry(name, { recursive: true });
    release();
  }
  const name = `${Date.now()}-${crypto.randomUUID()}`;
  const release = (await lock(name, PATIENCE)) ?? (() => undefined);
  const handle = await root.getDirectoryHandle(name, { create: true });
  return taken(name, opfsStorage(handle, `${ROOT}/${name}/`), release);
}

function taken(name: string, storage: AutosaveStorage, release: () => void): WorkFolder {
  sessionStorage.setItem(ROOT, name);
  return { name, storage, release };
}

/** Takes a lock that ends with the page; answers what gives it back, undefined where another page has it. */
function lock(name: string, patience: number): Promise<(() => void) | undefined> {
  const options: LockOptions =
    patience > 0 ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true };
  return new Promise((answer) => {
    navigator.locks
      .request(`${ROOT}/${name}`, options, (held) => {
        if (!held) return answer(undefined);
        return new Promise<void>((release) => answer(release));
      })
      .catch(() => answer(undefined));
  });
}

/**
 * A folder of the private file system. What is written on leaving the page goes to the local storage, under names that begin
 * with `prefix`: the file system cannot be written to at once. An append is there as a whole or not at all.
 */
export function opfsStorage(folder: FileSystemDirectoryHandle, prefix: string): AutosaveStorage {
  return {
    list: async () => {
      const names = new Set<string>();
      for await (const name of folder.keys()) names.add(name);
      for (let n = 0; n < localStorage.length; n++) {
        const key = localStorage.key(n);
        if (key?.startsWith(prefix)) names.add(key.slice(prefix.length));
      }
      return [...names];
    },
    read: async (name) => {
      const text = localStorage.getItem(prefix + name);
      if (text !== null) return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      const handle = await fileIn(folder, name);
      return handle && new Uint8Array(await (await handle.getFile()).arrayBuffer());
    },
    append: async (name, bytes) => {
      const handle = await folder.getFileHandle(name, { create: true });
      const { size } = await handle.getFile();
      const stream = await handle.createWritable({ keepExistingData: true });
      await stream.write({ type: "write", position: size, data: bytes as Uint8Array<ArrayBuffer> });
      await stream.close();
    },
    remove: async (name) => {
      localStorage.removeItem(prefix + name);
      if (await fileIn(folder, name)) await folder.removeEntry(name);
    },
    writeNow: (name, bytes) => {
      let text = "";
      for (const byte of bytes) text += String.fromCharCode(byte);
      localStorage.setItem(prefix + name, text);
    },
  };
}

async function fileIn(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemFileHandle | undefined> {
  try {
    return await folder.getFileHandle(name);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return undefined;
    throw error;
  }
}
