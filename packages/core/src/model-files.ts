/**
 * The files of a model, wherever they lie: a folder, a zip, a web address. Core asks for them by plain relative paths
 * and checks that what comes is what the model's description promised.
 *
 * @module
 */
import { ModelError } from "./errors.js";
import { type Field, fieldAt, isAbsent, textOf, wordOf, wrongField } from "./model-field.js";
import type { Source } from "./source.js";

/** The files of one model. */
export interface ModelFiles {
  /** The folder or package, for messages. */
  readonly name: string;
  /** The paths of all files, where they are known beforehand. */
  readonly paths?: readonly string[];
  /** The file at a plain relative path; `undefined` where there is none. */
  open(path: string): Promise<Source | undefined>;
}

/** SHA-256 of bytes as 64 hexadecimal digits. Core has no clockwork of its own for it: the caller brings it. */
export type Hash = (bytes: Uint8Array) => string | Promise<string>;

/** No file of a model may be larger: 2 GiB, what ONNX allows. */
const largestFile = 2 ** 31 - 1;

/**
 * Whether a path stays below the folder it starts from, on every system: names joined by `/`, none of them empty, `.`
 * or `..`, no drive, no backslash, no control character.
 */
export function isPlainPath(path: string): boolean {
  if (path.length === 0 || path.length > 1024) return false;
  for (let i = 0; i < path.length; i++)
    if (path.charCodeAt(i) < 32 || '\\:*?"<>|\u007f'.includes(path[i])) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** All bytes of one file. Throws {@link ModelError} where it is missing or larger than `most` bytes. */
export async function readFileOf(
  files: ModelFiles,
  path: string,
  most: number = largestFile,
): Promise<Uint8Array> {
  const source = await files.open(path);
  const file = `${files.name}/${path}`;
  if (!source) throw new ModelError(`${file} is missing from the model`, { file });
  if (source.byteLength > most)
    throw new ModelError(`${file} must have at most ${most} bytes, has ${source.byteLength}`, {
      file,
    });
  return source.read(0, source.byteLength);
}

/**
 * The bytes a description points at by `source` and, where it says so, `sha256`.
 * Throws {@link ModelError} where the path leaves the model, the file is missing, or it is not the file promised.
 */
export async function readPromised(
  files: ModelFiles,
  field: Field,
  hash: Hash,
): Promise<Uint8Array> {
  const path = sourceOf(field);
  const bytes = await readFileOf(files, path);
  const promised = fieldAt(field, "sha256");
  if (isAbsent(promised)) return bytes;
  const expected = wordOf(promised, 64).toLowerCase();
  const actual = await hash(bytes);
  if (actual !== expected)
    throw new ModelError(
      `${files.name}/${path} is not the file the model was made with: ${promised.path} is ${expected.slice(0, 12)}…, the file's is ${actual.slice(0, 12)}… (fetch the model again)`,
      { file: `${files.name}/${path}`, field: promised.path },
    );
  return bytes;
}

/** The plain relative path of a file description's `source`. */
export function sourceOf(field: Field): string {
  const source = fieldAt(field, "source");
  const path = textOf(source);
  if (!isPlainPath(path)) throw wrongField(source, "a path inside the model's folder");
  return path;
}
