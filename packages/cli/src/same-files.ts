/**
 * Whether two files, or two folders of files, hold the same.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { contentOf } from "./content-hash.js";

/** Whether two files, or two folders of files, hold the same bytes. What is missing is not the same. */
export async function sameFiles(one: string, other: string): Promise<boolean> {
  try {
    return isDeepStrictEqual(await contentOf(one), await contentOf(other));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
