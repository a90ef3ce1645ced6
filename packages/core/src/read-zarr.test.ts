import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { create, set, root as zarrRoot } from "zarrita";
import { isCoreError } from "./errors.js";
import type { ZarrKey, ZarrRange, ZarrStore } from "./format/zarr-store.js";
import { planeOf } from "./image.js";
import { openZarr } from "./read-zarr.js";

/** A store over files whose requests are counted; `undefined` counts too. */
interface Counted extends Required<ZarrStore> {
  readonly requests: string[];
  bytes: number;
}

function storeOver(find: (key: string) => Uint8Array | undefined): Counted {
  const store: Counted = {
    requests: [],
    bytes: 0,
    get: async (key) => {
      store.requests.push(key);
      const found = find(key);
      store.bytes += found?.length ?? 0;
      return found;
    },
    getRange: async (key, range) => {
      store.requests.push(key);
      const part = cut(find(key), range);
      store.bytes += part?.length ?? 0;
      return part;
    },
  };
  return store;
}

function cut(bytes: Uint8Array | undefined, range: ZarrRange): Uint8Array | undefined {
  if (!bytes) return undefined;
  return "offset" in range
    ? bytes.subarray(range.offset, range.offset + range.length)
    : bytes.subarray(Math.max(0, bytes.length - range.suffixLength));
}

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

const bytesCodec = { name: "bytes", configuration: { endian: "little" } };

/** Metadata of an array of version 3. */
function third(fields: {
  shape: number[];
  chunk: number[];
  type?: string;
  codecs?: unknown[];
  fill?: unknown;
}): Uint8Array {
  return json({
    zarr_format: 3,
    node_type: "array",
    shape: fields.shape,
    data_type: fields.type ?? "uint16",
    chunk_grid: { name: "regular", configuration: { chunk_shape: fields.chunk } },
    chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
    codecs: fields.codecs ?? [bytesCodec],
    fill_value: fields.fill ?? 0,
    attributes: {},
  });
}

const group = (attributes: unknown) => json({ zarr_format: 3, node_type: "group", attributes });

function multiscales(names: string, paths: readonly string[]): unknown[] {
  const axes = [...names].map((name) => ({
    name,
    type: name === "t" ? "time" : name === "c" ? "channel" : "space",
    unit: name === "t" ? "second" : "micrometer",
  }));
  const datasets = paths.map((path, level) => ({
    path,
    coordinateTransformations: [
      {
        type: "scale",
        scale: [...names].map((name) => ("yx".includes(name) ? 0.5 * 2 ** level : 3)),
      },
    ],
  }));
  return [{ name: "field", axes, datasets }];
}

function sharded(chunk: number[]): unknown[] {
  const index = { index_codecs: [bytesCodec], index_location: "end" };
  const within = { chunk_shape: chunk, codecs: [bytesCodec] };
  return [{ name: "sharding_indexed", configuration: { ...within, ...index } }];
}

/** The paths to all fields of a value, at any depth. */
function fieldPaths(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...fieldPaths(inner).map((path) => [key, ...path]),
  ]);
}

function changed(whole: unknown, path: readonly string[], value: unknown): unknown {
  const copy = structuredClone(whole);
  let at = copy as Record<string, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path[path.length - 1]] = value;
  return copy;
}

