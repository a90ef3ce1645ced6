/**
 * Models on this machine: by the name of one we ship, as a folder, as a zip, or by the path of its description.
 * Reading opens only files inside the model; writing leaves a whole folder or none.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readdir, realpath, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve, sep } from "node:path";
import {
  classicalNames,
  type Model,
  ModelError,
  type ModelFiles,
  readModelFiles,
  readModelZip,
  type Source,
  UnsupportedError,
} from "@cellwright/core";
import { withFile } from "./file-source.js";
import { mendFolder, writeWholeFolder } from "./folder-sink.js";
import { isModelId, modelCache } from "./model-cache.js";

/** Names a model's description may have. */
const descriptions = ["bioimageio.yaml", "rdf.yaml"];

/** SHA-256 as hexadecimal text. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A model, and the fingerprint of its weights for reports. */
export interface OpenedModel {
  readonly model: Model;
  /** SHA-256 of the file of weights. */
  readonly sha256: string;
}

/**
 * A model by name or path; see {@link findModel}. Throws core's `ModelError` or `UnsupportedError`: one line that names
 * the file and the field.
 */
export async function openModel(name: string, cwd: string = process.cwd()): Promise<OpenedModel> {
  const model = await readModelFiles(await openModelFiles(name, cwd), sha256);
  return { model, sha256: model.weightsHash ?? "" };
}

/** The files of a model by name or path, unread. */
export async function openModelFiles(name: string, cwd: string): Promise<ModelFiles> {
  const path = await findModel(name, cwd);
  return (await stat(path)).isDirectory() ? folderFiles(path, name) : zipFiles(path);
}

/**
 * Where a model lies: the folder or the zip. A bare word is the name of a model we ship, where there is one, else a path,
 * else the name of one that was fetched; `./word` is always a path. Throws core's `UnsupportedError` for an address, and for
 * a method, which has no files.
 */
export async function findModel(name: string, cwd: string): Promise<string> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(name))
    throw new UnsupportedError(
      `${name}: models are fetched only when asked: cellwright models pull ${name}`,
    );
  if (classicalNames.includes(name))
    throw new UnsupportedError(
      `${name} is a method without a network: it segments images, and there is nothing in it to train, export or test`,
    );
  const shipped = await shippedModels();
  const found = shipped.get(name);
  if (found) return found;
  const path = resolve(cwd, name);
  const status = await stat(path).catch(() => undefined);
  const fetched = join(modelCache(), name);
  if (!status && isModelId(name) && (await holdsModel(fetched))) return fetched;
  if (!status)
    throw new ModelError(
      `${name}: no such model; give a folder, a .zip or one of the shipped models (${[...shipped.keys()].join(", ") || "none here"})`,
    );
  return status.isFile() && descriptions.includes(basename(path)) ? dirname(path) : path;
}

/**
 * What {@link findModel} takes for a folder or a file, by its whole path, whatever folder one is in later; the names of
 * shipped and fetched models and of classical methods as they are.
 */
export async function wholeModel(name: string, cwd: string): Promise<string> {
  if (classicalNames.includes(name) || (await shippedModels()).has(name)) return name;
  const path = resolve(cwd, name);
  const isThere = await stat(path).catch(() => undefined);
  return isThere ? path : name;
}

/** The models we ship, by name: the folders of `@cellwright/models` that hold a description. */
export async function shippedModels(): Promise<Map<string, string>> {
  const manifest = createRequire(import.meta.url).resolve("@cellwright/models/package.json");
  return modelsIn(dirname(manifest));
}

/** The models that lie in a folder, by the names of their folders, in the order of the alphabet. */
export async function modelsIn(folder: string): Promise<Map<string, string>> {
  const models = new Map<string, string>();
  const entries = await readdir(folder, { withFileTypes: true });
  for (const name of entries.map((entry) => entry.name).sort()) {
    const path = join(folder, name);
    if (await holdsModel(path)) models.set(name, path);
  }
  return models;
}

/** Whether a folder holds the description of a model. */
export async function holdsModel(folder: string): Promise<boolean> {
  for (const name of descriptions)
    if (
      await stat(join(folder, name)).then(
        (status) => status.isFile(),
        () => false,
      )
    )
      return true;
  return false;
}

/** The files of a folder. Links that lead out of it are refused. */
export function folderFiles(folder: string, name: string = basename(folder)): ModelFiles {
  return {
    name,
    open: async (path) => {
      const real = await realpath(join(folder, path)).catch(() => undefined);
      if (real === undefined) return undefined;
      if (!real.startsWith((await realpath(folder)) + sep))
        throw new ModelError(
          `${name}/${path} must lie inside the model's folder, is a link out of it`,
        );
      return fileSource(real, `${name}/${path}`);
    },
  };
}

async function zipFiles(path: string): Promise<ModelFiles> {
  return readModelZip(await fileSource(path, basename(path)));
}

/** A file as a source that holds nothing open between reads. */
async function fileSource(path: string, name: string): Promise<Source> {
  const byteLength = await withFile(path, async (source) => source.byteLength);
  return {
    name,
    byteLength,
    read: (start, end) => withFile(path, (source) => source.read(start, end)),
  };
}

/**
 * Writes the files of a model as a folder, under a temporary name beside it that is renamed when all are on the disk.
 * A folder that is there already is replaced only with `overwrite`, and only where it holds a model or nothing.
 */
export async function writeModelFolder(
  folder: string,
  files: Readonly<Record<string, Uint8Array>>,
  options: { readonly overwrite?: boolean } = {},
): Promise<void> {
  await mayReplace(folder, options.overwrite === true);
  await writeWholeFolder(folder, async (put) => {
    for (const [path, bytes] of Object.entries(files)) await put(path, bytes);
  });
}

/**
 * Whether a folder is there that {@link writeModelFolder} would replace. Throws core's `ModelError` where it must not: it
 * holds other things than a model, or a model without `overwrite`.
 */
export async function mayReplace(folder: string, overwrite: boolean): Promise<boolean> {
  await mendFolder(folder);
  const status = await stat(folder).catch(() => undefined);
  if (!status) return false;
  if (!status.isDirectory())
    throw new ModelError(`${folder} must be a folder to write a model to, is a file`);
  if ((await readdir(folder)).length === 0) return true;
  if (!(await holdsModel(folder)))
    throw new ModelError(
      `${folder} exists and holds other things than a model: give another folder`,
    );
  if (!overwrite)
    throw new ModelError(`${folder} exists already: give another folder, or --overwrite`);
  return true;
}
