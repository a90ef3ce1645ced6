import { describe, expect, test } from "vitest";
import { isCoreError } from "../errors.js";
import { readImage } from "../read-image.js";
import { bytesSource } from "../source.js";
import { readNpy, writeNpy } from "./npy.js";
import { bytesOf, pixelsOf, type SampleType } from "./sample-type.js";

const types: SampleType[] = [
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
  "float64",
];

/** An NPY file made by hand: the header as NumPy writes it, then the bytes of the values. */
function npyFile(header: string, values: readonly number[], version = 1): Uint8Array {
  const wide = version === 1 ? 2 : 4;
  const padded = `${header.padEnd(Math.ceil((header.length + 9 + wide) / 64) * 64 - 9 - wide)}\n`;
  const length = [padded.length & 255, padded.length >> 8, 0, 0].slice(0, wide);
  const text = [...padded].map((letter) => letter.charCodeAt(0));
  return Uint8Array.from([
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    version,
    0,
    ...length,
    ...text,
    ...values,
  ]);
}

function headerOf(descr: string, shape: string, order = "False"): string {
  return `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
}

describe("what is written is read back", () => {
  test.each(types)("%s", (type) => {
    for (const shape of [[], [1], [5], [2, 3], [2, 1, 3], [1, 2, 3, 2]]) {
      const data = pixelsOf(
        type,
        shape.reduce((a, b) => a * b, 1),
      );
      for (let i = 0; i < data.length; i++) data[i] = i * 1.25 - (type.startsWith("u") ? 0 : 3);
      const bytes = writeNpy({ data, shape });
      expect((bytes.length - data.length * bytesOf(type)) % 64).toBe(0);
      expect(readNpy(bytes)).toEqual({ data, shape });
    }
  });

  test("the bytes are those that NumPy writes", () => {
    // np.save of np.array([[1, -2]], dtype="<i2")
    const expected = npyFile(headerOf("<i2", "(1, 2)"), [1, 0, 254, 255]);
    expect(writeNpy({ data: Int16Array.of(1, -2), shape: [1, 2] })).toEqual(expected);
  });
});

describe("what NumPy writes is read", () => {
  test.each([
    ["<i2", [1, 0, 254, 255], Int16Array.of(1, -2)],
    [">i2", [0, 1, 255, 254], Int16Array.of(1, -2)],
    ["|b1", [0, 1], Uint8Array.of(0, 1)],
    ["|i1", [255, 1], Int8Array.of(-1, 1)],
    [">u4", [0, 0, 1, 2, 255, 255, 255, 255], Uint32Array.of(258, 4294967295)],
    [">f4", [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0], Float32Array.of(1, -2)],
    ["<f8", [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0], Float64Array.of(1, -2)],
    ["<i8", [1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255], Int32Array.of(1, -1)],
    [">i8", [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], Float64Array.of(4294967296, 2)],
    [
      "<u8",
      [255, 255, 255, 255, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
      Float64Array.of(4294967295, 1),
    ],
    ["<f2", [0, 0x3c, 0, 0xc0], Float32Array.of(1, -2)],
  ])("%s", (descr, values, data) => {
    for (const version of [1, 2, 3])
      expect(readNpy(npyFile(headerOf(descr, "(2,)"), values, version))).toEqual({
        data,
        shape: [2],
      });
  });

  test("Fortran order becomes C order", () => {
    const values = [1, 2, 3, 4, 5, 6];
    const plane = readNpy(npyFile(headerOf("|u1", "(2, 3)", "True"), values));
    expect(plane).toEqual({ data: Uint8Array.of(1, 3, 5, 2, 4, 6), shape: [2, 3] });
    const volume = readNpy(npyFile(headerOf("|u1", "(2, 1, 3)", "True"), values));
    expect(volume.data).toEqual(plane.data);
    const cube = readNpy(npyFile(headerOf("|u1", "(2, 2, 2)", "True"), [0, 1, 2, 3, 4, 5, 6, 7]));
    expect([...cube.data]).toEqual([0, 4, 2, 6, 1, 5, 3, 7]);
  });

  test("64-bit integers that no float holds are refused", () => {
    const values = [1, 0, 0, 0, 0, 0, 32, 0];
    expect(() => readNpy(npyFile(headerOf("<i8", "(1,)"), values))).toThrow(
      /9007199254740993, which no float64/,
    );
  });

  test("the entries of the header may come in any order", () => {
    const header = "{ 'shape':(2,),'fortran_order' : False,'descr': '|u1' }";
    expect(readNpy(npyFile(header, [7, 8])).data).toEqual(Uint8Array.of(7, 8));
  });
});

describe("what is not plain numbers is refused", () => {
  test.each([
    ["objects", headerOf("|O", "(1,)"), "UnsupportedError"],
    ["texts", headerOf("<U3", "(1,)"), "UnsupportedError"],
    ["complex numbers", headerOf("<c8", "(1,)"), "UnsupportedError"],
    [
      "records",
      "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }",
      "FormatError",
    ],
    ["code", "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }", "FormatError"],
    [
      "an entry twice",
      "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (1,), }",
      "FormatError",
    ],
    ["an entry too few", "{'descr': '|u1', 'shape': (1,), }", "FormatError"],
    [
      "an entry too many",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'a': 1}",
      "FormatError",
    ],
    ["a shape of text", headerOf("|u1", "('a',)"), "FormatError"],
    ["a negative shape", headerOf("|u1", "(-1,)"), "FormatError"],
    ["a shape that is no tuple", headerOf("|u1", "(1)"), "FormatError"],
    ["a huge shape", headerOf("|u1", "(999999999999999, 999999999999999)"), "FormatError"],
    ["the prototype", headerOf("<constructor", "(1,)"), "UnsupportedError"],
  ])("%s", (_, header, kind) => {
    let error: unknown;
    try {
      readNpy(npyFile(header, [0]));
    } catch (reason) {
      error = reason;
    }
    expect((error as { kind?: string })?.kind).toBe(kind);
  });

  test("a file that is cut off anywhere, or too long", async () => {
    const bytes = writeNpy({ data: Uint16Array.of(1, 2, 3, 4), shape: [2, 2] });
    for (let length = 1; length < bytes.length; length++) {
      const source = bytesSource("a.npy", bytes.subarray(0, length));
      const error: unknown = await readImage(source).catch((reason) => reason);
      expect(isCoreError(error, "FormatError"), `${length}`).toBe(true);
    }
    expect(() => readNpy(Uint8Array.from([...bytes, 0]))).toThrow(
      /must have 136 bytes .* it has 137/,
    );
  });
});

describe("as images", () => {
  const read = (shape: number[]) =>
    readImage(
      bytesSource(
        "a.npy",
        writeNpy({ data: new Uint8Array(shape.reduce((a, b) => a * b, 1)), shape }),
      ),
    );

  test("2 axes are y and x, 3 are channels too", async () => {
    expect(await read([2, 3])).toMatchObject({ axes: "yx", shape: [2, 3] });
    expect(await read([4, 2, 3])).toMatchObject({ axes: "cyx", shape: [4, 2, 3] });
  });

  test("other numbers of axes and empty arrays are refused", async () => {
    for (const shape of [[], [3], [1, 2, 3, 4], [0, 3]])
      await expect(read(shape)).rejects.toThrow(/^a\.npy: must be an array of 2 or 3 axes/);
  });
});
