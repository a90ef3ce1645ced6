/**
 * What a model says of itself in words: name, authors, licence, what to cite, its card and pictures.
 *
 * @module
 */
import { type Field, fieldAt, isAbsent, itemsOf, textOf, wordOf } from "./model-field.js";
import { isPlainPath, type ModelFiles } from "./model-files.js";
import type { Attempt, Report } from "./model-problem.js";

/** Reports what is wrong with the words of a description, and files that they name and that are not there. */
export async function checkTexts(
  files: ModelFiles,
  description: Field,
  attempt: Attempt,
  report: Report,
): Promise<void> {
  const at = (name: string) => fieldAt(description, name);
  for (const [name, why] of [
    ["description", "which cells, which microscope"],
    ["license", "who may use it"],
    ["authors", "whom to ask"],
    ["documentation", "how it was made, how well it works"],
  ])
    if (isAbsent(at(name))) report(at(name), `${name} is missing: ${why}`, "warning");
  const name = await attempt(() => textOf(at("name"), 128));
  if (name !== undefined && !/^[A-Za-z0-9_+\- ()]{5,128}$/.test(name))
    report(at("name"), "name must be 5 to 128 letters, digits, blanks or _ + - ( )");
  if (!isAbsent(at("description"))) await attempt(() => textOf(at("description"), 1024));
  if (!isAbsent(at("license"))) await attempt(() => wordOf(at("license"), 100));
  for (const author of await itemsIn(at("authors"), attempt))
    await attempt(() => textOf(fieldAt(author, "name")));
  for (const tag of await itemsIn(at("tags"), attempt)) await attempt(() => textOf(tag));
  for (const cite of await itemsIn(at("cite"), attempt)) await checkCitation(cite, attempt, report);
  if (!isAbsent(at("documentation")))
    await checkFile(files, at("documentation"), /\.md$/i, attempt, report);
  for (const cover of await itemsIn(at("covers"), attempt))
    await checkFile(files, cover, /\.(gif|jpe?g|png|svg)$/i, attempt, report);
}

async function itemsIn(list: Field, attempt: Attempt): Promise<Field[]> {
  return (await attempt(() => itemsOf(list))) ?? [];
}

async function checkCitation(cite: Field, attempt: Attempt, report: Report): Promise<void> {
  await attempt(() => textOf(fieldAt(cite, "text"), 10_000));
  const doi = await attempt(() => fieldAt(cite, "doi"));
  if (!doi) return;
  if (isAbsent(doi) && isAbsent(fieldAt(cite, "url")))
    report(cite, "what to cite must have a doi or a url");
  if (!isAbsent(doi) && !/^10\.[0-9]{4}.+$/.test(`${doi.value}`))
    report(doi, 'a doi begins with "10." and four digits');
}

/** A file named by its path, with one of some endings; an address is nobody's business here. */
async function checkFile(
  files: ModelFiles,
  field: Field,
  endings: RegExp,
  attempt: Attempt,
  report: Report,
): Promise<void> {
  const path = await attempt(() => textOf(field));
  if (path === undefined || /^https?:\/\//.test(path)) return;
  if (!isPlainPath(path)) report(field, "must be a path inside the model");
  else if (!endings.test(path)) report(field, `must end as ${endings.source} says, is ${path}`);
  else if (!(await files.open(path))) report(field, `${path} is missing from the model`);
}
