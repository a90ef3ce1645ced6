/**
 * Cellpose's `_seg.npy` → labels: a NumPy file around a pickled dictionary whose `masks` are labels.
 *
 * @module
 */
import { strFromU8, strToU8 } from "fflate";
import { FormatError, UnsupportedError } from "../errors.js";
import { namingSource } from "../format/format.js";
import { readNpy } from "../format/npy.js";
import type { Image, Labels } from "../image.js";
import { toLabels } from "../labels.js";
import type { Source } from "../source.js";
import { readPickle } from "./pickle.js";
import { bytesOf, isArray, type NumpyArray } from "./pickle-value.js";

/** Files larger than this hold stacks of planes, which no training image is. */
const largest = 2 ** 31;

/**
 * The labels in a `_seg.npy`: the array `masks`, one plane. Everything else in the file is passed over, and nothing in
 * it is run. Throws `FormatError` for files that are none or damaged, `UnsupportedError` for pickles of anything but
 * plain data, `ShapeError` for stacks; the first two name the file.
 */
export async function readCellposeSeg(source: Source): Promise<Labels> {
  return toLabels(await readCellposeStack(source), "masks");
}

/** The same of one plane `"yx"`, a stack `"zyx"` (which may be a movie: the file does not say) or `"tzyx"`. */
export async function readCellposeStack(source: Source): Promise<Image<Uint32Array>> {
  return namingSource(source, async () => {
    if (source.byteLength > largest)
      throw new UnsupportedError(`must have at most ${largest} bytes, has ${source.byteLength}`);
    const bytes = await source.read(0, source.byteLength);
    const content = readPickle(bytes.subarray(pickleStart(bytes)));
    // NumPy wraps the dictionary into an array of one object.
    const inner = isArray(content) && Array.isArray(content.values) ? content.values[0] : content;
    const masks = inner instanceof Map ? inner.get("masks") : undefined;
    if (!isArray(masks))
      throw new FormatError(
        'must hold a dictionary with an array "masks" like Cellpose\'s _seg.npy',
      );
    return labelsOf(masks);
  });
}

/** Where the pickle begins, behind a header that must say: one object. */
function pickleStart(bytes: Uint8Array): number {
  const wide = bytes[6] === 1 ? 2 : 4;
  if (bytes[0] !== 0x93 || strFromU8(bytes.subarray(1, 6), true) !== "NUMPY" || bytes.length < 12)
    throw new FormatError("is not an NPY file: it does not begin with \\x93NUMPY");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + wide + (wide === 2 ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = strFromU8(bytes.subarray(8 + wide, Math.min(start, 8 + wide + 1000)), true);
  if (!/'descr'\s*:\s*'\|O'/.test(header) || !/'shape'\s*:\s*\(\s*\)/.test(header))
    throw new FormatError(
      `must hold one pickled dictionary like Cellpose's _seg.npy, holds ${header.trim().slice(0, 100)}`,
    );
  return start;
}

/** The array by way of the reader of NPY files, which knows all number types and byte orders. */
function labelsOf({ shape, type, isFortran, values }: NumpyArray): Image<Uint32Array> {
  const code = `${type?.order === "=" ? "<" : type?.order}${type?.code}`;
  if (Array.isArray(values) || !/^[<>|][biuf?][0-9]*$/.test(code))
    throw new UnsupportedError(
      `holds masks of the type ${code.slice(0, 20)}, must be whole numbers`,
    );
  const axes = { 2: "yx", 3: "zyx", 4: "tzyx" }[shape.length];
  const order = isFortran ? "True" : "False";
  const header = `{'descr': '${code}', 'fortran_order': ${order}, 'shape': (${shape.join(", ")}), }`;
  const stored = bytesOf(values);
  const bytes = new Uint8Array(10 + header.length + stored.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(strToU8(header), 10);
  bytes.set(stored, 10 + header.length);
  const { data } = readNpy(bytes);
  if (axes === undefined || data.length === 0)
    throw new FormatError(`must hold masks of one plane with pixels, their shape is [${shape}]`);
  // As one tall plane: the numbers of all are judged alike.
  const width = shape[shape.length - 1];
  const tall = toLabels({ data, shape: [data.length / width, width], axes: "yx" }, "masks");
  return { data: tall.data, shape, axes };
}
