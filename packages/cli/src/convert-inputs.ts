/**
 * What the inputs of `cellwright convert` name: each a thing to convert, or a folder of such.
 *
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { holdsTracks } from "./convert-tracks.js";
import { reportOf } from "./file-report.js";
import { compare, type Problem } from "./inputs.js";
import { expand, isPattern } from "./name-pattern.js";
import { messageOf } from "./report.js";
import { isZarr } from "./view-kind.js";

/** What files that can be converted are called, and what folders are. */
const fileName = /\.(tiff?|btf|tf8|lsm|stk|png|npy|npz|zip|roi|geojson|json|csv|parquet|xml|trk)$/i;
const folderName = /\.(zarr|geff)$/i;

/** Inputs one by one, and what cannot be one. */
export interface Inputs {
  readonly items: readonly string[];
  readonly problems: readonly Problem[];
  /** Whether several things were named, or a folder or pattern, of which there may be several. */
  readonly several: boolean;
}

/** Finds what is named. In a folder, hidden files, previews, reports and what has no such name are passed over. */
export async function findInputs(inputs: readonly string[], cwd: string): Promise<Inputs> {
  const items = new Set<string>();
  const problems: Problem[] = [];
  let several = inputs.length > 1;
  for (const input of inputs)
    try {
      const found = await itemsOf(input, cwd);
      several ||= found.length !== 1 || found[0] !== input;
      for (const item of found) items.add(item);
    } catch (error) {
      if (error instanceof Error && "path" in error) error.path = undefined;
      problems.push({ input, message: messageOf(error) });
    }
  return { items: [...items], problems, several };
}

async function itemsOf(input: string, cwd: string): Promise<string[]> {
  const place = resolve(cwd, input);
  const status = await stat(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && isPattern(input)) return undefined;
    throw error;
  });
  if (!status) {
    const found = (await expand(input, cwd)).sort(compare);
    if (found.length === 0) throw new Error("nothing has such a name");
    return found;
  }
  if (!status.isDirectory() || (await isZarr(place)) || (await holdsTracks(input, cwd)))
    return [input];
  const entries = await readdir(place, { withFileTypes: true });
  // The report of a file is none itself.
  const reports = new Set(entries.map(({ name }) => reportOf(name)));
  const names = entries
    .filter((entry) => (entry.isDirectory() ? folderName : fileName).test(entry.name))
    .map(({ name }) => name)
    .filter((name) => !name.startsWith(".") && !/_preview\.png$/i.test(name) && !reports.has(name))
    .sort(compare);
  if (names.length === 0) throw new Error("holds nothing that can be converted");
  return names.map((name) => join(input, name));
}
