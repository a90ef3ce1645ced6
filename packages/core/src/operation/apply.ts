/**
 * Does what a model's operations say. Statistics are of the whole tensor, so this comes before tiles are cut, and after
 * they are put together.
 * In: numbers with named axes and operations. Out: as many numbers.
 *
 * @module
 */
import { ModelError, ShapeError } from "../errors.js";
import type { Image, Tensor } from "../image.js";
import { axisIndex, groupsOver, membersOf } from "./groups.js";
import type { ModelOperation, NamedTensor } from "./operation.js";
import { momentsOf, percentilesOver, valuesAt } from "./statistics.js";

/** Tensors by their names in the model, for operations that look at another one. */
export type References = Readonly<Record<string, NamedTensor>>;

/**
 * The tensor after all operations in their order; what is given stays as it is. Statistics are those of `sample`: the
 * tensor itself, or a larger one that it is cut out of.
 * Throws {@link ShapeError} where an operation names an axis that the tensor lacks or has other lengths,
 * {@link ModelError} where it names a tensor that is not there.
 */
export function applyOperations(
  tensor: NamedTensor,
  operations: readonly ModelOperation[],
  references: References = {},
  sample: NamedTensor = tensor,
): NamedTensor {
  let [found, looked] = [tensor, sample];
  for (const operation of operations) {
    const next = { ...found, data: applied(found, looked, operation, references) };
    looked =
      looked === found ? next : { ...looked, data: applied(looked, looked, operation, references) };
    found = next;
  }
  return found;
}

/**
 * The same for an image `"yx"` or `"cyx"`: axes `channel`, `y`, `x` and one batch. Out: `"cyx"`. A tensor that an operation
 * looks at is `input`, the model's only one, as it came.
 */
export function operateOnImage(
  image: Image,
  operations: readonly ModelOperation[],
  input: Image = image,
  sample: Image = image,
): Tensor {
  const { spacing, channels, axes } = image;
  const before = namedTensor(image);
  const looked = sample === image ? before : namedTensor(sample);
  const references = Object.fromEntries(
    operations.flatMap((operation) =>
      "reference" in operation && operation.reference !== undefined
        ? [[operation.reference, namedTensor(input)]]
        : [],
    ),
  );
  const { data } = applyOperations(before, operations, references, looked);
  return {
    data,
    shape: axes === "yx" ? [1, ...image.shape] : image.shape,
    axes: "cyx",
    ...(spacing && { spacing }),
    ...(channels && { channels }),
  };
}

/** An image `"yx"` or `"cyx"` as a batch of one. */
function namedTensor({ data, shape, axes }: Image): NamedTensor {
  return {
    data: data instanceof Float32Array ? data : Float32Array.from(data),
    shape: axes === "yx" ? [1, 1, ...shape] : [1, ...shape],
    axes: ["batch", "channel", "y", "x"],
  };
}

function applied(
  tensor: NamedTensor,
  looked: NamedTensor,
  operation: ModelOperation,
  references: References,
): Float32Array {
  const { data } = tensor;
  switch (operation.id) {
    case "sigmoid":
      return data.map((x) => 1 / (1 + Math.exp(-x)));
    case "softmax":
      return softmax(tensor, operation.axis);
    case "ensure_dtype":
      return cast(data, operation.type);
    case "binarize":
      return along(tensor, operation.axis, [operation.threshold], (x, t) => (x > t ? 1 : 0));
    case "scale_linear":
      return along(
        tensor,
        operation.axis,
        [operation.gain, operation.offset],
        (x, gain, offset) => x * gain + offset,
      );
    case "fixed_zero_mean_unit_variance":
      return along(
        tensor,
        operation.axis,
        [operation.mean, operation.std],
        (x, mean, std) => (x - mean) / (std + 1e-6),
      );
    case "clip": {
      const { axes, min, max, minPercentile, maxPercentile } = operation;
      const low = minPercentile ?? 0;
      const high = maxPercentile ?? 100;
      const bounds =
        minPercentile === undefined && maxPercentile === undefined
          ? undefined
          : valuesAt(looked, axes, [low, high]);
      if (bounds) checkGroups(tensor, axes, bounds.length);
      const least = (g: number) =>
        (minPercentile === undefined ? min : bounds?.[g][0]) ?? -Infinity;
      const most = (g: number) => (maxPercentile === undefined ? max : bounds?.[g][1]) ?? Infinity;
      return grouped(tensor, axes, (x, g) => Math.min(Math.max(x, least(g)), most(g)));
    }
    case "scale_range": {
      const { axes, minPercentile, maxPercentile, reference, eps } = operation;
      const of = reference === undefined ? looked : referred(references, reference);
      const bounds = percentilesOver(of, axes, [minPercentile, maxPercentile]);
      checkGroups(tensor, axes, bounds.length);
      return grouped(tensor, axes, (x, g) => {
        const [low, high] = bounds[g];
        return (x - low) / (high - low + eps);
      });
    }
    case "zero_mean_unit_variance": {
      const moments = momentsOf(looked, operation.axes);
      checkGroups(tensor, operation.axes, moments.length);
      return grouped(
        tensor,
        operation.axes,
        (x, g) => (x - moments[g].mean) / (moments[g].deviation + operation.eps),
      );
    }
    case "scale_mean_variance": {
      const { axes, eps } = operation;
      const own = momentsOf(looked, axes);
      checkGroups(tensor, axes, own.length);
      const other = momentsOf(referred(references, operation.reference), axes);
      checkGroups(tensor, axes, other.length);
      return grouped(
        tensor,
        axes,
        (x, g) =>
          ((x - own[g].mean) / (own[g].deviation + eps)) * (other[g].deviation + eps) +
          other[g].mean,
      );
    }
  }
}

