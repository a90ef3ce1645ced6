/**
 * The report beside a table or a converted file, `<its name>.json`: the version, options and inputs it was made with, and the
 * hashes of both ends. `cellwright verify` goes by it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { type Content, contentOf } from "./content-hash.js";
import { makeFolder, writeWhole } from "./file-sink.js";
import { type AskedInput, type InputRecord, inputRecord } from "./input-content.js";
import { version } from "./version.js";

/** The verbs that write such a report. */
export type FileVerb = "measure" | "convert";

/** What made an output, or several that belong together. */
export interface FileRecipe {
  readonly verb: FileVerb;
  /** The options that change what is written, by their names on the command line. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A file or folder that was written; its name is as seen from the report's folder. */
export interface OutputRecord extends Content {
  readonly name: string;
}

/** The whole report. It tells no times: the same again gives the same report. */
export interface FileReport extends FileRecipe {
  /** Cellwright's version. */
  readonly cellwright: string;
  /** Present while the outputs are being written, and where that was cut short. */
  readonly begun?: true;
  readonly inputs: readonly InputRecord[];
  readonly outputs: readonly OutputRecord[];
}

/** What is being done, for {@link recorded}. */
export interface Recording extends FileRecipe {
  readonly inputs: readonly AskedInput[];
  readonly cwd: string;
}

/** Where the report of an output lies: `<its name>.json`, and of a name as long as names can be the shortened one. */
export function reportOf(output: string): string {
  const name = basename(output);
  if (Buffer.byteLength(name) <= longestName) return `${output}.json`;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 12);
  return join(dirname(output), `${[...name].slice(0, 40).join("")}-${hash}.json`);
}

/** File systems take 255 bytes. */
const longestName = 250;

/** The report at a path; undefined where nothing is there. Throws where the file is something else. */
export async function readFileReport(path: string): Promise<FileReport | undefined> {
  const text = await textAt(path);
  if (text === undefined) return undefined;
  const report = asFileReport(text);
  if (report) return report;
  throw new Error(
    `${path} is not a report of "cellwright measure" or "convert": move it away, or use another name`,
  );
}

/** A text as such a report; undefined where it is none. */
export function asFileReport(text: string): FileReport | undefined {
  try {
    const report = JSON.parse(text) as FileReport;
    const { cellwright, verb, inputs, outputs, options } = report;
    const whole =
      inputs.every(({ as, name, path }) => [as, name, path].every(isText)) &&
      outputs.length > 0 &&
      outputs.every(({ name }) => isText(name));
    if (isText(cellwright) && /^(measure|convert)$/.test(verb) && whole && options) return report;
  } catch {}
  return undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/**
 * Throws where the report of an output may not be written: something else is there, or without `replace` the report of an
 * output that was finished. Answers whether an output was begun and not finished, so that it may be replaced.
 */
export async function checkReport(output: string, replace: boolean): Promise<boolean> {
  const path = reportOf(output);
  const report = await readFileReport(path);
  if (report && !report.begun && !replace)
    throw new Error(`${path} is there already: use --overwrite or another name`);
  return report?.begun ?? false;
}

/**
 * Does `work`, which writes `output` and answers with the paths of all that it wrote, and keeps a report of it. While it is at
 * work the report says so; where it fails, what was there before is put back.
 */
export async function recorded(
  output: string,
  { verb, options, inputs, cwd }: Recording,
  work: () => Promise<readonly string[]>,
): Promise<void> {
  const path = reportOf(output);
  const name = (place: string) => relative(dirname(path), place);
  const recipe = { cellwright: version(), verb, options: plain(options) };
  const before = await textAt(path);
  await makeFolder(dirname(path));
  const begun = { ...recipe, begun: true, inputs: [], outputs: [{ name: name(output) }] };
  await writeWhole(path, textOf(begun));
  let written: readonly string[];
  try {
    written = await work();
  } catch (error) {
    // What fails here too is less than what failed before.
    const restored = before === undefined ? rm(path, { force: true }) : writeWhole(path, before);
    await restored.catch(() => {});
    throw error;
  }
  const records: InputRecord[] = [];
  for (const input of inputs) records.push(await inputRecord(input, path, cwd));
  const outputs: OutputRecord[] = [];
  for (const place of written) outputs.push({ name: name(place), ...(await contentOf(place)) });
  await writeWhole(path, textOf({ ...recipe, inputs: records, outputs }));
}

function textOf(report: object): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

/** Without what was not asked for. */
function plain(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(options));
}

async function textAt(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