/** A slide of 100 000 x 100 000 pixels in shards of 4096 with chunks of 512; only the shard at 5, 7 has pixels. */
function sparseSlide(): Counted {
  const files = new Map<string, Uint8Array>();
  const sizes = Array.from({ length: 9 }, (_, level) => Math.ceil(100_000 / 2 ** level));
  const paths = sizes.map((_, level) => `${level}`);
  files.set(
    "/zarr.json",
    group({ ome: { version: "0.5", multiscales: multiscales("yx", paths) } }),
  );
  for (const [level, size] of sizes.entries())
    files.set(
      `/${level}/zarr.json`,
      third({
        shape: [size, size],
        chunk: [4096, 4096],
        fill: 9,
        codecs: [
          {
            name: "sharding_indexed",
            configuration: {
              chunk_shape: [512, 512],
              codecs: [bytesCodec, { name: "gzip", configuration: { level: 1 } }],
              index_codecs: [bytesCodec],
              index_location: "end",
            },
          },
        ],
      }),
    );
  const parts: Uint8Array[] = [];
  const index = new BigUint64Array(64 * 2).fill(0xffffffffffffffffn);
  let end = 0;
  for (const n of [0, 1, 8, 9]) {
    const pixels = Uint16Array.from({ length: 512 * 512 }, (_, i) => (n + i) & 1023);
    const packed = gzipSync(new Uint8Array(pixels.buffer));
    index.set([BigInt(end), BigInt(packed.length)], 2 * n);
    parts.push(packed);
    end += packed.length;
  }
  files.set("/0/c/5/7", Buffer.concat([...parts, new Uint8Array(index.buffer)]));
  return storeOver((key) => files.get(key));
}

test("a slide of 100 000 x 100 000 pixels opens and pans with few requests and little memory", async () => {
  const store = sparseSlide();
  const { reader, kind, labels, name } = await openZarr(store);
  expect([kind, labels, name]).toEqual(["image", [], "field"]);
  expect(reader.shape).toEqual([100_000, 100_000]);
  expect(reader.levels.map(({ width, scale }) => [width, scale.x])).toEqual(
    [100_000, 50_000, 25_000, 12_500, 6250, 3125, 1563, 782, 391].map((n, i) => [n, 2 ** i]),
  );
  expect(reader.levels[0].tile).toEqual({ height: 512, width: 512 });
  expect(reader.spacing).toEqual({ y: 0.5, x: 0.5 });
  // The group, its labels (which it lacks), nine arrays.
  expect(store.requests.length).toBeLessThanOrEqual(12);
  expect(store.bytes).toBeLessThan(20_000);

  const opened = store.requests.length;
  const whole = await reader.readRegion({ level: 8, box: { y: 0, x: 0, height: 391, width: 391 } });
  expect(new Set(whole.data)).toEqual(new Set([9]));
  expect(store.requests.length - opened).toBe(1);

  // A view of 1024 x 1024 within one shard: its index and what is there of four chunks.
  const before = store.requests.length;
  const origin = { y: 5 * 4096, x: 7 * 4096 };
  const view = await reader.readRegion({ box: { ...origin, height: 1024, width: 1024 } });
  expect(store.requests.length - before).toBe(5);
  expect([view.data[0], view.data[513], view.data[512 * 1024 + 1]]).toEqual([0, 2, 9]);
  // One step to the side: two chunks more, which the shard lacks.
  const { length } = store.requests;
  const next = { y: origin.y, x: origin.x + 1024, height: 1024, width: 512 };
  expect(new Set((await reader.readRegion({ box: next })).data)).toEqual(new Set([9]));
  expect(store.requests.length).toBe(length);
  expect(store.bytes).toBeLessThan(1_000_000);
});

test("a window of a large array reads less than 2 % of it", async () => {
  const [size, chunk] = [16384, 512];
  const meta = third({ shape: [size, size], chunk: [chunk, chunk] });
  const store = storeOver((key) => {
    const place = /^\/c\/(\d+)\/(\d+)$/.exec(key);
    if (!place) return key === "/zarr.json" ? meta : undefined;
    const pixels = new Uint16Array(chunk * chunk).fill(Number(place[1]) * 32 + Number(place[2]));
    return new Uint8Array(pixels.buffer);
  });
  const { reader } = await openZarr(store);
  const { data } = await reader.readRegion({ box: { y: 5000, x: 5001, height: 512, width: 512 } });
  expect(store.requests.filter((key) => key.startsWith("/c/"))).toHaveLength(4);
  expect([data[0], data[511], data[511 * 512], data[512 * 512 - 1]]).toEqual([297, 298, 329, 330]);
  expect(store.bytes).toBeLessThan(0.005 * size * size * 2);
});

