/**
 * Movies, tracks and tables that lie: TrackMate, text, tables, `.trk`, GEFF, DeepCell's data, plans of jobs.
 *
 * @module
 */
import { writeGeff, writeTrk } from "@cellwright/core";
import { labels } from "./annotation.js";
import { gzipZeros } from "./bomb.js";
import { type Alone, alone, type HostileCase, joined, json, latin, patched, text } from "./case.js";
import { npyOf, runs } from "./npy.js";
import { zipOf } from "./zip.js";

const either = { expected: "either" } as const;

const head =
  '<?xml version="1.0"?><TrackMate version="7"><Model><AllSpots><SpotsInFrame frame="0">';
const tail = "</SpotsInFrame></AllSpots></Model></TrackMate>";
const spot = (more: string) =>
  text(`${head}<Spot ID="1" FRAME="0" POSITION_X="1" POSITION_Y="1" ${more}/>${tail}`);

function* trackmates(): Iterable<Alone> {
  yield ["cut", spot("").slice(0, 120)];
  yield ["html", text("<html></html>")];
  yield [
    "billion-laughs",
    text(`<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>${head}${tail}`),
  ];
  yield [
    "external-entity",
    text(`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${head}&x;${tail}`),
  ];
  yield ["nested-10000-deep", text("<TrackMate>".repeat(10_000))];
  yield [
    "spot-twice",
    text(`${head}${'<Spot ID="1" FRAME="0" POSITION_X="1" POSITION_Y="1"/>'.repeat(2)}${tail}`),
  ];
  yield [
    "frame-minus",
    text(new TextDecoder().decode(spot("")).replace('FRAME="0"', 'FRAME="-1"')),
  ];
  yield [
    "frame-2^40",
    text(new TextDecoder().decode(spot("")).replace('FRAME="0"', 'FRAME="1099511627776"')),
  ];
  yield ["place-nan", text(new TextDecoder().decode(spot("")).replace('X="1"', 'X="NaN"'))];
  yield ["place-missing", text(`${head}<Spot ID="1" FRAME="0"/>${tail}`)];
  yield ["feature-proto", spot('__proto__="1" constructor="2"'), either];
  yield [
    "edge-to-nobody",
    text(
      `${head}<Spot ID="1" FRAME="0" POSITION_X="1" POSITION_Y="1"/></SpotsInFrame></AllSpots><AllTracks><Track TRACK_ID="0"><Edge SPOT_SOURCE_ID="1" SPOT_TARGET_ID="9"/></Track></AllTracks></Model></TrackMate>`,
    ),
  ];
}

function lines(
  kind: HostileCase["kind"],
  list: Readonly<Record<string, string>>,
  harmless: Readonly<Record<string, string>> = {},
): HostileCase[] {
  const ending = kind === "tracks" ? "txt" : "csv";
  const named = Object.entries(list).map(([what, content]): Alone => [what, text(content)]);
  const open = Object.entries(harmless).map(
    ([what, content]): Alone => [what, text(content), either],
  );
  return alone(kind, kind, ending, [...named, ...open]);
}

const tracks = {
  "three-numbers": "1 0 5\n",
  "five-numbers": "1 0 5 0 9\n",
  "a-word": "1 0 five 0\n",
  minus: "-1 0 5 0\n",
  half: "1.5 0 5 0\n",
  "2^53": "9007199254740993 0 5 0\n",
  "ends-before-it-begins": "1 5 0 0\n",
  "label-twice": "1 0 5 0\n1 6 7 0\n",
  "own-parent": "1 0 5 1\n",
  "parents-in-a-circle": "1 0 5 2\n2 6 7 1\n",
  "parent-of-nobody": "1 0 5 9\n",
  "label-0": "0 0 5 0\n",
  "nul-bytes": "1\u00000 0 5 0\n",
};

const tables = {
  "row-too-short": "label,area\n1\n",
  "row-too-long": "label,area\n1,2,3\n",
  "column-twice": "label,label\n1,2\n",
  "a-word": "label,area\n1,many\n",
  "quote-not-closed": 'label,area\n"1,2\n',
  formula: "label,area\n=cmd|' /C calc'!A0,2\n",
};

const harmlessTables = {
  hexadecimal: "label,area\n0x10,2\n",
  "a-thousand-digits": `label,area\n1,${"9".repeat(1000)}\n`,
  "column-proto": "__proto__,constructor\n1,2\n",
};

const trackTables = {
  empty: "",
  "columns-missing": "a,b\n1,2\n",
  "track-half": "track_id,t,y,x\n1.5,0,1,1\n",
  "frame-minus": "track_id,t,y,x\n1,-1,1,1\n",
  "frame-2^40": "track_id,t,y,x\n1,1099511627776,1,1\n",
  "cell-twice": "track_id,t,y,x\n1,0,1,1\n1,0,2,2\n",
  "parent-of-nobody": "track_id,t,y,x,parent\n1,0,1,1,7\n",
  "two-parents": "track_id,t,y,x,parent\n1,0,1,1,0\n2,1,1,1,1\n2,2,1,1,3\n3,0,5,5,0\n",
};

