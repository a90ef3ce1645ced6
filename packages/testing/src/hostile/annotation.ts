/**
 * Annotations that lie: ImageJ's regions, Cellpose's pickles, COCO, GeoJSON.
 *
 * @module
 */
import { type Labels, writeCellposeSeg, writeRois } from "@cellwright/core";
import {
  type Alone,
  alone,
  type HostileCase,
  joined,
  json,
  number,
  patched,
  text,
} from "./case.js";
import { npyOf, runs } from "./npy.js";
import { zipOf } from "./zip.js";

/** One cell. */
export const labels: Labels = {
  data: Uint32Array.from({ length: 144 }, (_, i) =>
    i % 12 > 2 && i % 12 < 8 && i > 30 && i < 100 ? 1 : 0,
  ),
  ...{ shape: [12, 12], axes: "yx" },
};

/** One region: "Iout" and its head, changed at places. */
function roi(changes: Readonly<Record<number, readonly number[]>> = {}): Uint8Array<ArrayBuffer> {
  let bytes = joined("Iout", number(227, 2, true), [7, 0], new Uint8Array(56 + 16));
  const sound = { 12: number(9, 2, true), 14: number(9, 2, true), 16: number(4, 2, true) };
  for (const [at, value] of Object.entries({ ...sound, ...changes }))
    bytes = patched(bytes, Number(at), value);
  return bytes;
}

const float = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)].reverse();

function* regions(): Iterable<Alone> {
  const set = writeRois([{ labels }]);
  yield ["empty", new Uint8Array(0)];
  yield ["head-cut", roi().slice(0, 63)];
  yield ["vertices-cut", roi().slice(0, 70)];
  yield ["vertices-65535", roi({ 16: [255, 255] })];
  yield ["vertices-2", roi({ 16: [0, 2] })];
  yield ["vertices-2^31-1", roi({ 16: [0, 0], 18: [127, 255, 255, 255] })];
  yield ["vertices-minus", roi({ 16: [0, 0], 18: [255, 255, 255, 255] })];
  yield ["type-99", roi({ 6: [99] })];
  yield ["type-line", roi({ 6: [3] })];
  yield ["rectangle-inside-out", roi({ 6: [1], 8: number(50, 2, true), 10: number(50, 2, true) })];
  yield ["oval-nan", roi({ 6: [2], 50: [0, 128], 18: float(Number.NaN) })];
  yield [
    "oval-2^30-high",
    roi({ 6: [2], 50: [0, 128], 18: [...float(0), ...float(0), ...float(9), ...float(2 ** 30)] }),
    either,
  ];
  yield ["composite-2^31-1-numbers", roi({ 36: [127, 255, 255, 255] })];
  yield ["composite-of-noise", roi({ 36: [0, 0, 0, 4] })];
  yield ["second-head-beyond-end", roi({ 60: [127, 0, 0, 0] }), either];
  yield [
    "name-of-2^31-letters",
    joined(
      roi({ 60: number(80, 4, true) }),
      new Uint8Array(16),
      [0, 0, 0, 80, 127, 255, 255, 255],
      new Uint8Array(32),
    ),
    either,
  ];
  yield ["set-empty", zipOf([])];
  yield ["set-of-texts", zipOf([{ name: "a.txt", content: text("a") }])];
  yield ["set-bomb", zipOf([{ name: "a.roi", bomb: 2 ** 30 }])];
  yield ["set-bomb-that-lies", zipOf([{ name: "a.roi", bomb: 2 ** 30, size: 80 }])];
  yield [
    "set-of-bombs",
    zipOf(Array.from({ length: 40 }, (_, i) => ({ name: `${i}.roi`, bomb: 2 ** 24 }))),
  ];
  yield ["set-cut", set.slice(0, set.length - 30)];
  yield ["set-name-up", zipOf([{ name: "../../a.roi", content: roi() }]), either];
}

const either = { expected: "either" } as const;

/** A pickle inside an array of one object, as Cellpose saves it. */
function pickled(...content: (string | number[])[]): Uint8Array {
  return npyOf("{'descr': '|O', 'fortran_order': False, 'shape': (), }\n", joined(...content));
}

function* segs(): Iterable<Alone> {
  const sound = writeCellposeSeg(labels);
  for (const at of [4, 11, 60, 130, 200, sound.length - 1])
    yield [`cut-at-${at}`, sound.slice(0, at)];
  yield ["runs-a-shell", pickled("cposix\nsystem\n(S'touch hacked'\ntR.")];
  yield ["runs-eval", pickled("\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.")];
  yield ["runs-by-reduce", pickled("\x80\x02csubprocess\nPopen\n(]S'sh'\natR.")];
  yield ["runs-by-build", pickled("\x80\x02cos\nenviron\n}b.")];
  yield ["numpy-is-not-numpy", pickled("\x80\x02cnumpy.core.multiarray\n_evil\n)R.")];
  yield ["extension-registry", pickled("\x80\x02\x82\x01.")];
  yield ["persistent-id", pickled("\x80\x02Pevil\n.")];
  yield ["stack-empty", pickled(".")];
  yield ["endless-marks", pickled("(".repeat(100_000))];
  yield ["memo-missing", pickled("\x80\x02h\x09.")];
  yield ["text-of-2^31-bytes", pickled("X", [255, 255, 255, 127])];
  yield ["bytes-of-2^63", pickled("\x8e", [255, 255, 255, 255, 255, 255, 255, 127])];
  yield ["list-of-itself", pickled("\x80\x02]q\x00h\x00a.")];
  yield ["dictionary-doubles", pickled(`\x80\x02]${"q\x00(h\x00h\x00l".repeat(40)}.`)];
  yield ["long-of-255-bytes", pickled("\x80\x02\x8a", [255, ...Array<number>(255).fill(255)], ".")];
  yield ["masks-missing", pickled("\x80\x02}X\x04\0\0\0flowK\x01s.")];
  yield ["masks-a-text", pickled("\x80\x02}X\x05\0\0\0masksX\x01\0\0\0as.")];
  yield ["key-proto", pickled("\x80\x02}X\x09\0\0\0__proto__}X\x08\0\0\0pollutedK\x01ss.")];
  yield ["no-pickle", npyOf("{'descr': '|O', 'fortran_order': False, 'shape': (), }\n", runs())];
}

