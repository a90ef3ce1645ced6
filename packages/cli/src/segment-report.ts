/**
 * The report beside the labels, `<stem>.json`: what was done to which file, with what, and how long it took. It is
 * written last, so where it is, all outputs are whole; `--resume` goes by it.
 *
 * @module
 */
import { access, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";

/** What decides the labels of an image: two runs that agree in this give the same. */
export interface Recipe {
  /** Cellwright's version. */
  readonly cellwright: string;
  readonly model: { readonly name: string; readonly sha256: string };
  /** The model whose nuclei are the seeds, where there is one. */
  readonly seeds?: { readonly name: string; readonly sha256: string };
  /** The options that change what is written. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A file as it was when it was read. */
export interface InputFile {
  readonly name: string;
  readonly bytes: number;
  /** Time of the last change, ISO 8601. */
  readonly modified: string;
}

/** The whole report of an image. */
export interface SegmentReport extends Recipe {
  readonly input: readonly InputFile[];
  readonly image: Readonly<Record<string, unknown>>;
  /** What ran it. None of this changes the labels. */
  readonly run: Readonly<Record<string, unknown>>;
  /** Names of the files written. */
  readonly outputs: readonly string[];
  /** How many cells were found, on all planes. */
  readonly cells: number;
  /** Seconds each step took. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** The size and time of files, in their order. */
export async function inputFiles(paths: readonly string[]): Promise<InputFile[]> {
  const states = await Promise.all(paths.map((path) => stat(path)));
  return states.map(({ size, mtime }, i) => ({
    name: basename(paths[i]),
    bytes: size,
    modified: mtime.toISOString(),
  }));
}

/**
 * The report of an image that needs no work again: same recipe, same input, all outputs there. `undefined` where there
 * is work to do. Throws where the outputs are of another recipe: to replace them would lose somebody's results.
 */
export async function finishedReport(
  path: string,
  recipe: Recipe,
  input: readonly InputFile[],
): Promise<SegmentReport | undefined> {
  const report = await readReport(path);
  if (!report) return undefined;
  const other = difference(report, recipe);
  if (other)
    throw new Error(
      `was done before with another ${other}: use --overwrite, or another folder (${path})`,
    );
  if (JSON.stringify(report.input) !== JSON.stringify(input)) return undefined;
  const folder = join(path, "..");
  const there = await Promise.all(report.outputs.map((name) => exists(join(folder, name))));
  return there.every(Boolean) ? report : undefined;
}

/** Whether there is something under a path. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function readReport(path: string): Promise<SegmentReport | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const report = JSON.parse(text) as SegmentReport;
    if (typeof report.cellwright === "string" && Array.isArray(report.outputs)) return report;
  } catch {}
  throw new Error(
    `${path} is not a report of "cellwright segment": move it away, or use another folder`,
  );
}

/** The first thing two recipes differ in, in words. */
function difference(report: Recipe, recipe: Recipe): string | undefined {
  if (report.model?.sha256 !== recipe.model.sha256) return `model (${report.model?.name})`;
  if (report.seeds?.sha256 !== recipe.seeds?.sha256) return "model of seeds";
  if (report.cellwright !== recipe.cellwright)
    return `version of Cellwright (${report.cellwright})`;
  const keys = new Set([...Object.keys(report.options ?? {}), ...Object.keys(recipe.options)]);
  for (const key of keys)
    if (JSON.stringify(report.options?.[key]) !== JSON.stringify(recipe.options[key]))
      return `--${key}`;
  return undefined;
}
