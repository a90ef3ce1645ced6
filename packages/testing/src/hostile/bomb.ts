/**
 * Bombs: little that unpacks to much. The stream is one block of DEFLATE (RFC 1951) whose code for "258 times the byte before"
 * is a single 0 bit, so that any number of zeros is a row of bytes 0.
 *
 * @module
 */
import { joined, number } from "./case.js";

/** A raw DEFLATE stream of at least `length` zeros, which are many. */
export function deflatedZeros(length: number): Uint8Array<ArrayBuffer> {
  let bits = "";
  const put = (value: number, count: number) => {
    for (let i = 0; i < count; i++) bits += (value >> i) & 1;
  };
  put(1, 1);
  put(2, 2);
  put(29, 5);
  put(0, 5);
  put(14, 4);
  // Lengths of the codes for lengths, in the order 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1.
  for (const size of [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2]) put(size, 3);
  // 18 is "0": so many zeros; 1 is "10", 2 is "11".
  const zeros = (count: number) => {
    bits += "0";
    put(count - 11, 7);
  };
  const [one, two] = ["10", "11"];
  // Literal 0: 2 bits; 256: 2 bits; 285: 1 bit; the only distance: 1 bit.
  bits += two;
  zeros(138);
  zeros(117);
  bits += two;
  zeros(28);
  bits += one + one;
  // Codes: 285 is "0", literal 0 is "10", the end is "11".
  bits += "10";
  // A match is "0" and its distance "0": the rest is zeros, whatever the places of bytes.
  const zeroBits = 2 * Math.ceil((length - 1) / 258);
  const head = bytesOf(bits + "0".repeat(Math.min(zeroBits, -bits.length & 7)));
  const left = Math.max(0, zeroBits - (-bits.length & 7));
  return joined(head, new Uint8Array(left >> 3), bytesOf(`${"0".repeat(left & 7)}11`));
}

function bytesOf(bits: string): Uint8Array {
  return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
    Number.parseInt([...bits.slice(8 * i, 8 * i + 8).padEnd(8, "0")].reverse().join(""), 2),
  );
}

/** A zlib stream (RFC 1950) of zeros. */
export function zlibZeros(length: number): Uint8Array<ArrayBuffer> {
  return joined(Uint8Array.of(0x78, 0x9c), deflatedZeros(length), Uint8Array.of(0, 0, 0, 1));
}

/** A gzip file (RFC 1952) of zeros, which says that it has `said` bytes. */
export function gzipZeros(length: number, said: number = length): Uint8Array<ArrayBuffer> {
  const head = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
  const tail = Uint8Array.from([0, 0, 0, 0, ...number(said % 2 ** 32, 4)]);
  return joined(head, deflatedZeros(length), tail);
}
