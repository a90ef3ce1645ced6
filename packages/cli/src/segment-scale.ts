/**
 * At which size a model looks at an image: as the user says, else as the file says, else as the cells themselves say.
 *
 * @module
 */
import type { Found, Image, ModelCard, SegmentOptions } from "@cellwright/core";

/** What the user said about sizes. */
export interface ScaleChoice {
  /** Diameter of the cells in the images, pixels. */
  readonly diameter?: number;
  /** Micrometres a pixel of the images. */
  readonly pixelSize?: number;
  /** The model is to look at the pixels as they are. */
  readonly keep?: boolean;
}

/** How a model looked at an image, as reports have it. */
export interface Scale {
  /** How many times as large the image was made. */
  readonly zoom: number;
  /** What that goes by: said diameter or pixel size, the file's pixel size, the cells themselves, or nothing. */
  readonly from: "diameter" | "pixel-size" | "file" | "estimate" | "none";
  /** Of the cells in the image, pixels, where that is what it goes by. */
  readonly diameter?: number;
}

/** What to ask of `findCells`, and what to tell of it afterwards. */
export interface ScalePlan {
  readonly options: Pick<SegmentOptions, "diameter" | "pixelSize" | "rescale">;
  /** What the plan goes by, where `findCells` cannot know. */
  readonly from?: Scale["from"];
}

/** Pixel sizes that differ by less say the same. */
const alike = 1.1;
/** Files that differ from the model by more are not believed: scanners and editors write sizes of paper. */
const believable = 8;

/**
 * The plan for an image and a model, by the first of: `--no-rescale`, `--diameter`, `--pixel-size`, the size of a pixel
 * that the file gives (within a tenth of the model's the pixels are left as they are), the estimate. `before` is how the
 * planes before this one of the same stack were looked at; an estimate then holds for this one too.
 */
export function planScale(
  model: Pick<ModelCard, "pixelSize" | "diameter">,
  choice: ScaleChoice,
  image: Image,
  before?: Scale,
): ScalePlan {
  if (choice.keep) return { options: { rescale: false } };
  if (choice.diameter !== undefined && model.diameter !== undefined)
    return { options: { diameter: choice.diameter } };
  if (model.pixelSize !== undefined) {
    if (choice.pixelSize !== undefined) return { options: { pixelSize: choice.pixelSize } };
    const pixelSize = filePixelSize(image);
    const ratio = pixelSize === undefined ? Infinity : ratioOf(pixelSize, model.pixelSize);
    if (ratio <= alike) return { options: { rescale: false }, from: "file" };
    if (ratio <= believable) return { options: { pixelSize }, from: "file" };
  }
  if (before?.from === "estimate" && before.diameter !== undefined)
    return { options: { diameter: before.diameter }, from: "estimate" };
  return { options: {} };
}

/** How `findCells` looked at an image it was given with a plan. */
export function scaleOf(
  found: Pick<Found, "zoom" | "zoomFrom" | "diameter">,
  plan: ScalePlan,
): Scale {
  const from = plan.from ?? found.zoomFrom;
  const { zoom, diameter } = found;
  const told = (from === "diameter" || from === "estimate") && diameter !== undefined;
  return { zoom, from, ...(told && { diameter }) };
}

/** The scale as reports have it: to six digits, so that they stay readable. */
export function scaleRecord({ zoom, from, diameter }: Scale): Scale {
  const rounded = (value: number) => Number(value.toPrecision(6));
  return {
    zoom: rounded(zoom),
    from,
    ...(diameter !== undefined && { diameter: rounded(diameter) }),
  };
}

/** The scale in words after "3 cells": empty where the image was left as it is. */
export function scaleWords({ zoom, from, diameter }: Scale): string {
  if (zoom === 1) return "";
  const why = {
    diameter: "--diameter",
    "pixel-size": "--pixel-size",
    file: "the file's pixel size",
    estimate: `cells about ${Math.round(diameter ?? 0)} pixels wide`,
    none: "",
  };
  return `seen at ${Number(zoom.toPrecision(3))} times its size (${why[from]})`;
}

/** What to tell the user of a file whose pixel size cannot be right. */
export function scaleWarning(
  model: Pick<ModelCard, "pixelSize">,
  choice: ScaleChoice,
  image: Image,
): string | undefined {
  const size = filePixelSize(image);
  const known = model.pixelSize;
  if (choice.keep || choice.diameter !== undefined || choice.pixelSize !== undefined)
    return undefined;
  if (size === undefined || known === undefined || ratioOf(size, known) <= believable)
    return undefined;
  return `the file says that its pixels are ${Number(size.toPrecision(3))} µm, which is not believed, as the model knows ${known} µm: give --pixel-size or --diameter`;
}

/** Micrometres a pixel as the file has it; of pixels that are not square the mean of both sides. */
function filePixelSize({ spacing }: Image): number | undefined {
  const { x, y = x } = spacing ?? {};
  if (x === undefined || y === undefined || !(x > 0 && y > 0)) return undefined;
  return Math.sqrt(x * y);
}

function ratioOf(a: number, b: number): number {
  return Math.max(a / b, b / a);
}
