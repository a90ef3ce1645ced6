/**
 * The test that a model brings: what goes in, what must come out after everything its description asks for, how exactly.
 *
 * @module
 */
import { ModelError } from "./errors.js";
import { readNpy } from "./format/npy.js";
import { type ModelTensor, tensorsOf } from "./model-axes.js";
import { mappingAt } from "./model-card.js";
import { readDescription } from "./model-description.js";
import { type Field, fieldAt, isAbsent, itemsOf, numberOf, wrongField } from "./model-field.js";
import { type Hash, type ModelFiles, readPromised } from "./model-files.js";
import { within } from "./model-within.js";
import type { Values } from "./network.js";
import type { NamedTensor } from "./operation/operation.js";
import { type OperationList, readOperations } from "./operation/read.js";

/** One tensor of a test, and what is done to it before or after the network. */
export interface TestTensor extends OperationList {
  /** Its name in the description. */
  readonly id: string;
  readonly tensor: NamedTensor;
}

/** A model's own test: what goes in, what must come out, and how exactly. */
export interface ModelTest {
  /** As they are before the operations that their description names, in the order of the network's inputs. */
  readonly inputs: readonly TestTensor[];
  /** As they must be after the operations that their description names, in the order of the network's outputs. */
  readonly outputs: readonly TestTensor[];
  /** The first of each. */
  readonly input: Values<Float32Array>;
  readonly output: Values<Float32Array>;
  /** An element is wrong where it is further off than `absolute + relative · |expected|` … */
  readonly relative: number;
  readonly absolute: number;
  /** … and so many of a million may be. */
  readonly mismatches: number;
}

/** The test tensors that come with a model. Throws {@link ModelError} where it brings none, or they have other axes. */
export async function readModelTest(files: ModelFiles, sha256: Hash): Promise<ModelTest> {
  const description = await readDescription(files);
  const [inputs, outputs] = await Promise.all(
    (["inputs", "outputs"] as const).map(async (name) => {
      const list = fieldAt(description, name);
      const needed = tensorsOf(list).filter(({ optional }) => !optional);
      if (needed.length === 0) throw wrongField(list, "a list of tensors");
      const operations = name === "inputs" ? "preprocessing" : "postprocessing";
      return Promise.all(
        needed.map(async (tensor) => ({
          ...readOperations(fieldAt(tensor.field, operations)),
          id: tensor.id,
          tensor: await readTensor(files, tensor, sha256),
        })),
      );
    }),
  );
  return {
    inputs,
    outputs,
    input: inputs[0].tensor,
    output: outputs[0].tensor,
    ...toleranceOf(description),
  };
}

async function readTensor(
  files: ModelFiles,
  { axes, field: tensor }: ModelTensor,
  sha256: Hash,
): Promise<NamedTensor> {
  const field = fieldAt(tensor, "test_tensor");
  if (isAbsent(field))
    throw new ModelError(`${field.file}: ${field.path} is missing: the model brings no test`);
  const bytes = await readPromised(files, field, sha256);
  const { data, shape } = within(`${files.name}/${fieldAt(field, "source").value}`, () =>
    readNpy(bytes),
  );
  if (shape.length !== axes.length) throw wrongField(field, `a tensor of ${axes.length} axes`);
  return { data: Float32Array.from(data), shape, axes: axes.map(({ id }) => id) };
}

/** Of the stated tolerances the first that is not for other weights; else what bioimage.io takes. */
function toleranceOf(description: Field): Pick<ModelTest, "relative" | "absolute" | "mismatches"> {
  const bioimageio = mappingAt(mappingAt(description, "config"), "bioimageio");
  const stated = itemsOf(fieldAt(bioimageio, "reproducibility_tolerance")).find((tolerance) => {
    const formats = itemsOf(fieldAt(tolerance, "weights_formats"));
    return formats.length === 0 || formats.some((format) => format.value === "onnx");
  });
  const numberAt = (name: string, most: number, absent: number) => {
    const field = stated && fieldAt(stated, name);
    return field && !isAbsent(field) ? numberOf(field, 0, most) : absent;
  };
  return {
    relative: numberAt("relative_tolerance", 0.01, 1e-3),
    absolute: numberAt("absolute_tolerance", 1e6, 1e-3),
    mismatches: numberAt("mismatched_elements_per_million", 1000, 100),
  };
}
