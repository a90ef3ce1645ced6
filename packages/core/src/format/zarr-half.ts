/**
 * Half-precision numbers in a Zarr. Few machines have an array of them, so zarrita is told that they are 16-bit integers, and
 * their bits become float32 when a chunk is read.
 *
 * @module
 */
import { toHalf } from "../half.js";
import type { Fields } from "./json-fields.js";

/** The field that says so, in metadata that were changed. */
const mark = "cellwright:half";

/** Metadata of an array as zarrita is told them: those of half-precision numbers speak of integers, all others are as they are. */
export function halvesAsBits(fields: Fields): Fields {
  const fill = fields.fill_value;
  const bits = fill === null || fill === undefined ? fill : bitsOf(fill);
  if (fields.data_type === "float16")
    return { ...fields, data_type: "uint16", fill_value: bits, [mark]: true };
  const dtype = /^([<>])f2$/.exec(`${fields.dtype}`);
  return dtype ? { ...fields, dtype: `${dtype[1]}u2`, fill_value: bits, [mark]: true } : fields;
}

/** Whether metadata of {@link halvesAsBits} are of half-precision numbers. */
export function areHalves(fields: Fields): boolean {
  return fields[mark] === true;
}

/** A number, `"NaN"`, `"Infinity"`, `"-Infinity"`, or bits such as `"0x7e00"`. */
function bitsOf(fill: unknown): number {
  if (typeof fill === "string" && /^0x[0-9a-f]{1,4}$/i.test(fill)) return Number(fill);
  return toHalf(Float32Array.of(Number(fill)))[0];
}
