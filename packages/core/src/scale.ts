/**
 * At which size a model looks at an image: as the user says, else as the file says, else as the cells themselves say.
 * In: a model's card, what was said, an image. Out: options for `findCells`, and how it looked in the end.
 *
 * @module
 */
import type { Image } from "./image.js";
import type { ModelCard } from "./model.js";
import type { Found, SegmentOptions } from "./segment.js";

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
 * The plan for an image and a model, by the first of: the pixels as they are, a diameter or a pixel size that was said, the
 * size of a pixel that the file gives (within a tenth of the model's the pixels are left as they are), the estimate.
 * `before` is how the planes before this one of the same stack were looked at; an estimate then holds for this one too.
 */
export function planScale(
  model: Pick<ModelCard, "pixelSize" | "diameter">,
  choice: ScaleChoice,
  image: Pick<Image, "spacing">,
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

/** A stack is looked at as its first plane was, or as the first on which cells could be found. */
export function settledScale(before: Scale | undefined, now: Scale): Scale {
  return before && (before.from !== "estimate" || before.diameter !== undefined) ? before : now;
}

/** Micrometres a pixel that the file says, where nothing else was said and it is too far from the model's to be believed. */
export function disbelievedPixelSize(
  model: Pick<ModelCard, "pixelSize">,
  choice: ScaleChoice,
  image: Pick<Image, "spacing">,
): number | undefined {
  if (choice.keep || choice.diameter !== undefined || choice.pixelSize !== undefined)
    return undefined;
  const size = filePixelSize(image);
  if (size === undefined || model.pixelSize === undefined) return undefined;
  return ratioOf(size, model.pixelSize) > believable ? size : undefined;
}

/** Micrometres a pixel as the file has it; of pixels that are not square the mean of both sides. */
function filePixelSize({ spacing }: Pick<Image, "spacing">): number | undefined {
  const { x, y = x } = spacing ?? {};
  if (x === undefined || y === undefined || !(x > 0 && y > 0)) return undefined;
  return Math.sqrt(x * y);
}

function ratioOf(a: number, b: number): number {
  return Math.max(a / b, b / a);
}
