/**
 * Zarr hierarchies whose metadata or chunks lie: keys that lead out, shapes and chunks without end, codecs that do not exist.
 *
 * @module
 */
import { writeOmeZarr } from "@cellwright/core";
import { gzipZeros, zlibZeros } from "./bomb.js";
import { type Expected, type HostileCase, json, text } from "./case.js";
import { zipOf } from "./zip.js";

type Fields = Readonly<Record<string, unknown>>;
type Files = Readonly<Record<string, Uint8Array>>;

const second = {
  ...{ zarr_format: 2, shape: [8, 8], chunks: [4, 4], dtype: "<u2", compressor: null },
  ...{ fill_value: 0, order: "C", filters: null },
};

const bytesCodec = { name: "bytes", configuration: { endian: "little" } };

const third = {
  ...{ zarr_format: 3, node_type: "array", shape: [8, 8], data_type: "uint16" },
  chunk_grid: { name: "regular", configuration: { chunk_shape: [4, 4] } },
  chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
  ...{ codecs: [bytesCodec], fill_value: 0, attributes: {} },
};

const chunk = new Uint8Array(32).fill(7);
const chunks2 = { "0.0": chunk, "0.1": chunk, "1.0": chunk, "1.1": chunk };
const chunks3 = { "c/0/0": chunk, "c/0/1": chunk, "c/1/0": chunk, "c/1/1": chunk };

type Made = readonly [what: string, files: Files, expected?: Expected, says?: string];

/** An array of version 2 with other metadata. */
function of2(change: Fields, files: Files = chunks2): Files {
  return { ".zarray": json({ ...second, ...change }), ...files };
}

/** An array of version 3 with other metadata. */
function of3(change: Fields, files: Files = chunks3): Files {
  return { "zarr.json": json({ ...third, ...change }), ...files };
}

function* ofSecond(): Iterable<Made> {
  yield ["2-metadata-empty", { ".zarray": new Uint8Array(0), ...chunks2 }];
  yield ["2-metadata-cut", { ".zarray": json(second).slice(0, 60), ...chunks2 }];
  yield ["2-metadata-a-list", { ".zarray": json([second]), ...chunks2 }];
  yield ["2-metadata-null", { ".zarray": text("null"), ...chunks2 }];
  yield ["2-metadata-nested", { ".zarray": text("[".repeat(1e5)), ...chunks2 }];
  yield ["2-metadata-proto", of2({ "#proto": { polluted: 1 } }), "read"];
  yield [
    "2-attributes-proto",
    { ...of2({}), ".zattrs": json({ "#proto": { polluted: 1 } }) },
    "read",
  ];
  for (const [what, shape] of Object.entries({
    "2-shape-text": "8x8",
    "2-shape-of-texts": ["8", "8"],
    "2-shape-half": [8.5, 8],
    "2-shape-minus": [-8, 8],
    "2-shape-0": [0, 8],
    "2-shape-null": [null, 8],
    "2-shape-1-axis": [8],
    "2-shape-9-axes": Array(9).fill(1),
    "2-shape-2^53": [2 ** 53, 2 ** 53],
    "2-shape-10^6-squared": [1e6, 1e6],
  }))
    yield [what, of2({ shape })];
  yield ["2-chunks-0", of2({ chunks: [0, 4] })];
  yield ["2-chunks-minus", of2({ chunks: [-4, 4] })];
  yield ["2-chunks-1-axis", of2({ chunks: [4] })];
  yield ["2-chunks-10^6-squared", of2({ chunks: [1e6, 1e6] })];
  yield ["2-chunks-true", of2({ chunks: true })];
  for (const dtype of ["|O", "<u3", "<f8x", "constructor", "<U4", "<M8[ns]", "=u2", ""])
    yield [`2-dtype-${dtype.replace(/[^\w]/g, "") || "empty"}`, of2({ dtype })];
  yield ["2-dtype-record", of2({ dtype: [["a", "<u1"]] })];
  yield ["2-dtype-too-wide", of2({ dtype: "<u8" })];
  yield ["2-dtype-too-narrow", of2({ dtype: "|u1" })];
  yield ["2-fill-nan", of2({ dtype: "<f4", fill_value: "NaN" }, {}), "read"];
  yield ["2-fill-object", of2({ fill_value: { "#proto": 1 } }, {}), "either"];
  yield ["2-fill-10^400", of2({ fill_value: "1e400" }, {}), "either"];
  yield ["2-order-f", of2({ order: "F" }), "either"];
  yield ["2-order-q", of2({ order: "Q" }), "either"];
  for (const id of ["__proto__", "constructor", "toString", "../../evil", "pickle", ""])
    yield [`2-codec-${id.replace(/[^\w]/g, "") || "empty"}`, of2({ compressor: { id } })];
  yield ["2-filter-unknown", of2({ filters: [{ id: "vlen-utf8" }] })];
  for (const id of ["zlib", "gzip", "blosc", "zstd", "lz4"])
    yield [`2-${id}-is-noise`, of2({ compressor: { id } })];
  yield ["2-chunk-too-short", of2({}, { ...chunks2, "0.0": chunk.slice(1) })];
  yield ["2-chunk-too-long", of2({}, { ...chunks2, "0.0": new Uint8Array(34) })];
  yield ["2-chunk-empty", of2({}, { ...chunks2, "0.0": new Uint8Array(0) })];
  yield ["2-zlib-bomb", of2({ compressor: { id: "zlib" } }, { "0.0": zlibZeros(2 ** 30) })];
  yield ["2-gzip-bomb", of2({ compressor: { id: "gzip" } }, { "0.0": gzipZeros(2 ** 30, 32) })];
  yield ["2-lz4-says-2-gib", of2({ compressor: { id: "lz4" } }, { "0.0": lying([0, 0, 0, 127]) })];
  yield ["2-blosc-says-2-gib", of2({ compressor: { id: "blosc" } }, { "0.0": lying(blosc) })];
  yield ["2-zstd-says-2-gib", of2({ compressor: { id: "zstd" } }, { "0.0": lying(zstd) })];
}

