/**
 * A layer as a file of some format. In: the workspace, a layer, a format. Out: the file, in memory.
 *
 * @module
 */
import {
  labelPlanes,
  narrowLabels,
  ShapeError,
  UnsupportedError,
  type Watch,
  writeCellposeSeg,
  writeCoco,
  writeGeoJson,
  writePng,
  writeRois,
  writeTable,
  writeTiff,
} from "@cellwright/core";
import type { LabelStore } from "../edit/label-store.js";
import { layerOf } from "../scene/commands.js";
import type { Layer } from "../scene/scene.js";
import type { Workspace } from "../workspace.js";
import { ctcZip } from "./ctc.js";
import { type ExportFormat, infoOf, type SavedFile } from "./format.js";
import { imageOf, stemFor, stemOf } from "./name.js";
import { readPlane, readStack, regionsOf } from "./planes.js";
import { measurePlanes, measureTracks, withTypes } from "./table.js";
import { zarrZip } from "./zarr-zip.js";

export { EXPORT_FORMATS, type ExportFormat, type FormatInfo, type SavedFile } from "./format.js";

/**
 * The file of a labels layer, or of a points layer as CSV. Labels keep their numbers and pixel size, all planes are in the
 * file but for PNG, which is the plane in view. Throws `UnsupportedError` where a format cannot hold the labels (the message
 * names one that can) and `ShapeError` for other layers.
 */
export async function exportLayer(
  workspace: Workspace,
  layer: string,
  format: ExportFormat,
  watch: Watch = {},
): Promise<SavedFile[]> {
  const found = layerOf(workspace.scene.get(), layer);
  const { ending, type } = infoOf(format);
  const name = `${nameOf(workspace, found)}${found.kind === "points" ? ".csv" : ending}`;
  const content = await contentOf(workspace, found, format, watch);
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return [{ name, bytes, type }];
}

/** Points go by the name of their layer, as nothing else says what they mark. */
function nameOf(workspace: Workspace, layer: Layer): string {
  const image = imageOf(workspace);
  if (layer.kind !== "points" || !image) return stemFor(workspace, layer);
  return `${stemOf(image.name)}_${stemOf(layer.name)}`;
}

async function contentOf(
  workspace: Workspace,
  layer: Layer,
  format: ExportFormat,
  watch: Watch,
): Promise<Uint8Array | string> {
  const store = workspace.labels.get(layer.id);
  if (layer.kind === "points" && format === "csv") return pointsTable(workspace, layer.id);
  if (layer.kind !== "labels" || !store)
    throw new ShapeError("layer to save", "one of labels, or of points as CSV", layer.kind);
  const { spacing, at } = workspace.scene.get();
  if (format === "ome-zarr" || format === "ome-zarr-0.4")
    return zarrZip(regionsOf(store, spacing), {
      ...watch,
      version: format === "ome-zarr" ? "0.5" : "0.4",
      name: layer.name,
    });
  if (format === "png") {
    const plane = narrowLabels(await readPlane(store, at, spacing, watch.signal));
    if (plane.data instanceof Uint32Array)
      throw new UnsupportedError("PNG holds labels up to 65535, here are larger ones: save a TIFF");
    return writePng(plane);
  }
  return wholeContent(workspace, layer.id, store, format, watch);
}

/** The formats that hold all planes at once. */
async function wholeContent(
  workspace: Workspace,
  layer: string,
  store: LabelStore,
  format: ExportFormat,
  watch: Watch,
): Promise<Uint8Array | string> {
  const { spacing } = workspace.scene.get();
  const stack = await readStack(store, spacing, watch.signal);
  const image = imageOf(workspace);
  const file = image?.name ?? "";
  const tracks = workspace.lineages.get(layer)?.tracks ?? [];
  const planes = labelPlanes(stack);
  const measured = async () =>
    withTypes(await measurePlanes(planes, image?.reader, watch.signal), workspace.types.get(layer));
  switch (format) {
    case "geojson":
      return writeGeoJson(planes, { table: await measured() });
    case "roi":
      return writeRois(planes);
    case "npy":
      return writeCellposeSeg(stack, { image: file });
    case "coco":
      return writeCoco(planes.map((plane) => ({ ...plane, file })));
    case "ctc":
      return ctcZip(narrowLabels(stack), tracks, "01_RES");
    case "csv":
      return writeTable(
        tracks.length > 0 && stack.axes === "tyx"
          ? await measureTracks(planes, tracks, image?.reader, watch.signal)
          : await measured(),
      );
    default:
      return writeTiff(narrowLabels(stack));
  }
}

/** Marked places: the middle of the first pixel is 0.5. */
function pointsTable(workspace: Workspace, layer: string): string {
  const points = workspace.points.get(layer) ?? [];
  const column = (axis: "t" | "z" | "y" | "x") => Float64Array.from(points, (point) => point[axis]);
  return writeTable({ t: column("t"), z: column("z"), y: column("y"), x: column("x") });
}
