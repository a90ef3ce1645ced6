/**
 * JSON out of a file that may be any.
 *
 * @module
 */
import { FormatError } from "../errors.js";

/** The value that a text says. Throws {@link FormatError} where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new FormatError("must be JSON, is damaged or cut off", {}, error);
  }
}
