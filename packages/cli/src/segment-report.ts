/**
 * The report beside the labels, `<stem>.json`: what was done to which file, with what, and how long it took. It is
 * written last, so where it is, all outputs are whole; `--resume` goes by it.
 *
 * @module
 */
import { readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ModelCard, Scale } from "@cellwright/core";
import { exists } from "./file-sink.js";

/**
 * What of a model decides the labels: its weights, by their hash, and how image and maps are treated around them. A method
 * without a network has parameters in place of these, and the hash is that of the method.
 */
export interface ModelRecipe
  extends Pick<ModelCard, "name" | "channels" | "pixelSize" | "diameter" | "types">,
    Partial<Pick<ModelCard, "normalization" | "decoder">> {
  readonly sha256: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** What decides the labels of an image: two runs that agree in this give the same. */
export interface Recipe {
  /** Cellwright's version. */
  readonly cellwright: string;
  readonly model: ModelRecipe;
  /** The model whose nuclei are the seeds, where there is one. */
  readonly seeds?: ModelRecipe;
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
  /** Present while the outputs are being written, and where that was cut short. */
  readonly begun?: true;
  /**
   * What ran it, and where image and model were, as seen from the report's folder. None of this changes the labels.
   */
  readonly run: Readonly<Record<string, unknown>>;
  /** Names of the files written. */
  readonly outputs: readonly string[];
  /** How many cells were found, on all planes. */
  readonly cells: number;
  /** How many of them are of each type, where the model tells types apart. */
  readonly types?: Readonly<Record<string, number>>;
  /** At what size the model saw the image, and why; all planes of a stack alike. */
  readonly scale: Scale;
  /** The same of the model that found the seeds. */
  readonly seedsScale?: Scale;
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
  const other = recipeDifference(report, recipe);
  if (other)
    throw new Error(
      `was done before with another ${other}: use --overwrite, or another folder (${path})`,
    );
  if (report.begun || JSON.stringify(report.input) !== JSON.stringify(input)) return undefined;
  const folder = join(path, "..");
  const there = await Promise.all(report.outputs.map((name) => exists(join(folder, name))));
  return there.every(Boolean) ? report : undefined;
}

/** What stands in the place of a report while its outputs are being written. */
export function begunReport(
  recipe: Recipe,
  input: readonly InputFile[],
  outputs: readonly string[],
): string {
  const names = outputs.map((path) => basename(path));
  return `${JSON.stringify({ ...recipe, begun: true, input, outputs: names }, null, 2)}\n`;
}

/** The names of the files that an earlier run wrote or had begun to write, the report among them; none without one. */
export async function ownOutputs(reportPath: string): Promise<readonly string[]> {
  const report = await readReport(reportPath);
  return report ? [...report.outputs, basename(reportPath)] : [];
}

/** The report at a path; undefined where there is none. Throws where the file is something else. */
export async function readReport(path: string): Promise<SegmentReport | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const report = asSegmentReport(text);
  if (report) return report;
  throw new Error(
    `${path} is not a report of "cellwright segment": move it away, or use another folder`,
  );
}

/** A text as a report of `segment`; undefined where it is none. */
export function asSegmentReport(text: string): SegmentReport | undefined {
  try {
    const report = JSON.parse(text) as SegmentReport;
    const { cellwright, outputs, model } = report;
    // The reports of other verbs have outputs too, but no model at the top.
    if (typeof cellwright === "string" && Array.isArray(outputs) && model) return report;
  } catch {}
  return undefined;
}

/** What makes two models find other cells, as words to put after a name: empty where that is the whole network. */
function modelDifference(
  before: ModelRecipe | undefined,
  now: ModelRecipe | undefined,
): string | undefined {
  if (before?.sha256 !== now?.sha256) return "";
  // As JSON has it: absent and undefined are the same, and the order of the names says nothing.
  const plain = (value: unknown) => value !== undefined && JSON.parse(JSON.stringify(value));
  for (const key of [
    "channels",
    "normalization",
    "decoder",
    "pixelSize",
    "diameter",
    "types",
    "parameters",
  ] as const)
    if (!isDeepStrictEqual(plain(before?.[key]), plain(now?.[key]))) return ` with another ${key}`;
  return undefined;
}

/** The first thing two recipes differ in, in words; undefined where they agree. */
export function recipeDifference(report: Recipe, recipe: Recipe): string | undefined {
  const model = modelDifference(report.model, recipe.model);
  if (model !== undefined) return `model (${report.model?.name}${model})`;
  const seeds = modelDifference(report.seeds, recipe.seeds);
  if (seeds !== undefined) return `model of seeds (${report.seeds?.name ?? "none"}${seeds})`;
  if (report.cellwright !== recipe.cellwright)
    return `version of Cellwright (${report.cellwright})`;
  const keys = new Set([...Object.keys(report.options ?? {}), ...Object.keys(recipe.options)]);
  for (const key of keys)
    if (JSON.stringify(report.options?.[key]) !== JSON.stringify(recipe.options[key]))
      return `--${key}`;
  return undefined;
}
