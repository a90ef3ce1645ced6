/**
 * A small server for pages under test, on this machine alone: files by path, ranges of them, and the strict headers that
 * a careful site sets.
 *
 * @module
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

/** The content of an address's path; undefined where there is none. */
export type Find = (path: string) => Uint8Array | undefined;

/** What the viewer may do: its own files, workers and WebAssembly of them, and what it has made itself. */
export const viewerPolicy: string = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "worker-src 'self' blob:",
  "connect-src 'self' blob: data:",
].join("; ");

/** What {@link serveSite} serves and how. */
export interface ServeOptions {
  readonly find: Find;
  /** The content security policy; default {@link viewerPolicy}. */
  readonly policy?: string;
  /** Whether threads may share memory (COOP and COEP); default true. */
  readonly isolated?: boolean;
  /** Headers of every answer, in the place of ours. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The content as Brotli makes it smaller, where that is kept beside it. */
  readonly findSmaller?: Find;
  /** Hears of each answer: the bytes of its body. */
  readonly onAnswer?: (path: string, byteLength: number) => void;
}

/** A server that runs. */
export interface Served {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Starts a server on a free port. */
export async function serveSite(options: ServeOptions): Promise<Served> {
  const server = createServer((request, response) => answer(request, response, options));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** The file of a folder that a path such as `/assets/a.js` names; undefined where there is none, or it lies outside. */
export function fileIn(folder: string, path: string): Uint8Array | undefined {
  const file = join(folder, normalize(`/${path}`));
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file) : undefined;
}

function answer(request: IncomingMessage, response: ServerResponse, options: ServeOptions): void {
  const path = decodeURIComponent(new URL(request.url ?? "/", "http://a").pathname);
  const { range, "accept-encoding": encodings = "" } = request.headers;
  const headers = headersOf(path, options);
  const send = (status: number, more: Record<string, string>, body: Uint8Array) => {
    const sent = request.method === "HEAD" ? new Uint8Array(0) : body;
    options.onAnswer?.(path, sent.length);
    response.writeHead(status, { ...headers, ...more, "Content-Length": body.length });
    response.end(sent);
  };
  const content = options.find(path);
  const isWhole = range === undefined;
  const canBeSmaller = isWhole && /\bbr\b/.test(`${encodings}`);
  const smaller = canBeSmaller ? options.findSmaller?.(path) : undefined;
  const part = content && !isWhole ? rangeOf(range, content.length) : undefined;
  if (content === undefined) send(404, {}, new Uint8Array(0));
  else if (smaller) send(200, { "Content-Encoding": "br" }, smaller);
  else if (part) {
    const [start, end] = part;
    const extent = { "Content-Range": `bytes ${start}-${end - 1}/${content.length}` };
    send(206, extent, content.subarray(start, end));
  } else send(200, {}, content);
}

/** Start and end (not included) of `bytes=a-b`, `bytes=a-` or `bytes=-n`; undefined for anything else. */
function rangeOf(range: string, length: number): [number, number] | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (first === undefined || (first === "" && last === "")) return undefined;
  if (first === "") return [Math.max(0, length - Number(last)), length];
  const start = Number(first);
  const end = last === "" ? length : Math.min(length, Number(last) + 1);
  return start < end ? [start, end] : undefined;
}

const types: Readonly<Record<string, string>> = {
  "/": "text/html",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
};

function headersOf(path: string, options: ServeOptions): Record<string, string> {
  const isolation = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  };
  return {
    ...(options.isolated === false ? {} : isolation),
    "Content-Security-Policy": options.policy ?? viewerPolicy,
    "Content-Type": types[path.endsWith("/") ? "/" : extname(path)] ?? "application/octet-stream",
    "Accept-Ranges": "bytes",
    "Cache-Control": "no-cache",
    ...options.headers,
  };
}
