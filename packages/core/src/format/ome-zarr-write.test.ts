import { expect, test } from "vitest";
import { type AsyncReadable, get, open, root } from "zarrita";
import type { Image, Pixels } from "../image.js";
import { pyramidOf } from "../pyramid-image.js";
import { seeded } from "../random.js";
import { writeLabelsGroup, writeOmeZarr } from "./ome-zarr-write.js";
import { pixelsOf, type SampleType } from "./sample-type.js";

const versions = ["0.4", "0.5"] as const;

/** A sink in memory that refuses to be told twice, and the same as zarrita reads it. */
function memory() {
  const files = new Map<string, Uint8Array>();
  const store: AsyncReadable = {
    get: async (key) => files.get(key.slice(1)),
    getRange: async (key, range) => {
      const bytes = files.get(key.slice(1));
      if (!bytes) return undefined;
      const from = "offset" in range ? range.offset : bytes.length - range.suffixLength;
      return bytes.subarray(from, "offset" in range ? from + range.length : bytes.length);
    },
  };
  const set = (key: string, bytes: Uint8Array): void => {
    if (files.has(key)) throw new Error(`${key} came twice`);
    files.set(key, bytes.slice());
  };
  return { files, store, sink: { set } };
}

function noise(type: SampleType, axes: string, shape: number[], most = 2 ** 31): Image {
  const random = seeded(2);
  const data = pixelsOf(
    type,
    shape.reduce((a, b) => a * b),
  );
  for (let i = 0; i < data.length; i++) data[i] = random() * most;
  return { data, shape, axes };
}

/** A level as zarrita reads it. */
async function levelOf(
  store: AsyncReadable,
  path: string,
): Promise<{ data: Pixels; shape: number[] }> {
  const array = await open(root(store).resolve(path), { kind: "array" });
  const { data, shape } = await get(array);
  return { data: data as Pixels, shape };
}

interface Attributes {
  version?: string;
  multiscales: { name?: string; axes: object[]; datasets: { path: string }[] }[];
  "image-label"?: object;
  omero?: { channels: { label: string; window: object }[] };
  labels?: string[];
}

async function attributesOf(store: AsyncReadable, path = ""): Promise<Attributes> {
  const group = await open(root(store).resolve(path), { kind: "group" });
  return (group.attrs.ome ?? group.attrs) as unknown as Attributes;
}

/** Every second pixel of the last two axes, `level` times. */
function thinned({ data, shape }: Image, level: number): number[] {
  const [height, width] = shape.slice(-2);
  const step = 2 ** level;
  return [...data].filter((_, i) => {
    const [y, x] = [Math.floor(i / width) % height, i % width];
    return y % step === 0 && x % step === 0;
  });
}

test("zarrita reads what was written: types, axes, versions", async () => {
  const types: SampleType[] = [
    "uint8",
    "int8",
    "uint16",
    "int16",
    "uint32",
    "int32",
    "float32",
    "float64",
  ];
  for (const version of versions)
    for (const type of types)
      for (const [axes, shape] of [
        ["yx", [5, 7]],
        ["tczyx", [2, 3, 2, 9, 6]],
      ] as const) {
        const image = noise(type, axes, [...shape]);
        const { sink, store } = memory();
        await writeOmeZarr(image, sink, { version, chunk: 4 });
        const { data, shape: found } = await levelOf(store, "0");
        expect(found).toEqual(image.shape);
        expect(data).toEqual(image.data);
      }
});

test("labels beyond 65 535 come back, and smaller levels hold labels alone", async () => {
  const image = noise("uint32", "tyx", [2, 33, 50], 2 ** 32);
  const { sink, store } = memory();
  await writeOmeZarr(pyramidOf(image), sink, {
    labels: { source: "../../" },
    chunk: 16,
    name: "cells",
  });
  const { multiscales, "image-label": label, version, omero } = await attributesOf(store);
  expect([version, multiscales.length, multiscales[0].name, omero]).toEqual([
    "0.5",
    1,
    "cells",
    undefined,
  ]);
  expect(label).toEqual({ source: { image: "../../" } });
  expect(multiscales[0].datasets).toHaveLength(3);
  for (const [level, { path }] of multiscales[0].datasets.entries()) {
    const { data } = await levelOf(store, path);
    expect([...data]).toEqual(thinned(image, level));
  }
});

