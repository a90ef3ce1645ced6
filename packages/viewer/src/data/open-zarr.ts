/**
 * An OME-Zarr as layers: the image, and each of the labels that belong to it.
 *
 * @module
 */
import { openZarr, type ZarrOpened, type ZarrStore } from "@cellwright/core";
import type { Opened } from "./opened.js";
import { cachedReader } from "./tile-cache.js";

/** Decoded pixels of a chunk or a region at most. */
const maxBytes = 2 ** 30;

/** Opens what is at the root of a hierarchy; `address` is that of the root, where it has one. */
export async function openZarrLayers(
  store: ZarrStore,
  name: string,
  address?: string,
): Promise<Opened[]> {
  const image = await openZarr(store, { maxBytes });
  const labels = await Promise.all(image.labels.map((path) => openZarr(store, { path, maxBytes })));
  return [image, ...labels].map((found) => layerOf(found, name, address));
}

function layerOf(found: ZarrOpened, name: string, address?: string): Opened {
  const { reader, kind, path, colours, limits } = found;
  const step = path.slice(path.lastIndexOf("/") + 1);
  const own = address === undefined || path === "" ? address : below(address, path);
  return {
    name: kind === "labels" && step !== "" ? `${name} ${step}` : name,
    kind,
    reader: cachedReader(reader),
    ...(own !== undefined && { address: own }),
    ...(colours && { channelColours: colours }),
    ...(limits && { channelLimits: limits }),
  };
}

function below(address: string, path: string): string {
  const url = new URL(address);
  const steps = path.split("/").map(encodeURIComponent).join("/");
  url.pathname = `${url.pathname.replace(/\/*$/, "/")}${steps}/`;
  return url.href;
}
