/**
 * ONNX files whose graph cannot be, or asks for what must not be: circles, files elsewhere, numbers without end. Written byte
 * by byte after `onnx.proto`, so that anything can be said.
 *
 * @module
 */
import { type Alone, alone, type Expected, type HostileCase, joined, number } from "./case.js";

function varint(value: number | bigint): number[] {
  let left = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return [...bytes, Number(left)];
}

/** A whole number in a field. */
function whole(field: number, value: number | bigint): Uint8Array {
  return joined(varint(field * 8), varint(value));
}

/** Bytes or text in a field. */
function bytes(field: number, ...content: (Uint8Array | string)[]): Uint8Array {
  const inner = joined(...content);
  return joined(varint(field * 8 + 2), varint(inner.length), inner);
}

interface Weight {
  readonly name: string;
  readonly shape: readonly (number | bigint)[];
  readonly type?: number;
  readonly raw?: Uint8Array;
  readonly more?: Uint8Array;
}

function weight({ name, shape, type = 1, raw, more }: Weight): Uint8Array {
  const values = raw ? [bytes(9, raw)] : [];
  return bytes(
    5,
    ...shape.map((n) => whole(1, n)),
    whole(2, type),
    bytes(8, name),
    ...values,
    more ?? "",
  );
}

type Attributes = Readonly<Record<string, number | bigint | string | readonly (number | bigint)[]>>;

function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes = {},
  more: Uint8Array | string = "",
): Uint8Array {
  return bytes(
    1,
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    ...[bytes(4, op), ...Object.entries(attributes).map(attribute), more],
  );
}

function attribute([name, value]: [string, Attributes[string]]): Uint8Array {
  if (typeof value === "string") return bytes(5, bytes(1, name), bytes(4, value), whole(20, 3));
  if (typeof value === "object")
    return bytes(5, bytes(1, name), ...value.map((n) => whole(8, n)), whole(20, 7));
  return bytes(5, bytes(1, name), whole(3, value), whole(20, 2));
}

/** An input (11) or output (12): [n, 1, y, x] of floats. */
function port(field: 11 | 12, name: string, channels: number | bigint = 1): Uint8Array {
  const named = (text: string) => bytes(1, bytes(2, text));
  const shape = bytes(2, named("n"), bytes(1, whole(1, channels)), named("y"), named("x"));
  return bytes(field, bytes(1, name), bytes(2, bytes(1, whole(1, 1), shape)));
}

function model(graph: readonly Uint8Array[], opset: number | bigint = 17): Uint8Array<ArrayBuffer> {
  return joined(whole(1, 8), bytes(7, ...graph), bytes(8, whole(2, opset)));
}

const ends = [port(11, "x"), port(12, "y")];
const kernel = weight({ name: "w", shape: [1, 1, 1, 1], raw: new Uint8Array(4) });

/** One layer between `x` and `y`. */
function layer(
  op: string,
  attributes: Attributes = {},
  ...weights: Weight[]
): Uint8Array<ArrayBuffer> {
  const inputs = ["x", ...weights.map(({ name }) => name)];
  return model([node(op, inputs, ["y"], attributes), ...weights.map(weight), ...ends]);
}

function conv(attributes: Attributes): Uint8Array<ArrayBuffer> {
  return model([node("Conv", ["x", "w"], ["y"], attributes), kernel, ...ends]);
}

const int64s = (...list: (number | bigint)[]) => Uint8Array.from(list.flatMap((n) => number(n, 8)));

const list = (name: string, ...values: (number | bigint)[]): Weight => ({
  ...{ name, shape: [values.length], type: 7, raw: int64s(...values) },
});

