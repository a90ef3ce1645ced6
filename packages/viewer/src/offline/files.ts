/**
 * The list of a version's files, and which of them a request is for.
 *
 * @module
 */

/** SHA-256 of files by their paths from the page's folder. */
export interface Files {
  /** Kept at once. */
  readonly shell: Readonly<Record<string, string>>;
  /** Kept when they were needed. */
  readonly kept: Readonly<Record<string, string>>;
}

/** The list out of its JSON. */
export function readFiles(text: string): Files {
  const { shell, kept } = JSON.parse(text) as Files;
  return { shell, kept };
}

/** The file that an address under `base` (which ends in `/`) names, whatever the query; undefined where it is none of ours. */
export function hashOf(
  files: Files,
  base: string,
  address: string,
): { readonly path: string; readonly sha256: string } | undefined {
  const bare = address.split(/[?#]/, 1)[0];
  if (!bare.startsWith(base)) return undefined;
  const path = decodeURI(bare.slice(base.length)) || "index.html";
  for (const list of [files.shell, files.kept])
    if (Object.hasOwn(list, path)) return { path, sha256: list[path] };
  return undefined;
}

/** Files that a message `{ keep: string[] }` asks for by path, or by the beginning of it where that ends in `/`. */
export function pathsUnder(files: Files, message: unknown): string[] {
  const { keep } = (message ?? {}) as { keep?: unknown };
  if (!Array.isArray(keep)) return [];
  const isWanted = (path: string) =>
    keep.some((start) => path === start || (`${start}`.endsWith("/") && path.startsWith(start)));
  return [...Object.keys(files.shell), ...Object.keys(files.kept)].filter(isWanted);
}
