#!/usr/bin/env node
// How long a TIFF of 2048 x 2048 pixels of 16 bits takes to read, beside geotiff, which is no dependency of ours: GEOTIFF names
// the folder where npm has put it (npm install --prefix FOLDER geotiff; GEOTIFF=FOLDER/node_modules/geotiff). Both take
// turns; medians of 9. What they read is compared. Needs a build. --record writes results/reading-speed.jsonl.
//
//   GEOTIFF=FOLDER node benchmarks/reading-speed.mjs [--record]
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { deflateSync } from "node:zlib";
import { bytesSource, normal, readImage, seeded, writeTiff } from "@cellwright/core";
import { surroundings } from "./study.mjs";

const folder = resolve(process.env.GEOTIFF ?? "node_modules/geotiff");
const { version, module } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const { fromArrayBuffer } = await import(pathToFileURL(join(folder, module)).href);

const size = 2048;
const rounds = 9;
const image = picture();
const rows = [];
for (const [file, bytes] of Object.entries(files())) {
  const times = { ours: [], geotiff: [] };
  for (let round = 0; round < rounds; round++) {
    const ours = await timed(
      times.ours,
      async () => (await readImage(bytesSource("a.tif", bytes))).data,
    );
    const theirs = await timed(times.geotiff, async () => {
      const tiff = await fromArrayBuffer(bytes.buffer);
      return (await (await tiff.getImage()).readRasters())[0];
    });
    for (const data of [ours, theirs])
      if (!data.every((value, i) => value === image.data[i])) throw new Error(`${file} differs`);
  }
  const [ours, geotiff] = [times.ours, times.geotiff].map(median);
  const row = { bench: "reading-speed", key: { file }, ours, geotiff, version, ...surroundings() };
  rows.push(row);
  console.log(`${file}: ${ours.toFixed(0)} ms, geotiff ${version} ${geotiff.toFixed(0)} ms`);
}
if (process.argv.includes("--record"))
  writeFileSync(
    fileURLToPath(new URL("results/reading-speed.jsonl", import.meta.url)),
    rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  );

/** Bright hills and noise, as a camera sees them. */
function picture() {
  const random = seeded(3);
  const data = new Uint16Array(size * size);
  for (let i = 0; i < data.length; i++) {
    const [y, x] = [Math.floor(i / size), i % size];
    data[i] = 2000 + 1500 * Math.sin(x / 40) * Math.cos(y / 31) + 60 * normal(random);
  }
  return { data, shape: [size, size], axes: "yx" };
}

function files() {
  return {
    "as it is": writeTiff(image, { compression: "none" }),
    "deflate, as we write it": writeTiff(image),
    "deflate, one strip": oneStrip(),
  };
}

/** One strip of deflate at zlib's usual level, without a predictor: what many programs write. */
function oneStrip() {
  const stream = deflateSync(new Uint8Array(image.data.buffer));
  const tags = [
    ...[
      [256, size],
      [257, size],
      [258, 16],
      [259, 8],
      [262, 1],
      [273, 8],
      [277, 1],
      [278, size],
    ],
    [279, stream.length],
  ];
  const bytes = new Uint8Array(8 + stream.length + 2 + 12 * tags.length + 4);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, 8 + stream.length, true);
  bytes.set(stream, 8);
  let at = 8 + stream.length;
  view.setUint16(at, tags.length, true);
  at += 2;
  for (const [tag, value] of tags) {
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, 4, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, value, true);
    at += 12;
  }
  return bytes;
}

async function timed(times, read) {
  const start = performance.now();
  const data = await read();
  times.push(performance.now() - start);
  return data;
}

function median(times) {
  return [...times].sort((a, b) => a - b)[times.length >> 1];
}
