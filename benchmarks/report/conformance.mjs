// What is read, what is refused and why; damaged files; the speed of reading beside geotiff.
import { table } from "./table.mjs";

/** @param {any[]} rows of conformance */
export function conformance(rows) {
  const lines = rows.map(({ key, equal, refused, different, types, reasons }) => [
    `${key.by}: ${key.what}`,
    `${equal}`,
    refused === 0 ? "–" : `${refused}: ${Object.keys(reasons).join("; ")}`,
    `${different}`,
    types.join(", "),
  ]);
  const sum = (/** @type {string} */ field) =>
    `${rows.reduce((total, row) => total + row[field], 0)}`;
  const total = ["all", sum("equal"), sum("refused"), sum("different"), ""];
  const head = ["written by, how", "equal", "refused, why", "different", "of these kinds"];
  return { sections: { conformance: table([head, ...lines, total]) } };
}

/** @param {any[]} rows of fuzz */
export function fuzz(rows) {
  const lines = rows.map((row) => [
    `${row.key.format}`,
    ...[row.read, row.refused, row.faults, row.slowestMs, row.peakMegabytes].map(String),
  ]);
  const head = ["format", "read", "refused", "faults", "slowest, ms", "memory at most, MB"];
  return { sections: { fuzz: table([head, ...lines]) } };
}

/** @param {any[]} rows of reading-speed */
export function readingSpeed(rows) {
  const lines = rows.map(({ key, ours, geotiff }) => [
    key.file,
    ours.toFixed(0),
    geotiff.toFixed(0),
    (ours / geotiff).toFixed(2),
  ]);
  return {
    sections: {
      "reading-speed": table([
        ["2048 x 2048, 16 bits", "ours, ms", "geotiff, ms", "ratio"],
        ...lines,
      ]),
    },
  };
}
