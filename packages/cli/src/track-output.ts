/**
 * The files of a tracked movie on their way to the disk: masks as they come, and then the whole folder at once.
 *
 * @module
 */
import { readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { type Labels, writeTiff } from "@cellwright/core";
import { writeFlushed, writeWhole } from "./file-sink.js";
import { encodeLabels, readLabels } from "./labels-file.js";
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
 * Moves the files of a temporary folder to where they belong: as one rename where nothing is there yet, else file by
 * file in place of those of an earlier run, the report last.
 */
export async function publish(
  temporary: string,
  folder: string,
  made: TrackReport,
  before: TrackReport | undefined,
): Promise<void> {
  const there = await readdir(folder).catch(() => []);
  if (there.length === 0) {
    await rmdir(folder).catch(() => {});
    await rename(temporary, folder);
    return;
  }
  const own = before?.outputs ?? [];
  // Should this be cut short, the next run knows by this report which files it may replace.
  await writeWhole(join(folder, reportName), begunReport(made, own));
  for (const name of own) await rm(join(folder, name), { recursive: true, force: true });
  for (const name of [...made.outputs, reportName]) {
    await rm(join(folder, name), { recursive: true, force: true });
    await rename(join(temporary, name), join(folder, name));
  }
}
