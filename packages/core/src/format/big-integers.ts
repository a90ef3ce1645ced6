/**
 * Integers of 64 bits, which many programs give labels and ids, as the numbers everything else here works on.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";

/**
 * The same integers as int32 where all fit, else as float64. Throws {@link UnsupportedError} for one that no float64 holds
 * exactly.
 */
export function narrowIntegers(
  integers: BigInt64Array | BigUint64Array,
): Int32Array | Float64Array {
  const data = new Float64Array(integers.length);
  let fitsInt32 = true;
  for (let i = 0; i < data.length; i++) {
    data[i] = Number(integers[i]);
    if (BigInt(data[i]) !== integers[i])
      throw new UnsupportedError(
        `holds ${integers[i]}, which no float64 holds exactly: save it as int32 or float64`,
      );
    fitsInt32 &&= data[i] === (data[i] | 0);
  }
  return fitsInt32 ? Int32Array.from(data) : data;
}
