// Arrays of Zarr version 3 as zarrita writes them: every number type, by every codec that it can write with.
import { create, root, set } from "zarrita";

const shape = [3, 45, 70];
const chunks = [2, 32, 40];

const types = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

const little = { name: "bytes", configuration: { endian: "little" } };
const blosc = (cname, shuffle) => ({
  name: "blosc",
  configuration: { cname, clevel: 5, shuffle, blocksize: 0 },
});

/** Lists of codecs by what they are called in the table. */
const codecs = {
  none: [little],
  "big-endian": [{ name: "bytes", configuration: { endian: "big" } }],
  zstd: [little, { name: "zstd", configuration: { level: 5, checksum: false } }],
  crc32c: [little, { name: "crc32c" }],
  transpose: [{ name: "transpose", configuration: { order: [2, 0, 1] } }, little],
  ...Object.fromEntries(
    ["lz4", "zstd", "zlib", "blosclz"].map((name) => [
      `blosc ${name}`,
      [little, blosc(name, "shuffle")],
    ]),
  ),
};

/** Cases, each with its store in memory; what zarrita cannot write is left out. */
export async function zarrThreeCases() {
  const cases = [];
  for (const [type, Numbers] of Object.entries(types))
    for (const [what, list] of Object.entries(codecs)) {
      const files = new Map();
      const size = shape.reduce((a, b) => a * b, 1);
      const data = Numbers.from({ length: size }, (_, i) =>
        i % 97 < 40 ? 7 : (i * 2654435761) % 120,
      );
      const stride = [shape[1] * shape[2], shape[2], 1];
      try {
        const options = { shape, chunkShape: chunks, dtype: type, codecs: list, fillValue: 0 };
        const array = await create(root(files), options);
        await set(array, null, { data, shape, stride });
      } catch (error) {
        console.error(`zarrita does not write ${type} by ${what}: ${error.message}`);
        continue;
      }
      cases.push({ type, what, files, data, shape });
    }
  return cases;
}
