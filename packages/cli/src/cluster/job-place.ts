/**
 * Where a job lies: as a path somebody typed, or as the plain name of a folder under a root that a queue's message gives.
 *
 * @module
 */
import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Context, UsageError } from "../context.js";
import { exists } from "../file-sink.js";

/** What makes a folder a job. */
const planName = "plan.json";

/** The full path of a job's folder that somebody named; throws {@link UsageError} where there is no plan in it. */
export async function jobAt(path: string, context: Context): Promise<string> {
  const folder = resolve(context.cwd, path);
  if (!(await exists(join(folder, planName))))
    throw new UsageError(
      `${path}: must be the folder of a job, has no ${planName}: "cellwright plan" makes one`,
    );
  return folder;
}

/**
 * The path of the job `name` under `root`. The name comes from elsewhere, so it may be nothing but that of a folder which
 * lies there: throws a {@link UsageError} for a path, a link, and what has no plan.
 */
export async function jobUnder(root: string, name: unknown): Promise<string> {
  if (typeof name !== "string" || !isPlainName(name))
    throw new UsageError(
      `a job's name must be up to 100 letters, digits and . _ - without a . or - in front, is ${JSON.stringify(name)?.slice(0, 120)}`,
    );
  const folder = join(await realpath(root), name);
  const found = await lstat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new UsageError(`${name}: must be a folder under the root`);
  const plan = await lstat(join(folder, planName)).catch(() => undefined);
  if (!plan?.isFile()) throw new UsageError(`${name}: must be a job, has no ${planName}`);
  return folder;
}

/** The root and the name of a job's folder, as a queue's message names it. */
export function placeOf(folder: string): { readonly root: string; readonly name: string } {
  const name = basename(folder);
  if (!isPlainName(name))
    throw new UsageError(
      `the folder of a job in a queue must have a name of up to 100 letters, digits and . _ - without a . or - in front, is ${JSON.stringify(name)}`,
    );
  return { root: dirname(folder), name };
}

function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name);
}
