/**
 * Reads what TrackMate (Fiji) saves: spots, edges, and which tracks are shown.
 *
 * @module
 */
import { FormatError } from "../errors.js";
import { cellsFromGraph, type GraphCells } from "./cell-graph.js";
import { spacingOf } from "./graph-spacing.js";
import { takenNames } from "./tracked-cells.js";
import { labelFeature } from "./trackmate-write.js";
import { scanXml, type XmlTag } from "./xml.js";

type Attributes = XmlTag["attributes"];

/** Features that are columns of their own, say how a spot is drawn, or follow from the frame. */
const passedOver = new Set([
  ...["ID", "name", "POSITION_X", "POSITION_Y", "POSITION_Z", "POSITION_T", "FRAME", "VISIBILITY"],
  ...["RADIUS", "QUALITY", "MANUAL_SPOT_COLOR", labelFeature],
]);

/** How positions are brought back to pixels. */
interface Scale {
  readonly x: number;
  readonly y: number;
}

/**
 * The cells of a TrackMate file: spots of the tracks that are shown, and visible spots that are in no track. Positions
 * come back in pixels and `AREA` as `area` in pixels, by the pixel size that stands with the image; other spot features
 * keep their names and units. Tracks over missed frames and labels of tracks: see `cellsFromGraph`. Of volumes z is left
 * out. Throws {@link FormatError} where the text is no TrackMate file, has a spot twice, lacks a spot's place or one that
 * an edge names.
 */
export function readTrackmate(text: string): GraphCells {
  const tags = scanXml(text);
  if (tags[0]?.path !== "TrackMate")
    throw new FormatError(`must be a TrackMate file, begins with <${tags[0]?.path ?? "nothing"}>`);
  const image = tags.find(({ path }) => path === "TrackMate/Settings/ImageData")?.attributes;
  const scale = { x: sizeIn(image, "pixelwidth"), y: sizeIn(image, "pixelheight") };
  const spots = new Map<string, Attributes>();
  for (const { path, attributes } of tags) {
    if (path !== "TrackMate/Model/AllSpots/SpotsInFrame/Spot") continue;
    const id = attributes.get("ID") ?? "";
    if (id === "" || spots.has(id))
      throw new FormatError(`must have each spot once, has ID "${id.slice(0, 20)}" twice or none`);
    spots.set(id, attributes);
  }
  const { edges, hidden } = edgesIn(tags);
  const linked = new Set(edges.flat());
  for (const id of linked)
    if (!spots.has(id))
      throw new FormatError(`has an edge to spot "${id.slice(0, 20)}", which is not there`);
  const kept = [...spots].filter(
    ([id, spot]) => linked.has(id) || (!hidden.has(id) && spot.get("VISIBILITY") !== "0"),
  );
  const rows = new Map(kept.map(([id], row) => [id, row]));
  const own = kept.map(([, spot]) => spot);
  const wanted = own.map((spot) => Number(spot.get(labelFeature) ?? 0));
  const labelled = wanted.every(
    (label) => Number.isInteger(label) && label > 0 && label <= 0xffffffff,
  );
  const cells = cellsFromGraph({
    frame: Uint32Array.from(own, frameOf),
    y: Float64Array.from(own, (spot) => numberIn(spot, "POSITION_Y") / scale.y),
    x: Float64Array.from(own, (spot) => numberIn(spot, "POSITION_X") / scale.x),
    columns: columnsOf(own, scale),
    from: Uint32Array.from(edges, ([from]) => rows.get(from) as number),
    to: Uint32Array.from(edges, ([, to]) => rows.get(to) as number),
    ...(labelled && { label: Uint32Array.from(wanted) }),
  });
  const model = tags.find(({ path }) => path === "TrackMate/Model")?.attributes;
  const step = (key: string, kind: "spatialunits" | "timeunits") => ({
    value: parsed(image?.get(key)),
    unit: model?.get(kind) ?? "",
  });
  const y = step("pixelheight", "spatialunits");
  const x = step("pixelwidth", "spatialunits");
  return { ...cells, ...spacingOf({ y, x, t: step("timeinterval", "timeunits") }) };
}

/** The edges of tracks that are shown, and the spots of those that are not. A file that names none shows all. */
function edgesIn(tags: readonly XmlTag[]): { edges: [string, string][]; hidden: Set<string> } {
  const filter = tags.some(({ path }) => path === "TrackMate/Model/FilteredTracks");
  const shown = new Set<string>();
  for (const { path, attributes } of tags)
    if (path === "TrackMate/Model/FilteredTracks/TrackID")
      shown.add(attributes.get("TRACK_ID") ?? "");
  const edges: [string, string][] = [];
  const hidden = new Set<string>();
  let isShown = true;
  for (const { path, attributes } of tags) {
    if (path === "TrackMate/Model/AllTracks/Track")
      isShown = !filter || shown.has(attributes.get("TRACK_ID") ?? "");
    if (path !== "TrackMate/Model/AllTracks/Track/Edge") continue;
    const [from, to] = ["SPOT_SOURCE_ID", "SPOT_TARGET_ID"].map((key) => attributes.get(key) ?? "");
    if (isShown) edges.push([from, to]);
    else hidden.add(from).add(to);
  }
  return { edges, hidden };
}

/** Every feature that is a number for each spot that has it. */
function columnsOf(spots: readonly Attributes[], scale: Scale): Record<string, Float64Array> {
  const keys = new Set(spots.flatMap((spot) => [...spot.keys()]));
  const columns: [string, Float64Array][] = [];
  for (const key of keys) {
    if (passedOver.has(key) || takenNames.includes(key)) continue;
    const unit = key === "AREA" ? scale.x * scale.y : 1;
    const values = spots.map((spot) => spot.get(key));
    const numbers = Float64Array.from(values, (value) => parsed(value) / unit);
    const isNumeric = values.every(
      (value, i) => value === undefined || value === "NaN" || !Number.isNaN(numbers[i]),
    );
    if (isNumeric) columns.push([key === "AREA" ? "area" : key, numbers]);
  }
  return Object.fromEntries(columns);
}

function parsed(value: string | undefined): number {
  return value === undefined || value.trim() === "" ? Number.NaN : Number(value);
}

function numberIn(spot: Attributes, key: string): number {
  const value = parsed(spot.get(key));
  if (!Number.isFinite(value))
    throw new FormatError(
      `spot "${spot.get("ID")?.slice(0, 20)}" must have a ${key}, has ${spot.get(key)?.slice(0, 20)}`,
    );
  return value;
}

function frameOf(spot: Attributes): number {
  const frame = numberIn(spot, "FRAME");
  if (!Number.isInteger(frame) || frame < 0 || frame > 0x7fffffff)
    throw new FormatError(
      `spot "${spot.get("ID")?.slice(0, 20)}" must be in a frame from 0, is in ${frame}`,
    );
  return frame;
}

/** A pixel's size, 1 where the file does not tell. */
function sizeIn(image: Attributes | undefined, key: string): number {
  const size = parsed(image?.get(key));
  return size > 0 && Number.isFinite(size) ? size : 1;
}