test("sizes, units and channels are those of the image, in both versions", async () => {
  for (const version of versions) {
    const image: Image = {
      ...noise("uint16", "tcyx", [1, 2, 8, 8], 1000),
      spacing: { t: 90, y: 0.65, x: 0.325 },
      channels: ["DAPI", "phase"],
    };
    const { sink, store, files } = memory();
    await writeOmeZarr(image, sink, { version, chunk: 4 });
    const { multiscales, omero } = await attributesOf(store);
    expect(multiscales[0].axes).toEqual([
      { name: "t", type: "time", unit: "second" },
      { name: "c", type: "channel" },
      { name: "y", type: "space", unit: "micrometer" },
      { name: "x", type: "space", unit: "micrometer" },
    ]);
    expect(multiscales[0].datasets).toEqual([
      { path: "0", coordinateTransformations: [{ type: "scale", scale: [90, 1, 0.65, 0.325] }] },
      {
        path: "1",
        coordinateTransformations: [
          { type: "scale", scale: [90, 1, 1.3, 0.65] },
          { type: "translation", translation: [0, 0, 0.325, 0.1625] },
        ],
      },
    ]);
    expect(omero?.channels.map((channel) => channel.label)).toEqual(["DAPI", "phase"]);
    expect(omero?.channels[0].window).toMatchObject({ min: 0, max: 65535 });
    const chunk = version === "0.4" ? "0/0/1/1/1" : "0/c/0/1/1/1";
    expect(files.has(chunk)).toBe(true);
    expect([...files.keys()].at(-1)).toBe(version === "0.4" ? ".zgroup" : "zarr.json");
  }
});

test("shards hold several chunks, at borders fewer; zarrita reads them", async () => {
  const image = noise("uint32", "cyx", [2, 37, 21], 2 ** 32);
  image.data.fill(0, 0, 8 * 21);
  const { sink, store, files } = memory();
  await writeOmeZarr(image, sink, { labels: true, chunk: 4, shard: 4, levels: 3 });
  for (const level of [0, 1, 2]) {
    const { data } = await levelOf(store, `${level}`);
    expect([...data]).toEqual(thinned(image, level));
  }
  expect([...files.keys()].filter((key) => key.startsWith("0/c/0")).sort()).toEqual(
    ["0/0", "0/1", "1/0", "1/1", "2/0", "2/1"].map((place) => `0/c/0/${place}`),
  );
});

test("chunks without cells are not written; nothing at all is still an image", async () => {
  const data = new Uint32Array(64 * 64);
  data[63 * 64 + 63] = 5;
  const { sink, files, store } = memory();
  await writeOmeZarr({ data, shape: [64, 64], axes: "yx" }, sink, {
    labels: true,
    chunk: 16,
    levels: 1,
  });
  expect([...files.keys()]).toEqual(["0/c/3/3", "0/zarr.json", "zarr.json"]);
  expect((await levelOf(store, "0")).data).toEqual(data);
  const empty = memory();
  const black = { data: new Uint8Array(6), shape: [2, 3], axes: "yx" };
  await writeOmeZarr(black, empty.sink, { version: "0.4" });
  expect((await levelOf(empty.store, "0")).data).toEqual(black.data);
});

test("labels lie beside the image they belong to", async () => {
  for (const version of versions) {
    const { sink, store } = memory();
    await writeOmeZarr(noise("uint8", "yx", [4, 4], 200), sink, { version });
    const cells = noise("uint16", "yx", [4, 4], 9);
    await writeOmeZarr(cells, sink, {
      ...{ version, labels: { source: "../../" }, path: "labels/cells" },
    });
    await writeLabelsGroup(["cells"], sink, version);
    expect((await attributesOf(store, "labels")).labels).toEqual(["cells"]);
    expect((await levelOf(store, "labels/cells/0")).data).toEqual(cells.data);
  }
});

test("a packer can be brought", async () => {
  const { sink, store } = memory();
  const packed: string[] = [];
  const image = noise("uint16", "yx", [4, 4], 9);
  const { gzipSync } = await import("node:zlib");
  const pack = async (bytes: Uint8Array, as: string) => {
    packed.push(as);
    return new Uint8Array(gzipSync(bytes));
  };
  await writeOmeZarr(image, sink, { pack });
  expect(packed).toEqual(["gzip"]);
  expect((await levelOf(store, "0")).data).toEqual(image.data);
});

test("what cannot be written is refused", async () => {
  const { sink } = memory();
  const image = noise("uint8", "yx", [4, 4], 9);
  await expect(writeOmeZarr({ ...image, axes: "xy" }, sink)).rejects.toThrow("image axes must be");
  await expect(writeOmeZarr(image, sink, { chunk: 3 })).rejects.toThrow(
    "tile size must be an even",
  );
  await expect(writeOmeZarr(image, sink, { version: "0.4", shard: 2 })).rejects.toThrow(
    "shard must be",
  );
  await expect(writeOmeZarr({ ...image, shape: [4, 5] }, sink)).rejects.toThrow("20 values");
});