/** Writes an array of version 3 with zarrita. */
async function written(
  axes: string,
  shape: number[],
  chunkShape: number[],
  dtype: string,
  codecs: unknown[],
) {
  const files = new Map<string, Uint8Array>();
  const array = await create(zarrRoot(files).resolve("/0"), {
    ...{ shape, chunkShape, dtype, codecs },
  } as never);
  const count = shape.reduce((a, b) => a * b, 1);
  const types = { uint8: Uint8Array, int32: Int32Array, float64: Float64Array } as const;
  const data = new types[dtype as keyof typeof types](count).map((_, i) => i % 251);
  const stride = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  await set(array as never, null, { data, shape, stride } as never);
  files.set("/zarr.json", group({ ome: { multiscales: multiscales(axes, ["0"]) } }));
  return { store: storeOver((key) => files.get(key)), image: { data, shape, axes }, files };
}

const blosc = {
  name: "blosc",
  configuration: { cname: "lz4", clevel: 5, shuffle: "shuffle", typesize: 1, blocksize: 0 },
};

describe("five axes", () => {
  test.each([
    ["uint8", [2, 3, 4, 9, 11], [1, 1, 1, 4, 5], [blosc]],
    ["int32", [2, 3, 4, 9, 11], [2, 2, 3, 4, 5], []],
    ["float64", [2, 3, 4, 9, 11], [1, 3, 4, 16, 16], []],
  ])("of %s in any chunks are read by plane and box", async (dtype, shape, chunk, codecs) => {
    const { store, image } = await written("tczyx", shape, chunk, dtype, codecs);
    const { reader } = await openZarr(store);
    expect([reader.axes, reader.shape, reader.type]).toEqual(["tczyx", shape, dtype]);
    expect(reader.spacing).toEqual({ t: 3, z: 3, y: 0.5, x: 0.5 });
    const box = { y: 2, x: 3, height: 6, width: 7 };
    const places: Record<string, number>[] = [{}, { t: 1 }, { t: 1, c: 2, z: 3 }, { c: 1, z: 2 }];
    for (const index of places) {
      const plane = planeOf(image, index).data;
      const expected = [...Array(6).keys()].flatMap((y) => [
        ...plane.subarray((y + 2) * 11 + 3, (y + 2) * 11 + 10),
      ]);
      const region = await reader.readRegion({ box, index });
      expect([...region.data]).toEqual(expected);
      expect(region.shape).toEqual([6, 7]);
    }
  });

  test("whose chunks hold several planes are decoded once for all of them", async () => {
    const { store } = await written("tczyx", [4, 1, 1, 8, 8], [4, 1, 1, 8, 8], "uint8", []);
    const { reader } = await openZarr(store);
    const opened = store.requests.length;
    for (const t of [0, 1, 2, 3])
      await reader.readRegion({ index: { t }, box: { y: 0, x: 0, height: 8, width: 8 } });
    expect(store.requests.length - opened).toBe(1);
  });
});

