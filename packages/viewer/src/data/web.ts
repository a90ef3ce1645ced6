/**
 * Requests for bytes on the web: what they may cost, and what their failures mean to the reader of the page.
 *
 * @module
 */
import { FormatError, type Signal, UnsupportedError } from "@cellwright/core";

/** Which bytes: from `start` up to `end`, or so many at the end; all where it is undefined. */
export type WebRange = { readonly start: number; readonly end: number } | { readonly last: number };

/** How to ask. */
export interface AskOptions {
  readonly range?: WebRange | undefined;
  readonly signal?: Signal | undefined;
  readonly method?: "GET" | "HEAD";
}

/**
 * Asks for bytes. Never says to the host from which page. Throws `FormatError` naming the address where the host cannot be
 * reached; what the host answers is for the caller to judge.
 */
export async function ask(address: string, options: AskOptions = {}): Promise<Response> {
  const { range, signal, method = "GET" } = options;
  const headers: Record<string, string> = {};
  if (range)
    headers.Range = `bytes=${"last" in range ? `-${range.last}` : `${range.start}-${range.end - 1}`}`;
  const request = {
    ...{ method, headers, referrerPolicy: "no-referrer" as const },
    ...(signal instanceof AbortSignal ? { signal } : {}),
  };
  signal?.throwIfAborted();
  try {
    return await fetch(address, request);
  } catch (error) {
    signal?.throwIfAborted();
    throw new FormatError(
      `${shortOf(address)} cannot be reached: the host is away, or does not let pages of other sites read it (CORS)`,
      { address },
      error,
    );
  }
}

/** Throws `FormatError` saying what the host answered. */
export function refuse(address: string, { status, statusText }: Response): never {
  const words: Record<number, string> = {
    401: "asks who you are",
    403: "forbids it",
    404: "has no such file",
  };
  const why = words[status] ?? `answered ${status} ${statusText}`.trim();
  throw new FormatError(`${shortOf(address)}: the host ${why}`, { address, status });
}

/** The bytes of an answer. Throws `UnsupportedError` as soon as there are more than `most`. */
export async function bodyOf(
  response: Response,
  address: string,
  most: number,
): Promise<Uint8Array> {
  const tooMany = () =>
    new UnsupportedError(
      `${shortOf(address)} has more than ${most} bytes, the limit for one read`,
      {
        address,
        most,
      },
    );
  if (Number(response.headers.get("Content-Length") ?? 0) > most) {
    await response.body?.cancel();
    throw tooMany();
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    length += part.value.length;
    if (length > most) {
      await reader?.cancel();
      throw tooMany();
    }
    parts.push(part.value);
  }
  if (parts.length === 1) return parts[0];
  const bytes = new Uint8Array(length);
  let filled = 0;
  for (const part of parts) {
    bytes.set(part, filled);
    filled += part.length;
  }
  return bytes;
}

/** Whether an answer is a page for people, as hosts of single-page apps give for every name. */
export function isPage(response: Response): boolean {
  return /^text\/html/i.test(response.headers.get("Content-Type") ?? "");
}

/** An address for messages: without what may be secret in it. */
export function shortOf(address: string): string {
  return address.replace(/[?#].*$/, "");
}

/** The last step of an address, as a name. */
export function nameOf(address: string): string {
  const path = shortOf(address).replace(/\/+$/, "");
  const step = path.slice(path.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(step) || path;
  } catch {
    return step;
  }
}
