/**
 * The models that a page knows: shipped with it, added by an address or by files, learnt here.
 *
 * @module
 */
import { classicalNames, ModelError } from "@cellwright/core";
import type { Workspace } from "../workspace.js";
import type { ModelInfo } from "./bench.js";
import type { Client } from "./client.js";
import type { ModelFile, ModelSource } from "./protocol.js";

/** The folders of the models that are shipped, the one to begin with first. */
export const SHIPPED_MODELS: readonly string[] = [
  "nuclei",
  "cytoplasm-phase",
  "bacteria-phase",
  "coculture-mcf10a-3t3",
];

/** Models by id. */
export interface ModelShelf {
  list(): Promise<readonly ModelInfo[]>;
  add(from: string | readonly ModelFile[]): Promise<ModelInfo>;
  /** Puts in a model that was learnt, a zip. */
  keep(name: string, zip: Uint8Array): Promise<ModelInfo>;
  /** Throws core's `ModelError` for an id that is none. */
  infoOf(id: string): Promise<ModelInfo>;
  sourceOf(id: string): ModelSource;
  download(id: string): Promise<{ readonly name: string; readonly bytes: Uint8Array }>;
}

/** Where the shipped models lie. */
export interface ShelfOptions {
  /** Absolute, with a slash at its end. */
  readonly base: string;
  readonly shipped?: readonly string[];
  /** Classical methods of core that stand beside the models; default all. */
  readonly methods?: readonly string[];
}

interface Entry {
  readonly source: ModelSource;
  readonly origin: ModelInfo["origin"];
  info?: Promise<ModelInfo>;
}

/** A shelf with the shipped models and the classical methods on it; none is read yet. */
export function shelveModels(
  workspace: Pick<Workspace, "notices">,
  client: Client,
  { base, shipped = SHIPPED_MODELS, methods = classicalNames }: ShelfOptions,
): ModelShelf {
  const entries = new Map<string, Entry>();
  for (const name of shipped) {
    const address = new URL(`${encodeURIComponent(name)}/`, base).href;
    entries.set(name, { source: { id: name, name, kind: "folder", address }, origin: "shipped" });
  }
  for (const name of methods)
    entries.set(name, { source: { id: name, name, kind: "method" }, origin: "method" });
  let count = 0;
  const entryOf = (id: string): Entry => {
    const entry = entries.get(id);
    if (!entry)
      throw new ModelError(
        `there is no model ${id}: it may be one of ${[...entries.keys()].join(", ")}`,
      );
    return entry;
  };
  const infoOf = async (id: string): Promise<ModelInfo> => {
    const entry = entryOf(id);
    entry.info ??= client
      .ask("describe", entry.source)
      .then((card) => ({ ...card, id, origin: entry.origin }));
    try {
      return await entry.info;
    } catch (error) {
      entry.info = undefined;
      throw error;
    }
  };
  const put = async (source: ModelSource, origin: ModelInfo["origin"]): Promise<ModelInfo> => {
    entries.set(source.id, { source, origin });
    try {
      return await infoOf(source.id);
    } catch (error) {
      entries.delete(source.id);
      throw error;
    }
  };
  const told = new Set<string>();
  return {
    infoOf,
    sourceOf: (id) => entryOf(id).source,
    list: async () => {
      const found = await Promise.allSettled([...entries.keys()].map(infoOf));
      for (const [i, result] of found.entries())
        if (result.status === "rejected")
          tell(workspace, told, [...entries.keys()][i], result.reason);
      return found.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    },
    add: async (from) => {
      const id = `added-${++count}`;
      return typeof from === "string"
        ? put(sourceAt(id, from), "address")
        : put(sourceIn(id, from), "files");
    },
    keep: (name, zip) => {
      const file = new Blob([zip as Uint8Array<ArrayBuffer>], { type: "application/zip" });
      return put({ id: `learnt-${++count}`, name, kind: "zip-file", file }, "learnt");
    },
    download: async (id) => {
      const { source } = entryOf(id);
      const { name } = await infoOf(id);
      const bytes =
        source.kind === "zip-file"
          ? new Uint8Array(await source.file.arrayBuffer())
          : await client.ask("package", source);
      return { name: `${name.trim().replaceAll(/[^A-Za-z0-9_+-]+/g, "-")}.zip`, bytes };
    },
  };
}

/** Says once of each model that it cannot be read. */
function tell(
  workspace: Pick<Workspace, "notices">,
  told: Set<string>,
  id: string,
  reason: unknown,
): void {
  if (told.has(id)) return;
  told.add(id);
  const text = `The model ${id} cannot be read: ${reason instanceof Error ? reason.message : reason}`;
  workspace.notices.update((notices) => {
    const number = Math.max(0, ...notices.map((notice) => notice.id)) + 1;
    return [...notices, { id: number, kind: "error", text }];
  });
}

const descriptions = /(^|\/)(bioimageio|rdf)\.ya?ml$/i;

/** A folder, the description in it, or a zip, by an address. Throws `ModelError` for what is no address of the web. */
export function sourceAt(id: string, text: string): ModelSource {
  const address = parsed(text.trim());
  if (!address || !/^https?:$/.test(address.protocol))
    throw new ModelError(
      `"${text.slice(0, 200)}" must be an address that begins with https:// or http://`,
    );
  const path = address.pathname;
  if (/\.zip$/i.test(path)) return { id, name: lastPart(path), kind: "zip", address: address.href };
  const folder = descriptions.test(path) ? new URL(".", address) : address;
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  folder.hash = "";
  return { id, name: lastPart(folder.pathname), kind: "folder", address: folder.href };
}

/** A zip, or the files around a description. Throws `ModelError` where there is neither. */
export function sourceIn(id: string, files: readonly ModelFile[]): ModelSource {
  const [only] = files;
  if (files.length === 1 && /\.zip$/i.test(only.path))
    return { id, name: lastPart(only.path), kind: "zip-file", file: only.file };
  const found = files
    .map(({ path }) => path.replace(/^\//, ""))
    .filter((path) => descriptions.test(path))
    .sort((a, b) => depthOf(a) - depthOf(b))[0];
  if (found === undefined)
    throw new ModelError(
      "a model must be one .zip, or a folder with a bioimageio.yaml: neither was given",
    );
  const folder = found.slice(0, found.lastIndexOf("/") + 1);
  const inside = files.flatMap(({ path, file }) => {
    const plain = path.replace(/^\//, "");
    return plain.startsWith(folder) ? [{ path: plain.slice(folder.length), file }] : [];
  });
  return { id, name: lastPart(folder) || "model", kind: "files", files: inside };
}

function depthOf(path: string): number {
  return path.split("/").length;
}

function lastPart(path: string): string {
  return decodeURIComponent(
    path
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? "model",
  );
}

function parsed(text: string): URL | undefined {
  const base = globalThis.document?.baseURI;
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}
