/**
 * Files of formats that are left to ITK, whose heads lie. Where ITK does not run, only their recognition is judged.
 *
 * @module
 */
import { hugeBitmap } from "../bitmap.js";
import { gzipZeros } from "./bomb.js";
import { type Alone, alone, type HostileCase, joined, latin, number, patched } from "./case.js";

function nrrd(head: string, content: Uint8Array = new Uint8Array(64)): Uint8Array {
  return joined(`NRRD0004\n${head}\n\n`, content);
}

function mha(head: string): Uint8Array {
  return joined(
    `ObjectType = Image\nNDims = 2\n${head}\nElementDataFile = LOCAL\n`,
    new Uint8Array(64),
  );
}

const raw = "type: uint8\ndimension: 2\nsizes: 8 8\nencoding: raw";

function* nrrds(): Iterable<Alone> {
  yield ["sizes-2^31", nrrd(raw.replace("8 8", "2147483647 2147483647"))];
  yield ["sizes-minus", nrrd(raw.replace("8 8", "-8 -8"))];
  yield ["data-elsewhere", nrrd(`${raw}\ndata file: /etc/passwd`, new Uint8Array(0)), either];
  yield ["dimension-99", nrrd(raw.replace("dimension: 2", "dimension: 99"))];
  yield ["cut", nrrd(raw, new Uint8Array(10))];
  yield ["gzip-bomb", nrrd(raw.replace("raw", "gzip"), gzipZeros(2 ** 28)), either];
}

/** ITK reads some of them as far as they go. */
const either = { expected: "either" } as const;

function* metas(): Iterable<Alone> {
  yield ["sizes-2^31", mha("DimSize = 2147483647 2147483647\nElementType = MET_UCHAR")];
  yield [
    "data-elsewhere",
    latin("NDims = 2\nDimSize = 8 8\nElementType = MET_UCHAR\nElementDataFile = /etc/passwd\n"),
  ];
  yield ["type-unknown", mha("DimSize = 8 8\nElementType = MET_EVIL")];
}

function* others(): Iterable<Alone> {
  yield ["bitmap-of-2-billion", hugeBitmap(), { name: "huge.bmp" }];
  yield ["jpeg-cut", joined([0xff, 0xd8, 0xff, 0xe0, 0, 16], "JFIF\0"), { name: "cut.jpg" }];
  yield [
    "nifti-of-noise",
    patched(new Uint8Array(400).fill(0x5a), 0, number(348, 4)),
    { name: "noise.nii" },
  ];
  yield ["dicom-of-nothing", patched(new Uint8Array(200), 128, "DICM"), { name: "nothing.dcm" }];
}

/** All of them. */
export function itkCases(): HostileCase[] {
  return [
    ...alone("nrrd", "itk", "nrrd", nrrds()),
    ...alone("mha", "itk", "mha", metas()),
    ...alone("itk", "itk", "bin", others()),
  ];
}
