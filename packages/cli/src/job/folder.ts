/**
 * The folder of a job: what is in it, and who writes what. Every file has one content, whoever writes it and however often.
 *
 *     JOB/plan.json                 what is to be done, one line a unit; written once by `plan`, never changed
 *     JOB/parts/P/R/C.json          the block of plane P, row R and column C is done; written last, by rename
 *     JOB/parts/P/R/C.part          its cells: their places, the bands along its sides, the labels of its core
 *     JOB/parts/images/K/N.json     of a folder of images: image N (K is N / 1000) is done; outputs lie in JOB/images
 *     JOB/failed/…  JOB/running/…   what went wrong and who is at work, for `info`; nothing else goes by them
 *     JOB/merge/P.cells             the cell of each piece of plane P, and where it lies
 *     JOB/merge.json                all pieces are numbered; written last by `merge`
 *     JOB/final/P/R/C.csv, C.json   the rows of the cells that begin in the block; its chunks are in labels.zarr
 *     JOB/labels.zarr               the labels; the group's metadata are written last
 *     JOB/cells.csv                 the table of all cells
 *     JOB/finalize.json             all is there
 *     JOB/report.html               a page with a picture
 *     JOB/tmp/…                     files that are being written; gone when the job is done
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exists, writeFlushed } from "../file-sink.js";

/** Where things of a unit are kept, below `parts` and `final`: `0/3/7`. */
export type UnitPath = string;

/** How a file of a unit is written. */
export interface PutOptions {
  /** Whether the bytes must be on the disk before the name is there; default true. What can be made again at once need not. */
  readonly flush?: boolean;
}

/** So often a file is written anew whose folder was taken away meanwhile. */
const TRIES = 5;

/** Writes files of a unit whole: under a temporary name in `JOB/tmp`, then renamed. */
export async function putFile(
  job: string,
  unit: UnitPath,
  path: string,
  content: Uint8Array | string | (() => AsyncIterable<Uint8Array>),
  { flush = true }: PutOptions = {},
): Promise<void> {
  const folder = temporaryFolder(job, unit);
  const target = join(job, path);
  const temporary = join(folder, `${prefixOf(unit)}${randomUUID()}`);
  const attempt = async () => {
    await mkdir(folder, { recursive: true });
    const bytes = typeof content === "function" ? content() : content;
    await (flush ? writeFlushed(temporary, bytes) : writeFile(temporary, bytes));
    await rename(temporary, target).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      await mkdir(dirname(target), { recursive: true });
      await rename(temporary, target);
    });
  };
  try {
    for (let tries = 1; ; tries++)
      try {
        await attempt();
        return;
      } catch (error) {
        // Somebody else who did a unit of the same row has tidied up between our steps.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        // Where nothing may be written at all, that is the reason.
        await access(job, constants.W_OK);
        if (tries === TRIES) throw error;
      }
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    if (error instanceof Error && "path" in error) Object.assign(error, { path: target });
    throw error;
  }
}

/** Removes what processes that were killed left of a unit. To be called when the unit is done. */
export async function tidyUnit(job: string, unit: UnitPath): Promise<void> {
  const folder = temporaryFolder(job, unit);
  const names = await readdir(folder).catch((): string[] => []);
  const ours = names.filter((name) => name.startsWith(prefixOf(unit)));
  for (const name of ours) await rm(join(folder, name), { force: true });
  // Others' files keep the folder.
  if (ours.length < names.length) return;
  await rmdir(folder)
    .then(() => rmdir(dirname(folder)))
    .catch(() => {});
}

/**
 * Removes what nobody needs when everything is done: what is left of processes that were killed, and what was told of those
 * at work. Where another process is about to end too and still writes there, it does so after us.
 */
export async function tidyJob(job: string): Promise<void> {
  for (const name of ["tmp", "running"])
    await rm(join(job, name), { recursive: true, force: true, maxRetries: 3 }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      },
    );
}

/** Whether a unit or a step has been finished. */
export function isThere(job: string, path: string): Promise<boolean> {
  return exists(join(job, path));
}

/** One folder a row of blocks: thousands of nodes do not meet in one. */
function temporaryFolder(job: string, unit: UnitPath): string {
  return join(job, "tmp", dirname(unit).replaceAll("/", "-"));
}

function prefixOf(unit: UnitPath): string {
  return `${unit.replaceAll("/", "-")}~`;
}
