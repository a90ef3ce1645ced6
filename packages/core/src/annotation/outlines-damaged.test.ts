import { expect, test } from "vitest";
import { isCoreError } from "../errors.js";
import { writeCoco } from "../format/coco.js";
import { readCoco } from "../format/coco-read.js";
import { readDeepcell, writeDeepcell } from "../format/deepcell-npz.js";
import { writeGeoJson } from "../format/geojson.js";
import { readGeoJson } from "../format/geojson-read.js";
import type { Labels } from "../image.js";
import { seeded } from "../random.js";
import { bytesSource } from "../source.js";
import { cellsFromRois, labelsFromOutlines } from "./outlined-cells.js";
import { readRois } from "./roi-set.js";
import { writeRois } from "./roi-write.js";

const random = seeded(12);
const labels: Labels = {
  data: Uint32Array.from({ length: 20 * 30 }, () => Math.floor(random() * 4)),
  shape: [20, 30],
  axes: "yx",
};
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const encoded = (words: string) => new TextEncoder().encode(words);

/** A few bytes changed to any others, digits to digits among them, or an end cut off. */
function damaged(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const changes = 1 + Math.floor(random() * 3);
  for (let i = 0; i < changes; i++) {
    const at = Math.floor(random() * copy.length);
    const isDigit = copy[at] >= 48 && copy[at] < 58;
    copy[at] = isDigit && random() < 0.8 ? 48 + random() * 10 : random() * 256;
  }
  return random() < 0.1 ? copy.subarray(0, random() * copy.length) : copy;
}

const readers: readonly [string, Uint8Array, (bytes: Uint8Array) => unknown][] = [
  [
    "GeoJSON",
    writeGeoJson([{ labels }]),
    (bytes) => labelsFromOutlines(readGeoJson(text(bytes)), labels),
  ],
  ["COCO", encoded(writeCoco([{ file: "a", labels }])), (bytes) => readCoco(text(bytes))],
  ["DeepCell", writeDeepcell({ image: labels, labels }), (b) => readDeepcell(bytesSource("a", b))],
  [
    "RoiSet",
    writeRois([{ labels }]),
    async (bytes) =>
      labelsFromOutlines(cellsFromRois(await readRois(bytesSource("a.zip", bytes)), "yx"), labels),
  ],
];

test.each(readers)("damaged %s gives something or an error of ours", async (_, whole, read) => {
  for (let i = 0; i < 400; i++) {
    const bytes = damaged(whole);
    try {
      expect(await read(bytes)).toBeDefined();
    } catch (error) {
      if (!isCoreError(error)) throw error;
    }
  }
});
