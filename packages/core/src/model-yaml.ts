/**
 * The model's description as text: YAML that holds texts, numbers, lists and mappings, and nothing else.
 * Reading it runs nothing and makes no objects of classes; writing it gives the same text for the same model.
 *
 * @module
 */
import { strFromU8, strToU8 } from "fflate";
import { parseDocument, stringify } from "yaml";
import { ModelError } from "./errors.js";

/** A description is a few kilobytes; longer ones are refused unread. */
export const longestYaml: number = 1 << 18;

/** How deep brackets may nest, and how far a line may be indented: the parser calls itself for each level. */
const deepestBrackets = 64;
const furthestIndent = 128;

/** How often a document may refer to parts of itself: enough for hand-written anchors, too few for a bomb. */
const mostAliases = 50;

/**
 * The data of a YAML document. Throws {@link ModelError} naming `file` where the text is too long, is not YAML, or
 * uses tags (`!…`), merged documents or more than a few aliases.
 */
export function readYaml(file: string, bytes: Uint8Array): unknown {
  if (bytes.length > longestYaml)
    throw new ModelError(`${file} must have at most ${longestYaml} bytes, has ${bytes.length}`, {
      file,
    });
  const text = strFromU8(bytes);
  let problem: string;
  try {
    checkDepth(text);
    const document = parseDocument(text, {
      version: "1.2",
      schema: "core",
      resolveKnownTags: false,
      customTags: null,
      merge: false,
      uniqueKeys: true,
      stringKeys: true,
      logLevel: "error",
      prettyErrors: true,
    });
    const found = document.errors[0] ?? document.warnings[0];
    if (!found) return document.toJS({ maxAliasCount: mostAliases });
    problem = found.message;
  } catch (error) {
    // Too deep, or too many aliases.
    problem = error instanceof Error ? error.message : String(error);
  }
  throw new ModelError(`${file} is not plain YAML: ${problem.split("\n")[0].replace(/:$/, "")}`, {
    file,
  });
}

/**
 * Throws where a text could nest deeper than the parser's stack holds. (Its regular expressions end the whole process
 * when the stack runs out, so this must be found before.) Brackets in texts count as well: rather too strict.
 */
function checkDepth(text: string): void {
  let depth = 0;
  let indent = 0;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (sign === "[" || sign === "{") depth++;
    else if ((sign === "]" || sign === "}") && depth > 0) depth--;
    if (sign === "\n" || sign === "\r") indent = 0;
    else if (indent >= 0) indent = " \t-?:".includes(sign) ? indent + 1 : -1;
    if (depth > deepestBrackets) throw new Error(`brackets nest more than ${deepestBrackets} deep`);
    if (indent > furthestIndent)
      throw new Error(`a line is indented by more than ${furthestIndent} columns`);
  }
}

/** Data as YAML bytes: fields in the order they were given, lines unbroken, `undefined` left out. */
export function writeYaml(data: unknown): Uint8Array {
  const text = stringify(data, {
    version: "1.2",
    schema: "core",
    lineWidth: 0,
    aliasDuplicateObjects: false,
    keepUndefined: false,
  });
  return strToU8(text);
}