describe("version 2", () => {
  const second = (fields: object) =>
    json({
      ...{ zarr_format: 2, compressor: null, filters: null, order: "C", fill_value: 0 },
      ...fields,
    });
  const box = { y: 0, x: 0, height: 2, width: 3 };

  test("with channels, their names and colours, and labels below the image", async () => {
    const omero = {
      channels: [
        { label: "DAPI", color: "0000FF", window: { start: 10, end: 300 } },
        { label: "phase", color: "FFFFFF", window: { start: 0, end: 255 } },
      ],
    };
    const [image] = multiscales("cyx", ["0"]);
    const [labels] = multiscales("yx", ["s0"]);
    const files = new Map([
      ["/.zattrs", json({ multiscales: [image], omero })],
      ["/0/.zarray", second({ shape: [2, 2, 3], chunks: [1, 2, 3], dtype: ">u2" })],
      ["/0/1.0.0", Uint8Array.from([0, 1, 0, 2, 0, 3, 1, 0, 1, 1, 1, 2])],
      ["/labels/.zattrs", json({ labels: ["nuclei", "cells"] })],
      ["/labels/nuclei/.zattrs", json({ multiscales: [labels], "image-label": {} })],
      [
        "/labels/nuclei/s0/.zarray",
        second({ shape: [2, 3], chunks: [2, 3], dtype: "<i8", dimension_separator: "/" }),
      ],
      [
        "/labels/nuclei/s0/0/0",
        new Uint8Array(BigInt64Array.from([0n, 0n, 7n, 7n, 2n ** 40n, 0n]).buffer),
      ],
    ]);
    const store = storeOver((key) => files.get(key));
    const opened = await openZarr(store);
    expect(opened).toMatchObject({
      kind: "image",
      labels: ["labels/nuclei", "labels/cells"],
      colours: ["#0000ff", "#ffffff"],
      limits: [
        [10, 300],
        [0, 255],
      ],
    });
    expect(opened.reader.channels).toEqual(["DAPI", "phase"]);
    const second2 = await opened.reader.readRegion({ index: { c: 1 }, box });
    expect([...second2.data]).toEqual([1, 2, 3, 256, 257, 258]);
    const cells = await openZarr(store, { path: "labels/nuclei" });
    expect([cells.kind, cells.reader.type]).toEqual(["labels", "float64"]);
    expect([...(await cells.reader.readRegion({ box })).data]).toEqual([0, 0, 7, 7, 2 ** 40, 0]);
    await expect(openZarr(store, { shows: "labels" })).rejects.toThrow(/has several labels/);
  });

  test("what cannot be believed is refused before anything of that size is made", async () => {
    const sound = { shape: [4, 4], chunks: [2, 2], dtype: "|u1" };
    const cases: [object, RegExp][] = [
      [{ shape: [4, -4] }, /must have a shape of whole numbers from 0/],
      [{ shape: "4" }, /must have a shape/],
      [{ shape: [0, 4] }, /must have pixels, is 0 x 4/],
      [{ chunks: [0, 2] }, /must have chunks of whole numbers from 1/],
      [{ chunks: [2, 2, 2] }, /as many axes in its chunks/],
      [{ chunks: [2e5, 2e5] }, /more than is decoded at once/],
      [{ dtype: "|S4" }, /holds values of type "\|S4"/],
      [{ dtype: [["a", "<u2"]] }, /holds values of type/],
      [{ compressor: { id: "jpeg2k" } }, /numcodecs\.jpeg2k that we do not have/],
    ];
    for (const [change, message] of cases) {
      const files = new Map([
        ["/.zarray", second({ ...sound, ...change })],
        ["/0.0", json({})],
      ]);
      const read = async () => {
        const { reader } = await openZarr(storeOver((key) => files.get(key)));
        await reader.readRegion({ box: { y: 0, x: 0, height: 1, width: 1 } });
      };
      await expect(read()).rejects.toThrow(message);
    }
  });

  test("a chunk that would fill the memory stops at the size of a chunk", async () => {
    const bomb = gzipSync(new Uint8Array(50_000_000));
    const frame = new Uint8Array(32);
    new DataView(frame.buffer).setUint32(4, 4e9, true);
    const codecs: [object, Uint8Array][] = [
      [{ id: "gzip" }, bomb],
      [{ id: "blosc" }, frame],
    ];
    for (const [compressor, chunk] of codecs) {
      const fields = { shape: [4, 4], chunks: [4, 4], dtype: "|u1", compressor };
      const files = new Map([
        ["/.zarray", second(fields)],
        ["/0.0", chunk],
      ]);
      const { reader } = await openZarr(storeOver((key) => files.get(key)));
      await expect(reader.readRegion({ box: { y: 0, x: 0, height: 1, width: 1 } })).rejects.toThrow(
        /a chunk decodes to more than the 65554 bytes it can have/,
      );
    }
  });
});

