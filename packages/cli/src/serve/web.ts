/**
 * Bytes from the web for callers of a service: from checked addresses alone, of a size and within a time that are bounded;
 * where the host sends us elsewhere, that is checked anew.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import {
  bytesSource,
  FormatError,
  type Source,
  UnsupportedError,
  type ZarrRange,
  type ZarrStore,
} from "@cellwright/core";
import { type AddressRules, checkAddress } from "./address.js";

/** What is read at most. */
export interface WebLimits {
  /** Bytes of one answer. */
  readonly bytes: number;
  /** Milliseconds without a byte. */
  readonly quiet: number;
}

/** 512 MiB, 30 seconds. */
export const WEB_LIMITS: WebLimits = { bytes: 2 ** 29, quiet: 30_000 };

/** How to ask. */
export interface WebOptions extends AddressRules {
  readonly signal: AbortSignal;
  readonly limits?: WebLimits;
}

/** An answer, whole. */
export interface WebAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
  /** Of all there is, where a part was asked for and given. */
  readonly total?: number;
  /** Where it came from in the end. */
  readonly address: string;
}

/** How often a host may send us elsewhere. */
const HOPS = 5;

/** Asks for the bytes at an address; `range` as in HTTP, such as `bytes=0-99`. Throws core's `FormatError` where nobody answers. */
export async function askWeb(
  address: string,
  options: WebOptions,
  range?: string,
): Promise<WebAnswer> {
  let next = address;
  for (let hop = 0; hop <= HOPS; hop++) {
    const { answer, location } = await askOnce(next, options, range);
    if (answer) return answer;
    next = new URL(location ?? "", next).href;
  }
  throw new FormatError(`${shortOf(address)} leads on and on: more than ${HOPS} times`);
}

async function askOnce(
  address: string,
  options: WebOptions,
  range: string | undefined,
): Promise<{ answer?: WebAnswer; location?: string }> {
  const { signal, limits = WEB_LIMITS } = options;
  const { url, ip } = await checkAddress(address, options);
  const response = await connect(url, ip, signal, limits.quiet, range);
  const { statusCode: status = 0, headers } = response;
  if ([301, 302, 303, 307, 308].includes(status) && headers.location !== undefined) {
    response.destroy();
    return { location: headers.location };
  }
  if (status !== 200 && status !== 206) {
    response.destroy();
    return { answer: { status, bytes: new Uint8Array(0), address } };
  }
  const bytes = await bodyOf(response, address, limits.bytes);
  const total = Number(/\/(\d+)$/.exec(headers["content-range"] ?? "")?.[1]);
  return {
    answer: { status, bytes, address, ...(status === 206 && total > 0 && { total }) },
  };
}

function connect(
  url: URL,
  ip: string,
  signal: AbortSignal,
  quiet: number,
  range: string | undefined,
): Promise<IncomingMessage> {
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      {
        signal,
        timeout: quiet,
        headers: { "Accept-Encoding": "identity", ...(range && { Range: range }) },
        // The name was looked up and checked: no second answer counts.
        lookup: (_host, { all }, found) => {
          const family = isIP(ip);
          if (all) found(null, [{ address: ip, family }]);
          else found(null, ip, family);
        },
      },
      resolve,
    );
    asked.on("timeout", () => asked.destroy(new Error("it is quiet for too long")));
    asked.on("error", (cause) => {
      if (signal.aborted) reject(signal.reason);
      else reject(new FormatError(`${shortOf(url.href)} cannot be read: ${cause.message}`));
    });
    asked.end();
  });
}

async function bodyOf(
  response: IncomingMessage,
  address: string,
  most: number,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Uint8Array>) {
    length += piece.length;
    if (length > most) {
      response.destroy();
      throw new UnsupportedError(
        `${shortOf(address)} has more than ${most} bytes, the limit for one read`,
      );
    }
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The first request of a file brings so many bytes of it. */
const FIRST = 2 ** 16;

/** A file at an address, read by ranges where its host gives them, else as a whole. */
export async function webSource(address: string, options: WebOptions): Promise<Source> {
  const name = nameOf(address);
  const first = await askWeb(address, options, `bytes=0-${FIRST - 1}`);
  if (first.status === 200) return bytesSource(name, first.bytes);
  const { total, address: final } = first;
  if (first.status !== 206 || total === undefined) throw refused(address, first.status);
  return {
    name,
    byteLength: total,
    read: async (start, end) => {
      if (end <= first.bytes.length) return first.bytes.subarray(start, end);
      const { status, bytes } = await askWeb(final, options, `bytes=${start}-${end - 1}`);
      if (status !== 206 || bytes.length !== end - start) throw refused(address, status);
      return bytes;
    },
  };
}

/** A Zarr hierarchy at an address that ends in `/`. */
export function webStore(base: string, options: WebOptions): Required<ZarrStore> {
  const read = async (key: string, range?: ZarrRange) => {
    const path = key.replace(/^\//, "").split("/").map(encodeURIComponent).join("/");
    const { status, bytes } = await askWeb(new URL(path, base).href, options, textOf(range));
    if (status === 404 || status === 410 || status === 403) return undefined;
    if (status !== (range ? 206 : 200)) throw refused(base, status);
    return bytes;
  };
  return { get: (key) => read(key), getRange: read };
}

function textOf(range: ZarrRange | undefined): string | undefined {
  if (!range) return undefined;
  if ("suffixLength" in range) return `bytes=-${range.suffixLength}`;
  return `bytes=${range.offset}-${range.offset + range.length - 1}`;
}

function refused(address: string, status: number): FormatError {
  return new FormatError(`${shortOf(address)} cannot be read: its host answers ${status}`);
}

/** An address for messages: without what may be secret in it. */
function shortOf(address: string): string {
  return address.replace(/[?#].*$/, "").slice(0, 200);
}

/** The last step of an address. */
export function nameOf(address: string): string {
  return (
    shortOf(address)
      .split("/")
      .filter((step) => step !== "")
      .at(-1) ?? "image"
  );
}
