/**
 * The files of a model, wherever the page has them: a folder on a server, a zip, files that were dropped.
 *
 * @module
 */
import {
  bytesSource,
  MODEL_FILE,
  ModelError,
  type ModelFiles,
  readModelFiles,
  readModelTest,
  readModelZip,
  type Source,
  writeModelZip,
} from "@cellwright/core";
import type { ModelSource } from "./protocol.js";
import { sha256 } from "./sha256.js";

/** Opens a source. Throws core's `ModelError` where a zip is none, or the address does not answer. */
export async function openModelFiles(source: ModelSource): Promise<ModelFiles> {
  const { name } = source;
  if (source.kind === "method")
    throw new ModelError(`${name} is a method without a network: it has no files`);
  if (source.kind === "folder")
    return {
      name,
      open: async (path) => {
        const bytes = await fetched(new URL(encodePath(path), source.address).href);
        return bytes && bytesSource(`${name}/${path}`, bytes);
      },
    };
  if (source.kind === "files") {
    const files = new Map(source.files.map(({ path, file }) => [path, file]));
    return {
      name,
      open: async (path) => {
        const file = files.get(path);
        return file && blobSource(`${name}/${path}`, file);
      },
    };
  }
  if (source.kind === "zip-file") return readModelZip(blobSource(name, source.file));
  const bytes = await fetched(source.address);
  if (!bytes) throw new ModelError(`${source.address}: there is no such file`);
  return readModelZip(bytesSource(name, bytes));
}

/** The bytes at an address; `undefined` where there are none. Throws `ModelError` where nobody answers. */
async function fetched(address: string): Promise<Uint8Array | undefined> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch (cause) {
    throw new ModelError(
      `${address} cannot be read: its server does not answer, or does not let this page ask`,
      { address },
      cause,
    );
  }
  if (response.status === 404 || response.status === 410) return undefined;
  if (!response.ok) throw new ModelError(`${address} cannot be read: ${response.status}`);
  // A server of a single page answers every address with that page.
  if (response.headers.get("Content-Type")?.startsWith("text/html")) return undefined;
  return new Uint8Array(await response.arrayBuffer());
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function blobSource(name: string, blob: Blob): Source {
  return {
    name,
    byteLength: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

/** A model as one zip: all files that reading it and its test opened, its card and its cover. */
export async function packModel(source: ModelSource): Promise<Uint8Array> {
  const files = await openModelFiles(source);
  const kept: Record<string, Uint8Array> = {};
  const recording: ModelFiles = {
    name: files.name,
    open: async (path) => {
      const file = await files.open(path);
      if (!file) return undefined;
      kept[path] = await file.read(0, file.byteLength);
      return bytesSource(file.name, kept[path]);
    },
  };
  await readModelFiles(recording, sha256);
  await readModelTest(recording, sha256);
  for (const path of [MODEL_FILE.card, MODEL_FILE.cover]) await recording.open(path);
  return writeModelZip(kept);
}
