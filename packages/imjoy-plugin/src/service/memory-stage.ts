/**
 * A stage without a page: what a caller opened and found last, in memory, for as long as the caller is there.
 *
 * @module
 */
import {
  type Image,
  labelPlanes,
  narrowLabels,
  type Table,
  writeCellposeSeg,
  writeCoco,
  writeGeoJson,
  writeRois,
  writeTable,
  writeTiff,
} from "@cellwright/core";
import { worded, wrong } from "./fault.js";
import type { OpenedImage, ServedFile, Stage } from "./host.js";
import { tableOf } from "./segment.js";

/** Formats that labels in memory are saved as. */
export const MEMORY_FORMATS: readonly string[] = ["tif", "geojson", "roi", "npy", "coco", "csv"];

/** Callers whose images are kept, and the bytes of all: the one that was away longest is forgotten. */
const MOST = 8;
const MOST_BYTES = 2 ** 30;

/** Stages by caller. */
export interface MemoryStages {
  stage(caller: string): Stage;
  forget(caller: string): void;
}

/** No stages yet. */
export function memoryStages(): MemoryStages {
  const stages = new Map<string, MemoryStage>();
  const trim = () => {
    let bytes = [...stages.values()].reduce((sum, stage) => sum + stage.bytes(), 0);
    for (const [caller, stage] of stages) {
      if (stages.size === 1 || (stages.size <= MOST && bytes <= MOST_BYTES)) return;
      bytes -= stage.bytes();
      stages.delete(caller);
    }
  };
  return {
    stage: (caller) => {
      const found = stages.get(caller) ?? memoryStage();
      stages.delete(caller);
      stages.set(caller, found);
      trim();
      return found;
    },
    forget: (caller) => void stages.delete(caller),
  };
}

interface MemoryStage extends Stage {
  /** Bytes that it holds, about. */
  bytes(): number;
}

function memoryStage(): MemoryStage {
  let image: OpenedImage | undefined;
  let labels: Image<Uint32Array> | undefined;
  return {
    bytes: () => (labels?.data.byteLength ?? 0) + bytesOf(image),
    open: async (opened) => {
      image = opened;
      labels = undefined;
    },
    image: () => image,
    labels: async () => labels,
    setLabels: async (found) => {
      labels = found;
    },
    save: async (format, signal) => {
      if (!labels) return [];
      const table = await tableOf(labels, image, signal);
      return [fileOf(labels, table, format, stemOf(image?.name ?? "image"))];
    },
  };
}

/** An image that came over the wire is in memory; one of an address is read when it is looked at. */
function bytesOf(image: OpenedImage | undefined): number {
  if (!image || image.address !== undefined) return 0;
  const { shape, type } = image.reader;
  return shape.reduce((n, length) => n * length, Number(/\d+$/.exec(type)?.[0] ?? 8) / 8);
}

function stemOf(name: string): string {
  return name.replace(/\.[A-Za-z0-9]{1,5}$/, "").replaceAll(/[^\w.-]+/g, "_");
}

function fileOf(
  labels: Image<Uint32Array>,
  table: Table,
  format: string,
  stem: string,
): ServedFile {
  const planes = labelPlanes(labels);
  const named = (ending: string, type: string, content: Uint8Array | string): ServedFile => ({
    name: `${stem}${ending}`,
    type,
    bytes: typeof content === "string" ? new TextEncoder().encode(content) : content,
  });
  switch (format) {
    case "tif":
      return named("_masks.tif", "image/tiff", writeTiff(narrowLabels(labels)));
    case "geojson":
      return named("_cells.geojson", "application/geo+json", writeGeoJson(planes, { table }));
    case "roi":
      return named("_RoiSet.zip", "application/zip", writeRois(planes));
    case "npy":
      return named(
        "_seg.npy",
        "application/octet-stream",
        writeCellposeSeg(labels, { image: stem }),
      );
    case "coco":
      return named(
        "_coco.json",
        "application/json",
        writeCoco(planes.map((plane) => ({ ...plane, file: stem }))),
      );
    case "csv":
      return named("_cells.csv", "text/csv", writeTable(table));
    default:
      throw wrong("format", `one of ${MEMORY_FORMATS.join(", ")}`, worded(format));
  }
}
