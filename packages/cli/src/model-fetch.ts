/**
 * Bytes from the network, for models alone: asked for by the user, of a size that is bounded, stopped by Ctrl-C.
 *
 * @module
 */
import { bytesSource, FormatError, type ModelFiles } from "@cellwright/core";

/** No file of a model is larger: 2 GiB, what ONNX allows. */
const largest = 2 ** 31 - 1;

/** The bytes at an address; `undefined` where there are none (404, 410). Throws core's `FormatError` where nobody answers. */
export async function fetchBytes(
  address: string,
  signal: AbortSignal,
  most: number = largest,
): Promise<Uint8Array | undefined> {
  let response: Response;
  try {
    response = await fetch(address, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new FormatError(`${address} cannot be fetched: its server does not answer`, {}, cause);
  }
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
