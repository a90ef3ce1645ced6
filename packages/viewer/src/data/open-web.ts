/**
 * Opens an address: a file by ranges, an OME-Zarr by its chunks, or a folder that its host lists.
 *
 * @module
 */
import { FormatError, isCoreError } from "@cellwright/core";
import { listFolder } from "./folder-web.js";
import { zarrMetadata } from "./group.js";
import { openItems } from "./open-items.js";
import { openZarrLayers } from "./open-zarr.js";
import type { Opened, OpenOptions } from "./opened.js";
import { webSource } from "./source-web.js";
import { nameOf, shortOf } from "./web.js";
import { webStore } from "./zarr-web.js";

/** Opens what is at an address, which may be relative to the page. */
export async function openWeb(address: string, options: OpenOptions = {}): Promise<Opened[]> {
  const base = options.base ?? globalThis.location?.href;
  const text = address.trim();
  if (!URL.canParse(text, base))
    throw new FormatError(`"${text}" is not an address: it must begin with https:// or http://`);
  const url = new URL(text, base);
  if (!/^(https?|blob):$/.test(url.protocol))
    throw new FormatError(`${shortOf(text)} must be an address of the web, is of ${url.protocol}`);
  const { href } = url;
  if (/\.zarr(\/|$)/i.test(url.pathname)) return openStore(href);
  if (url.pathname.endsWith("/")) return openFolder(href, options);
  try {
    return await openFile(href, options);
  } catch (error) {
    // Hierarchies need not have .zarr in their names; most hosts then have no file of that name.
    if (!isCoreError(error, "FormatError") || url.protocol === "blob:") throw error;
    return openStore(href).catch(() => {
      throw error;
    });
  }
}

function openFile(address: string, options: OpenOptions): Promise<Opened[]> {
  const source = () => webSource(address, options.signal);
  return openItems([{ path: nameOf(address), address, source }], options);
}

/** A folder of images where its host lists them; else an OME-Zarr. */
async function openFolder(address: string, options: OpenOptions): Promise<Opened[]> {
  const names = await listFolder(address, options.signal);
  if (!names || names.some((name) => zarrMetadata.test(name))) return openStore(address);
  const folder = nameOf(address);
  const items = names.map((name) => {
    const own = new URL(encodeURIComponent(name), address).href;
    const source = () => webSource(own, options.signal);
    return { path: `${folder}/${name}`, address: own, source };
  });
  return openItems(items, options);
}

async function openStore(address: string): Promise<Opened[]> {
  const name = nameOf(address).replace(/(\.ome)?\.zarr$/i, "");
  try {
    return await openZarrLayers(webStore(address), name, address);
  } catch (error) {
    if (isCoreError(error, "FormatError") && !error.message.includes(shortOf(address)))
      throw new FormatError(`${shortOf(address)} ${error.message}`, error.details, error);
    throw error;
  }
}