function* graphs(): Iterable<Alone> {
  const sound = conv({});
  for (const at of [1, 2, 4, 9, 20, 40, sound.length - 1])
    yield [`cut-at-${at}`, sound.slice(0, at)];
  yield ["empty", new Uint8Array(0)];
  yield ["noise", Uint8Array.from({ length: 300 }, (_, i) => (i * 151 + 7) % 256)];
  yield ["pickle", joined("PK\x03\x04", "archive/data.pkl", "\x80\x02csystem\n.")];
  yield ["field-of-2^40-bytes", joined(varint(7 * 8 + 2), varint(2n ** 40n), new Uint8Array(20))];
  yield ["endless-varint", new Uint8Array(64).fill(255)];
  yield ["groups-nested-100000-deep", new Uint8Array(1e5).fill(0x0b)];
  yield ["without-graph", joined(whole(1, 8), bytes(8, whole(2, 17)))];
  yield ["without-opset", joined(whole(1, 8), bytes(7, ...ends))];
  yield ["opset-0", model([...ends], 0)];
  yield ["opset-2^62", model([...ends], 2n ** 62n)];
  yield ["circle-of-1", model([node("Add", ["y", "x"], ["y"]), ...ends])];
  yield ["circle-of-2", model([node("Relu", ["b"], ["a"]), node("Relu", ["a"], ["b"]), ...ends])];
  yield ["output-of-nobody", model([port(11, "x"), port(12, "z")])];
  yield ["output-is-input", model([port(11, "x"), port(12, "x")]), either];
  yield ["input-twice", model([port(11, "x"), ...ends, node("Relu", ["x"], ["y"])]), either];
  yield [
    "made-twice",
    model([node("Relu", ["x"], ["y"]), node("Relu", ["x"], ["y"]), ...ends]),
    either,
  ];
  yield ["without-ends", model([]), either];
  yield ["op-unknown", layer("Frobnicate")];
  yield ["op-proto", layer("__proto__")];
  yield ["op-constructor", layer("constructor")];
  yield [
    "op-of-python",
    model([node("PyOp", ["x"], ["y"], {}, bytes(7, "ai.onnx.contrib")), ...ends]),
  ];
  yield ["op-name-of-a-megabyte", layer("A".repeat(1e6))];
  yield [
    "subgraph",
    model([node("If", ["x"], ["y"], {}, bytes(5, bytes(1, "then_branch"), bytes(6, "")))]),
  ];
  yield [
    "names-of-proto",
    model([node("Relu", ["__proto__"], ["y"]), port(11, "__proto__"), port(12, "y")]),
    either,
  ];
  yield [
    "weight-named-proto",
    model([
      node("Conv", ["x", "__proto__"], ["y"]),
      weight({ name: "__proto__", shape: [1, 1, 1, 1], raw: new Uint8Array(4) }),
      ...ends,
    ]),
    either,
  ];
  yield ["relu-2000-times", model([...chain(2000), ...ends]), either];
}

/** So many layers one behind the other. */
function chain(count: number): Uint8Array[] {
  const name = (i: number) => (i === 0 ? "x" : i === count ? "y" : `v${i}`);
  return Array.from({ length: count }, (_, i) => node("Relu", [name(i)], [name(i + 1)]));
}

function* weights(): Iterable<Alone> {
  const of = (change: Partial<Weight>) =>
    model([
      node("Conv", ["x", "w"], ["y"]),
      weight({ name: "w", shape: [1, 1, 1, 1], raw: new Uint8Array(4), ...change }),
      ...ends,
    ]);
  const external = (where: string) =>
    of({
      raw: undefined,
      more: joined(bytes(13, bytes(1, "location"), bytes(2, where)), whole(14, 1)),
    });
  yield ["weight-2^50-numbers", of({ shape: [2 ** 25, 2 ** 25] })];
  yield ["weight-minus-1", of({ shape: [-1, 1, 1, 1] })];
  yield ["weight-shape-2^63", of({ shape: [2n ** 63n - 1n, 1] })];
  yield ["weight-of-30000-axes", of({ shape: Array<number>(3e4).fill(1) }), either];
  yield ["weight-empty", of({ shape: [0, 1, 1, 1], raw: new Uint8Array(0) }), either];
  yield ["weight-cut", of({ raw: new Uint8Array(3) })];
  yield ["weight-too-long", of({ raw: new Uint8Array(8) })];
  yield ["weight-of-texts", of({ type: 8, raw: undefined })];
  yield ["weight-of-type-99", of({ type: 99 })];
  yield ["weight-nan", of({ raw: Uint8Array.of(0, 0, 192, 127) }), { expected: "either" }];
  yield ["weight-missing", model([node("Conv", ["x", "w"], ["y"]), ...ends])];
  yield ["external-data", external("weights.bin"), { says: "another file" }];
  yield ["external-up", external("../../../../etc/passwd"), { says: "another file" }];
  yield ["external-absolute", external("/etc/passwd"), { says: "another file" }];
  yield ["external-address", external("http://10.0.0.1/w"), { says: "another file" }];
}

