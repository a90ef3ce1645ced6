/**
 * What is wrong with a model, as data.
 *
 * @module
 */
import type { Field } from "./model-field.js";

/** One thing that is wrong with a model. */
export interface Problem {
  /** An `error` keeps others from using it; a `warning` does not. */
  readonly level: "error" | "warning";
  /** Where in the description, such as `inputs[0].axes[1].id`; empty for the whole. */
  readonly field: string;
  /** One line: what must be, and what is. */
  readonly message: string;
}

/** Notes a problem of a field; an error unless it says otherwise. */
export type Report = (field: Field, message: string, level?: Problem["level"]) => void;

/** Looks at a part; an error about the model is noted, and nothing comes back. */
export type Attempt = <T>(look: () => T | Promise<T>) => Promise<T | undefined>;
