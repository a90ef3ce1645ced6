/**
 * What goes wrong, as data: callers far away have no classes, and both RPC libraries lose whatever an error carries but its
 * message.
 *
 * @module
 */
import { isCoreError } from "@cellwright/core";

/**
 * What a caller can do about it: `argument` and `shape`, call otherwise; `format`, give another file; `model`, another model;
 * `unsupported`, go another way; `forbidden`, the service may not read there; `busy`, come again later; `cancelled`, nothing;
 * `missing`, there is no such thing (any more); `internal`, tell us.
 */
export type FaultCode =
  | "argument"
  | "shape"
  | "format"
  | "model"
  | "unsupported"
  | "forbidden"
  | "busy"
  | "cancelled"
  | "missing"
  | "internal";

/** The answer of a call that failed, in the place of what it would have answered. */
export interface Failed {
  readonly error: { readonly code: FaultCode; readonly message: string };
}

/** An error that says its code. */
export class Fault extends Error {
  override readonly name = "Fault";
  /** See {@link FaultCode}. */
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** `what` must be `expected`, is `actual`. */
export function wrong(what: string, expected: string, actual: string): Fault {
  return new Fault("argument", `${what} must be ${expected}, got ${actual}`);
}

const codes = {
  FormatError: "format",
  ShapeError: "shape",
  ModelError: "model",
  UnsupportedError: "unsupported",
} as const;

/** No message is longer: callers show them. */
const longest = 1000;

/** Any error as data. */
export function failed(error: unknown): Failed {
  const message = (error instanceof Error ? error.message : `${error}`).slice(0, longest);
  return { error: { code: codeOf(error), message } };
}

function codeOf(error: unknown): FaultCode {
  if (error instanceof Fault) return error.code;
  if (isCoreError(error)) return codes[error.kind];
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  return name === "AbortError" ? "cancelled" : "internal";
}

/** A value in words, short enough for a message. */
export function worded(value: unknown): string {
  if (typeof value === "string") return `"${value.slice(0, 80)}"`;
  if (typeof value === "number" || typeof value === "boolean") return `${value}`;
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `an array of ${value.byteLength} bytes`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
