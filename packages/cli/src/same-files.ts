/**
 * Whether two files, or two folders of files, hold the same.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { contentOf } from "./content-hash.js";

/** The names, of files or folders, whose content in one place is another than in the other. */
export async function otherFiles(
  names: Iterable<string>,
  one: (name: string) => string,
  other: (name: string) => string,
): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) if (!(await sameFiles(one(name), other(name)))) found.push(name);
  return found;
}

/** Whether two files, or two folders of files, hold the same bytes. What is missing is not the same. */
async function sameFiles(one: string, other: string): Promise<boolean> {
  try {
    return isDeepStrictEqual(await contentOf(one), await contentOf(other));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