/** Heads that promise 2 GiB, and noise behind them. */
const blosc = [2, 1, 0, 2, 255, 255, 255, 127, 255, 255, 255, 127, 48, 0, 0, 0];
const zstd = [0x28, 0xb5, 0x2f, 0xfd, 0xa0, 255, 255, 255, 127, 0, 1, 0];

function lying(head: readonly number[]): Uint8Array {
  return Uint8Array.from([...head, ...Array.from({ length: 32 }, (_, i) => (i * 57) % 256)]);
}

function* ofThird(): Iterable<Made> {
  yield ["3-format-4", of3({ zarr_format: 4 })];
  yield ["3-node-type-missing", of3({ node_type: undefined })];
  yield ["3-must-understand", of3({ frobnicate: { must_understand: true, name: "x" } })];
  yield ["3-codecs-none", of3({ codecs: [] }), "either"];
  yield ["3-codecs-text", of3({ codecs: "bytes" })];
  yield ["3-codec-proto", of3({ codecs: [bytesCodec, { name: "__proto__" }] })];
  yield ["3-codec-constructor", of3({ codecs: [{ name: "constructor" }] })];
  yield ["3-bytes-twice", of3({ codecs: [bytesCodec, bytesCodec] })];
  yield [
    "3-transpose-9",
    of3({ codecs: [{ name: "transpose", configuration: { order: [9, 0] } }, bytesCodec] }),
  ];
  yield [
    "3-endian-middle",
    of3({ codecs: [{ name: "bytes", configuration: { endian: "middle" } }] }),
    "either",
  ];
  yield ["3-type-r16", of3({ data_type: "r16" })];
  yield ["3-type-proto", of3({ data_type: "__proto__" })];
  yield ["3-grid-missing", of3({ chunk_grid: undefined })];
  yield ["3-grid-rectilinear", of3({ chunk_grid: { name: "rectilinear", configuration: {} } })];
  yield ["3-key-encoding-unknown", of3({ chunk_key_encoding: { name: "../.." } })];
  yield [
    "3-separator-dots",
    of3({ chunk_key_encoding: { name: "default", configuration: { separator: "/../" } } }),
  ];
  yield ["3-shape-2^40", of3({ shape: [2 ** 40, 2 ** 40] })];
  yield ["3-shard-not-whole", sharded({ chunk_shape: [3, 3] })];
  yield ["3-shard-of-nothing", sharded({ chunk_shape: [0, 0] })];
  yield ["3-shard-index-cut", sharded({}, new Uint8Array(10))];
  yield ["3-shard-index-beyond", sharded({}, shard(2n ** 40n, 32n))];
  yield ["3-shard-index-2^63", sharded({}, shard(2n ** 63n, 2n ** 63n))];
  yield ["3-shard-in-shard", sharded({ codecs: [{ name: "sharding_indexed" }] })];
  yield ["3-crc-wrong", of3({ codecs: [bytesCodec, { name: "crc32c" }] })];
  yield [
    "3-gzip-bomb",
    of3({ codecs: [bytesCodec, { name: "gzip" }] }, { "c/0/0": gzipZeros(2 ** 30) }),
  ];
}

function sharded(change: Fields, bytes: Uint8Array = shard(0n, 32n)): Files {
  const configuration = {
    ...{ chunk_shape: [2, 2], codecs: [bytesCodec], index_codecs: [bytesCodec] },
    ...{ index_location: "end", ...change },
  };
  return of3({ codecs: [{ name: "sharding_indexed", configuration }] }, { "c/0/0": bytes });
}

