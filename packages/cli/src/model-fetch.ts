/**
 * Bytes from the network, for models alone: asked for by the user, of a size that is bounded, stopped by Ctrl-C.
 *
 * @module
 */
import { bytesSource, FormatError, type ModelFiles } from "@cellwright/core";

/** No file of a model is larger: 2 GiB, what ONNX allows. */
const largest = 2 ** 31 - 1;

/** How often a server may send us elsewhere. */
const hops = 5;

/** The bytes at an address; `undefined` where there are none (404, 410). Throws core's `FormatError` where nobody answers. */
export async function fetchBytes(
  address: string,
  signal: AbortSignal,
  most: number = largest,
): Promise<Uint8Array | undefined> {
  const response = await answerOf(address, signal);
  if (response.status === 404 || response.status === 410) {
    await response.body?.cancel();
    return undefined;
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new FormatError(`${address} cannot be fetched: its server answers ${response.status}`);
  }
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body) {
    length += piece.length;
    if (length > most)
      throw new FormatError(`${address} must have at most ${most} bytes, has more`);
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces));
}

/**
 * The answer at an address that the user named. Where its server sends us to another host, that one must be on the public
 * internet and asked over https: nobody's server may lead us to what only this machine can reach.
 */
async function answerOf(address: string, signal: AbortSignal): Promise<Response> {
  const { host } = new URL(address);
  let next = address;
  for (let hop = 0; hop <= hops; hop++) {
    let response: Response;
    try {
      response = await fetch(next, { signal, redirect: "manual" });
    } catch (cause) {
      signal.throwIfAborted();
      throw new FormatError(`${address} cannot be fetched: its server does not answer`, {}, cause);
    }
    const place = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || place === null) return response;
    await response.body?.cancel();
    if (!URL.canParse(place, next))
      throw new FormatError(`${address} cannot be fetched: it leads to no address`);
    const to = new URL(place, next);
    if (to.origin !== new URL(next).origin) await checkMove(address, to.href, host);
    next = to.href;
  }
  throw new FormatError(
    `${address} cannot be fetched: it leads on and on, more than ${hops} times`,
  );
}

async function checkMove(address: string, to: string, named: string): Promise<void> {
  const { checkAddress } = await import("./serve/address.js");
  try {
    await checkAddress(to, { allowed: [named] });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : `${cause}`;
    throw new FormatError(`${address} leads elsewhere, which is not followed: ${why}`, {}, cause);
  }
}

/** The files below an address that ends in `/`; each is fetched once, and `kept` afterwards. */
export function addressFiles(
  name: string,
  base: string,
  kept: Record<string, Uint8Array>,
  signal: AbortSignal,
): ModelFiles {
  return {
    name,
    open: async (path) => {
      const encoded = path.split("/").map(encodeURIComponent).join("/");
      const bytes = kept[path] ?? (await fetchBytes(new URL(encoded, base).href, signal));
      if (!bytes) return undefined;
      kept[path] = bytes;
      return bytesSource(`${name}/${path}`, bytes);
    },
  };
}
