/**
 * A file as an answer: whole, a range of it, or the word that it has not changed.
 *
 * @module
 */
import { constants, type Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { type Reply, said } from "./view-reply.js";

/** How much is read at a time. */
const piece = 1024 ** 2;

/** Answers a GET or HEAD of a file. 404 where it is none. The file is opened again when the body is read, if it is. */
export async function fileReply(
  path: string,
  headers: IncomingHttpHeaders,
  type: string,
): Promise<Reply> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isFile()) return said(404, "there is no such file");
  const etag = tagOf(status);
  const known = { ETag: etag, "Accept-Ranges": "bytes", "Content-Type": type };
  const range = headers["if-range"] && headers["if-range"] !== etag ? undefined : headers.range;
  const part = range === undefined ? undefined : rangeOf(range, status.size);
  if (part === undefined && headers["if-none-match"] === etag)
    return { status: 304, headers: known };
  if (part === "none")
    return said(416, "the range lies outside of the file", {
      "Content-Range": `bytes */${status.size}`,
    });
  const [start, end] = part ?? [0, status.size];
  const extent: Record<string, string> = part
    ? { "Content-Range": `bytes ${start}-${end - 1}/${status.size}` }
    : {};
  return {
    status: part ? 206 : 200,
    headers: { ...known, ...extent, "Content-Length": `${end - start}` },
    body: pieces(path, etag, start, end),
  };
}

/** Changes when the file does. */
function tagOf({ mtimeMs, size }: Stats): string {
  return `"${mtimeMs.toString(36)}-${size.toString(36)}"`;
}

/** First and last byte (not included); "none" for a range outside; undefined for what is no single range: all is sent. */
export function rangeOf(range: string, size: number): [number, number] | "none" | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range.trim()) ?? [];
  if (first === undefined || (first === "" && last === "")) return undefined;
  if (first === "")
    return last === "0" || size === 0 ? "none" : [Math.max(0, size - Number(last)), size];
  const start = Number(first);
  const end = last === "" ? size : Math.min(size, Number(last) + 1);
  if (last !== "" && Number(last) < start) return undefined;
  return start < size ? [start, end] : "none";
}

async function* pieces(
  path: string,
  etag: string,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (tagOf(await handle.stat()) !== etag) throw new Error("the file has just changed");
    for (let at = start; at < end; ) {
      const { bytesRead, buffer } = await handle.read({
        buffer: Buffer.allocUnsafe(Math.min(piece, end - at)),
        position: at,
      });
      if (bytesRead === 0) throw new Error("the file ends before its size");
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
