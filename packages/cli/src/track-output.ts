/**
 * The files of a tracked movie on their way to the disk: masks as they come, and then the whole folder at once.
 *
 * @module
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Labels, writeTiff } from "@cellwright/core";
import { exists, keepTemporary, writeFlushed, writeWhole } from "./file-sink.js";
import { encodeLabels, readLabels } from "./labels-file.js";
import { tidyKept } from "./temporary.js";
import { begunReport, reportName, type TrackReport } from "./track-report.js";

/** Where the frames of a movie go. */
export interface MaskSink {
  /** Frames must come in their order. */
  write(labels: Labels): Promise<void>;
  /** Brings all frames to one number type, and names the files. Says whether that is 32 bits. */
  end(): Promise<{ readonly names: readonly string[]; readonly wide: boolean }>;
}

/** Writes `mask000.tif`, `mask001.tif`, … into a folder: 3 digits, or as many as `frames` need. */
export function startMasks(folder: string, frames: number): MaskSink {
  const digits = Math.max(3, `${frames - 1}`.length);
  const names: string[] = [];
  const narrow: string[] = [];
  let wide = false;
  return {
    async write(labels) {
      const name = `mask${`${names.length}`.padStart(digits, "0")}.tif`;
      names.push(name);
      const isWide = labels.data.some((label) => label > 65535);
      wide ||= isWide;
      if (!isWide) narrow.push(name);
      await writeFlushed(join(folder, name), encodeLabels(labels, "tif"));
    },
    async end() {
      // The largest number is known only at the end; readers want one type in all frames.
      if (wide)
        for (const name of narrow) {
          const path = join(folder, name);
          const labels = await readLabels(path);
          await rm(path);
          await writeFlushed(path, writeTiff(labels, { compression: "deflate" }));
        }
      return { names, wide };
    },
  };
}

/**
 * Where the files of a run are made before {@link publish} moves them: within the folder that is there, so that they lie on
 * the same disk whatever is mounted there, else beside its place. To be handed to `withTemporaryFolder`.
 */
export async function workplace(folder: string): Promise<string> {
  return (await exists(folder)) ? join(folder, "tracks") : folder;
}

/**
 * Moves the files of a temporary folder to where they belong: as one rename where there was no folder, else file by file
 * in place of those of an earlier run, the report last. Where a file cannot be moved the earlier ones are put back.
 */
export async function publish(
  temporary: string,
  folder: string,
  made: TrackReport,
  before: TrackReport | undefined,
): Promise<void> {
  if (dirname(temporary) !== folder) {
    await rename(temporary, folder).catch((error: Error) => {
      throw new Error(`${folder} cannot be written (${error.message}): is another run at work?`);
    });
    return;
  }
  const own = before?.outputs ?? [];
  // Should this be cut short, the next run knows by this report which files it may replace.
  await writeWhole(join(folder, reportName), begunReport(made, own));
  keepTemporary(temporary);
  const aside = join(temporary, "before");
  const moved: string[] = [];
  try {
    await mkdir(aside);
    for (const name of own) {
      if (!(await exists(join(folder, name)))) continue;
      await rename(join(folder, name), join(aside, name));
      moved.push(name);
    }
    for (const name of [...made.outputs, reportName])
      await rename(join(temporary, name), join(folder, name));
    // What an earlier run that was cut short had put aside, this one has replaced.
    await tidyKept(folder);
  } catch (error) {
    for (const name of moved) {
      await rm(join(folder, name), { recursive: true, force: true });
      await rename(join(aside, name), join(folder, name));
    }
    throw error;
  }
}
