/**
 * Tracked cells as a file that TrackMate (Fiji) opens: spots by frame, edges by lineage, all tracks shown.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import { lineagesOf, linksOf } from "./cell-graph.js";
import { checkTrackedCells, type TrackedCells } from "./tracked-cells.js";

/** What TrackMate wants to know of the movie. */
export interface TrackmateOptions {
  /** Micrometres a pixel; default: positions are in pixels. */
  readonly pixelSize?: number;
  /** Seconds from frame to frame; default: times are in frames. */
  readonly interval?: number;
  /** The image's size in pixels and frames; default: what holds all cells. */
  readonly width?: number;
  readonly height?: number;
  readonly frames?: number;
  /** The image's file, without its folder: TrackMate asks for it where it is not beside the XML. */
  readonly image?: string;
}

/** The spot feature in which we keep the label of a cell's track. */
export const labelFeature = "TRACK_LABEL";

/** A feature of spots: its key, name, dimension, and whether its values are whole numbers. */
type Feature = readonly [key: string, name: string, dimension: string, whole?: boolean];

const spotFeatures: readonly Feature[] = [
  ["QUALITY", "Quality", "QUALITY"],
  ["POSITION_X", "X", "POSITION"],
  ["POSITION_Y", "Y", "POSITION"],
  ["POSITION_Z", "Z", "POSITION"],
  ["POSITION_T", "T", "TIME"],
  ["FRAME", "Frame", "NONE", true],
  ["RADIUS", "Radius", "LENGTH"],
  ["VISIBILITY", "Visibility", "NONE", true],
  [labelFeature, "Track label", "NONE", true],
];

/**
 * The XML of TrackMate 7. A cell is a spot (its id is the row), a lineage a track of TrackMate, a step or a division an
 * edge. `area` becomes `AREA`, in the unit of the positions; other columns are spot features of their name, with what an
 * attribute cannot have in its name replaced by `_`. Throws what `checkTrackedCells` throws, and {@link ShapeError} where
 * two columns would get one name or a size is not above 0.
 */
export function writeTrackmate(cells: TrackedCells, options: TrackmateOptions = {}): string {
  checkTrackedCells(cells);
  const { pixelSize = 1, interval = 1 } = options;
  for (const [name, value] of Object.entries({ pixelSize, interval }))
    if (!(value > 0 && Number.isFinite(value))) throw new ShapeError(name, "above 0", `${value}`);
  const features = columnFeatures(cells);
  const space = options.pixelSize === undefined ? "pixel" : "micron";
  const time = options.interval === undefined ? "frame" : "sec";
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<TrackMate version="7.11.1">',
    `  <Model spatialunits="${space}" timeunits="${time}">`,
    ...declarations([...spotFeatures, ...features.values()]),
    ...spots(cells, features, pixelSize, interval),
    ...tracks(cells),
    "  </Model>",
    "  <Settings>",
    `    ${imageData(cells, options)}`,
    "  </Settings>",
    '  <GUIState state="ConfigureViews" />',
    "</TrackMate>",
    "",
  ].join("\n");
}

function columnFeatures({ columns }: TrackedCells): Map<string, Feature> {
  const taken = new Set(["ID", "name", ...spotFeatures.map(([key]) => key)]);
  const features = new Map<string, Feature>();
  for (const name of Object.keys(columns)) {
    const safe = name.replace(/[^A-Za-z0-9_.-]/g, "_").replace(/^(?![A-Za-z_])/, "_");
    const key = name === "area" ? "AREA" : safe;
    if (taken.has(key))
      throw new ShapeError("column name", "one that is free in TrackMate", `"${name}"`);
    taken.add(key);
    features.set(name, [key, name, name === "area" ? "AREA" : "NONE"]);
  }
  return features;
}

function declarations(features: readonly Feature[]): string[] {
  const line = ([feature, name, dimension, whole = false]: Feature) =>
    `        ${tag("Feature", { feature, name, shortname: name, dimension, isint: `${whole}` })}`;
  const edges: Feature[] = [
    ["SPOT_SOURCE_ID", "Source spot ID", "NONE", true],
    ["SPOT_TARGET_ID", "Target spot ID", "NONE", true],
  ];
  const lineages: Feature[] = [
    ["TRACK_INDEX", "Track index", "NONE", true],
    ["TRACK_ID", "Track ID", "NONE", true],
  ];
  return [
    "    <FeatureDeclarations>",
    ...["      <SpotFeatures>", ...features.map(line), "      </SpotFeatures>"],
    ...["      <EdgeFeatures>", ...edges.map(line), "      </EdgeFeatures>"],
    ...["      <TrackFeatures>", ...lineages.map(line), "      </TrackFeatures>"],
    "    </FeatureDeclarations>",
  ];
}

