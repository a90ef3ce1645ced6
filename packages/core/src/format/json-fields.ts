/**
 * Metadata as they come out of a JSON file: anything may stand where an object should.
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
