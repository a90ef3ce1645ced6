/**
 * Files leave the page: written beside the images by the server that the page came from, where it can, else downloaded.
 *
 * @module
 */
import { UnsupportedError } from "@cellwright/core";
import type { SavedFile } from "./format.js";

/** Where files go. */
export interface DeliverOptions {
  /** The folder on the page's server, an address that ends in `/`, see {@link serverFolder}; without it files are downloaded. */
  readonly server?: string;
  /** Default the browser's. */
  readonly fetch?: typeof fetch;
  /** Default {@link download}. */
  readonly download?: (file: SavedFile) => void;
}

/**
 * Delivers files, one after the other. Throws `UnsupportedError` with the server's reason where it does not take one; nothing
 * is downloaded in its place, so that the user can choose.
 */
export async function deliver(
  files: readonly SavedFile[],
  options: DeliverOptions = {},
): Promise<void> {
  const { server, fetch: request = fetch, download: keep = download } = options;
  for (const file of files) {
    if (server === undefined) {
      keep(file);
      continue;
    }
    const reply = await request(`${server}${encodeURIComponent(file.name)}`, {
      method: "PUT",
      body: new Blob([file.bytes as Uint8Array<ArrayBuffer>], { type: file.type }),
      headers: { "Content-Type": file.type },
    });
    if (reply.ok) continue;
    const reason = (await reply.text().catch(() => "")).trim().slice(0, 300);
    throw new UnsupportedError(
      `${file.name} was not written: ${reason || `the server answered ${reply.status}`}`,
      { file: file.name, status: reply.status },
    );
  }
}

/** Hands a file to the browser's downloads. */
export function download({ name, bytes, type }: SavedFile): void {
  const address = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the address after this returns.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * The folder beside an image on the page's server, as {@link deliver} wants it; undefined where the image came from
 * elsewhere. `page` is the page's own address.
 */
export function serverFolder(address: string | undefined, page: string): string | undefined {
  if (address === undefined) return undefined;
  const files = new URL("files/", page);
  const place = URL.canParse(address, page) ? new URL(address, page) : undefined;
  if (!place || place.origin !== files.origin || !place.pathname.startsWith(files.pathname))
    return undefined;
  const path = place.pathname.replace(/\/+$/, "");
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  // A folder of its own number must be there: `files/0/`.
  return folder.length > files.pathname.length ? `${files.origin}${folder}` : undefined;
}
