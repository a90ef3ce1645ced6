/**
 * What can go wrong, one class for each thing a caller can do about it.
 * A message says what must be and what is; `toJSON` survives workers and RPC, where classes do not.
 *
 * @module
 */

/** The names of the errors core throws; each asks the caller for something else. */
export type ErrorKind = "FormatError" | "ShapeError" | "ModelError" | "UnsupportedError";

/** An error as plain data, fit for `postMessage`, JSON lines and RPC. */
export type ErrorData = Readonly<{
  kind: ErrorKind;
  message: string;
  details: Readonly<Record<string, unknown>>;
}>;

/** The parent of every error core throws on purpose. */
export abstract class CoreError extends Error {
  abstract readonly kind: ErrorKind;
  /** The evidence: what was looked at, what was found there. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.details = details;
  }

  /** The error as plain data. */
  toJSON(): ErrorData {
    return { kind: this.kind, message: this.message, details: this.details };
  }
}

/** The bytes are not a file of the kind they claim to be: give another file. */
export class FormatError extends CoreError {
  override readonly kind = "FormatError";
  override readonly name = "FormatError";
}

/** The array has the wrong shape, axes or values: give another array. */
export class ShapeError extends CoreError {
  override readonly kind = "ShapeError";
  override readonly name = "ShapeError";

  /** `what` must be `expected`, is `actual`. */
  constructor(what: string, expected: string, actual: string) {
    super(`${what} must be ${expected}, got ${actual}`, { what, expected, actual });
  }
}

/** The model is incomplete or contradicts itself: give another model. */
export class ModelError extends CoreError {
  override readonly kind = "ModelError";
  override readonly name = "ModelError";
}

/** The file or network is fine, but this part of Cellwright cannot do it: use another engine or convert. */
export class UnsupportedError extends CoreError {
  override readonly kind = "UnsupportedError";
  override readonly name = "UnsupportedError";
}

/** Whether `error` is one of ours (of one of `kinds`, where given), also after it crossed a worker as data. */
export function isCoreError(error: unknown, ...kinds: ErrorKind[]): error is CoreError {
  if (typeof error !== "object" || error === null || !("kind" in error)) return false;
  const all: readonly unknown[] = ["FormatError", "ShapeError", "ModelError", "UnsupportedError"];
  return (kinds.length > 0 ? (kinds as readonly unknown[]) : all).includes(error.kind);
}