function referred(references: References, name: string): NamedTensor {
  const tensor = references[name];
  if (tensor) return tensor;
  const names = Object.keys(references).join(", ") || "none";
  throw new ModelError(`an operation looks at the tensor "${name}": there is ${names}`);
}

function checkGroups(
  tensor: NamedTensor,
  axes: readonly string[] | undefined,
  count: number,
): void {
  const own = groupsOver(tensor, axes).starts.length;
  if (own !== count)
    throw new ShapeError("the tensor an operation looks at", `${own} parts`, `${count}`);
}

/** Each number changed by its group's number. */
function grouped(
  tensor: NamedTensor,
  axes: readonly string[] | undefined,
  change: (x: number, group: number) => number,
): Float32Array {
  const { data } = tensor;
  const { starts, steps } = groupsOver(tensor, axes);
  const out = new Float32Array(data.length);
  for (let g = 0; g < starts.length; g++)
    for (let i = 0; i < steps.length; i++)
      out[starts[g] + steps[i]] = change(data[starts[g] + steps[i]], g);
  return out;
}

/** Each number changed by numbers that go along an axis, or are the same for all. */
function along(
  tensor: NamedTensor,
  axis: string | undefined,
  lists: readonly (readonly number[])[],
  change: (x: number, one: number, other: number) => number,
): Float32Array {
  const others = axis === undefined ? tensor.axes : tensor.axes.filter((name) => name !== axis);
  const length = axis === undefined ? 1 : tensor.shape[axisIndex(tensor, axis)];
  for (const list of lists)
    if (list.length !== 1 && list.length !== length)
      throw new ShapeError(
        "an operation's numbers",
        `${length}, one a step of ${axis}`,
        `${list.length}`,
      );
  const [one, other = [0]] = lists;
  const at = (list: readonly number[], g: number) => (list.length === 1 ? list[0] : list[g]);
  return grouped(tensor, others, (x, g) => change(x, at(one, g), at(other, g)));
}

function softmax(tensor: NamedTensor, axis: string): Float32Array {
  axisIndex(tensor, axis);
  const groups = groupsOver(tensor, [axis]);
  const out = new Float32Array(tensor.data.length);
  const { starts, steps } = groups;
  for (let g = 0; g < starts.length; g++) {
    const values = membersOf(tensor, groups, g);
    let most = -Infinity;
    for (const value of values) most = Math.max(most, value);
    let sum = 0;
    for (const value of values) sum += Math.exp(value - most);
    for (let i = 0; i < steps.length; i++)
      out[starts[g] + steps[i]] = Math.exp(values[i] - most) / sum;
  }
  return out;
}

/** Numbers as a type holds them. */
function cast(data: Float32Array, type: string): Float32Array {
  switch (type) {
    case "bool":
      return data.map((x) => (x === 0 ? 0 : 1));
    case "uint8":
      return Float32Array.from(Uint8Array.from(data));
    case "int8":
      return Float32Array.from(Int8Array.from(data));
    case "uint16":
      return Float32Array.from(Uint16Array.from(data));
    case "int16":
      return Float32Array.from(Int16Array.from(data));
    case "uint32":
      return Float32Array.from(Uint32Array.from(data));
    case "int32":
      return Float32Array.from(Int32Array.from(data));
    case "uint64":
    case "int64":
      return data.map(Math.trunc);
    default:
      return data;
  }
}
