import { expect, test } from "vitest";
import { labelsFromRois } from "../annotation/roi-set.js";
import type { Labels } from "../image.js";
import { seeded } from "../random.js";
import { type GeoJsonOptions, writeGeoJson } from "./geojson.js";
import { type LabelPlane, labelPlanes } from "./label-plane.js";

interface Feature {
  type: string;
  geometry: { type: string; coordinates: unknown[]; plane?: object };
  properties: { name: string; [key: string]: unknown };
}

const parsed = (planes: Iterable<LabelPlane>, options?: GeoJsonOptions) =>
  JSON.parse(new TextDecoder().decode(writeGeoJson(planes, options))) as {
    type: string;
    features: Feature[];
  };

function picture(...rows: string[]): Labels {
  const data = Uint32Array.from(rows.join(""), (sign) => (sign === "." ? 0 : Number(sign)));
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

/** Fills what a geometry says. */
function redrawn(features: Feature[], height: number, width: number): Uint32Array {
  const rois = features.map(({ geometry, properties }) => {
    const polygons = (
      geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates
    ) as number[][][][];
    const paths = polygons
      .flat()
      .map((ring) => Float64Array.from(ring.flatMap(([x, y]) => [y, x])));
    return { name: properties.name, paths, position: { channel: 0, slice: 0, frame: 0 } };
  });
  return labelsFromRois(rois, height, width).data.map((n) => n && Number(rois[n - 1].name));
}

test("a cell is a closed polygon with its label as name", () => {
  expect(parsed([{ labels: picture("...", ".4.") }])).toEqual({
    type: "FeatureCollection",
    features: [
      {
        type: "Feature",
        geometry: {
          type: "Polygon",
          coordinates: [
            [
              [2, 1],
              [2, 2],
              [1, 2],
              [1, 1],
              [2, 1],
            ],
          ],
        },
        properties: { objectType: "detection", name: "4" },
      },
    ],
  });
  expect(parsed([{ labels: picture("...") }]).features).toEqual([]);
});

test("parts and holes are kept, and drawn again give the labels", () => {
  const labels = picture("11.222", "1..2.2", "..3222", ".3....");
  const { features } = parsed([{ labels }]);
  expect(features.map(({ geometry }) => [geometry.type, geometry.coordinates.length])).toEqual([
    ["Polygon", 1],
    ["Polygon", 2],
    ["MultiPolygon", 2],
  ]);
  expect(redrawn(features, 4, 6)).toEqual(labels.data);
  const random = seeded(6);
  const data = Uint32Array.from({ length: 2000 }, () => Math.floor(random() * 4) * 1_000_000);
  const noise = { data, shape: [40, 50], axes: "yx" };
  expect(redrawn(parsed([{ labels: noise }]).features, 40, 50)).toEqual(data);
});

test("numbers become measurements, types classes with their colours", () => {
  const table = {
    label: Float64Array.of(1, 2, 3),
    area: Float64Array.of(4, 5, Number.NaN),
    type: ["3T3", "", "MCF10A"],
  };
  const colours = { "3T3": [1, 2, 3] as const };
  const { features } = parsed([{ labels: picture("1234") }], {
    table,
    colours,
    objectType: "cell",
  });
  expect(features.map(({ properties }) => properties)).toEqual([
    {
      objectType: "cell",
      name: "1",
      classification: { name: "3T3", color: [1, 2, 3] },
      measurements: { area: 4 },
    },
    { objectType: "cell", name: "2", measurements: { area: 5 } },
    { objectType: "cell", name: "3", classification: { name: "MCF10A" } },
    { objectType: "cell", name: "4" },
  ]);
});

test("planes are told apart, in places and measurements", () => {
  const stack = { data: Uint32Array.of(1, 0, 1, 0), shape: [2, 1, 2], axes: "tyx" };
  const table = {
    t: Float64Array.of(0, 1),
    label: Float64Array.of(1, 1),
    area: Float64Array.of(8, 9),
  };
  const { features } = parsed(labelPlanes(stack), { table });
  expect(features.map(({ geometry }) => geometry.plane)).toEqual([
    { c: -1, z: 0, t: 0 },
    { c: -1, z: 0, t: 1 },
  ]);
  expect(features.map(({ properties }) => properties.measurements)).toEqual([
    { area: 8 },
    { area: 9 },
  ]);
});
