/**
 * Results, made once more and compared. In: the reports in a folder. Out: which of the files beside them come out the same.
 *
 * @module
 */
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { errorData, exitCodeOf } from "./batch.js";
import type { SegmentOptions } from "./commands/segment.js";
import type { VerifyOptions } from "./commands/verify.js";
import type { Context } from "./context.js";
import { oneLine } from "./report.js";
import { segmentItem } from "./segment-files.js";
import type { Tools } from "./segment-image.js";
import { optionsOfRecipe, recipeOf } from "./segment-plan.js";
import { readReport, recipeDifference, type SegmentReport } from "./segment-report.js";
import { openTools } from "./segment-tools.js";

/** A report and where it lies. */
interface Found {
  readonly path: string;
  readonly report: SegmentReport;
}

/** The tools of one model and one set of options, kept for the reports that share them. */
interface Kept {
  readonly key: string;
  readonly tools: Tools;
  readonly dispose: () => Promise<void>;
}

/** Checks every report and sets the context's exit code. Throws where there is none. */
export async function verify(
  output: string,
  given: VerifyOptions,
  context: Context,
): Promise<void> {
  const { input } = given;
  const options = input === undefined ? given : { ...given, input: resolve(context.cwd, input) };
  const found = await reportsIn(resolve(context.cwd, output));
  const tally = { done: 0, skipped: 0, failed: 0 };
  const folder = await mkdtemp(join(tmpdir(), "cellwright-verify-"));
  let kept: Kept | undefined;
  try {
    for (const { path, report } of found) {
      if (context.signal.aborted) break;
      const name = relative(context.cwd, path) || path;
      try {
        const asked = optionsOf(path, report, options);
        const key = JSON.stringify(asked);
        if (kept?.key !== key) {
          await kept?.dispose();
          kept = undefined;
          kept = { key, ...(await openTools(asked, context)) };
        }
        const others = await repeated(path, report, asked, kept.tools, options, folder);
        tally[others.length === 0 ? "done" : "failed"]++;
        tell(context, options, name, { same: others.length === 0, others });
      } catch (error) {
        tally.failed++;
        tell(context, options, name, { same: false, error: errorData(name, error) });
      }
    }
  } finally {
    await kept?.dispose();
    await rm(folder, { recursive: true });
  }
  context.exitCode = exitCodeOf(tally);
}

/** The finished reports of a folder and the folders in it, by name; or the one that is named. */
async function reportsIn(path: string): Promise<Found[]> {
  const isFolder = (await stat(path)).isDirectory();
  const names = isFolder ? (await readdir(path, { recursive: true })).sort() : [""];
  const found: Found[] = [];
  for (const name of names) {
    if (isFolder && !name.endsWith(".json")) continue;
    const place = isFolder ? join(path, name) : path;
    const report = await readReport(place).catch((error) => {
      // A folder may hold JSON of others.
      if (isFolder) return undefined;
      throw error;
    });
    if (report) found.push({ path: place, report });
  }
  if (found.length === 0)
    throw new Error(
      `${path} must hold reports of "cellwright segment" (a.json), holds none: only these can be repeated`,
    );
  return found;
}

/** What `segment` would have to be asked for to do the same again. */
function optionsOf(path: string, report: SegmentReport, given: VerifyOptions): SegmentOptions {
  if (report.begun) throw new Error("was begun and not finished: there is nothing to compare");
  const { run } = report;
  const noted = (run.model as string | undefined) ?? report.model.name;
  const seeds = (run.seeds as string | undefined) ?? report.seeds?.name;
  return {
    ...optionsOfRecipe(report),
    output: dirname(path),
    model: given.model ?? placed(noted, path),
    ...(seeds !== undefined && { seeds: placed(seeds, path) }),
    engine: (run.engine as string | undefined) ?? "onnx",
    device: (run.device as string | undefined) ?? "cpu",
    ...(run.threads !== undefined && { threads: run.threads as number }),
    ...(run.tile !== undefined && { tile: run.tile as number }),
    onError: "continue",
    overwrite: true,
    quiet: true,
  };
}

/** A model's folder is noted as seen from the report; a name is a name. */
function placed(model: string, report: string): string {
  return /^\.\.?\//.test(model) ? resolve(dirname(report), model) : model;
}

/** Does an image again, in another folder; the names of the files that come out otherwise. */
async function repeated(
  path: string,
  report: SegmentReport,
  asked: SegmentOptions,
  tools: Tools,
  { input }: VerifyOptions,
  folder: string,
): Promise<string[]> {
  const recipe = recipeOf(asked, tools);
  const other = recipeDifference(report, recipe);
  if (other) throw new Error(`was done with another ${other} than there is here`);
  const places = (report.run.files as string[] | undefined) ?? report.input.map(({ name }) => name);
  const files = places.map((place) =>
    input === undefined ? resolve(dirname(path), place) : resolve(input, basename(place)),
  );
  for (const [i, file] of files.entries()) {
    const { size } = await stat(file);
    if (size !== report.input[i].bytes)
      throw new Error(
        `${file} must be the image that was segmented, of ${report.input[i].bytes} bytes, has ${size}`,
      );
  }
  const stem = join(folder, basename(path).replace(/\.json$/, ""));
  const item = { name: basename(stem), files };
  const { report: again } = await segmentItem(
    { item, options: asked, tools, recipe, files, stem },
    () => {},
  );
  const others: string[] = [];
  for (const name of report.outputs)
    if (!(await sameFiles(join(dirname(path), name), join(folder, name)))) others.push(name);
  for (const name of [...again.outputs, `${item.name}.json`])
    await rm(join(folder, name), { recursive: true, force: true });
  return others;
}

/** Whether two files, or two folders of files, hold the same bytes. What is missing is not the same. */
async function sameFiles(one: string, other: string): Promise<boolean> {
  try {
    if (!(await stat(one)).isDirectory())
      return (await readFile(one)).equals(await readFile(other));
    const [names, others] = await Promise.all(
      [one, other].map(async (folder) => (await readdir(folder)).sort()),
    );
    if (names.join("\n") !== others.join("\n")) return false;
    for (const name of names)
      if (!(await sameFiles(join(one, name), join(other, name)))) return false;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** What came of a report. */
interface Verdict {
  readonly same: boolean;
  readonly others?: readonly string[];
  readonly error?: { readonly kind: string; readonly message: string };
}

function tell(context: Context, { json }: VerifyOptions, name: string, verdict: Verdict): void {
  if (json) {
    context.stdout(`${JSON.stringify({ type: "verified", report: name, ...verdict })}\n`);
    return;
  }
  const { same, others = [], error } = verdict;
  if (error) context.stderr(`${oneLine(error.message)}\n`);
  else context.stdout(`${oneLine(name)}: ${same ? "the same" : `other ${others.join(", ")}`}\n`);
}