/** A shard of four chunks whose index says the same of all. */
function shard(offset: bigint, length: bigint): Uint8Array {
  const index = BigUint64Array.from([
    offset,
    length,
    offset,
    length,
    offset,
    length,
    offset,
    length,
  ]);
  return new Uint8Array(index.buffer);
}

async function groups(): Promise<Made[]> {
  const files = new Map<string, Uint8Array>();
  const image = { data: new Uint16Array(64).fill(5), shape: [8, 8], axes: "yx" };
  await writeOmeZarr(
    image,
    { set: (name, bytes) => void files.set(name, bytes) },
    { version: "0.4", chunk: 4 },
  );
  const sound = Object.fromEntries(files);
  const written = JSON.parse(new TextDecoder().decode(sound[".zattrs"]));
  const [multiscale] = written.multiscales;
  const withScales = (change: object) => ({
    ...sound,
    ".zattrs": json({ ...written, multiscales: [{ ...multiscale, ...change }] }),
  });
  const at = (path: unknown) =>
    withScales({
      datasets: [{ ...multiscale.datasets[0], path }, ...multiscale.datasets.slice(1)],
    });
  return [
    ["group-path-up", at("../0")],
    ["group-path-far-up", at("../../../../../../etc")],
    ["group-path-absolute", at("/etc/passwd")],
    ["group-path-backslash", at("..\\0")],
    ["group-path-address", at("http://127.0.0.1:9/0")],
    ["group-path-nul", at("0\0/x")],
    ["group-path-number", at(0)],
    ["group-path-itself", at(".")],
    ["group-path-proto", at("__proto__")],
    ["group-without-arrays", { ".zgroup": sound[".zgroup"], ".zattrs": sound[".zattrs"] }],
    ["group-multiscales-none", { ...sound, ".zattrs": json({ multiscales: [] }) }],
    ["group-multiscales-text", { ...sound, ".zattrs": json({ multiscales: "0" }) }],
    ["group-datasets-none", withScales({ datasets: [] })],
    [
      "group-10000-datasets",
      withScales({ datasets: Array(10_000).fill(multiscale.datasets[0]) }),
      "either",
    ],
    ["group-axes-qq", withScales({ axes: [{ name: "q" }, { name: "q" }] })],
    ["group-axes-5-of-2", withScales({ axes: Array(5).fill({ name: "x", type: "space" }) })],
    [
      "group-scale-nan",
      withScales({ coordinateTransformations: [{ type: "scale", scale: ["NaN", 0] }] }),
      "either",
    ],
    ["group-version-99", withScales({ version: "99.9" }), "either"],
    ["group-omero-text", { ...sound, ".zattrs": json({ ...written, omero: "x" }) }, "either"],
    ["group-attributes-missing", { ".zgroup": sound[".zgroup"] }],
  ];
}

function zips(): Made[] {
  const files = Object.entries(of2({}));
  const packed = files.map(([name, content]) => ({ name, content }));
  const zip = (more: Parameters<typeof zipOf>[0]) => ({ "": zipOf(more) });
  return [
    ["key-up", zip([...packed, { name: "../../evil", content: chunk }]), "either"],
    ["key-absolute", zip([...packed, { name: "/etc/evil", content: chunk }]), "either"],
    ["key-twice", zip([...packed, ...packed])],
    [
      "link-out",
      zip([...packed.slice(1), { ...packed[0], mode: 0o120777, content: text("/etc/passwd") }]),
    ],
    ["chunk-bomb", zip([{ ...packed[0] }, { name: "0.0", bomb: 2 ** 30 }])],
    ["chunk-bomb-that-lies", zip([{ ...packed[0] }, { name: "0.0", bomb: 2 ** 30, size: 32 }])],
    ["metadata-bomb", zip([{ name: ".zarray", bomb: 2 ** 30 }])],
    ["chunks-overlap", zip(packed.map((file, i) => (i > 1 ? { ...file, offset: 5 } : file)))],
  ];
}

/** All of them. */
export async function zarrCases(): Promise<HostileCase[]> {
  const cases = (family: string, kind: HostileCase["kind"], ending: string, list: Iterable<Made>) =>
    [...list].map(([what, files, expected = "refused", says]) => ({
      ...{ id: `${family}/${what}`, kind, name: `${what}.${ending}`, files, expected },
      ...(says !== undefined && { says }),
    }));
  return [
    ...cases("zarr", "zarr", "zarr", [...ofSecond(), ...ofThird(), ...(await groups())]),
    ...cases("zarr-zip", "zarr-zip", "zarr.zip", zips()),
  ];
}
