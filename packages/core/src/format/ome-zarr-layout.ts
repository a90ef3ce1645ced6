/**
 * The files of an OME-Zarr that is written: their names, and what Zarr's own metadata say of the arrays.
 * Formats: zarr-specs v2 and v3 (core 3.1).
 *
 * @module
 */
import { strToU8 } from "fflate";
import type { OmeZarrPlan } from "./ome-zarr-plan.js";
import { bytesOf } from "./sample-type.js";

/** How chunks are packed: what readers of each version know for certain. */
export function compressorOf({ version }: Pick<OmeZarrPlan, "version">): "zlib" | "gzip" {
  return version === "0.4" ? "zlib" : "gzip";
}

/** The file of a chunk or shard, from the group on. */
export function chunkKey(
  { version, axes }: OmeZarrPlan,
  level: number,
  index: Readonly<Record<string, number>>,
  row: number,
  column: number,
): string {
  const place = [...axes.slice(0, -2)].map((axis) => index[axis]);
  return [level, ...(version === "0.4" ? [] : ["c"]), ...place, row, column].join("/");
}

/** The metadata files of a level's array. */
export function arrayMetadata(plan: OmeZarrPlan, level: number): [string, Uint8Array][] {
  const { version, axes, type, chunk, shard } = plan;
  const shape = plan.shapes[level];
  const alone = shape.slice(0, -2).map(() => 1);
  const chunks = [...alone, chunk, chunk];
  if (version === "0.4") {
    const size = bytesOf(type);
    const kind = type.startsWith("u") ? "u" : type.startsWith("i") ? "i" : "f";
    const dtype = `${size === 1 ? "|" : "<"}${kind}${size}`;
    const compressor = { id: compressorOf(plan), level: 1 };
    const array = {
      ...{ zarr_format: 2, shape, chunks, dtype, compressor, filters: null },
      ...{ fill_value: 0, order: "C", dimension_separator: "/" },
    };
    return [[`${level}/.zarray`, json(array)]];
  }
  const bytes = { name: "bytes", configuration: { endian: "little" } };
  const packed = [bytes, { name: compressorOf(plan), configuration: { level: 1 } }];
  const sharding = {
    name: "sharding_indexed",
    configuration: {
      chunk_shape: chunks,
      codecs: packed,
      index_codecs: [bytes, { name: "crc32c" }],
      index_location: "end",
    },
  };
  const array = {
    ...{ zarr_format: 3, node_type: "array", shape, data_type: type },
    chunk_grid: {
      name: "regular",
      configuration: { chunk_shape: [...alone, shard * chunk, shard * chunk] },
    },
    chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
    fill_value: 0,
    codecs: shard > 1 ? [sharding] : packed,
    attributes: {},
    dimension_names: [...axes],
  };
  return [[`${level}/zarr.json`, json(array)]];
}

/** The metadata files of a group, from the group on. */
export function groupMetadata(version: "0.4" | "0.5", attributes: object): [string, Uint8Array][] {
  if (version === "0.5")
    return [["zarr.json", json({ zarr_format: 3, node_type: "group", attributes })]];
  return [
    [".zattrs", json(attributes)],
    [".zgroup", json({ zarr_format: 2 })],
  ];
}

function json(value: object): Uint8Array {
  return strToU8(`${JSON.stringify(value, null, 2)}\n`);
}
