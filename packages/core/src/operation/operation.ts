/**
 * What bioimage.io's models ask to be done to an image before the network, and to its maps after it, as plain data.
 *
 * @module
 */

/** The axes that statistics are taken over together; all of them where absent. */
export interface OverAxes {
  readonly axes?: readonly string[];
  /** What is added to a divisor so that it is never 0. */
  readonly eps: number;
}

/** One number for all, or one for each step of `axis`. */
export interface AlongAxis {
  readonly axis?: string;
}

/** One of the number types that an operation may make. */
export type NumberType =
  | "float32"
  | "float64"
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "uint32"
  | "int32"
  | "uint64"
  | "int64"
  | "bool";

/** All of them. */
export const numberTypes: readonly NumberType[] = [
  "float32",
  "float64",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "uint64",
  "int64",
  "bool",
];

/** 1 where a number is above the threshold, 0 elsewhere. */
export interface Binarize extends AlongAxis {
  readonly id: "binarize";
  readonly threshold: readonly number[];
}

/** Numbers below the least or above the most become these; by value, or by percentile (of numbers that occur). */
export interface Clip extends Pick<OverAxes, "axes"> {
  readonly id: "clip";
  readonly min?: number;
  readonly max?: number;
  readonly minPercentile?: number;
  readonly maxPercentile?: number;
}

/** Numbers as another type holds them: cut at the decimal point, and wrapped round. */
export interface EnsureType {
  readonly id: "ensure_dtype";
  readonly type: NumberType;
}

/** `x · gain + offset`. */
export interface ScaleLinear extends AlongAxis {
  readonly id: "scale_linear";
  readonly gain: readonly number[];
  readonly offset: readonly number[];
}

/** `1 / (1 + e^-x)`. */
export interface Sigmoid {
  readonly id: "sigmoid";
}

/** Shares that add up to 1 along `axis`. */
export interface Softmax {
  readonly id: "softmax";
  readonly axis: string;
}

/** `(x - mean) / (std + 1e-6)` by numbers that are given. */
export interface FixedVariance extends AlongAxis {
  readonly id: "fixed_zero_mean_unit_variance";
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** `(x - mean) / (std + eps)` by the numbers' own. */
export interface ZeroMeanUnitVariance extends OverAxes {
  readonly id: "zero_mean_unit_variance";
}

/** The one percentile becomes 0 and the other 1, nothing is clipped; by the numbers' own or those of another tensor. */
export interface ScaleRange extends OverAxes {
  readonly id: "scale_range";
  readonly minPercentile: number;
  readonly maxPercentile: number;
  readonly reference?: string;
}

/** Mean and deviation become those of another tensor. */
export interface ScaleMeanVariance extends OverAxes {
  readonly id: "scale_mean_variance";
  readonly reference: string;
}

/** One operation; a list is done in its order. */
export type ModelOperation =
  | Binarize
  | Clip
  | EnsureType
  | ScaleLinear
  | Sigmoid
  | Softmax
  | FixedVariance
  | ZeroMeanUnitVariance
  | ScaleRange
  | ScaleMeanVariance;

/** Numbers whose axes have bioimage.io's names, such as `["batch", "channel", "y", "x"]`; C order. */
export interface NamedTensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  readonly axes: readonly string[];
}
