/**
 * Which found labels belong to which truth: by the file's stem, with `_masks` and `_labels` at its end left aside.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "./context.js";
import { findFiles, type Problem, stemOf } from "./inputs.js";

/** The files of one image. */
export interface ScorePair {
  /** Path as typed, or within the folder typed. */
  readonly truth: string;
  readonly found: string;
  /** The mask of nuclei, where the paper's score is asked for with one. */
  readonly nuclear?: string;
}

/** Pairs two files, or the files of two folders; what has no partner is a problem, because it would distort the score. */
export async function findPairs(
  truth: string,
  found: string,
  nuclear: string | undefined,
  options: { cwd: string; recursive?: boolean },
): Promise<{ pairs: ScorePair[]; problems: Problem[] }> {
  const paths = nuclear === undefined ? [truth, found] : [truth, found, nuclear];
  const folders = await Promise.all(paths.map((path) => isFolder(resolve(options.cwd, path))));
  if (folders.some((folder) => folder !== folders[0]))
    throw new UsageError(`give files or folders, not both: ${paths.join(", ")}`);
  if (!folders[0]) return { pairs: [{ truth, found, ...(nuclear && { nuclear }) }], problems: [] };
  const problems: Problem[] = [];
  const [trueFiles, foundFiles, nuclei] = await Promise.all(
    paths.map(async (path) => {
      const files = await findFiles([path], { ...options, outputs: true });
      problems.push(...files.problems);
      return byKey(files.files);
    }),
  );
  const pairs: ScorePair[] = [];
  for (const [key, path] of trueFiles) {
    const partner = foundFiles.get(key);
    const nucleus = nuclei?.get(key);
    if (partner === undefined)
      problems.push({ input: path, message: `nothing in ${found} has this name` });
    else if (nuclei && nucleus === undefined)
      problems.push({ input: path, message: `nothing in ${nuclear} has this name` });
    else pairs.push({ truth: path, found: partner, ...(nucleus && { nuclear: nucleus }) });
  }
  for (const [key, path] of foundFiles)
    if (!trueFiles.has(key))
      problems.push({ input: path, message: `nothing in ${truth} has this name` });
  return { pairs, problems };
}

function byKey(files: readonly { path: string; folder: string }[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path, folder } of files) {
    if (path.endsWith("_preview.png")) continue;
    const key = join(folder, stemOf(path).replace(/_(masks?|labels?)$/i, ""));
    const other = found.get(key);
    if (other !== undefined)
      throw new UsageError(
        `${other} and ${path} have one name: which is to be scored? Move one away`,
      );
    found.set(key, path);
  }
  return found;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory();
}
