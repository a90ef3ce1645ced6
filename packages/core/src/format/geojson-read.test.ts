import { expect, test } from "vitest";
import { labelsFromOutlines } from "../annotation/outlined-cells.js";
import { readGeoJson } from "./geojson-read.js";

const ring = (x: number, y: number) => [
  [x, y],
  [x + 2, y],
  [x + 2, y + 2],
  [x, y + 2],
  [x, y],
];
const feature = (geometry: object, properties: object = {}) => ({
  type: "Feature",
  geometry,
  properties,
});
const square = (x: number, y: number, properties?: object) =>
  feature({ type: "Polygon", coordinates: [ring(x, y)] }, properties);

const sum = (value: unknown): number =>
  labelsFromOutlines(readGeoJson(JSON.stringify(value)), { axes: "yx", shape: [9, 9] }).data.reduce(
    (a, b) => a + b,
  );

test("a collection, a list and a feature alone", () => {
  expect(sum({ type: "FeatureCollection", features: [square(0, 0), square(4, 4)] })).toBe(12);
  expect(sum([square(0, 0), square(4, 4)])).toBe(12);
  expect(sum(square(1, 1, { name: "50" }))).toBe(200);
});

test("annotations around detections are no cells; alone they are", () => {
  const around = feature(
    {
      type: "Polygon",
      coordinates: [
        [
          [0, 0],
          [9, 0],
          [9, 9],
          [0, 9],
          [0, 0],
        ],
      ],
    },
    { objectType: "annotation" },
  );
  expect(sum([around, square(1, 1, { objectType: "detection" })])).toBe(4);
  expect(sum([around])).toBe(81);
});

test("what is no outline, or no GeoJSON, is refused", () => {
  for (const [value, message] of [
    [{}, /must be GeoJSON/],
    [[], /must be GeoJSON/],
    [
      feature({ type: "Point", coordinates: [1, 2] }),
      /must be a Polygon or MultiPolygon, is Point/,
    ],
    [feature({ type: "Polygon", coordinates: 3 }), /must have lists of coordinates/],
    [feature({ type: "Polygon", coordinates: [[["a", 1]]] }), /must have numbers/],
    [{ type: "Feature" }, /must be a Polygon/],
    [feature({ type: "Polygon", coordinates: [ring(0, 0)], plane: { z: -2 } }), /is on -2/],
  ] as const)
    expect(() => readGeoJson(JSON.stringify(value))).toThrow(message);
  expect(() => readGeoJson("{")).toThrow(/must be JSON/);
});
