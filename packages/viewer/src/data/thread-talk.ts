/**
 * What the page and the thread that decodes say to each other. All plain data; pixels are handed over, not copied.
 *
 * @module
 */
import {
  type ErrorData,
  FormatError,
  isCoreError,
  type PyramidReader,
  type PyramidRegion,
  ShapeError,
  UnsupportedError,
} from "@cellwright/core";
import type { Entry, Opened } from "./opened.js";

/** What is to be opened. */
export type Wanted = { readonly entries: readonly Entry[] } | { readonly address: string };

/** From the page. */
export type ToThread =
  | {
      readonly type: "open";
      readonly id: number;
      readonly wanted: Wanted;
      readonly pipelines: string;
      readonly base: string;
    }
  | {
      readonly type: "read";
      readonly id: number;
      readonly reader: number;
      readonly region: Omit<PyramidRegion, "signal">;
    }
  /** Gives a question up. */
  | { readonly type: "cancel"; readonly id: number }
  /** A reader that nobody has any more. */
  | { readonly type: "forget"; readonly reader: number };

/** From the thread. */
export type FromThread =
  | {
      readonly type: "progress";
      readonly id: number;
      readonly done: number;
      readonly total: number;
    }
  | { readonly type: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: CrossedError };

/** A reader without its function: where the thread keeps it. */
export type CrossedReader = Omit<PyramidReader, "readRegion"> & { readonly number: number };

/** Something opened, as it crosses. */
export type CrossedOpened = Omit<Opened, "reader"> & { readonly reader: CrossedReader };

/** An error as it crosses: classes do not survive. */
export interface CrossedError {
  readonly message: string;
  readonly data?: ErrorData;
}

/** An error, to send. */
export function crossing(error: unknown): CrossedError {
  const message = error instanceof Error ? error.message : `${error}`;
  return isCoreError(error) ? { message, data: error.toJSON() } : { message };
}

/** An error that was sent, of its own class again. */
export function crossed({ message, data }: CrossedError): Error {
  if (!data) return new Error(message);
  const { kind, details } = data;
  if (kind === "ShapeError") {
    const { what, expected, actual } = details;
    return new ShapeError(`${what}`, `${expected}`, `${actual}`);
  }
  return kind === "UnsupportedError"
    ? new UnsupportedError(message, details)
    : new FormatError(message, details);
}
