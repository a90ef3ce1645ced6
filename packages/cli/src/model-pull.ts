/**
 * Models from the network: a package's address, or a model's name at bioimage.io → a folder in the cache, checked.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  bytesSource,
  descriptionFiles,
  FormatError,
  listZip,
  ModelError,
  type ModelFiles,
  readModelZip,
  validateModel,
} from "@cellwright/core";
import type { PullOptions } from "./commands/models.js";
import { type Context, UsageError } from "./context.js";
import { isModelId, modelCache } from "./model-cache.js";
import { addressFiles, fetchBytes } from "./model-fetch.js";
import { folderFiles, sha256, writeModelFolder } from "./model-folder.js";

/** Where bioimage.io keeps the files of its models; a model's name and `files/` come after it. */
export const collection = "https://hypha.aicell.io/bioimage-io/artifacts/";

/** Fetches a model into the cache, or says where it lies there already; nothing is kept of one that is not as promised. */
export async function pullModel(
  name: string,
  options: PullOptions,
  context: Context,
): Promise<void> {
  const { address, id } = placeOf(name, options.base ?? collection);
  const folder = options.output
    ? resolve(context.cwd, options.output)
    : join(modelCache(context.env), id);
  if (!options.overwrite && (await stat(folder).catch(() => undefined))) {
    await check(folderFiles(folder), undefined);
    tell(folder, id, true, options, context);
    return;
  }
  const files = await fetched(address, id, options, context);
  await check(held(id, files), options.sha256 === undefined ? context : undefined);
  await writeModelFolder(folder, files, { overwrite: options.overwrite ?? false });
  tell(folder, id, false, options, context);
}

function tell(
  folder: string,
  id: string,
  cached: boolean,
  options: PullOptions,
  context: Context,
): void {
  context.stdout(
    options.json ? `${JSON.stringify({ model: id, folder, cached })}\n` : `${folder}\n`,
  );
  if (!options.json && cached)
    context.stderr(`${id} was fetched before; --overwrite fetches it again\n`);
}

/** What is asked for: an address as it stands, or a name below the collection's. */
function placeOf(name: string, base: string): { address: string; id: string } {
  if (/^https?:\/\//i.test(name)) {
    if (!URL.canParse(name)) throw new UsageError(`${name} is no address`);
    const url = new URL(name);
    const parts = url.pathname.split("/").filter((part) => part !== "");
    const last =
      (/^(bioimageio|rdf)\.ya?ml$/i.test(parts.at(-1) ?? "") ? parts.at(-2) : parts.at(-1)) ??
      "model";
    const stem = last
      .replace(/\.zip$/i, "")
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[^A-Za-z0-9]+/, "");
    const mark = createHash("sha256").update(url.href).digest("hex").slice(0, 8);
    return { address: url.href, id: `${stem.slice(0, 60) || "model"}-${mark}` };
  }
  const id = name.replace(/^bioimage-io\//, "");
  if (!isModelId(id))
    throw new UsageError(
      `${name}: give an address that begins with https://, or a model's name at bioimage.io, such as affable-shark`,
    );
  if (!/^https?:\/\//i.test(base))
    throw new UsageError(`--base must begin with https://, is ${base}`);
  return { address: new URL(`${id}/files/`, base.endsWith("/") ? base : `${base}/`).href, id };
}

/** The files of a package, or those that a description names. */
async function fetched(
  address: string,
  id: string,
  options: PullOptions,
  context: Context,
): Promise<Record<string, Uint8Array>> {
  const { pathname } = new URL(address);
  if (/\.zip$/i.test(pathname)) {
    const bytes = await fetchBytes(address, context.signal);
    if (!bytes) throw new FormatError(`${address}: there is no such file`);
    checkHash(address, bytes, options.sha256);
    return unpacked(id, bytes);
  }
  const base = /\.ya?ml$/i.test(pathname)
    ? new URL(".", address).href
    : `${address.replace(/\/?$/, "/")}`;
  const kept: Record<string, Uint8Array> = {};
  const files = addressFiles(id, base, kept, context.signal);
  const { description, paths } = await descriptionFiles(files);
  checkHash(new URL(description, base).href, kept[description], options.sha256);
  for (const path of paths) {
    context.stderr(`${id}: ${path}\n`);
    if (!(await files.open(path)))
      throw new FormatError(`${new URL(path, base).href}: there is no such file`);
  }
  return kept;
}

/** The file asked for is the one that the user was promised. */
function checkHash(address: string, bytes: Uint8Array, promised: string | undefined): void {
  if (promised === undefined) return;
  const actual = sha256(bytes);
  if (actual !== promised.toLowerCase())
    throw new ModelError(
      `${address} is not the file promised: --sha256 is ${promised.slice(0, 12)}…, the file's is ${actual.slice(0, 12)}…`,
    );
}

async function unpacked(id: string, bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
  const source = bytesSource(`${id}.zip`, bytes);
  const files = await readModelZip(source);
  const content: Record<string, Uint8Array> = {};
  const refuse = (message: string, file: string) => new ModelError(message, { file });
  for (const { name } of await listZip(source, { refuse })) {
    if (name.endsWith("/")) continue;
    const file = await files.open(name);
    if (file) content[name] = await file.read(0, file.byteLength);
  }
  return content;
}

function held(name: string, files: Readonly<Record<string, Uint8Array>>): ModelFiles {
  return {
    name,
    open: async (path) =>
      Object.hasOwn(files, path) ? bytesSource(`${name}/${path}`, files[path]) : undefined,
  };
}

/** Refuses a model whose files are not those that its description promises; other faults are told of. */
async function check(files: ModelFiles, context: Context | undefined): Promise<void> {
  const problems = await validateModel(files, sha256);
  const wrong = problems.find(({ message }) =>
    /is not the file the model was made with/.test(message),
  );
  if (wrong) throw new ModelError(wrong.message);
  const errors = problems.filter(({ level }) => level === "error").length;
  if (errors > 0)
    context?.stderr(
      `${files.name}: ${errors} faults in its description; "models validate" names them\n`,
    );
}