function* layers(): Iterable<Alone> {
  yield ["conv-pads-minus", conv({ pads: [-5, -5, -5, -5] })];
  yield ["conv-pads-2^31", conv({ pads: [2 ** 31, 2 ** 31, 2 ** 31, 2 ** 31] })];
  yield ["conv-pads-30000", conv({ pads: [30000, 30000, 30000, 30000] })];
  yield ["conv-pads-of-1", conv({ pads: [1] })];
  yield ["conv-strides-0", conv({ strides: [0, 0] })];
  yield ["conv-strides-minus", conv({ strides: [-1, -1] })];
  yield ["conv-dilations-0", conv({ dilations: [0, 0] }), either];
  yield ["conv-dilations-2^40", conv({ dilations: [2 ** 40, 2 ** 40] }), either];
  yield ["conv-group-0", conv({ group: 0 })];
  yield ["conv-group-7", conv({ group: 7 })];
  yield ["conv-kernel-shape-lies", conv({ kernel_shape: [9, 9] }), either];
  yield ["conv-auto-pad-unknown", conv({ auto_pad: "__proto__" })];
  yield ["conv-attribute-proto", conv({ ["__proto__"]: 1 }), either];
  yield ["pool-kernel-0", layer("MaxPool", { kernel_shape: [0, 0] })];
  yield ["pool-kernel-2^31", layer("MaxPool", { kernel_shape: [2 ** 31, 2 ** 31] })];
  yield ["pool-without-kernel", layer("MaxPool")];
  yield ["pool-strides-0", layer("AveragePool", { kernel_shape: [2, 2], strides: [0, 0] })];
  yield ["concat-axis-99", layer("Concat", { axis: 99 })];
  yield ["softmax-axis-minus-99", layer("Softmax", { axis: -99 })];
  yield ["transpose-9", layer("Transpose", { perm: [9, 9, 9, 9] })];
  yield ["transpose-twice-0", layer("Transpose", { perm: [0, 0, 2, 3] })];
  yield ["pad-2^40", layer("Pad", {}, list("pads", 0, 0, 2 ** 40, 2 ** 40, 0, 0, 0, 0))];
  yield ["pad-minus-100", layer("Pad", {}, list("pads", 0, 0, -100, -100, 0, 0, -100, -100))];
  yield ["pad-of-3", layer("Pad", {}, list("pads", 1, 2, 3))];
  yield [
    "slice-steps-0",
    layer("Slice", {}, list("a", 0), list("b", 4), list("c", 2), list("d", 0)),
  ];
  yield ["slice-axis-50", layer("Slice", {}, list("a", 0), list("b", 4), list("c", 50))];
  yield ["reshape-minus-1-twice", layer("Reshape", {}, list("to", -1, -1))];
  yield ["reshape-2^40", layer("Reshape", {}, list("to", 2 ** 40, 2 ** 40))];
  yield ["expand-2^40", layer("Expand", {}, list("to", 1, 1, 2 ** 40, 2 ** 40))];
  yield ["tile-2^40", layer("Tile", {}, list("to", 1, 1, 2 ** 40, 2 ** 40))];
  yield ["resize-2^40", layer("Resize", {}, ...sized(2 ** 40))];
  yield ["resize-minus", layer("Resize", {}, ...sized(-8))];
}

function sized(side: number): Weight[] {
  return [
    { name: "roi", shape: [0], raw: new Uint8Array(0) },
    { name: "scales", shape: [0], raw: new Uint8Array(0) },
    list("sizes", 1, 1, side, side),
  ];
}

const either: { readonly expected: Expected } = { expected: "either" };

/** Networks that core cannot read, or must not believe, and that a runtime would take as they are. */
export function leftToRuntime(): Readonly<Record<string, Uint8Array>> {
  const far = { name: "w", shape: [1, 1, 1, 1] };
  const more = joined(bytes(13, bytes(1, "location"), bytes(2, "../../etc/passwd")), whole(14, 1));
  const unknown = node("Frobnicate", ["x"], ["v"], {}, bytes(7, "ai.onnx.contrib"));
  const inside = bytes(5, bytes(1, "body"), bytes(6, weight({ ...far, more })), whole(20, 5));
  return {
    "external-beside-unknown": model([
      ...[unknown, node("Conv", ["v", "w"], ["y"]), weight({ ...far, more })],
      ...ends,
    ]),
    "external-in-a-subgraph": model([unknown, node("Loop", ["v"], ["y"], {}, inside), ...ends]),
    "pads-30000": conv({ pads: [30000, 30000, 30000, 30000] }),
  };
}

/** All of them; each names what it does to one input of [1, 1, 8, 8]. */
export function onnxCases(): HostileCase[] {
  return [graphs, weights, layers].flatMap((part) => alone("onnx", "onnx", "onnx", part()));
}
