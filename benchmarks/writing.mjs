#!/usr/bin/env node
// How fast labels and images are written: raw megabytes a second by writer, beside bare zlib at the level that the writer
// uses, in the same run. Needs a build. The cases take turns, so that what else the machine does falls on all alike; medians
// of the rounds (5, or ROUNDS). Processor time is given beside wall time, as it depends less on what else the machine does.
// The bytes go nowhere: no disk is measured.
import { appendFileSync } from "node:fs";
import { cpus } from "node:os";
import { promisify } from "node:util";
import { deflate, deflateSync, gzip } from "node:zlib";

const rounds = Number(process.env.ROUNDS ?? 5);
const side = 4096;
const core = await import("@cellwright/core");
const asked = { zlib: promisify(deflate), gzip: promisify(gzip) };
/** As the command packs tiles: on the threads of zlib. */
const packAt = (level) => (bytes, as) => asked[as](bytes, { level });
const sink = { write() {}, set() {} };

/** Discs of several sizes around the crossings of a grid, 34 000 of them. */
function labelsOf(Type) {
  const random = core.seeded(3);
  const data = new Type(side * side);
  let label = 0;
  for (let top = 0; top + 22 <= side; top += 22)
    for (let left = 0; left + 22 <= side; left += 22) {
      const radius = 6 + 4 * random();
      label++;
      for (let y = -10; y <= 10; y++) {
        const half = Math.floor(Math.sqrt(Math.max(0, radius * radius - y * y)));
        const at = (top + 11 + y) * side + left + 11;
        if (Math.abs(y) <= radius) data.fill(label, at - half, at + half + 1);
      }
    }
  return { data, shape: [side, side], axes: "yx" };
}

/** A dark image with noise, as a camera of 12 bits has it. */
function noiseOf() {
  const random = core.seeded(4);
  const data = Uint16Array.from({ length: side * side }, () => 200 + 40 * core.normal(random));
  return { data, shape: [side, side], axes: "yx" };
}

const images = {
  labels16: labelsOf(Uint16Array),
  labels32: labelsOf(Uint32Array),
  image: noiseOf(),
};
/** Without a packer, our own code packs. */
const writers = {
  writeOmeTiff: (image, options) => core.writeOmeTiff(image, sink, options),
  writeOmeZarr: (image, options) => core.writeOmeZarr(image, sink, options),
};

const cases = [];
for (const [name, image] of Object.entries(images)) {
  const labels = name !== "image";
  const level = labels ? 3 : 1;
  const bytes = new Uint8Array(image.data.buffer);
  const of = { image: name, level };
  cases.push({ ...of, writer: "zlib", work: () => deflateSync(bytes, { level }) });
  const now = (strip) => deflateSync(strip, { level });
  cases.push({
    ...of,
    packer: "node",
    writer: "writeTiff",
    work: () => core.writeTiff(image, { pack: now }),
  });
  // What is no labels our own code hands to a library, whose pace is not ours.
  if (labels)
    cases.push({ ...of, packer: "core", writer: "writeTiff", work: () => core.writeTiff(image) });
  for (const [writer, write] of Object.entries(writers)) {
    const pack = packAt(level);
    cases.push({ ...of, packer: "node", writer, work: () => write(image, { labels, pack }) });
    if (labels) cases.push({ ...of, packer: "core", writer, work: () => write(image, { labels }) });
  }
}

const seconds = cases.map(() => ({ wall: [], cpu: [] }));
for (let round = 0; round < rounds; round++)
  for (const [i, { work }] of cases.entries()) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    await work();
    seconds[i].wall.push((performance.now() - start) / 1000);
    const { user, system } = process.cpuUsage(cpu);
    seconds[i].cpu.push((user + system) / 1e6);
  }

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
for (const [i, { image, writer, packer, level }] of cases.entries()) {
  const megabytes = images[image].data.byteLength / 1e6;
  const rate = (n, kind) => megabytes / median(seconds[n][kind]);
  const bare = cases.findIndex((one) => one.image === image && one.writer === "zlib");
  const line = JSON.stringify({
    ...{ bench: "writing", image, writer, ...(packer && { packer }), level, rounds },
    megabytesPerSecond: Math.round(rate(i, "wall")),
    megabytesPerCpuSecond: Math.round(rate(i, "cpu")),
    ratioToZlib: Number((rate(i, "cpu") / rate(bare, "cpu")).toPrecision(3)),
    ...{ node: process.version, cpu: cpus()[0].model.trim() },
  });
  console.log(line);
  appendFileSync(new URL("results/writing.jsonl", import.meta.url), `${line}\n`);
}
