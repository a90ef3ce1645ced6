/**
 * JSON of which nothing is known: looked at without trusting it.
 *
 * @module
 */

/** An object of JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value as an object; one without fields where it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

/** A value as a list; an empty one where it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
