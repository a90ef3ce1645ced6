/**
 * The part of the ONNX file format that we read and write: field numbers of `onnx.proto` (ONNX 1.12, IR version 8)
 * and the codes of its number types.
 *
 * @module
 */

/** Operator set of the graphs we write; every operator we name has this version's meaning. */
export const OPSET = 17;

/** Version of the file format itself that goes with {@link OPSET}. */
export const IR_VERSION = 8;

/** The domain of operators that ONNX Runtime adds to the standard ones. */
export const RUNTIME_DOMAIN = "com.microsoft";

/** Operators of {@link RUNTIME_DOMAIN} that our training graphs use. */
export const RUNTIME_OPERATORS: ReadonlySet<string> = new Set(["FusedMatMul"]);

/** Field numbers, a message at a time. */
export const FIELD = {
  model: { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8 },
  opset: { domain: 1, version: 2 },
  graph: { node: 1, name: 2, initializer: 5, input: 11, output: 12 },
  node: { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 },
  attribute: { name: 1, f: 2, i: 3, s: 4, t: 5, g: 6, floats: 7, ints: 8, type: 20 },
  tensor: {
    dims: 1,
    dataType: 2,
    floatData: 4,
    int32Data: 5,
    int64Data: 7,
    name: 8,
    rawData: 9,
    doubleData: 10,
    externalData: 13,
    dataLocation: 14,
  },
  valueInfo: { name: 1, type: 2 },
  type: { tensor: 1 },
  tensorType: { elementType: 1, shape: 2 },
  shape: { dimension: 1 },
  dimension: { value: 1, parameter: 2 },
} as const;

/** Codes of an attribute's type. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, tensor: 4, ints: 7 } as const;

/** Codes of a tensor's number type. */
export const NUMBER_TYPE = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;

/** Attributes whose single number is a float; every other number is an integer. */
export const FLOAT_ATTRIBUTES: ReadonlySet<string> = new Set([
  "epsilon",
  "momentum",
  "alpha",
  "beta",
]);
