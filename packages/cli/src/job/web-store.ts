/**
 * A Zarr hierarchy on the web, read by the command: a request for each file, asked again where the network or the host
 * stumbles. No address is asked but those below the one that the user named.
 *
 * @module
 */
import { setTimeout as wait } from "node:timers/promises";
import { checkZarrPath, FormatError, type ZarrRange, type ZarrStore } from "@cellwright/core";

/** Metadata beyond this is no metadata. */
const longestMetadata = 16 * 1024 ** 2;
/** The largest chunk as it is stored, and the largest piece of a shard. */
const largestChunk = 1024 ** 3;
/** Seconds after which a request is given up. */
const patience = 60;
/** Milliseconds before each further attempt. */
const pauses: readonly number[] = [200, 1000, 4000];

/** Whether an input is an address on the web. */
export function isAddress(input: string): boolean {
  return /^https?:\/\//i.test(input);
}

/** The store of a hierarchy by the address of its root. What follows a `?` is sent with every request. */
export function addressStore(root: string): Required<ZarrStore> {
  const { origin, pathname, search } = new URL(root);
  const folder = pathname.replace(/\/*$/, "/");
  const read = async (key: string, range?: ZarrRange) => {
    const steps = checkZarrPath(key.replace(/^\//, "")).split("/").map(encodeURIComponent);
    const address = `${origin}${folder}${steps.join("/")}${search}`;
    const isMetadata = /\/(zarr\.json|\.z[a-z]+)$/.test(key);
    const bytes = await ask(address, range, isMetadata ? longestMetadata : largestChunk);
    const length = range && ("length" in range ? range.length : range.suffixLength);
    if (bytes && length !== undefined && bytes.length !== length)
      throw new FormatError(
        `${address} gave ${bytes.length} of ${length} bytes: cut off or damaged`,
      );
    return bytes;
  };
  return { get: (key) => read(key), getRange: read };
}

/** The bytes at an address; undefined where there is nothing. */
async function ask(
  address: string,
  range: ZarrRange | undefined,
  most: number,
): Promise<Uint8Array | undefined> {
  for (let attempt = 0; ; attempt++) {
    try {
      const headers = range ? { Range: rangeOf(range) } : undefined;
      const signal = AbortSignal.timeout(1000 * patience);
      const response = await fetch(address, { signal, ...(headers && { headers }) });
      if (response.status === 404 || response.status === 410) {
        await response.body?.cancel();
        return undefined;
      }
      if (!response.ok) throw new AnswerError(address, response.status);
      const bytes = await bodyOf(response, address, most);
      return range && response.status !== 206 ? cut(bytes, range) : bytes;
    } catch (error) {
      const forGood = error instanceof FormatError || (error instanceof AnswerError && error.final);
      if (forGood || attempt >= pauses.length) throw asOurs(error, address);
      await wait(pauses[attempt]);
    }
  }
}

/** A host that answers, but not with the file. */
class AnswerError extends Error {
  /** Whether asking again is of no use. */
  readonly final: boolean;

  constructor(address: string, status: number) {
    super(`${address} answers with status ${status}`);
    this.final = status < 500 && status !== 408 && status !== 429;
  }
}

function asOurs(error: unknown, address: string): unknown {
  if (error instanceof FormatError || error instanceof AnswerError) return error;
  const { message, cause } = error as Error;
  const why = cause instanceof Error ? cause.message : message;
  return new Error(`${address} cannot be reached: ${why}`, { cause: error });
}

async function bodyOf(response: Response, address: string, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > most) throw new FormatError(`${address} has more than ${most} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function rangeOf(range: ZarrRange): string {
  if ("suffixLength" in range) return `bytes=-${range.suffixLength}`;
  return `bytes=${range.offset}-${range.offset + range.length - 1}`;
}

/** A host without ranges has sent all of it. */
function cut(bytes: Uint8Array, range: ZarrRange): Uint8Array {
  if ("suffixLength" in range)
    return bytes.subarray(Math.max(0, bytes.length - range.suffixLength));
  return bytes.subarray(range.offset, range.offset + range.length);
}
