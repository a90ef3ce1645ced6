/**
 * Tables and converted files made once more, for `cellwright verify`.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ConvertOptions } from "./commands/convert.js";
import type { MeasureOptions } from "./commands/measure.js";
import type { VerifyOptions } from "./commands/verify.js";
import type { Context } from "./context.js";
import { convert } from "./convert.js";
import type { FileReport, OutputRecord } from "./file-report.js";
import { type InputRecord, inputContent } from "./input-content.js";
import { measureFile } from "./measure-file.js";
import { oneLine } from "./report.js";
import { otherFiles } from "./same-files.js";
import { checkFinished, checkVersion } from "./verify-found.js";

/** Makes the outputs of a report again, in another folder; the names of those that come out otherwise. */
export async function repeatFiles(
  path: string,
  report: FileReport,
  { input }: VerifyOptions,
  context: Context,
  folder: string,
): Promise<string[]> {
  checkFinished(report);
  checkVersion(report);
  const home = dirname(path);
  const inputs = new Map<string, string>();
  for (const record of report.inputs) {
    const place = input === undefined ? resolve(home, record.path) : resolve(input, record.name);
    await checkInput(place, record, report.verb);
    inputs.set(record.as, place);
  }
  const made = await (report.verb === "measure" ? measured : converted)(
    { report, inputs, folder },
    context,
  );
  const names = report.outputs.map(({ name }) => name);
  return otherFiles(names, (name) => join(home, name), made);
}

interface Job {
  readonly report: FileReport;
  /** Whole paths by what they are. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Where to write. */
  readonly folder: string;
}

/** Where an output lies in the folder of the repetition, by its name in the report. */
type Made = (name: string) => string;

async function measured({ report, inputs, folder }: Job, context: Context): Promise<Made> {
  const { options, outputs } = report;
  // What does not lie beside the table are plots.
  const [table] = outputs;
  const isPlot = (name: string) => /\.(svg|png)$/.test(name);
  const plots = outputs.some(({ name }) => isPlot(name));
  const { "pixel-size": pixelSize, ...others } = options;
  const [nuclei, tracks] = [inputs.get("nuclei"), inputs.get("tracks")];
  const asked = {
    ...others,
    ...(pixelSize !== undefined && { pixelSize }),
    ...(nuclei && { nuclei }),
    ...(tracks && { tracks }),
    ...(plots && { plots: join(folder, "plots") }),
    output: join(folder, basename(table.name)),
  } as MeasureOptions;
  await measureFile(labelsOf(inputs), inputs.get("image"), asked, silent(context));
  return (name) => join(folder, isPlot(name) ? join("plots", basename(name)) : basename(name));
}

async function converted({ report, inputs, folder }: Job, context: Context): Promise<Made> {
  const { options, outputs } = report;
  const { part, labels, "pixel-size": pixelSize, "zarr-version": zarrVersion, ...others } = options;
  const [{ name }] = outputs as readonly OutputRecord[];
  const [image, masks] = [inputs.get("image"), inputs.get("labels") ?? labels];
  const several = part !== undefined;
  const asked = {
    ...others,
    ...{ zarrVersion: zarrVersion ?? "0.5", onError: "stop", quiet: true },
    ...(pixelSize !== undefined && { pixelSize }),
    ...(masks !== undefined && { labels: masks }),
    ...(image && { image }),
    // Of an input that holds several images all come out, under their own names.
    output: several ? folder : join(folder, basename(name)),
  } as ConvertOptions;
  await convert([labelsOf(inputs, "input")], asked, silent(context));
  return (each) => join(folder, basename(each));
}

function labelsOf(inputs: ReadonlyMap<string, string>, as = "labels"): string {
  const path = inputs.get(as);
  if (path === undefined) throw new Error(`must say which its ${as} was, does not`);
  return path;
}

function silent(context: Context): Context {
  return { ...context, stdout: () => {}, stderr: () => {} };
}

/** Throws unless an input is there and holds what it held. */
async function checkInput(
  place: string,
  { as, name, path, shows, ...content }: InputRecord,
  verb: string,
): Promise<void> {
  await stat(place);
  if (content.sha256 === undefined)
    throw new Error(`${place} is no file but a pipe or a device: what it held is gone`);
  const now = await inputContent(place, shows);
  if (isDeepStrictEqual(now, content)) return;
  const what = verb === "measure" ? "measured" : "converted";
  const bytes = now.bytes === content.bytes ? "others" : `${now.bytes}`;
  throw new Error(
    oneLine(
      `${place} must be what was ${what}, of ${content.bytes} bytes and SHA-256 ${content.sha256.slice(0, 12)}…, has ${bytes}`,
    ),
  );
}