function spots(
  cells: TrackedCells,
  features: ReadonlyMap<string, Feature>,
  pixelSize: number,
  interval: number,
): string[] {
  const lines = [`    <AllSpots nspots="${cells.track.length}">`];
  for (let row = 0; row < cells.frame.length; ) {
    const frame = cells.frame[row];
    lines.push(`      <SpotsInFrame frame="${frame}">`);
    for (; row < cells.frame.length && cells.frame[row] === frame; row++) {
      const own: Record<string, string> = {};
      for (const [name, [key]] of features) {
        const value = cells.columns[name][row];
        if (!Number.isNaN(value)) own[key] = `${name === "area" ? value * pixelSize ** 2 : value}`;
      }
      const area = cells.columns.area?.[row];
      const radius = area > 0 ? Math.sqrt(area / Math.PI) * pixelSize : 5 * pixelSize;
      const attributes = {
        ...{ ID: `${row}`, name: `ID${row}`, QUALITY: "1.0", VISIBILITY: "1" },
        ...{ POSITION_X: `${cells.x[row] * pixelSize}`, POSITION_Y: `${cells.y[row] * pixelSize}` },
        ...{ POSITION_Z: "0.0", POSITION_T: `${frame * interval}`, FRAME: `${frame}` },
        ...{ RADIUS: `${radius}`, [labelFeature]: `${cells.track[row]}`, ...own },
      };
      lines.push(`        ${tag("Spot", attributes)}`);
    }
    lines.push("      </SpotsInFrame>");
  }
  return [...lines, "    </AllSpots>"];
}

/** A lineage is a track of TrackMate; cells without links are spots alone. */
function tracks(cells: TrackedCells): string[] {
  const links = linksOf(cells);
  const founders = lineagesOf(cells.tracks);
  const lineages = new Map<number, string[]>();
  for (let i = 0; i < links.from.length; i++) {
    const own = founders.get(cells.track[links.to[i]]) as number;
    const edges = lineages.get(own) ?? [];
    const ends = { SPOT_SOURCE_ID: `${links.from[i]}`, SPOT_TARGET_ID: `${links.to[i]}` };
    edges.push(`        ${tag("Edge", ends)}`);
    lineages.set(own, edges);
  }
  const lines = ["    <AllTracks>"];
  for (const [index, [label, edges]] of [...lineages].entries())
    lines.push(
      `      <Track name="Track_${label}" TRACK_INDEX="${index}" TRACK_ID="${index}">`,
      ...edges,
      "      </Track>",
    );
  lines.push("    </AllTracks>", "    <FilteredTracks>");
  for (let index = 0; index < lineages.size; index++)
    lines.push(`      <TrackID TRACK_ID="${index}" />`);
  return [...lines, "    </FilteredTracks>"];
}

function imageData(cells: TrackedCells, options: TrackmateOptions): string {
  const { pixelSize = 1, interval = 1, image = "" } = options;
  const past = (column: ArrayLike<number>) =>
    Array.from(column).reduce((most, value) => Math.max(most, Math.ceil(value) + 1), 1);
  return tag("ImageData", {
    ...{ filename: image, folder: "" },
    ...{ width: `${options.width ?? past(cells.x)}`, height: `${options.height ?? past(cells.y)}` },
    ...{ nslices: "1", nframes: `${options.frames ?? past(cells.frame)}` },
    ...{ pixelwidth: `${pixelSize}`, pixelheight: `${pixelSize}`, voxeldepth: "1.0" },
    timeinterval: `${interval}`,
  });
}

function tag(name: string, attributes: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(attributes).map(([key, value]) => `${key}="${escaped(value)}"`);
  return `<${name} ${pairs.join(" ")} />`;
}

function escaped(text: string): string {
  const named: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replace(/[&<>"\p{Cc}]/gu, (sign) => named[sign] ?? `&#${sign.codePointAt(0)};`);
}
