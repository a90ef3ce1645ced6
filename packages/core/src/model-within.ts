/**
 * Errors of a part, told as errors of the model it is part of.
 *
 * @module
 */
import { isCoreError, ModelError, UnsupportedError } from "./errors.js";

/** Runs `read`; an error it throws is told again as the model's, with where it happened in front. */
export function within<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isCoreError(error, "UnsupportedError"))
      throw new UnsupportedError(`${where}: ${error.message}`, error.details, error);
    if (isCoreError(error))
      throw new ModelError(`${where}: ${error.message}`, error.details, error);
    throw error;
  }
}
