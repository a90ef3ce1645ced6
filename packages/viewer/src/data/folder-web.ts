/**
 * What is in a folder of a host that lists its folders as JSON, as `cellwright view` does: `[{ name, kind }, …]`.
 *
 * @module
 */
import type { Signal } from "@cellwright/core";
import { ask, bodyOf } from "./web.js";

/** A list with more bytes is none. */
const longestList = 64 * 2 ** 20;

/** The names of the files in a folder, and of Zarr's metadata; undefined where the host does not list it so. */
export async function listFolder(address: string, signal?: Signal): Promise<string[] | undefined> {
  const response = await ask(address, { signal });
  const isList = /^application\/json/i.test(response.headers.get("Content-Type") ?? "");
  if (!response.ok || !isList) {
    await response.body?.cancel();
    return undefined;
  }
  return namesIn(new TextDecoder().decode(await bodyOf(response, address, longestList)));
}

function namesIn(text: string): string[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list)) return undefined;
  const names: string[] = [];
  for (const { name, kind } of list.filter((each) => typeof each === "object" && each !== null))
    if (typeof name === "string" && kind === "file" && !/[/\\]|^\.\.?$/.test(name))
      names.push(name);
  return names;
}
