/**
 * What the tensors of a model say of each other, and whether the test tensors are as they say.
 *
 * @module
 */

import { isCoreError } from "./errors.js";
import { readNpy } from "./format/npy.js";
import type { AxisSize, ModelAxis, ModelTensor } from "./model-axes.js";
import { type Field, fieldAt, isAbsent } from "./model-field.js";
import { type Hash, type ModelFiles, readPromised, sourceOf } from "./model-files.js";
import type { Attempt, Report } from "./model-problem.js";
import { within } from "./model-within.js";
import type { ModelOperation } from "./operation/operation.js";
import { readOperations } from "./operation/read.js";

/** The tensors of a model. */
export interface Tensors {
  readonly inputs: readonly ModelTensor[];
  readonly outputs: readonly ModelTensor[];
}

/** Reports names that come twice and references that lead nowhere. */
export function checkTensors(
  { inputs, outputs }: Tensors,
  description: Field,
  report: Report,
): void {
  for (const [name, list] of Object.entries({ inputs, outputs }))
    if (list.length === 0)
      report(fieldAt(description, name), `${name} must be at least one tensor`);
  const all = [...inputs, ...outputs];
  const seen = new Set<string>();
  for (const { id, axes, field } of all) {
    if (seen.has(id)) report(fieldAt(field, "id"), `two tensors have the id ${id}`);
    seen.add(id);
    checkName(fieldAt(field, "id"), id, report);
    const names = new Set<string>();
    for (const axis of axes) {
      if (names.has(axis.id)) report(axis.field, `two axes of ${id} have the id ${axis.id}`);
      names.add(axis.id);
      checkAxis(
        axis,
        outputs.some((output) => output.id === id),
        all,
        report,
      );
    }
    checkOperations(field, names, inputs, report);
  }
}

function checkName(field: Field, id: string, report: Report): void {
  if (!/^[a-z][a-z0-9_]*$/.test(id) || id.length > 32)
    report(field, `an id must be up to 32 small letters, digits and _, is ${id}`);
}

function checkAxis(
  axis: ModelAxis,
  isOutput: boolean,
  all: readonly ModelTensor[],
  report: Report,
): void {
  const { size, field, halo, names } = axis;
  for (const name of names ?? [])
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      report(
        fieldAt(field, "channel_names"),
        `a channel's name must be letters, digits and _, is ${name}`,
      );
  const fault = sizeFault(axis, isOutput);
  if (fault) report(fieldAt(field, "size"), fault);
  if (halo > 0 && (!isOutput || size.kind !== "reference"))
    report(fieldAt(field, "halo"), "halo belongs to an output whose size is that of another axis");
  if (size.kind === "reference") checkReference(axis, size, all, report);
}

/** Which sizes belong to which axes. */
function sizeFault({ type, size }: ModelAxis, isOutput: boolean): string | undefined {
  if (type === "batch")
    return size.kind === "fixed" && size.length !== 1 ? "a batch has size 1, or none" : undefined;
  if (isOutput && size.kind === "range")
    return "the size of an output is a number or that of another axis";
  return !isOutput && size.kind === "open"
    ? "the size of an input is a number, {min, step} or that of another axis"
    : undefined;
}

function checkReference(
  axis: ModelAxis,
  size: AxisSize & { readonly kind: "reference" },
  all: readonly ModelTensor[],
  report: Report,
): void {
  const field = fieldAt(axis.field, "size");
  const tensor = all.find(({ id }) => id === size.tensor);
  const target = tensor?.axes.find(({ id }) => id === size.axis);
  if (!target || target === axis) {
    report(field, `there is no other axis ${size.axis} of a tensor ${size.tensor}`);
    return;
  }
  if (target.type === "batch") report(field, "a size cannot be that of a batch");
  if (target.unit !== axis.unit)
    report(
      field,
      `the unit must be that of ${size.tensor}.${size.axis}, ${target.unit ?? "none"}, is ${axis.unit ?? "none"}`,
    );
  if (axis.halo === 0) return;
  const least = target.size.kind === "range" ? target.size.min : Infinity;
  const shortest = Math.floor((least * target.scale) / axis.scale + size.offset);
  if (shortest <= 2 * axis.halo)
    report(
      fieldAt(axis.field, "halo"),
      `halo leaves nothing of the smallest output: ${shortest} pixels, ${axis.halo} at each side`,
    );
  if (Math.abs(size.offset) % 2 === 1)
    report(
      fieldAt(field, "offset"),
      "with a halo the offset must be even: both sides lose as much",
    );
}

