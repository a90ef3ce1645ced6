/**
 * Valid files of every format that is read, and how each is read, so that damaged ones can be tried: what comes out must be
 * an image, a model, regions; or an error of ours.
 *
 * @module
 */
import { deflateSync, gzipSync } from "node:zlib";
import {
  bytesSource,
  type Image,
  openPyramid,
  openZarr,
  readImage,
  seeded,
  startZip,
  writeNpy,
  writeOmeTiff,
  writeOmeZarr,
  writePng,
  writeTiff,
  type ZarrStore,
  zipStore,
} from "@cellwright/core";
import { modelTargets } from "./fuzz-model.js";
import { mutated } from "./mutate.js";
import { packedNumbers, packedSamples, packedShape } from "./packed-samples.js";
import { buildTiff } from "./tiff-file.js";

export { messageTarget } from "./fuzz-message.js";
export { mutated } from "./mutate.js";
export { packedNumbers, packedSamples, packedShape } from "./packed-samples.js";

/** Files that belong together, by name; a file alone has the name "". */
type Files = ReadonlyMap<string, Uint8Array>;

/** A format to damage. */
export interface FuzzTarget {
  readonly name: string;
  /** Valid ones; each has to be read without an error. */
  readonly valid: readonly Files[];
  /** Reads one, all of it; throws an error of core's for one that is damaged. */
  read(files: Files): Promise<void>;
}

/** Decoded pixels at most. */
const maxBytes = 2 ** 28;

/** The `n`-th damaged one of a target, damaged `more` by each further number; always the same. */
export function damagedFiles({ valid }: FuzzTarget, n: number, ...more: number[]): Files {
  const files = new Map(valid[n % valid.length]);
  const names = [...files.keys()];
  for (const seed of [n, ...more]) {
    const random = seeded(seed);
    for (let changes = 1 + Math.floor(random() * 2); changes > 0; changes--) {
      const name = names[Math.floor(random() * names.length)];
      files.set(name, mutated(files.get(name) as Uint8Array, random));
    }
  }
  return files;
}

/** All formats, and what models and annotations are made of. */
export async function fuzzTargets(): Promise<FuzzTarget[]> {
  const alone = (list: readonly Uint8Array[]) => list.map((bytes) => new Map([["", bytes]]));
  const image = { data: packedNumbers(), shape: packedShape, axes: "yx" };
  const bytes = Uint8Array.from(image.data);
  const colours = { data: bytes.slice(0, 480), shape: [3, 10, 16], axes: "cyx" };
  const npy = writeNpy(image);
  const zip = startZip();
  zip.add("arr_0.npy", npy, { deflate: true });
  const third = await omeZarr(image, "0.5");
  const zarrZip = startZip();
  for (const [name, content] of third) zarrZip.add(name, content);
  return [
    { name: "TIFF", valid: alone(await tiffs(image)), read: readFile },
    {
      name: "PNG",
      valid: alone([image, { ...image, data: bytes }, colours].map((each) => writePng(each))),
      read: readFile,
    },
    { name: "NPY", valid: alone([npy, writeNpy(colours)]), read: readFile },
    { name: "NPZ", valid: alone([zip.end()]), read: readFile },
    { name: "Zarr 2", valid: [await omeZarr(image, "0.4"), ...packedZarrs()], read: readZarr },
    { name: "Zarr 3", valid: [third, await omeZarr(image, "0.5", 2)], read: readZarr },
    { name: "Zarr in a zip", valid: alone([zarrZip.end()]), read: readZarrZip },
    ...(await modelTargets()),
  ];
}

async function tiffs(image: Image): Promise<Uint8Array[]> {
  const stack = { data: image.data, shape: [4, 8, 16], axes: "tyx" };
  const pieces: [number, Uint8Array][] = [];
  const write = (at: number, bytes: Uint8Array) => void pieces.push([at, bytes.slice()]);
  const pyramid = new Uint8Array(await writeOmeTiff(stack, { write }, { tile: 16 }));
  for (const [at, bytes] of pieces) pyramid.set(bytes, at);
  const [height, width] = packedShape;
  const same = { type: "uint16", width, height, values: image.data } as const;
  const zstd = buildTiff({
    ...{ ...same, rowsPerStrip: height, values: packedSamples.zstd, type: "uint8" },
    ...{ width: packedSamples.zstd.length, height: 1 },
    tags: {
      256: [4, [width]],
      257: [4, [height]],
      258: [3, [16]],
      259: [3, [50000]],
      278: [4, [height]],
    },
  });
  return [
    ...([1, 5, 8, 32773] as const).map((compression) => buildTiff({ ...same, compression })),
    buildTiff({ ...same, compression: 5, predictor: 2, tile: [16, 16], little: false }),
    buildTiff({ ...same, type: "float32", compression: 8, predictor: 3, big: true }),
    buildTiff({ ...same, width: 16, samples: 2, planar: true, rowsPerStrip: 5, bits: 12 }),
    ...[zstd, writeTiff(stack), pyramid],
  ];
}

async function omeZarr(image: Image, version: "0.4" | "0.5", shard = 1): Promise<Files> {
  const files = new Map<string, Uint8Array>();
  const set = (name: string, bytes: Uint8Array) => void files.set(name, bytes);
  await writeOmeZarr(image, { set }, { version, chunk: 8, shard, pack: deflated });
  return files;
}

function deflated(bytes: Uint8Array, as: "zlib" | "gzip"): Uint8Array {
  return as === "zlib" ? deflateSync(bytes) : gzipSync(bytes);
}

/** Arrays of one chunk, as each codec packs it. */
function packedZarrs(): Files[] {
  return Object.entries(packedSamples).map(([name, bytes]) => {
    const compressor = { id: name.split(" ")[0] };
    const array = {
      ...{ zarr_format: 2, shape: packedShape, chunks: packedShape, dtype: "<u2", compressor },
      ...{ filters: null, fill_value: 0, order: "C" },
    };
    return new Map([
      [".zarray", new TextEncoder().encode(JSON.stringify(array))],
      ["0.0", bytes],
    ]);
  });
}

async function readFile(files: Files): Promise<void> {
  const source = bytesSource("file", files.get("") as Uint8Array);
  await readImage(source, { maxBytes });
  const reader = await openPyramid(source, { maxBytes });
  for (const [level, { height, width }] of reader.levels.entries()) {
    const box = { y: 0, x: 0, height: Math.min(64, height), width: Math.min(64, width) };
    await reader.readRegion({ level, box });
  }
}

async function readZarr(files: Files): Promise<void> {
  await readStore({
    get: async (key) => files.get(key.slice(1)),
    getRange: async (key, range) => {
      const bytes = files.get(key.slice(1));
      const start = "offset" in range ? range.offset : (bytes?.length ?? 0) - range.suffixLength;
      return bytes?.subarray(
        Math.max(0, start),
        "offset" in range ? start + range.length : undefined,
      );
    },
  });
}

async function readZarrZip(files: Files): Promise<void> {
  await readStore(await zipStore(bytesSource("file", files.get("") as Uint8Array)));
}

async function readStore(store: ZarrStore): Promise<void> {
  const { reader } = await openZarr(store, { maxBytes });
  for (const [level, { height, width }] of reader.levels.entries()) {
    const box = { y: 0, x: 0, height: Math.min(64, height), width: Math.min(64, width) };
    await reader.readRegion({ level, box });
  }
}
