/**
 * What the page shows, as plain data: layers and how they look, where one stands in time and depth, the view, the tool.
 * No pixels: those lie in the workspace, under the ids of the layers. Commands are functions from a scene to a scene.
 *
 * @module
 */

/** How a layer is laid over those below it. */
export type Blending = "translucent" | "additive" | "minimum" | "multiplicative" | "opaque";

/** A name out of `colormaps` in `draw/colormap`. */
export type ColormapName = string;

/** What all layers have. */
export interface LayerBase {
  /** Never used twice in a scene. */
  readonly id: string;
  readonly name: string;
  readonly visible: boolean;
  /** 0 … 1. */
  readonly opacity: number;
  readonly blending: Blending;
}

/** One channel of an image. A file with several channels makes a layer each, on one source. */
export interface ImageLayer extends LayerBase {
  readonly kind: "image";
  /** Under which the workspace knows the image that the pixels come from. */
  readonly source: string;
  /** Which channel of it, from 0. */
  readonly channel: number;
  readonly colormap: ColormapName;
  /** Values drawn as the first and the last colour. */
  readonly limits: readonly [number, number];
  /** How far the sliders of the limits reach. */
  readonly range: readonly [number, number];
  /** Exponent of the brightness between the limits, 0.2 … 5. */
  readonly gamma: number;
}

/** Cells. */
export interface LabelsLayer extends LayerBase {
  readonly kind: "labels";
  readonly style: "fill" | "contour" | "both";
  /** Pixels of the screen. */
  readonly contourWidth: number;
  /** Whether the selected label alone is drawn. */
  readonly selectedOnly: boolean;
  /** Another number, other colours. */
  readonly colourSeed: number;
}

/** The paths of cells, beside the labels layer that they belong to. */
export interface TracksLayer extends LayerBase {
  readonly kind: "tracks";
  /** The labels layer whose cells these are. */
  readonly labels: string;
  /** Frames drawn of what was and of what will be. */
  readonly tail: number;
  readonly head: number;
  readonly colourBy: "track" | "lineage" | "time";
  readonly width: number;
}

/** Marked places. */
export interface PointsLayer extends LayerBase {
  readonly kind: "points";
  /** Pixels of the image across. */
  readonly size: number;
  /** `#rrggbb`. */
  readonly colour: string;
}

/** Anything in the list. */
export type Layer = ImageLayer | LabelsLayer | TracksLayer | PointsLayer;

/** Where the view stands: the place of the image in its middle, and pixels of the screen for one of the image. */
export interface Camera {
  readonly y: number;
  readonly x: number;
  readonly zoom: number;
}

/** What a drag or click on the canvas does. */
export type ToolName =
  | "pan"
  | "pick"
  | "paint"
  | "erase"
  | "fill"
  | "polygon"
  | "split"
  | "merge"
  | "delete"
  | "grow"
  | "region"
  | "add-point"
  | "remove-point";

/** How tools act. */
export interface ToolState {
  readonly name: ToolName;
  /** The label that is painted. */
  readonly label: number;
  /** Diameter in pixels of the image. */
  readonly brush: number;
  /** Whether pixels of other labels stay as they are. */
  readonly preserve: boolean;
  /** Whether fill stops where the label ends. */
  readonly contiguous: boolean;
  /** Whether delete and merge take the cell in all frames. */
  readonly allFrames: boolean;
}

/** All that the page shows. */
export interface Scene {
  /** The lowest first. */
  readonly layers: readonly Layer[];
  /** Id of the layer that tools and keys act on; undefined where there is none. */
  readonly active?: string;
  /** Steps along time and depth, and where one stands. */
  readonly size: { readonly t: number; readonly z: number; readonly y: number; readonly x: number };
  readonly at: { readonly t: number; readonly z: number };
  /** Frames a second when played; 0 when still. */
  readonly playing: number;
  readonly camera: Camera;
  readonly tool: ToolState;
  /** A box `[y, x, height, width]` in pixels of the image that was drawn for "segment the region". */
  readonly region?: readonly [number, number, number, number];
  readonly theme: "dark" | "light" | "system";
  readonly scaleBar: boolean;
  /** Micrometres a pixel and seconds a frame, where known. */
  readonly spacing: Readonly<Record<string, number>>;
}

/** The scene of an empty page. */
export const EMPTY_SCENE: Scene = {
  layers: [],
  size: { t: 1, z: 1, y: 1, x: 1 },
  at: { t: 0, z: 0 },
  playing: 0,
  camera: { y: 0.5, x: 0.5, zoom: 1 },
  tool: {
    name: "pan",
    label: 1,
    brush: 10,
    preserve: false,
    contiguous: true,
    allFrames: false,
  },
  theme: "system",
  scaleBar: true,
  spacing: {},
};
