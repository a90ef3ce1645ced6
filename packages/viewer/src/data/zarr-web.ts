/**
 * A Zarr hierarchy on the web: a request for each file that is asked for, and `undefined` where there is none. Object stores
 * that do not let strangers list their files answer 403 for one that is not there: that counts as none, where no signature
 * in the address may have run out and the host gives other files.
 *
 * @module
 */
import { checkZarrPath, FormatError, type ZarrStore } from "@cellwright/core";
import { type AskOptions, ask, bodyOf, isPage, refuse, type WebRange } from "./web.js";

/** Metadata beyond this is no metadata. */
const longestMetadata = 16 * 2 ** 20;

/** The largest chunk as it is stored, and the largest piece of a shard. */
const largestChunk = 2 ** 30;

/** The store of a hierarchy by the address of its root. What follows a `?` is sent with every request. */
export function webStore(root: string): Required<ZarrStore> {
  const { origin, pathname, search } = new URL(root);
  const folder = pathname.replace(/\/*$/, "/");
  const addressOf = (key: string) => {
    const steps = checkZarrPath(key.slice(1)).split("/").map(encodeURIComponent);
    return `${origin}${folder}${steps.join("/")}${search}`;
  };
  let hasGiven = false;
  const read = async (key: string, options: AskOptions) => {
    const address = addressOf(key);
    const response = await ask(address, options);
    if (response.status === 404 || response.status === 410 || isPage(response)) {
      await response.body?.cancel();
      return undefined;
    }
    // The last file that is looked for at the root: where all were forbidden, that is the reason.
    const mayBeMissing = search === "" && (hasGiven || !key.endsWith("/.zarray"));
    if (mayBeMissing && (await isDenied(response))) return undefined;
    if (!response.ok) refuse(address, response);
    hasGiven = true;
    const isMetadata = /\/(zarr\.json|\.z[a-z]+)$/.test(key);
    const bytes = await bodyOf(response, address, isMetadata ? longestMetadata : largestChunk);
    // A host without ranges has sent all of it.
    return options.range && response.status !== 206 ? cut(bytes, options.range) : bytes;
  };
  return {
    get: (key, options) => read(key, { signal: options?.signal }),
    async getRange(key, range, options) {
      const wanted =
        "offset" in range
          ? { start: range.offset, end: range.offset + range.length }
          : { last: range.suffixLength };
      const length = "offset" in range ? range.length : range.suffixLength;
      if (!(length > 0 && length <= largestChunk))
        throw new FormatError(`${key.slice(1)} must have pieces of 1 to ${largestChunk} bytes`);
      const bytes = await read(key, { range: wanted, signal: options?.signal });
      if (bytes && bytes.length !== length)
        throw new FormatError(
          `${key.slice(1)} gave ${bytes.length} of ${length} bytes: cut off or damaged`,
        );
      return bytes;
    },
  };
}

/** Whether an object store answers as it does for files that are not there, in S3's words, which others use too. */
async function isDenied(response: Response): Promise<boolean> {
  if (response.status !== 403 || !/xml/i.test(response.headers.get("Content-Type") ?? ""))
    return false;
  return (await response.clone().text()).includes("<Code>AccessDenied</Code>");
}

function cut(bytes: Uint8Array, range: WebRange): Uint8Array {
  return "last" in range
    ? bytes.subarray(Math.max(0, bytes.length - range.last))
    : bytes.subarray(range.start, range.end);
}
