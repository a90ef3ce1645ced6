import { expect, test } from "vitest";
import { imageOfItk, itkNameOf } from "./itk-image.js";

const itk = (size: number[], data: unknown, components = 1) => ({
  imageType: { dimension: size.length, components },
  size,
  data,
});

test("ITK's axes, the fastest first, become ours; those of length 1 are left out", () => {
  const data = Uint16Array.from({ length: 24 }, (_, i) => i);
  expect(imageOfItk(itk([4, 3, 2], data))).toEqual({ data, shape: [2, 3, 4], axes: "zyx" });
  expect(imageOfItk(itk([4, 6, 1], data))).toEqual({ data, shape: [6, 4], axes: "yx" });
  expect(imageOfItk(itk([4, 3, 1, 2], data))).toEqual({ data, shape: [2, 3, 4], axes: "tyx" });
});

test("components become channels, within each frame", () => {
  const rgb = Uint8Array.from([1, 2, 3, 11, 12, 13]);
  expect(imageOfItk(itk([2, 1], rgb, 3))).toEqual({
    data: Uint8Array.from([1, 11, 2, 12, 3, 13]),
    shape: [3, 1, 2],
    axes: "cyx",
  });
  const frames = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(imageOfItk(itk([2, 1, 1, 2], frames, 2))).toEqual({
    data: Uint8Array.from([1, 3, 2, 4, 5, 7, 6, 8]),
    shape: [2, 2, 1, 2],
    axes: "tcyx",
  });
});

test("integers of 64 bits are narrowed, other things refused", () => {
  expect(imageOfItk(itk([2, 1], BigInt64Array.of(1n, -2n))).data).toEqual(Int32Array.of(1, -2));
  expect(() => imageOfItk(itk([2, 1], ["a", "b"]))).toThrow(/pixels that are not numbers/);
  expect(() => imageOfItk(itk([1, 1, 1, 1, 1], new Uint8Array(1)))).toThrow(/has 5 axes/);
});

test("a TIFF, PNG or NPY is never for ITK, whatever it is called", () => {
  const head = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  for (const own of ["II*\0", "MM\0*", "II+\0", "\x89PNG\r\n", "\x93NUMPY"])
    expect(itkNameOf(head(own), "slide.mha")).toBeUndefined();
  expect(itkNameOf(head("NRRD0004\n"), "a.tif")).toBe("nrrd");
  expect(itkNameOf(head(`${"\0".repeat(128)}DICM`), "IM0001")).toBe("dcm");
  expect(itkNameOf(head("\x1f\x8b"), "brain.nii.gz")).toBe("nii.gz");
  expect(itkNameOf(head("hello"), "notes.txt")).toBeUndefined();
});
