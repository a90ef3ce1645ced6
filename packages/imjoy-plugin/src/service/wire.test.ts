import { expect, test } from "vitest";
import { type NdArray, readNdArray, writeNdArray } from "./wire.js";

const nd = (_rvalue: unknown, _rshape: unknown, _rdtype: unknown) =>
  ({ _rtype: "ndarray", _rvalue, _rshape, _rdtype }) as NdArray;

test("bytes come as a buffer, as part of one, or in pieces", () => {
  const numbers = Uint16Array.of(1, 2, 3, 65535);
  const bytes = new Uint8Array(numbers.buffer);
  const odd = new Uint8Array(11);
  odd.set(bytes, 3);
  for (const value of [
    numbers.buffer,
    bytes,
    odd.subarray(3),
    [bytes.slice(0, 3), bytes.slice(3).buffer],
  ])
    expect(readNdArray(nd(value, [2, 2], "uint16"))).toEqual({ data: numbers, shape: [2, 2] });
});

test("types by name and as NumPy writes them, with the high byte first or last", () => {
  const swapped = Uint8Array.of(0, 1, 2, 0);
  expect(readNdArray(nd(swapped, [2], ">u2")).data).toEqual(Uint16Array.of(1, 512));
  expect(readNdArray(nd(swapped, [2], "<u2")).data).toEqual(Uint16Array.of(256, 2));
  expect(readNdArray(nd(Uint8Array.of(63, 192, 0, 0), [1], ">f4")).data).toEqual(
    Float32Array.of(1.5),
  );
  expect(readNdArray(nd(Uint8Array.of(255), [1], "|i1")).data).toEqual(Int8Array.of(-1));
  expect(readNdArray(nd(Uint8Array.of(1, 0), [2], "bool")).data).toEqual(Uint8Array.of(1, 0));
  // The caller's own bytes stay as they were.
  expect(swapped).toEqual(Uint8Array.of(0, 1, 2, 0));
});

test.each([
  [nd(new Uint8Array(8), [1], "int64"), "convert to int32"],
  [nd(new Uint8Array(8), [1], "<u8"), "convert to int32"],
  [nd(new Uint8Array(8), [4], "float16"), 'got "float16"'],
  [nd(new Uint8Array(8), [4], "__proto__"), 'got "__proto__"'],
  [nd(new Uint8Array(8), [4], ["uint16"]), "got a list of 1"],
  [nd(new Uint8Array(7), [4], "uint16"), "8 bytes, as shape [4] and uint16 say, got 7"],
  [nd(new Uint8Array(9), [4], "uint16"), "got 9"],
  [nd(new Uint8Array(0), [0], "uint8"), "positive integers"],
  [nd(new Uint8Array(4), [-2, -2], "uint8"), "positive integers"],
  [nd(new Uint8Array(4), [1.5], "uint8"), "positive integers"],
  [nd(new Uint8Array(4), "4", "uint8"), "positive integers"],
  [nd(new Uint8Array(4), [1, 1, 1, 1, 1, 1, 4], "uint8"), "at most 6"],
  [nd(new Uint8Array(4), [2 ** 30, 2 ** 30], "uint8"), "at most 1073741824 bytes"],
  [nd("0000", [4], "uint8"), "an ArrayBuffer or a Uint8Array"],
  [nd([new Uint8Array(2), "ab"], [4], "uint8"), "must be bytes"],
  [nd(undefined, [4], "uint8"), "got nothing"],
])("what lies is refused: %#", (value, message) => {
  expect(() => readNdArray(value)).toThrow(message);
});

test("an answer has exactly the bytes of its numbers", () => {
  const whole = Float32Array.of(0, 1, 2, 3);
  const part = writeNdArray(whole.subarray(1, 3), [2], "buffer");
  expect(part._rvalue).toEqual(Float32Array.of(1, 2).buffer);
  expect(writeNdArray(whole, [2, 2], "bytes")._rvalue).toEqual(new Uint8Array(whole.buffer));
  expect(readNdArray(part)).toEqual({ data: Float32Array.of(1, 2), shape: [2] });
  for (const odd of [new BigInt64Array(1), new Uint8ClampedArray(1), [1, 2]])
    expect(() => writeNdArray(odd, [1], "buffer")).toThrow("must be of numbers of 8 to 32 bits");
});
