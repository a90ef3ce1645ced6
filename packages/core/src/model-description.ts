/**
 * The description of a model in a set of files, of any format that bioimage.io still has, as data of format 0.5.
 *
 * @module
 */
import { UnsupportedError } from "./errors.js";
import { type Field, fieldAt, wordOf, wrongField } from "./model-field.js";
import { type ModelFiles, readFileOf } from "./model-files.js";
import { fromOlder } from "./model-older.js";
import { longestYaml, readYaml } from "./model-yaml.js";

/** The names a description may have; the first is today's. */
export const descriptionNames: readonly string[] = ["bioimageio.yaml", "rdf.yaml"];

/** The description, as it stands in its file. Throws `ModelError` where it is missing, no YAML, or not of a model. */
export async function openDescription(files: ModelFiles): Promise<Field> {
  const name = await nameOfDescription(files);
  const file = `${files.name}/${name}`;
  const value = readYaml(file, await readFileOf(files, name, longestYaml));
  const document: Field = { file, path: "", value };
  const type = fieldAt(document, "type");
  if (type.value !== "model") throw wrongField(type, '"model"');
  return document;
}

/** Asks for today's name first, and for no other where that is there: over HTTP each question is a request. */
async function nameOfDescription(files: ModelFiles): Promise<string> {
  for (const name of descriptionNames) if ((await files.open(name)) !== undefined) return name;
  return descriptionNames[0];
}

/** The same as format 0.5. Throws {@link UnsupportedError} for formats older than 0.4 and newer than 0.5. */
export async function readDescription(files: ModelFiles): Promise<Field> {
  const document = await openDescription(files);
  const version = wordOf(fieldAt(document, "format_version"), 20);
  if (/^0\.5\.\d+/.test(version)) return document;
  if (/^0\.4\.\d+/.test(version)) return fromOlder(document);
  throw new UnsupportedError(
    `${document.file} has format_version ${version}; Cellwright reads 0.4 and 0.5 (convert it with bioimageio.core)`,
  );
}
