/**
 * The values options take: from the words of a command line to checked numbers and lists.
 * A wrong one ends with exit code 2 and a line that says what must be.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";

/** A parser of whole numbers from `least` up. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`It must be a whole number from ${least} up.`);
    return value;
  };
}

/** A parser of numbers above zero. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

/** What `--saturated` does, for help. */
export const saturatedHelp =
  "take so many percent of the pixels, the brightest, for no brighter than the others: for cells with very bright spots (1 to 3)";

/** A parser of numbers from 0 to below 100. */
export function percent(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value < 100))
    throw new InvalidArgumentError("It must be a number from 0 to below 100.");
  return value;
}

/** A parser of comma-separated lists whose items are among `known`. */
export function listOf(known: readonly string[]): (text: string) => string[] {
  return (text) => {
    const items = text.split(",").map((item) => item.trim());
    for (const item of items)
      if (!known.includes(item))
        throw new InvalidArgumentError(`There is ${known.join(", ")}; not "${item}".`);
    return [...new Set(items)];
  };
}