function* movies(): Iterable<Alone> {
  const sound = writeTrk({
    frames: [labels, labels],
    tracks: [{ label: 1, begin: 0, end: 1, parent: 0 }],
  });
  for (const at of [0, 2, 9, 60, sound.length - 9]) yield [`cut-at-${at}`, sound.slice(0, at)];
  yield ["gzip-bomb", gzipZeros(2 ** 28)];
  yield ["gzip-bomb-that-lies", gzipZeros(2 ** 26, 1024)];
  yield [
    "gzip-of-noise",
    joined([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], new Uint8Array(99).fill(0x55)),
  ];
  yield ["tar-of-zeros", new Uint8Array(2048)];
  yield ["tar-head-of-noise", new Uint8Array(512).fill(0x41)];
  yield ["tar-size-minus", tar("-0000000001")];
  yield ["tar-size-8-gib", tar("77777777777")];
  yield ["tar-name-up", tar("00000000000", "../../../tmp/evil")];
  yield ["tar-link", tar("00000000000", "raw.npy", "2")];
}

/** One head of a tar, its sum right. */
function tar(size: string, name = "raw.npy", kind = "0"): Uint8Array {
  let bytes = patched(new Uint8Array(1536), 0, name);
  for (const [at, words] of [
    [100, "0000644\0"],
    [124, `${size}\0`],
    [148, "        "],
    [156, kind],
    [257, "ustar\x0000"],
  ] as const)
    bytes = patched(bytes, at, words);
  const sum = bytes.subarray(0, 512).reduce((a, b) => a + b, 0);
  return patched(bytes, 148, `${sum.toString(8).padStart(6, "0")}\0 `);
}

function geffs(): HostileCase[] {
  const sound = writeGeff({
    ...{ track: Uint32Array.of(1, 1), frame: Uint32Array.of(0, 1), label: Uint32Array.of(1, 1) },
    ...{ y: Float64Array.of(1, 2), x: Float64Array.of(1, 2), columns: {} },
    tracks: [{ label: 1, begin: 0, end: 1, parent: 0 }],
  });
  const files = Object.fromEntries(sound);
  const metadata = Object.keys(files).find((name) => name.endsWith("nodes/ids/.zarray")) ?? "";
  const data = Object.keys(files).find((name) => /nodes\/ids\/0$/.test(name)) ?? "";
  const fields = JSON.parse(new TextDecoder().decode(files[metadata]));
  const array = (change: object) => ({ ...files, [metadata]: json({ ...fields, ...change }) });
  return Object.entries({
    "without-attributes": Object.fromEntries(
      Object.entries(files).filter(([name]) => !name.endsWith(".zattrs")),
    ),
    "without-ids": Object.fromEntries(
      Object.entries(files).filter(([name]) => !name.startsWith("nodes/ids")),
    ),
    "shape-2^40": array({ shape: [2 ** 40], chunks: [2 ** 40] }),
    "shape-minus": array({ shape: [-1] }),
    "chunks-0": array({ chunks: [0] }),
    "type-object": array({ dtype: "|O" }),
    "codec-unknown": array({ compressor: { id: "__proto__" } }),
    "chunk-too-short": { ...files, [data]: files[data].slice(1) },
    "metadata-null": { ...files, [metadata]: text("null") },
    "metadata-nested": { ...files, [metadata]: text("[".repeat(1e5)) },
  }).map(([what, content]) => ({
    ...{
      id: `geff/${what}`,
      kind: "geff",
      name: `${what}.geff`,
      files: content,
      expected: "refused",
    },
  }));
}

function* plans(): Iterable<Alone> {
  yield ["cut", text('{"job": "a", "head": {')];
  yield ["null", text("null")];
  yield ["a-list", text("[]")];
  yield ["nested", text("[".repeat(1e5))];
  yield ["head-missing", text('{"job":"a","units":[]}')];
  yield ["units-a-text", text('{"job":"a","head":{},"units":"x"}')];
}

function* deepcells(): Iterable<Alone> {
  const npy = (shape: string) =>
    npyOf(`{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }\n`, new Uint8Array(256));
  yield ["three-axes-of-x", zipOf([{ name: "X.npy", content: npy("(1, 8, 8)") }])];
  yield [
    "sizes-differ",
    zipOf([
      { name: "X.npy", content: npy("(1, 8, 8, 1)") },
      { name: "y.npy", content: npy("(1, 4, 16, 1)") },
    ]),
  ];
  yield ["x-bomb", zipOf([{ name: "X.npy", bomb: 2 ** 30 }])];
  yield [
    "x-is-a-pickle",
    zipOf([
      {
        name: "X.npy",
        content: npyOf("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", runs()),
      },
    ]),
  ];
  yield ["nothing-inside", zipOf([{ name: "a.txt", content: latin("a") }])];
}

/** All of them. */
export function trackCases(): HostileCase[] {
  return [
    ...alone("trackmate", "trackmate", "xml", trackmates()),
    ...lines("tracks", tracks),
    ...lines("table", tables, harmlessTables),
    ...lines("tracks-table", trackTables, { "own-parent": "track_id,t,y,x,parent\n1,0,1,1,1\n" }),
    ...alone("trk", "trk", "trk", movies()),
    ...geffs(),
    ...alone("plan", "plan", "json", plans()),
    ...alone("deepcell", "deepcell", "npz", deepcells()),
  ];
}
