/**
 * The numbers a method can be set to: a default and a range each, checked in one place.
 *
 * @module
 */
import { ShapeError } from "../errors.js";

/** What each parameter may be, and what it is where nothing is said. */
export type Ranges<P> = Readonly<
  Record<keyof P, { readonly default: number; readonly min: number; readonly max: number }>
>;

/** All parameters of a method. Throws {@link ShapeError} for one that is unknown or out of its range. */
export function checkParameters<P>(given: Partial<P>, ranges: Ranges<P>, method: string): P {
  const known = Object.keys(ranges);
  for (const name of Object.keys(given))
    if (!Object.hasOwn(ranges, name))
      throw new ShapeError(`parameter of ${method}`, `one of ${known.join(", ")}`, name);
  const all: Record<string, number> = {};
  for (const name of known) {
    const { default: usual, min, max } = ranges[name as keyof P];
    const value = (given as Readonly<Record<string, unknown>>)[name] ?? usual;
    if (!(typeof value === "number" && value >= min && value <= max))
      throw new ShapeError(`${name} of ${method}`, `a number from ${min} to ${max}`, `${value}`);
    all[name] = value;
  }
  return all as P;
}
