import { strFromU8, strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import { readTracks } from "./ctc.js";
import { geffFiles, readGeff } from "./geff.js";
import { writeGeff } from "./geff-write.js";
import { readZarrNumbers } from "./geff-zarr.js";
import { trackedCells } from "./tracked-cells.js";

const frames = [
  [1, 1, 0, 9],
  [1, 0, 0, 9],
  [2, 0, 3, 3],
].map((row) => ({ data: Uint32Array.from(row), shape: [1, 4], axes: "yx" }));
const plain = trackedCells(frames, readTracks("1 0 1 0\n2 2 2 1\n3 2 2 1\n9 0 1 0"));
const mean = Float64Array.of(1 / 3, Number.NaN, 3, 4, 5, -1e300);
const cells = { ...plain, columns: { ...plain.columns, "mean-0": mean } };

const json = (value: unknown) => strToU8(JSON.stringify(value));
const parsed = (bytes: Uint8Array | undefined) => JSON.parse(strFromU8(bytes as Uint8Array));

/** The files of the cells, some of them changed. */
function altered(changes: Record<string, unknown>): Map<string, Uint8Array> {
  const files = writeGeff(cells);
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) files.delete(name);
    else files.set(name, value instanceof Uint8Array ? value : json(value));
  return files;
}

const read = (files: ReadonlyMap<string, Uint8Array>) => readGeff(geffFiles(files));

describe("what is written", () => {
  test("is read back as it was", async () => {
    expect(await read(writeGeff(cells))).toEqual({ ...cells, merges: 0 });
    const none = trackedCells([], []);
    expect(await read(writeGeff(none))).toMatchObject({ tracks: [], merges: 0 });
  });

  test("has nodes, an edge a step and a daughter, and says what is what", async () => {
    const files = writeGeff(cells, { pixelSize: 0.5, interval: 60 });
    const { geff } = parsed(files.get(".zattrs"));
    expect(geff).toMatchObject({ geff_version: "1.2", directed: true, edge_props_metadata: {} });
    expect(geff.axes[0]).toEqual({
      ...{ name: "t", type: "time", unit: "frame", min: 0, max: 2 },
      ...{ scale: 60, scaled_unit: "second" },
    });
    expect(geff.axes[2]).toMatchObject({ name: "x", type: "space", unit: "pixel", scale: 0.5 });
    expect((await read(files)).spacing).toEqual({ t: 60, y: 0.5, x: 0.5 });
    expect(geff.track_node_props).toEqual({ lineage: "lineage_id", tracklet: "track_id" });
    expect(Object.keys(geff.node_props_metadata)).toContain("mean-0");
    expect(parsed(files.get("edges/ids/.zarray"))).toMatchObject({ shape: [4, 2], dtype: "<u8" });
    expect(readZarrNumbers(files, "edges/ids")?.data).toEqual(
      BigUint64Array.of(0n, 2n, 1n, 3n, 2n, 4n, 2n, 5n),
    );
    expect(readZarrNumbers(files, "nodes/props/lineage_id/values")?.data).toEqual(
      Uint32Array.of(1, 9, 1, 9, 1, 1),
    );
    expect(readZarrNumbers(files, "nodes/props/mean-0/missing")?.data).toEqual(
      Uint8Array.of(0, 1, 0, 0, 0, 0),
    );
    expect(files.has("nodes/props/area/missing")).toBe(false);
  });

  test("tracks that go on after a gap are not called tracklets, and come back all the same", async () => {
    const first = { ...frames[0], data: Uint32Array.of(1, 0, 0, 0) };
    const empty = { ...frames[0], data: new Uint32Array(4) };
    const again = { ...frames[0], data: Uint32Array.of(4, 0, 0, 0) };
    const back = trackedCells([first, empty, again], readTracks("1 0 0 0\n4 2 2 1"));
    expect(parsed(writeGeff(back).get(".zattrs")).geff.track_node_props.tracklet).toBeUndefined();
    expect(await read(writeGeff(back))).toEqual({ ...back, merges: 0 });
  });

  test("has no names that are paths", () => {
    const path = { ...plain, columns: { "../up": plain.y } };
    expect(() => writeGeff(path)).toThrow(/one that a GEFF can have, got "..\/up"/);
    expect(() => writeGeff(plain, { pixelSize: -1 })).toThrow(/pixelSize must be above 0/);
  });
});

