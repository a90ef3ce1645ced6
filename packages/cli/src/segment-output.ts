/**
 * The files that `segment` writes of an image, by format: what they are called, what is in them.
 *
 * @module
 */
import {
  type Column,
  countRows,
  type Image,
  type LabelPlane,
  labelPlanes,
  type Table,
  writeCellposeSeg,
  writeCoco,
  writeGeoJson,
  writePng,
  writeRois,
  writeTable,
} from "@cellwright/core";
import { writeWhole } from "./file-sink.js";
import { encodeLabels, writeLabelsZarr } from "./labels-file.js";
import { colours } from "./preview.js";
import type { Segmented } from "./segment-image.js";
import type { Recipe } from "./segment-report.js";

/** What comes after the stem of an image. */
const endings: Readonly<Record<string, string>> = {
  tif: "_masks.tif",
  "ome-zarr": "_masks.ome.zarr",
  png: "_masks.png",
  geojson: "_cells.geojson",
  roi: "_RoiSet.zip",
  npy: "_seg.npy",
  coco: "_coco.json",
};

/** The paths of an image's outputs besides its report. */
export function outputNames(stem: string, formats: readonly string[], preview = false): string[] {
  return [
    ...formats.map((format) => `${stem}${endings[format]}`),
    `${stem}_cells.csv`,
    ...(preview ? [`${stem}_preview.png`] : []),
  ];
}

/**
 * Makes the content of an output, and answers what writes it: nothing is written before all contents could be made.
 * `file` is the name of the image; `recipe` says what made the labels, for formats that are folders and may be handed on
 * without the report.
 */
export function outputOf(
  path: string,
  file: string,
  result: Segmented,
  recipe: Recipe,
): () => Promise<void> {
  if (path.endsWith(endings["ome-zarr"]))
    return () => writeLabelsZarr(path, result.labels, { cellwright: madeBy(recipe) });
  const content = contentOf(path, file, result);
  return () => writeWhole(path, content);
}

/** Version, models by name and hash of their weights, and options. */
function madeBy({ cellwright, model, seeds, options }: Recipe): object {
  const known = ({ name, sha256 }: Recipe["model"]) => ({ name, sha256 });
  return {
    version: cellwright,
    model: known(model),
    ...(seeds && { seeds: known(seeds) }),
    options,
  };
}

function contentOf(path: string, file: string, result: Segmented): Uint8Array | string {
  const { labels, table, types } = result;
  if (path.endsWith("_cells.csv")) return writeTable(table);
  if (path.endsWith("_preview.png") && result.preview) return writePng(result.preview);
  if (path.endsWith(endings.geojson))
    return writeGeoJson(labelPlanes(labels), { table, colours: classColours(types) });
  if (path.endsWith(endings.roi)) return writeRois(labelPlanes(labels));
  if (path.endsWith(endings.npy)) return writeCellposeSeg(labels, { image: file });
  if (path.endsWith(endings.coco)) return cocoOf(labels, file, table, Object.keys(types ?? {}));
  return encodeLabels(labels, path.slice(path.lastIndexOf(".") + 1));
}

/** The colours that the preview gives to types. */
function classColours(types: Segmented["types"]): Record<string, (typeof colours)[number]> {
  const names = Object.keys(types ?? {});
  return Object.fromEntries(names.map((name, k) => [name, colours[k % colours.length]]));
}

function cocoOf(
  labels: Image<Uint32Array>,
  file: string,
  table: Table<Column>,
  types: readonly string[],
): string {
  const place = (t: unknown, z: unknown, label: unknown) => `${t ?? 0} ${z ?? 0} ${label}`;
  const typeOf = new Map<string, string>();
  for (let row = 0; types.length > 0 && row < countRows(table); row++)
    typeOf.set(place(table.t?.[row], table.z?.[row], table.label[row]), `${table.type[row]}`);
  const images = labelPlanes(labels).map((plane: LabelPlane) => ({
    ...plane,
    file,
    typeOf: (label: number) => typeOf.get(place(plane.t, plane.z, label)),
  }));
  return writeCoco(images, { types });
}
