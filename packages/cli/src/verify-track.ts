/**
 * A movie tracked once more, for `cellwright verify`.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { TrackCommandOptions } from "./commands/track.js";
import type { VerifyOptions } from "./commands/verify.js";
import type { Context } from "./context.js";
import { openMovie } from "./movie.js";
import { modelPlace } from "./noted-place.js";
import { otherFiles } from "./same-files.js";
import { trackMovie } from "./track-movie.js";
import {
  bytesOf,
  type MovieRecord,
  readTrackReport,
  type TrackReport,
  trackDifference,
} from "./track-report.js";
import { checkFinished, checkVersion } from "./verify-found.js";

/** Tracks a movie again, in another folder; the names of the files that come out otherwise. */
export async function repeatTrack(
  path: string,
  report: TrackReport,
  given: VerifyOptions,
  context: Context,
  folder: string,
): Promise<string[]> {
  checkFinished(report);
  if (!report.run) throw new Error("does not say where its movie is");
  checkVersion(report);
  const home = dirname(path);
  const place = (noted: string) =>
    given.input === undefined ? resolve(home, noted) : resolve(given.input, basename(noted));
  const { run } = report;
  const inputs = run.inputs.map(place);
  const image = run.image && place(run.image);
  const { model } = run;
  const shows = model === undefined ? "labels" : "images";
  await checkMovie(inputs, shows, report.input, report, context.cwd);
  if (image && report.image) await checkMovie([image], "images", report.image, report, context.cwd);
  const out = join(folder, "tracks");
  const options: TrackCommandOptions = {
    ...optionsOf(report),
    output: out,
    ...(model !== undefined && { model: given.model ?? modelPlace(model, path) }),
    ...(image && { image }),
    ...(run.types !== undefined && { types: place(run.types) }),
  };
  await trackMovie(inputs, options, { ...context, stdout: () => {}, stderr: () => {} });
  const again = await readTrackReport(out);
  const other = again && trackDifference(report, again);
  if (other) throw new Error(`was done with another ${other} than there is here`);
  const names = new Set([...report.outputs, ...(again?.outputs ?? [])]);
  return otherFiles(
    names,
    (name) => join(home, name),
    (name) => join(out, name),
  );
}

/** Throws unless a movie is there and as large as it was. */
async function checkMovie(
  inputs: readonly string[],
  shows: "labels" | "images",
  record: MovieRecord,
  { options }: TrackReport,
  cwd: string,
): Promise<void> {
  if (inputs.length === 1 && !/[*?[{]/.test(inputs[0])) await stat(inputs[0]);
  const allowGaps = options["allow-gaps"] === true;
  const movie = await openMovie(inputs, { cwd, shows, ...(allowGaps && { allowGaps }) });
  const bytes = await bytesOf(movie.files).finally(() => movie.close());
  if (bytes !== record.bytes || movie.frames !== record.frames)
    throw new Error(
      `${inputs.join(" ")} must be the movie that was tracked, ${record.frames} frames of ${record.bytes} bytes, is ${movie.frames} of ${bytes}`,
    );
}

/** What `track` was asked for, but for names of files. */
function optionsOf({ options }: TrackReport): Omit<TrackCommandOptions, "output"> {
  const number = (name: string) => options[name] as number | undefined;
  const channel = options.channel as string | undefined;
  const given = {
    maxDistance: number("max-distance"),
    maxGap: number("max-gap"),
    diameter: number("diameter"),
    pixelSize: number("pixel-size"),
    saturated: number("saturated"),
    channel,
    allowGaps: options["allow-gaps"] as boolean | undefined,
    preview: options.preview as boolean | undefined,
    types: options["no-types"] ? (false as const) : undefined,
  };
  const said = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<TrackCommandOptions>;
  return {
    ...said,
    method: options.method as string,
    divisions: !options["no-divisions"],
    repair: !options["no-repair"],
    drift: !options["no-drift"],
    format: options.format as readonly string[],
    quiet: true,
  };
}
