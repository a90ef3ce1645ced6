// Tables of docs/speed.md: the whole road, the network alone, a page.
import { median } from "../study.mjs";
import { table } from "./table.mjs";

/** @param {number} value */
const short = (value) => `${Number(value.toPrecision(3))}`;
/** @param {number} value */
const percent = (value) => `${Math.round(100 * value)} %`;

/** @param {any[]} rows of road */
export function road(rows) {
  const of = (/** @type {string} */ name) => rows.filter(({ key }) => key.case === name);
  const share = of("share").map(({ key, seconds, network, share }) => [
    `${key.side} x ${key.side}`,
    short(median(seconds)),
    short(median(network)),
    percent(share),
  ]);
  const linear = of("linear").map(
    ({ key, microsecondsPerPixel, networkPixelsPerPixel, megabytes }) => [
      `${key.side} x ${key.side}`,
      short(microsecondsPerPixel),
      short(networkPixelsPerPixel),
      `${megabytes}`,
    ],
  );
  const blocks = of("blocks").flatMap(({ key, verbs }) =>
    Object.entries(verbs).map(([verb, { seconds, megabytes }]) => [
      `${verb}, ${key.side} x ${key.side}`,
      short(seconds),
      `${megabytes}`,
    ]),
  );
  const start = of("start").map(({ key, median }) => [key.what, `${median}`]);
  return {
    sections: {
      "speed-share": table([["", "all, s", "network, s", "share of all else"], ...share]),
      "speed-linear": table([
        ["", "µs a pixel", "network pixels a pixel", "peak memory, MB"],
        ...linear,
      ]),
      "speed-blocks": table([["", "s", "peak memory, MB"], ...blocks]),
      "speed-start": table([["", "ms"], ...start]),
    },
  };
}

/** @param {any[]} rows of multiply-adds */
export function multiplyAdds(rows) {
  const peak = rows.find(({ key }) => key.case === "peak");
  const of = (/** @type {string} */ name) => rows.filter(({ key }) => key.case === name);
  const rate = (/** @type {number} */ value, /** @type {number} */ most) =>
    `${short(value)} (${percent(value / most)})`;
  const shipped = of("shipped").map(({ key, oneThread, allThreads, sessionACore }) => [
    key.name,
    rate(oneThread, peak.oneCore),
    rate(allThreads, peak.allCores),
    rate(sessionACore, peak.allCores),
  ]);
  const published = of("ensemble").map(({ billionsPerSecond }) => [
    "the five published networks of nuclei",
    "–",
    rate(billionsPerSecond, peak.allCores),
    "–",
  ]);
  const most = [
    "the processor at its best",
    short(peak.oneCore),
    short(peak.allCores),
    short(peak.allCores),
  ];
  const layers = of("layers").flatMap(({ shares }) =>
    Object.entries(shares)
      .filter(([, value]) => value >= 0.01)
      .map(([group, value]) => [group, percent(value)]),
  );
  const ensemble = of("ensemble").map(({ seconds, ratio }) => [
    short(median(seconds.oneAfterTheOther)),
    short(median(seconds.together)),
    ratio.toFixed(2),
  ]);
  return {
    sections: {
      "speed-network": table([
        [
          "10⁹ multiplications with addition a second",
          "a thread",
          "all threads",
          "a session a core",
        ],
        ...[most, ...shipped, ...published],
      ]),
      "speed-layers": table([
        ["layers of `nuclei`, at which resolution", "share of the time"],
        ...layers,
      ]),
      "speed-ensemble": table([
        ["one after the other, s", "as one graph, s", "ratio"],
        ...ensemble,
      ]),
    },
  };
}

/** @param {any[]} rows of browser */
export function browser(rows) {
  const ways = rows.filter(({ key }) => key.case !== "sizes");
  const times = ways.map(({ key, first, next, cells, strangers, refused }) =>
    refused
      ? [key.case, "no adapter", "", "", ""]
      : [key.case, short(first), short(median(next)), `${cells}`, `${strangers}`],
  );
  const sizes = rows
    .filter(({ key }) => key.case === "sizes")
    .flatMap(({ sizes }) =>
      Object.entries(sizes).map(([group, { files, kilobytes, brotli }]) => [
        group,
        `${files}`,
        `${kilobytes}`,
        `${brotli}`,
      ]),
    );
  return {
    sections: {
      "speed-page": table([
        ["1024 x 1024 nuclei in Chromium", "first, s", "next, s", "cells", "asked elsewhere"],
        ...times,
      ]),
      "speed-sizes": table([["", "files", "kB", "kB as Brotli"], ...sizes]),
    },
  };
}

/** @param {any[]} rows of int8 */
export function int8(rows) {
  const lines = rows.map(({ key, oneThread, twoThreads, wasm }) => [
    key.name,
    ...[oneThread, twoThreads, wasm].map(({ ratio }) => ratio.toFixed(2)),
    oneThread.meanOff.toFixed(4),
    oneThread.mostOff.toFixed(2),
  ]);
  const header = [
    "times as fast",
    "Node, a thread",
    "Node, two",
    "WebAssembly",
    "maps off, mean",
    "most",
  ];
  return { sections: { "speed-int8": table([header, ...lines]) } };
}