test("paths that lead out of the hierarchy, and groups without end, are refused", async () => {
  for (const path of ["../0", "a/../../0", "..%2f..%2f0", "/0", "", "a//b", "a\\b"]) {
    const asked: string[] = [];
    const files = new Map([
      ["/zarr.json", group({ ome: { multiscales: multiscales("yx", [path]) } })],
    ]);
    const store: ZarrStore = {
      get: async (key) => {
        asked.push(key);
        return files.get(key);
      },
    };
    await expect(openZarr(store)).rejects.toThrow(/must be a path below|has no array/);
    expect(asked.filter((key) => key.split("/").includes(".."))).toEqual([]);
  }
  const endless = storeOver((key) =>
    key.endsWith("/zarr.json") ? group({ ome: { "bioformats2raw.layout": 3 } }) : undefined,
  );
  await expect(openZarr(endless)).rejects.toThrow(/groups in groups/);
  expect(endless.requests.length).toBeLessThan(10);
  await expect(openZarr(endless, { path: "../x" as ZarrKey })).rejects.toThrow(
    /below its own folder/,
  );
});

test("plates and groups without an image say what to name", async () => {
  const plate = { ome: { plate: { wells: [{ path: "A/1" }] } } };
  const open = (attributes: unknown) =>
    openZarr(storeOver((key) => (key === "/zarr.json" ? group(attributes) : undefined)));
  await expect(open(plate)).rejects.toThrow(/is a plate of wells: name one, such as A\/1/);
  await expect(open({ ome: { well: { images: [{ path: "0" }] } } })).rejects.toThrow(
    /is a well of fields: name one, such as 0/,
  );
  await expect(open({})).rejects.toThrow(/without OME-Zarr's multiscales/);
  await expect(openZarr(storeOver(() => undefined))).rejects.toThrow(/is not a Zarr/);
});

test("metadata with any field gone or of another kind are read or are an error of ours", async () => {
  const whole: Record<string, unknown> = JSON.parse(
    new TextDecoder().decode(third({ shape: [4, 4], chunk: [2, 2], codecs: sharded([2, 2]) })),
  );
  // Four numbers, then where they lie and how long they are.
  const shard = new Uint8Array(BigUint64Array.of(0n, 0n, 8n).buffer);
  const paths = fieldPaths(whole);
  expect(paths.length).toBeGreaterThan(20);
  let read = 0;
  for (const path of paths)
    for (const value of [undefined, null, 1e308, -1, "x", [], {}, [[]], true]) {
      const meta = json(changed(whole, path, value));
      const files = new Map([
        ["/zarr.json", meta],
        ["/c/0/0", shard],
      ]);
      const box = { y: 0, x: 0, height: 1, width: 1 };
      try {
        const { reader } = await openZarr(storeOver((key) => files.get(key)));
        await reader.readRegion({ box });
        read++;
      } catch (error) {
        expect(isCoreError(error), `${path} as ${value}: ${error}`).toBe(true);
      }
    }
  expect(read).toBeGreaterThan(0);
});

test("a coarser level that is missing, or has other frames, is done without", async () => {
  const files = new Map([
    ["/zarr.json", group({ ome: { multiscales: multiscales("tyx", ["0", "1", "2", "3"]) } })],
    ["/0/zarr.json", third({ shape: [2, 64, 64], chunk: [1, 32, 32] })],
    ["/1/zarr.json", third({ shape: [1, 32, 32], chunk: [1, 32, 32] })],
    ["/3/zarr.json", third({ shape: [2, 8, 8], chunk: [1, 8, 8] })],
  ]);
  const { reader } = await openZarr(storeOver((key) => files.get(key)));
  expect(reader.levels.map(({ height, scale }) => [height, scale.y])).toEqual([
    [64, 1],
    [8, 8],
  ]);
});

test("a region that is no longer wanted asks for nothing more", async () => {
  const { store } = await written("tczyx", [1, 1, 1, 64, 64], [1, 1, 1, 8, 8], "uint8", []);
  const { reader } = await openZarr(store);
  const opened = store.requests.length;
  const signal = AbortSignal.abort(new Error("gone"));
  const box = { y: 0, x: 0, height: 64, width: 64 };
  await expect(reader.readRegion({ box, signal })).rejects.toThrow("gone");
  expect(store.requests.length).toBe(opened);
});
