/**
 * Errors as one line that names the file and what to do about it.
 *
 * @module
 */
import type { Context } from "./context.js";

/** What the system's error codes mean to somebody with a folder of images. */
const systemErrors: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EISDIR: "is a folder, must be a file",
  ENOTDIR: "is not a folder",
  EEXIST: "exists already and is not a folder",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the file name is too long",
  ELOOP: "the link leads back to itself",
  EIO: "the disk reports a read or write error",
  EFBIG: "larger than files may be here (see ulimit -f)",
  ESTALE: "the network file system no longer knows the file: try again",
  ETIMEDOUT: "the network file system does not answer",
  EXDEV: "lies on another file system than the folder it is in",
  EBUSY: "is in use by the system",
};

/** The message of an error, without its stack; system errors in plain words. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const words = code ? systemErrors[code] : undefined;
  if (words) return path ? `${path}: ${words}` : words;
  if (
    error instanceof RangeError &&
    /allocation|Invalid (typed )?array length/i.test(error.message)
  )
    return "too large for the memory of this machine: crop it, or use a machine with more";
  return error.message || error.name;
}

/** Text on one line, with everything a terminal would act on made visible. */
export function oneLine(text: string): string {
  return text
    .replace(/\s*\r?\n\s*/g, " ")
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (sign) => {
      const code = sign.codePointAt(0) as number;
      return `\\u{${code.toString(16)}}`;
    });
}

/** Writes `error: …` to stderr; with `debug` the stack and the causes follow. */
export function reportError(context: Context, error: unknown, debug = false): void {
  const red = context.isTTY && !context.env.NO_COLOR;
  const word = red ? "\u001b[31merror:\u001b[39m" : "error:";
  context.stderr(`${word} ${oneLine(messageOf(error))}\n`);
  if (!debug || !(error instanceof Error)) return;
  context.stderr(`${error.stack}\n`);
  if (error.cause !== undefined) reportError(context, error.cause, true);
}