test("version 3, several chunks, other byte order and types, properties of more numbers", async () => {
  const array = (shape: number[], chunk: number[], type: string, endian: string) => ({
    ...{ zarr_format: 3, node_type: "array", shape, data_type: type, fill_value: 7 },
    chunk_grid: { name: "regular", configuration: { chunk_shape: chunk } },
    chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
    codecs: [{ name: "bytes", configuration: { endian } }],
  });
  const int16 = (...values: number[]) => new Uint8Array(Int16Array.from(values).buffer);
  const props = ["t", "y", "x", "pair"].map((name) => [name, { identifier: name, dtype: "int16" }]);
  const files = new Map<string, Uint8Array>([
    [
      "zarr.json",
      json({
        ...{ zarr_format: 3, node_type: "group" },
        attributes: {
          geff: {
            ...{ geff_version: "1.1.0", directed: true, edge_props_metadata: {} },
            node_props_metadata: Object.fromEntries(props),
            axes: ["t", "x", "y"].map((name) => ({ name, type: name === "t" ? "time" : "space" })),
          },
        },
      }),
    ],
    ["nodes/ids/zarr.json", json(array([3], [2], "int16", "little"))],
    ["nodes/ids/c/0", int16(30, 10)],
    ["nodes/ids/c/1", int16(20, 0)],
    ["edges/ids/zarr.json", json(array([2, 2], [1, 1], "uint8", "little"))],
    ...[10, 20, 20, 30].map((id, i): [string, Uint8Array] => [
      `edges/ids/c/${i >> 1}/${i & 1}`,
      Uint8Array.of(id),
    ]),
    ["nodes/props/t/values/zarr.json", json(array([3], [3], "int16", "big"))],
    ["nodes/props/t/values/c/0", Uint8Array.of(0, 5, 0, 3, 0, 4)],
    ["nodes/props/y/values/zarr.json", json(array([3], [3], "float32", "little"))],
    ["nodes/props/x/values/zarr.json", json(array([3], [3], "int16", "little"))],
    ["nodes/props/x/values/c/0", int16(2, 0, 1)],
    ["nodes/props/pair/values/zarr.json", json(array([3, 2], [3, 2], "int16", "little"))],
  ]);
  const found = await read(files);
  expect(found.tracks).toEqual(readTracks("1 3 5 0"));
  expect([...found.x]).toEqual([0, 1, 2]);
  expect([...found.y]).toEqual([7, 7, 7]);
  expect(found.columns).toEqual({});
});

describe("what contradicts itself or is hostile is refused", () => {
  const array = (fields: Record<string, unknown>) => ({
    ...{ zarr_format: 2, shape: [6], chunks: [6], dtype: "<u8", compressor: null },
    ...{ filters: null, fill_value: 0, order: "C", ...fields },
  });
  const geff = (fields: Record<string, unknown>) => ({
    geff: { geff_version: "1.2", directed: true, node_props_metadata: {}, ...fields },
  });

  test.each([
    ["another Zarr", { ".zattrs": { multiscales: [] } }, /must be a GEFF/],
    ["no group", { ".zgroup": undefined }, /must be a GEFF/],
    ["no JSON", { ".zattrs": strToU8("{") }, /\.zattrs is not JSON/],
    ["an undirected graph", { ".zattrs": geff({ directed: false }) }, /must be a directed graph/],
    ["no nodes", { "nodes/ids/.zarray": undefined }, /must have the array nodes\/ids/],
    ["no edges", { "edges/ids/.zarray": undefined }, /must have the array edges\/ids/],
    ["a node twice", { "nodes/ids/0": undefined }, /nodes\/ids must be different/],
    [
      "an edge to nowhere",
      { "edges/ids/0.0": new Uint8Array(64).fill(9) },
      /names the node \d+, wh/,
    ],
    [
      "edges in one row",
      { "edges/ids/.zarray": array({ shape: [8], chunks: [8] }) },
      /\[edges,2\]/,
    ],
    ["bytes that are too few", { "nodes/ids/0": new Uint8Array(5) }, /ids\/0 must have 48 bytes/],
    [
      "a lying shape",
      { "nodes/ids/.zarray": array({ shape: [1e12], chunks: [1e12] }) },
      /limit is/,
    ],
    [
      "a shape of text",
      { "nodes/ids/.zarray": array({ shape: ["6"] }) },
      /shape and chunks of whole/,
    ],
    ["chunks of nothing", { "nodes/ids/.zarray": array({ chunks: [0] }) }, /shape and chunks/],
    [
      "chunks without end",
      { "nodes/ids/.zarray": array({ shape: [1e8], chunks: [1] }) },
      /the limit is/,
    ],
    ["compression", { "nodes/ids/.zarray": array({ compressor: { id: "zstd" } }) }, /Zarr library/],
    ["objects", { "nodes/ids/.zarray": array({ dtype: "|O" }) }, /of type "\|O"; we read numbers/],
    ["the prototype", { "nodes/ids/.zarray": array({ dtype: "constructor" }) }, /we read numbers/],
    [
      "no time",
      { "nodes/props/t/values/.zarray": undefined },
      /every node must have a number as t/,
    ],
    [
      "too few values",
      { "nodes/props/area/values/.zarray": array({ shape: [5], chunks: [5], dtype: "<f8" }) },
      /area\/values\/0 must have 40|area must have 6 values/,
    ],
    [
      "frames that are halves",
      {
        "nodes/props/t/values/.zarray": array({ dtype: "<f8", fill_value: 0.5 }),
        "nodes/props/t/values/0": undefined,
      },
      /t must be frames, .* has 0.5/,
    ],
    [
      "a property that is a path",
      { ".zattrs": geff({ node_props_metadata: { "../../x": { dtype: "int8" } } }) },
      /cannot be a name/,
    ],
    [
      "axes that are paths",
      { ".zattrs": geff({ axes: [{ name: "../t", type: "time" }] }) },
      /cannot be a name/,
    ],
  ])("%s", async (_, changes, message) => {
    await expect(async () => read(altered(changes))).rejects.toThrow(message);
  });

  test("a property called __proto__ is one like others", async () => {
    const attributes = strToU8(
      '{"geff": {"geff_version": "1", "directed": true, "node_props_metadata": {"__proto__": {"dtype": "int8"}}}}',
    );
    const { columns } = await read(altered({ ".zattrs": attributes }));
    expect(Object.getPrototypeOf(columns)).toBe(Object.prototype);
  });
});
