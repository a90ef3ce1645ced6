/**
 * Which answer belongs to an address: the page's files, `api/inputs`, `files/N/…`.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { fileReply } from "./view-file.js";
import { folderListing } from "./view-listing.js";
import { type Place, placeOf, readable, writable } from "./view-place.js";
import { type Reply, said, typeOf } from "./view-reply.js";
import type { ViewSite } from "./view-server.js";
import { writeReply } from "./view-write.js";

/** The answer to a request whose sender is known; `path` is what follows the token and its slash. */
export async function routeReply(
  request: IncomingMessage,
  path: string,
  site: ViewSite,
): Promise<Reply> {
  const method = request.method ?? "";
  if (path.startsWith("files/")) {
    const place = placeOf(site.viewed.roots, path.slice("files/".length));
    if (!place) return said(404, "there is no such file");
    if (method === "PUT") return write(request, place, site);
    return reads(method, () => read(request, place, path.endsWith("/")));
  }
  if (path === "api/inputs") return reads(method, async () => listed(site.viewed.inputs));
  if (path === "") return reads(method, () => page(site.app));
  return reads(method, () => ownFile(request, path, site.app));
}

async function reads(method: string, reply: () => Promise<Reply>): Promise<Reply> {
  if (method === "GET" || method === "HEAD") return reply();
  return said(405, "files can be read here, and some written", { Allow: "GET, HEAD, PUT" });
}

/** The page, told that this server is behind it; the policy for hosts of files alone gives way to this server's. */
async function page(app: string): Promise<Reply> {
  const text = await readFile(join(app, "index.html"), "utf8");
  const body = text
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "")
    .replace(/(<meta name="cellwright-host" content=)"[^"]*"/, '$1"view"');
  return { status: 200, headers: { "Content-Type": typeOf("index.html") }, body };
}

async function ownFile(request: IncomingMessage, path: string, app: string): Promise<Reply> {
  const place = placeOf([{ folder: app }], `0/${path}`);
  const file = place && (await readable(place));
  if (!file) return said(404, "there is no such file");
  return fileReply(file, request.headers, typeOf(file));
}

/** Bytes of a file; of a folder, asked for with a slash, what is in it. */
async function read(request: IncomingMessage, place: Place, isFolder: boolean): Promise<Reply> {
  const { only } = place.root;
  const isRoot = place.steps.length === 0;
  const path = only && isRoot && isFolder ? place.root.folder : await readable(place);
  if (!path) return said(404, "there is no such file");
  if (!isFolder) return fileReply(path, request.headers, "application/octet-stream");
  const listing = await folderListing(path, isRoot ? only : undefined);
  return listing ? listed(listing) : said(404, "is not a folder");
}

async function write(request: IncomingMessage, place: Place, site: ViewSite): Promise<Reply> {
  const path = await writable(place);
  if (!path) return said(403, "files are written beside the opened images, and nowhere else");
  const length = request.headers["content-length"];
  const bytes = length === undefined ? undefined : Number(length);
  const reply = await writeReply(path, request, bytes, site.written);
  if (reply.status < 300) (place.root.only as Set<string> | undefined)?.add(place.steps[0]);
  return reply;
}

function listed(list: readonly unknown[]): Reply {
  return {
    status: 200,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(list),
  };
}
