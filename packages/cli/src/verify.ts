/**
 * Results, made once more and compared. In: the reports in a folder. Out: which of the files beside them come out the same.
 *
 * @module
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { errorData, exitCodeOf } from "./batch.js";
import type { SegmentOptions } from "./commands/segment.js";
import type { VerifyOptions } from "./commands/verify.js";
import type { Context } from "./context.js";
import { modelPlace } from "./noted-place.js";
import { oneLine } from "./report.js";
import { otherFiles } from "./same-files.js";
import { segmentItem } from "./segment-files.js";
import type { Tools } from "./segment-image.js";
import { optionsOfRecipe, recipeOf } from "./segment-plan.js";
import { recipeDifference, type SegmentReport } from "./segment-report.js";
import { openTools } from "./segment-tools.js";
import { checkFinished, type Found, reportsOf } from "./verify-found.js";

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
  const found = await reportsOf(resolve(context.cwd, output));
  const tally = { done: 0, skipped: 0, failed: 0 };
  const folder = await mkdtemp(join(tmpdir(), "cellwright-verify-"));
  let kept: Kept | undefined;
  const segmented = async (path: string, report: SegmentReport) => {
    const asked = optionsOf(path, report, options);
    const key = JSON.stringify(asked);
    if (kept?.key !== key) {
      await kept?.dispose();
      kept = undefined;
      kept = { key, ...(await openTools(asked, context)) };
    }
    return repeated(path, report, asked, kept.tools, options, folder);
  };
  const repeat = async (one: Found): Promise<string[]> => {
    const { path } = one;
    if (one.by === "segment") return segmented(path, one.report);
    const own = await mkdtemp(join(folder, "again-"));
    try {
      if (one.by === "file") {
        const { repeatFiles } = await import("./verify-files.js");
        return await repeatFiles(path, one.report, options, context, own);
      }
      const { repeatTrack } = await import("./verify-track.js");
      return await repeatTrack(path, one.report, options, context, own);
    } finally {
      await rm(own, { recursive: true });
    }
  };
  try {
    for (const one of found) {
      if (context.signal.aborted) break;
      const name = relative(context.cwd, one.path) || one.path;
      try {
        const others = await repeat(one);
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

/** What `segment` would have to be asked for to do the same again. */
function optionsOf(path: string, report: SegmentReport, given: VerifyOptions): SegmentOptions {
  checkFinished(report);
  const { run } = report;
  const noted = (run.model as string | undefined) ?? report.model.name;
  const seeds = (run.seeds as string | undefined) ?? report.seeds?.name;
  return {
    ...optionsOfRecipe(report),
    output: dirname(path),
    model: given.model ?? modelPlace(noted, path),
    ...(seeds !== undefined && { seeds: modelPlace(seeds, path) }),
    engine: (run.engine as string | undefined) ?? "onnx",
    device: (run.device as string | undefined) ?? "cpu",
    ...(run.threads !== undefined && { threads: run.threads as number }),
    ...(run.tile !== undefined && { tile: run.tile as number }),
    onError: "continue",
    overwrite: true,
    quiet: true,
  };
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
  const home = dirname(path);
  const others = await otherFiles(
    report.outputs,
    (name) => join(home, name),
    (name) => join(folder, name),
  );
  for (const name of [...again.outputs, `${item.name}.json`])
    await rm(join(folder, name), { recursive: true, force: true });
  return others;
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
