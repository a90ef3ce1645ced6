/**
 * Which files a description names: those that make the model run, test it and explain it.
 *
 * @module
 */
import { descriptionNames, readDescription } from "./model-description.js";
import { type Field, fieldAt, isAbsent, itemsOf } from "./model-field.js";
import { isPlainPath, type ModelFiles, sourceOf } from "./model-files.js";
import { runnableOf } from "./model-weights.js";

/** The name of the description's own file, and the paths that it names. */
export interface DescriptionFiles {
  readonly description: string;
  /** Weights that can be run here, test tensors, documentation and covers; each once. */
  readonly paths: readonly string[];
}

/**
 * The files that a model needs here: of its weights only those that can be run. Throws `ModelError` where a path leaves the
 * model, and where no weights can be run.
 */
export async function descriptionFiles(files: ModelFiles): Promise<DescriptionFiles> {
  const description = await readDescription(files);
  const name = descriptionNames.find((one) => description.file.endsWith(`/${one}`));
  const tensors = ["inputs", "outputs"].flatMap((list) => itemsOf(fieldAt(description, list)));
  const needed = [
    runnableOf(description).field,
    ...tensors.map((field) => fieldAt(field, "test_tensor")),
  ];
  const words = [fieldAt(description, "documentation"), ...itemsOf(fieldAt(description, "covers"))];
  const paths = [
    ...needed.filter((field) => !isAbsent(field)).map(sourceOf),
    ...words.flatMap(pathOf),
  ];
  return { description: name ?? descriptionNames[0], paths: [...new Set(paths)] };
}

/** A path, where a field is one: addresses are left alone. */
function pathOf({ value }: Field): string[] {
  const plain = typeof value === "string" && !/^https?:\/\//.test(value) && isPlainPath(value);
  return plain ? [value] : [];
}
