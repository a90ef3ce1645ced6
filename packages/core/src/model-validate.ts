/**
 * Whether a model is one that others can use: the structure of its description, what its parts say of each other, and its
 * files. Runs nothing, and needs nothing but the files: a page can ask it.
 *
 * @module
 */
import { CoreError } from "./errors.js";
import { tensorsOf } from "./model-axes.js";
import { openDescription } from "./model-description.js";
import { type Field, fieldAt, isAbsent, itemsOf } from "./model-field.js";
import { type Hash, type ModelFiles, readPromised, sourceOf } from "./model-files.js";
import { fromOlder } from "./model-older.js";
import type { Attempt, Problem, Report } from "./model-problem.js";
import { checkTexts } from "./model-validate-card.js";
import { checkTensors, checkTestTensors } from "./model-validate-tensors.js";
import { kindsOf, weightKinds } from "./model-weights.js";
import { readPorts } from "./onnx-ports.js";

/**
 * All that is wrong with a model, in the order of its description; nothing for one that is in order. Checks what
 * bioimage.io's schema 0.5 asks for and what it cannot: references between tensors, hashes, sizes of test tensors.
 */
export async function validateModel(files: ModelFiles, sha256: Hash): Promise<Problem[]> {
  const problems: Problem[] = [];
  const report: Report = (field, message, level = "error") => {
    problems.push({ level, field: field.path, message });
  };
  const attempt: Attempt = async (look) => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      problems.push({
        level: error.kind === "UnsupportedError" ? "warning" : "error",
        field: typeof error.details.field === "string" ? error.details.field : "",
        message: error.message,
      });
      return undefined;
    }
  };
  const document = await attempt(() => openDescription(files));
  if (!document) return problems;
  const description = await attempt(() => asNew(document, report));
  if (!description) return problems;
  await checkTexts(files, document, attempt, report);
  const inputs = await attempt(() => tensorsOf(fieldAt(description, "inputs")));
  const outputs = await attempt(() => tensorsOf(fieldAt(description, "outputs")));
  if (inputs && outputs) {
    const tensors = { inputs, outputs };
    checkTensors(tensors, description, report);
    await checkTestTensors(files, tensors, sha256, attempt, report);
  }
  await checkWeights(files, description, sha256, attempt, report);
  return problems;
}

/** The description as format 0.5; an older one is told of. */
function asNew(document: Field, report: Report): Field | undefined {
  const version = fieldAt(document, "format_version");
  if (typeof version.value === "string" && /^0\.5\.\d+$/.test(version.value)) return document;
  if (typeof version.value === "string" && /^0\.4\.\d+$/.test(version.value)) {
    report(
      version,
      `format ${version.value} is read, and written no more: 0.5 is today's`,
      "warning",
    );
    return fromOlder(document);
  }
  report(version, "format_version must be 0.5 and a number, such as 0.5.7");
  return undefined;
}

/** Weights: their files, and which of them was made from which. */
async function checkWeights(
  files: ModelFiles,
  description: Field,
  sha256: Hash,
  attempt: Attempt,
  report: Report,
): Promise<void> {
  const weights = fieldAt(description, "weights");
  const kinds = (await attempt(() => kindsOf(description))) ?? [];
  if (kinds.length === 0) {
    report(weights, `weights must hold at least one of ${weightKinds.join(", ")}`);
    return;
  }
  for (const name of Object.keys(weights.value as object))
    if (!weightKinds.includes(name))
      report(fieldAt(weights, name), `${name} is no kind of weights that bioimage.io knows`);
  const roots = kinds.filter((kind) => isAbsent(fieldAt(fieldAt(weights, kind), "parent")));
  if (roots.length !== 1)
    report(
      weights,
      `of all weights one must have no parent, the others name what they were converted from: ${roots.length === 0 ? "all have one" : `${roots.join(", ")} have none`}`,
    );
  for (const kind of kinds) {
    const entry = fieldAt(weights, kind);
    const parent = fieldAt(entry, "parent");
    if (!isAbsent(parent) && (parent.value === kind || !kinds.includes(`${parent.value}`)))
      report(parent, `parent must be another kind of weights of this model, is ${parent.value}`);
    const bytes = await attempt(() => readPromised(files, entry, sha256));
    if (kind === "onnx") await checkOnnx(description, entry, bytes, attempt, report);
    for (const name of ["architecture", "dependencies", "external_data"])
      await attempt(async () => {
        const file = fieldAt(entry, name);
        const named = !isAbsent(file) && !isAbsent(fieldAt(file, "source"));
        if (named) await readPromised(files, file, sha256);
      });
  }
}

async function checkOnnx(
  description: Field,
  entry: Field,
  bytes: Uint8Array | undefined,
  attempt: Attempt,
  report: Report,
): Promise<void> {
  const opset = fieldAt(entry, "opset_version");
  if (!Number.isInteger(opset.value) || Number(opset.value) < 7)
    report(opset, "opset_version must be a whole number from 7");
  if (bytes) await checkPorts(description, entry, bytes, attempt, report);
}

/** The network has the inputs and outputs that the description names. */
async function checkPorts(
  description: Field,
  entry: Field,
  bytes: Uint8Array,
  attempt: Attempt,
  report: Report,
): Promise<void> {
  const source = fieldAt(entry, "source");
  const ports = await attempt(() => {
    try {
      return readPorts(bytes);
    } catch {
      report(source, `${sourceOf(entry)} is not a readable ONNX file`);
      return undefined;
    }
  });
  if (!ports) return;
  for (const what of ["inputs", "outputs"] as const) {
    const named = itemsOf(fieldAt(description, what)).length;
    if (ports[what].length !== named)
      report(
        source,
        `the network has ${ports[what].length} ${what}, the description names ${named}`,
      );
  }
}
