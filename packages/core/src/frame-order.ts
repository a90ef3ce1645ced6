/**
 * The order of frames by the numbers in their names, and which of them are missing.
 *
 * @module
 */
import { FormatError } from "./errors.js";

/** How to read the numbers. */
export interface FrameOrderOptions {
  /** Whether names without numbers are an error; else their order is taken as it is (default false). */
  readonly numbered?: boolean;
  /** Takes missing frames as empty (default: an error). */
  readonly allowGaps?: boolean;
  /** What the error about missing frames is to say of how to take them as empty. */
  readonly gapAdvice?: string;
}

/** The frames of a movie, and the number that the first of them has in its name. */
export interface FrameOrder {
  /** The file of each frame; undefined where it is missing. */
  readonly frames: readonly (string | undefined)[];
  readonly first: number;
}

/** More empty frames than this are a slip of the pen, such as a date among the names. */
const mostMissing = 10_000;

/**
 * Puts files in order by the one number in which their names differ: `t2` before `t10`. Numbers may begin anywhere, and
 * go up by any constant step. Throws {@link FormatError} where names differ in other ways, two have one number or some are
 * missing.
 */
export function planSeries(files: readonly string[], options: FrameOrderOptions = {}): FrameOrder {
  const numbers = numbersOf(files, options);
  if (!numbers) return { frames: files, first: 0 };
  const order = files.map((_, i) => i).sort((a, b) => numbers[a] - numbers[b]);
  for (let k = 1; k < order.length; k++)
    if (numbers[order[k]] === numbers[order[k - 1]])
      throw new FormatError(
        `${basename(files[order[k - 1]])} and ${basename(files[order[k]])} have one frame number (${numbers[order[k]]}): which is it?`,
      );
  const sorted = order.map((i) => ({ file: files[i], number: numbers[i] }));
  const step = sorted
    .slice(1)
    .map(({ number }, k) => number - sorted[k].number)
    .reduce(greatestDivisor, 0);
  const frames: (string | undefined)[] = [];
  for (const { file, number } of sorted) {
    const at = (number - sorted[0].number) / step;
    const before = frames.at(-1);
    if (at > frames.length && !options.allowGaps)
      throw gapError(
        [`${before}`, file],
        [sorted[0].number + frames.length * step, number - step],
        options.gapAdvice,
      );
    if (at - frames.length > mostMissing)
      throw new FormatError(
        `${at - frames.length} frames are missing between ${basename(`${before}`)} and ${basename(file)}: is this one movie?`,
      );
    while (frames.length < at) frames.push(undefined);
    frames.push(file);
  }
  return { frames, first: sorted[0].number };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

function gapError(
  [before, after]: readonly [string, string],
  [from, to]: readonly [number, number],
  advice = "",
): FormatError {
  const what = to > from ? `frames ${from} to ${to} are missing` : `frame ${from} is missing`;
  return new FormatError(
    `${what} between ${basename(before)} and ${basename(after)}${advice && `: ${advice}`}`,
    { from, to },
  );
}

/** The frame number of each file; undefined where the names are not numbered and need not be. */
function numbersOf(files: readonly string[], options: FrameOrderOptions): number[] | undefined {
  const parts = files.map((file) => stemOf(file).split(/(\d+)/));
  const words = parts.map((part) => part.filter((_, i) => i % 2 === 0).join("\0"));
  const other = words.findIndex((word) => word !== words[0]);
  if (other >= 0) {
    if (!options.numbered) return undefined;
    throw new FormatError(
      `names of frames must differ in one number only, such as t001 and t002; there are ${basename(files[0])} and ${basename(files[other])}: name the files of the movie, in their order or by a pattern`,
    );
  }
  const fields = parts[0].map((_, i) => i).filter((i) => i % 2 === 1);
  const varying = fields.filter((i) =>
    parts.some((part) => Number(part[i]) !== Number(parts[0][i])),
  );
  if (varying.length > 1) {
    if (!options.numbered) return undefined;
    throw new FormatError(
      `names of frames must differ in one number only; ${basename(files[0])} and ${basename(`${files.at(-1)}`)} differ in ${varying.length}: name those of one movie by a pattern`,
    );
  }
  // No number differs: two files of one number, such as t1 and t01, or no numbers at all.
  const field = varying[0] ?? fields.at(-1);
  if (field === undefined) return options.numbered ? files.map(() => 0) : undefined;
  const numbers = parts.map((part) => Number(part[field]));
  const large = numbers.findIndex((number) => !Number.isSafeInteger(number));
  if (large >= 0)
    throw new FormatError(`${basename(files[large])} has a number too large for a frame`);
  return numbers;
}

function basename(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** The name without folder and ending; `.ome.tif` counts as one. */
function stemOf(path: string): string {
  return basename(path)
    .replace(/(?<=.)\.[^.]*$/, "")
    .replace(/(?<=.)\.ome$/i, "");
}
