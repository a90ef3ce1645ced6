/**
 * Fields of a document somebody else wrote, looked at one by one: each is of the kind it must be, or the message says
 * which file, which field, what must be and what is.
 *
 * @module
 */
import { ModelError } from "./errors.js";

/** A place in a document: the value there, and how to call it in a message. */
export interface Field {
  /** The file, such as `nuclei/bioimageio.yaml`. */
  readonly file: string;
  /** Where in the file, such as `inputs[0].axes[1].id`; empty for the whole. */
  readonly path: string;
  readonly value: unknown;
}

/** The field `name` of a field that holds fields. Absent and null are both `undefined`. */
export function fieldAt(parent: Field, name: string): Field {
  const { file, value } = parent;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrongField(parent, "a mapping");
  const found = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  return {
    file,
    path: parent.path === "" ? name : `${parent.path}.${name}`,
    value: found ?? undefined,
  };
}

/** The fields of a list; none where it is absent. */
export function itemsOf(field: Field): Field[] {
  if (isAbsent(field)) return [];
  if (!Array.isArray(field.value)) throw wrongField(field, "a list");
  return field.value.map((value: unknown, i) => ({
    file: field.file,
    path: `${field.path}[${i}]`,
    value,
  }));
}

/** Whether nothing stands there: a field may be left out or be null. */
export function isAbsent(field: Field): boolean {
  return field.value === undefined || field.value === null;
}

/** A text of 1 to `longest` characters. */
export function textOf(field: Field, longest = 1024): string {
  const { value } = field;
  if (typeof value !== "string" || value.trim() === "" || value.length > longest)
    throw wrongField(field, `a text of 1 to ${longest} characters`);
  return value;
}

/** A text without blanks or control characters: an identifier, a version, a hash. */
export function wordOf(field: Field, longest = 64): string {
  const text = textOf(field, longest);
  if (!/^[\w.+-]+$/.test(text)) throw wrongField(field, "a word of letters, digits and _ . + -");
  return text;
}

/** A text or `undefined`. */
export function optionalText(field: Field, longest = 1024): string | undefined {
  return isAbsent(field) ? undefined : textOf(field, longest);
}

/** A number from `least` to `most`. */
export function numberOf(field: Field, least: number, most: number): number {
  const { value } = field;
  if (typeof value !== "number" || !(value >= least && value <= most))
    throw wrongField(field, `a number from ${least} to ${most}`);
  return value;
}

/** The error that says what `field` must be and what it is. */
export function wrongField(field: Field, expected: string): ModelError {
  const what = field.path === "" ? "the document" : field.path;
  return new ModelError(`${field.file}: ${what} must be ${expected}, got ${show(field.value)}`, {
    file: field.file,
    field: field.path,
    expected,
  });
}

/** A value in few words: a message is one line, and what it quotes may be hostile. */
function show(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "a mapping";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
