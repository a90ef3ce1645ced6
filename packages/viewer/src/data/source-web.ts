/**
 * A file on the web as a source, read by ranges. A host that knows no ranges sends the file as a whole, where that is not
 * too large.
 *
 * @module
 */
import {
  bytesSource,
  FormatError,
  type Signal,
  type Source,
  UnsupportedError,
} from "@cellwright/core";
import { ask, bodyOf, isPage, nameOf, refuse, shortOf } from "./web.js";

/** The first read: headers and directories of most files. */
const firstBytes = 65536;

/** The largest file that is taken as a whole. */
const largestWhole = 2 ** 31;

/** The largest piece of a file. */
const largestPiece = 2 ** 31;

/** Opens a file by its address. Throws `FormatError` where there is none, or a page for people instead. */
export async function webSource(address: string, signal?: Signal): Promise<Source> {
  const response = await ask(address, { range: { start: 0, end: firstBytes }, signal });
  const name = nameOf(address);
  if (response.status === 416) return bytesSource(name, new Uint8Array(0));
  if (!response.ok) refuse(address, response);
  if (isPage(response)) {
    await response.body?.cancel();
    throw new FormatError(`${shortOf(address)} is a web page, not an image`, { address });
  }
  if (response.status !== 206)
    return bytesSource(name, await bodyOf(response, address, largestWhole));
  const byteLength = await lengthOf(address, response, signal);
  const head = await bodyOf(response, address, firstBytes);
  const version = versionOf(response);
  return {
    name,
    byteLength,
    read: async (start, end, watched) => {
      if (end <= head.length) return head.subarray(start, end);
      return readPiece({ address, version, start, end }, watched);
    },
  };
}

interface Piece {
  readonly address: string;
  readonly version: string | undefined;
  readonly start: number;
  readonly end: number;
}

async function readPiece(
  { address, version, start, end }: Piece,
  signal?: Signal,
): Promise<Uint8Array> {
  if (end - start > largestPiece)
    throw new UnsupportedError(
      `${shortOf(address)} needs ${end - start} bytes at once, the limit is ${largestPiece}`,
    );
  const response = await askTwice(address, { start, end }, signal);
  if (response.status !== 206) refuse(address, response);
  if (version !== versionOf(response))
    throw new FormatError(`${shortOf(address)} has changed since it was opened: open it again`);
  const bytes = await bodyOf(response, address, end - start);
  if (bytes.length !== end - start)
    throw new FormatError(
      `${shortOf(address)} gave ${bytes.length} of the ${end - start} bytes at byte ${start}`,
    );
  return bytes;
}

/** A busy host, or a line that broke, gets a second chance. */
async function askTwice(
  address: string,
  range: { start: number; end: number },
  signal?: Signal,
): Promise<Response> {
  const response = await ask(address, { range, signal }).catch(() => undefined);
  if (response && response.status < 500 && response.status !== 429) return response;
  await response?.body?.cancel();
  return ask(address, { range, signal });
}

/** All bytes of the file. Hosts that do not show the range to other sites still show the length of all of it. */
async function lengthOf(address: string, response: Response, signal?: Signal): Promise<number> {
  const total = /\/(\d+)\s*$/.exec(response.headers.get("Content-Range") ?? "")?.[1];
  if (total !== undefined) return Number(total);
  const head = await ask(address, { method: "HEAD", signal });
  const length = Number(head.headers.get("Content-Length"));
  if (!head.ok || !(length > 0))
    throw new UnsupportedError(
      `${shortOf(address)}: the host does not say how long the file is (Content-Range, Content-Length)`,
    );
  return length;
}

/** What changes when the file does, where the host says so. Weak tags change with less. */
function versionOf({ headers }: Response): string | undefined {
  const tag = headers.get("ETag") ?? undefined;
  return tag?.startsWith("W/") ? undefined : tag;
}