const coco = {
  images: [{ id: 1, file_name: "a.tif", width: 12, height: 12 }],
  annotations: [{ id: 1, image_id: 1, segmentation: [[1, 1, 5, 1, 5, 5]] }],
};

function* cocos(): Iterable<Alone> {
  const image = (change: object) => json({ ...coco, images: [{ ...coco.images[0], ...change }] });
  const cell = (change: object) =>
    json({ ...coco, annotations: [{ ...coco.annotations[0], ...change }] });
  yield ["cut", json(coco).slice(0, 80)];
  yield ["null", text("null")];
  yield ["nested-100000-deep", text("[".repeat(1e5))];
  yield ["without-images", json({ annotations: [] })];
  yield ["image-0", image({ width: 0 })];
  yield ["image-minus", image({ width: -12 })];
  yield ["image-a-text", image({ width: "12" })];
  yield ["image-10^9-squared", image({ width: 1e9, height: 1e9 })];
  yield [
    "10000-images-of-10^4",
    json({
      ...coco,
      images: Array.from({ length: 1e4 }, (_, id) => ({ id, width: 1e4, height: 1e4 })),
    }),
  ];
  yield ["image-id-twice", json({ ...coco, images: [...coco.images, ...coco.images] }), either];
  yield [
    "image-id-proto",
    json({
      images: [{ ...coco.images[0], id: "#proto" }],
      annotations: [{ image_id: "#proto", segmentation: [] }],
    }),
    either,
  ];
  yield ["cell-of-no-image", cell({ image_id: 99 }), either];
  yield ["polygon-odd", cell({ segmentation: [[1, 2, 3]] })];
  yield ["polygon-nan", cell({ segmentation: [[1, null, 3, 4, 5, 6]] })];
  yield ["polygon-1e308", cell({ segmentation: [[1e308, -1e308, 1e308, 1e308, 0, 0]] }), either];
  yield ["polygon-outside", cell({ segmentation: [[100, 100, 110, 100, 110, 110]] })];
  yield [
    "polygon-of-200000",
    cell({ segmentation: [Array.from({ length: 4e5 }, (_, i) => (i * 7919) % 12)] }),
    either,
  ];
  yield ["runs-minus", cell({ segmentation: { size: [12, 12], counts: [-1, 145] } })];
  yield ["runs-too-many", cell({ segmentation: { size: [12, 12], counts: [0, 1e15] } })];
  yield ["runs-other-size", cell({ segmentation: { size: [9e9, 9e9], counts: [1] } })];
  yield ["runs-packed-noise", cell({ segmentation: { size: [12, 12], counts: "ÿÿ\u0000zzz" } })];
  yield ["label-minus", cell({ label: -5 }), either];
  yield ["key-proto", json({ ...coco, "#proto": { polluted: 1 } }), either];
}

const square = [
  [
    [1, 1],
    [5, 1],
    [5, 5],
    [1, 1],
  ],
];

function* geojsons(): Iterable<Alone> {
  const feature = (geometry: unknown, more: object = {}) =>
    json({
      type: "FeatureCollection",
      features: [{ type: "Feature", geometry, properties: {}, ...more }],
    });
  const polygon = (coordinates: unknown) => feature({ type: "Polygon", coordinates });
  yield ["cut", polygon(square).slice(0, 50)];
  yield ["a-number", text("5")];
  yield ["nested-100000-deep", text(`{"a":`.repeat(1e5))];
  yield ["type-proto", json({ type: "#proto" })];
  yield ["geometry-null", feature(null)];
  yield ["point", feature({ type: "Point", coordinates: [1, 1] })];
  yield ["coordinates-null", polygon(null)];
  yield ["coordinates-flat", polygon([1, 2, 3])];
  yield ["coordinates-texts", polygon([[["a", "b"]]])];
  yield [
    "coordinates-1e400",
    text('{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[1e400,1]]]}}'),
  ];
  yield ["plane-minus-2", feature({ type: "Polygon", coordinates: square, plane: { t: -2 } })];
  yield ["plane-half", feature({ type: "Polygon", coordinates: square, plane: { z: 0.5 } })];
  yield [
    "properties-proto",
    feature(
      { type: "Polygon", coordinates: square },
      { properties: { "#proto": { polluted: 1 } } },
    ),
    { expected: "read" },
  ];
  yield ["ring-empty", polygon([[]]), either];
}

/** All of them. */
export function annotationCases(): HostileCase[] {
  return [
    ...alone("roi", "rois", "roi", regions()),
    ...alone("seg", "seg", "npy", segs()),
    ...alone("coco", "coco", "json", cocos()),
    ...alone("geojson", "geojson", "geojson", geojsons()),
  ];
}