/** Operations are known, and name axes of their tensor and inputs of the model. */
function checkOperations(
  tensor: Field,
  axes: ReadonlySet<string>,
  inputs: readonly ModelTensor[],
  report: Report,
): void {
  for (const name of ["preprocessing", "postprocessing"]) {
    const list = fieldAt(tensor, name);
    try {
      for (const operation of readOperations(list).operations)
        for (const fault of operationFaults(operation, axes, inputs)) report(list, fault);
    } catch (error) {
      if (!isCoreError(error)) throw error;
      // What we do not do may be right for others.
      const level = error.kind === "UnsupportedError" ? "warning" : "error";
      report(list, error.message, level);
    }
  }
}

function operationFaults(
  operation: ModelOperation,
  axes: ReadonlySet<string>,
  inputs: readonly ModelTensor[],
): string[] {
  const over = "axes" in operation ? (operation.axes ?? []) : [];
  const along = "axis" in operation && operation.axis !== undefined ? [operation.axis] : [];
  const reference = "reference" in operation ? operation.reference : undefined;
  const faults = [...over, ...along]
    .filter((axis) => !axes.has(axis))
    .map((axis) => `${operation.id} names an axis ${axis}, which is none of its tensor's`);
  if (reference !== undefined && !inputs.some(({ id }) => id === reference))
    faults.push(`${operation.id} looks at ${reference}, which is no input`);
  return faults;
}

/** Reports test tensors that are missing, are other files than promised, or have other sizes than their axes may have. */
export async function checkTestTensors(
  files: ModelFiles,
  { inputs, outputs }: Tensors,
  sha256: Hash,
  attempt: Attempt,
  report: Report,
): Promise<void> {
  const shapes = new Map<string, readonly number[]>();
  const all = [...inputs, ...outputs];
  for (const { id, axes, field, optional } of all) {
    const test = fieldAt(field, "test_tensor");
    if (isAbsent(test)) {
      if (!optional) report(test, "a test tensor is missing");
      continue;
    }
    const read = await attempt(async () => {
      const bytes = await readPromised(files, test, sha256);
      return within(`${files.name}/${sourceOf(test)}`, () => readNpy(bytes));
    });
    if (!read) continue;
    if (read.shape.length === axes.length) shapes.set(id, read.shape);
    else
      report(
        test,
        `the test tensor of ${id} must have ${axes.length} axes, has ${read.shape.length}`,
      );
  }
  for (const { id, axes, field } of all)
    for (const [i, axis] of axes.entries()) {
      const length = shapes.get(id)?.[i];
      const wrong = length === undefined ? undefined : mistake(axis, length, all, shapes);
      if (wrong)
        report(
          fieldAt(field, "test_tensor"),
          `the test tensor's axis ${axis.id} ${wrong}, is ${length}`,
        );
    }
}

/** What the length of an axis must be, where it is not. */
function mistake(
  { size, scale }: ModelAxis,
  length: number,
  all: readonly ModelTensor[],
  shapes: ReadonlyMap<string, readonly number[]>,
): string | undefined {
  if (size.kind === "fixed") return size.length === length ? undefined : `must be ${size.length}`;
  if (size.kind === "range") {
    const fits = length >= size.min && (length - size.min) % size.step === 0;
    return fits ? undefined : `must be ${size.min} and steps of ${size.step}`;
  }
  if (size.kind === "open") return undefined;
  const tensor = all.find(({ id }) => id === size.tensor);
  const at = tensor?.axes.findIndex(({ id }) => id === size.axis) ?? -1;
  const reference = shapes.get(size.tensor)?.[at];
  if (!tensor || reference === undefined) return undefined;
  const expected = Math.floor((reference * tensor.axes[at].scale) / scale + size.offset + 1e-9);
  return expected === length
    ? undefined
    : `must be ${expected}, by that of ${size.tensor}.${size.axis}`;
}
