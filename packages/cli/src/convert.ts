/**
 * The work behind `cellwright convert`: finds what each input is, and who can bring it to another format.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { about } from "./batch.js";
import type { ConvertOptions } from "./commands/convert.js";
import { type Context, UsageError } from "./context.js";
import type { Conversion, Converted } from "./conversion.js";
import { trackFormats } from "./convert-formats.js";
import { findInputs } from "./convert-inputs.js";
import { startConvertLog } from "./convert-log.js";
import { convertPixels } from "./convert-pixels.js";
import { checkPlace, formatOf, isNamed, resultName } from "./convert-place.js";
import { convertRecording } from "./convert-recording.js";
import { convertTable, isParquet } from "./convert-table.js";
import { convertTracks, holdsTracks } from "./convert-tracks.js";
import { checkReport, recorded } from "./file-report.js";
import { exists, makeFolder } from "./file-sink.js";
import { count } from "./segment-log.js";

/** Converts all inputs, each by itself, and sets the context's exit code. */
export async function convert(
  inputs: readonly string[],
  options: ConvertOptions,
  context: Context,
): Promise<void> {
  const { items, problems, several } = await findInputs(inputs, context.cwd);
  if (several && isNamed(options))
    throw new UsageError(
      `-o ${options.output} is a name for one result: name a folder and --format for several inputs`,
    );
  // Of one thing an error ends the command; of several each is told, and the rest is done.
  const alone = !several && problems.length === 0 && !options.json;
  if (!several && problems.length > 0 && !options.json)
    throw new Error(`${problems[0].input}: ${problems[0].message}`);
  const log = startConvertLog(context, options, items.length + problems.length);
  for (const { input, message } of problems) log.failed(input, new Error(message));
  const taken = new Map<string, string>();
  for (const [i, input] of items.entries()) {
    if (context.signal.aborted || (options.onError === "stop" && log.tally.failed > 0)) break;
    log.working(i, input);
    try {
      const onProgress = (share: number) => log.working(i + share, input);
      const output =
        several || !(await isOwnPlace(input, options, context.cwd)) ? undefined : options.output;
      const done = await convertOne({ input, options, context, output, onProgress }, taken);
      log.finished(input, done);
    } catch (error) {
      if (alone || context.signal.aborted) {
        log.end();
        throw error;
      }
      log.failed(input, error);
    }
  }
  log.end();
  context.exitCode = log.exitCode();
}

/** Whether `-o` is the result itself: it is named like one, or tracks become a folder. */
async function isOwnPlace(input: string, options: ConvertOptions, cwd: string): Promise<boolean> {
  const format = formatOf(options);
  if (isNamed(options) || format === "ctc" || format === "geff") return true;
  return format === undefined && (await holdsTracks(input, cwd));
}

async function convertOne(conversion: Conversion, taken: Map<string, string>): Promise<Converted> {
  const { input, options, context } = conversion;
  const { cwd } = context;
  const place = resolve(cwd, input);
  const format = formatOf(options);
  const isFile = (await stat(place)).isFile();
  if (isFile && (format === "parquet" || (await isParquet(place))))
    return convertRows(conversion, taken);
  const isOfTracks = format === undefined || trackFormats.includes(format);
  if (await holdsTracks(input, cwd)) {
    if (isOfTracks) {
      const wanted = format ?? "ctc";
      const output = await placeOf(conversion, wanted, "other", taken);
      return output.done
        ? skipped(output.name)
        : convertTracks({ ...conversion, output: output.name }, wanted);
    }
  } else if (isOfTracks && format !== undefined)
    throw new UsageError(
      `${input} must be tracks as a table (.csv), TrackMate's .xml, a GEFF, a .trk, or a folder with res_track.txt and masks, for --format ${format}`,
    );
  if (format === undefined)
    throw new UsageError(`-o ${options.output} names no format of images or labels: add --format`);
  return convertPixels(conversion, format, (kind, part) =>
    placeOf(conversion, format, kind, taken, part),
  );
}

async function convertRows(conversion: Conversion, taken: Map<string, string>): Promise<Converted> {
  const { input, options, context } = conversion;
  const format = formatOf(options);
  if (format !== "csv" && format !== "parquet")
    throw new UsageError(`${input} is a table: it can be brought to csv and parquet`);
  const { name, done } = await placeOf(conversion, format, "other", taken);
  if (done) return skipped(name);
  const path = resolve(context.cwd, name);
  const recording = await convertRecording(conversion, format);
  let rows = 0;
  await about(input, () =>
    recorded(path, recording, async () => {
      rows = await convertTable(resolve(context.cwd, input), path, format);
      return [path];
    }),
  );
  return { status: "done", outputs: [name], what: count(rows, "row") };
}

function skipped(name: string): Converted {
  return { status: "skipped", outputs: [name], what: "done before" };
}

/** Where a result goes, and whether it is there from an earlier run that is resumed. Throws where it must not go there. */
async function placeOf(
  { input, options, context, output }: Conversion,
  format: string,
  kind: "image" | "labels" | "other",
  taken: Map<string, string>,
  part?: string,
): Promise<{ readonly name: string; readonly done: boolean }> {
  const name = output ?? join(options.output, resultName(part ?? input, format, kind));
  const place = resolve(context.cwd, name);
  const key = place.normalize("NFC").toLowerCase();
  const other = taken.get(key);
  if (other !== undefined)
    throw new Error(`${other} and ${input} would both be written as ${name}: rename one`);
  taken.set(key, input);
  const source = resolve(context.cwd, input);
  const { overwrite = false, resume = false } = options;
  // What was begun by an earlier run and not finished is done again.
  const begun = await checkReport(place, true);
  const how = begun && resume ? { ...options, resume: false, overwrite: true } : options;
  const done = await checkPlace(place, format, how, { output: name, source, input });
  if (!done) await checkReport(place, overwrite || resume);
  if (!done && output === undefined && !(await exists(dirname(place))))
    await makeFolder(dirname(place));
  return { name, done };
}
