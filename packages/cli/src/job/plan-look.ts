/**
 * How a model is to look at all blocks of an image alike: at one size, by one brightness.
 *
 * @module
 */
import {
  type Box,
  type FixedNormalization,
  fixNormalization,
  type Image,
  lengthOf,
  planScale,
  type Scale,
  type ScaleChoice,
  type Spread,
  stackPlanes,
} from "@cellwright/core";
import { UsageError } from "../context.js";
import type { PlaneIndex } from "../planes.js";
import { channelsFor, type Finder } from "../segment-finder.js";
import type { Tools } from "../segment-image.js";
import type { Looked } from "./brightness.js";
import type { JobInput } from "./input.js";
import type { ModelLook } from "./plan-data.js";

/** A plane of at most so many pixels is looked at as a whole for the size of its cells. */
const WHOLE = 2 ** 26;
/** Of a larger one so many along a side, around its busiest place. */
const PART = 2048;

/** What is known of an image. */
export interface Seen {
  readonly input: JobInput;
  /** The numbers of the channels that the tools want. */
  readonly channels: readonly number[];
  readonly planes: readonly PlaneIndex[];
  /** One a plane. */
  readonly looks: readonly Looked[];
  /** Of each plane, one a channel. */
  readonly spreads: readonly (readonly Spread[])[];
  readonly tools: Tools;
}

/** Throws {@link UsageError} for what looks at a whole image in a way that cannot be settled before. */
export function refuseWhole({ main, seeds }: Tools): void {
  for (const finder of [main, seeds]) {
    if (!finder) continue;
    const { name, normalization } = finder.recipe;
    if (!finder.scale)
      throw new UsageError(
        `${name} sets its threshold by the whole image, which blocks do not see: use a network, or "cellwright segment" without a job`,
      );
    if (normalization?.kind === "operations" || finder.looksAtWhole)
      throw new UsageError(
        `${name} brings images to its brightness by operations that look at the whole image, which blocks do not see: use "cellwright segment" without a job`,
      );
  }
}

/** How a model looks at the planes. */
export async function lookBy(finder: Finder, choice: ScaleChoice, seen: Seen): Promise<ModelLook> {
  const names = seen.tools.channels;
  const own = finder.card.channels.map((shows) => names.indexOf(shows));
  const recipe = finder.recipe.normalization;
  const normalization =
    recipe && recipe.kind !== "none" && recipe.kind !== "operations"
      ? seen.spreads.map((spreads) =>
          fixNormalization(
            recipe,
            own.map((i) => spreads[i]),
            own.map((i) => `channel ${seen.channels[i]}`),
          ),
        )
      : undefined;
  const scale = await scaleBy(finder, choice, normalization, seen);
  return {
    choice: settled(choice, scale, finder),
    scale,
    ...(normalization && { normalization }),
  };
}

/** The scale of the first plane on which cells can be seen. */
async function scaleBy(
  finder: Finder,
  choice: ScaleChoice,
  normalization: readonly FixedNormalization[] | undefined,
  seen: Seen,
): Promise<Scale> {
  const { tools, planes } = seen;
  const { saturated } = tools;
  const { spacing } = seen.input.reader;
  const said = planScale(finder.card, choice, spacing ? { spacing } : {});
  const isKnown = Object.keys(said.options).length > 0;
  for (const plane of planes.keys()) {
    // Where nothing is left to be seen, a pixel will do.
    const raw = await pixelsAt(seen, plane, isKnown ? 1 : PART);
    const scale = await finder.scale?.(channelsFor(finder, raw, tools.channels), {
      choice,
      ...(saturated && { saturated }),
      ...(normalization && { normalization: normalization[plane] }),
    });
    if (scale && (scale.from !== "estimate" || scale.diameter !== undefined)) return scale;
  }
  return { zoom: 1, from: "none" };
}

/** A plane, or of a large one its busiest part. */
async function pixelsAt(
  { input, channels, planes, looks, tools }: Seen,
  n: number,
  side: number,
): Promise<Image> {
  const { reader } = input;
  const [height, width] = [lengthOf(reader, "y"), lengthOf(reader, "x")];
  const around = (at: number, length: number, whole: number) =>
    Math.max(0, Math.min(whole - side, Math.floor(at + length / 2 - side / 2)));
  const { busiest } = looks[n];
  const box: Box =
    side === PART && height * width <= WHOLE
      ? { y: 0, x: 0, height, width }
      : {
          y: around(busiest.y, busiest.height, height),
          x: around(busiest.x, busiest.width, width),
          height: Math.min(side, height),
          width: Math.min(side, width),
        };
  return readPixels(input, planes[n], channels, box, tools.channels);
}

/** Some channels of a box of a plane, `"cyx"`, with the numbers and the spacing of the file. */
export async function readPixels(
  { reader }: Pick<JobInput, "reader">,
  index: PlaneIndex,
  channels: readonly number[],
  box: Box,
  names: readonly string[],
): Promise<Image> {
  const images: Image[] = [];
  for (const c of channels) {
    const place = { ...index, ...(reader.axes.includes("c") && { c }) };
    const plane = await reader.readRegion({ index: place, box });
    images.push({ ...plane, ...(reader.spacing && { spacing: reader.spacing }) });
  }
  // Planes are large: one alone is not copied.
  const [first] = images;
  if (images.length === 1)
    return { ...first, shape: [1, ...first.shape], axes: "cyx", channels: names };
  return stackPlanes(images, names);
}

/** A choice that comes to the scale whatever a block holds. */
function settled(choice: ScaleChoice, scale: Scale, finder: Finder): ScaleChoice {
  if (scale.from === "estimate" && scale.diameter !== undefined)
    return { diameter: scale.diameter };
  if (scale.from === "file" && scale.zoom !== 1) {
    const { pixelSize = 1 } = finder.card;
    return { pixelSize: pixelSize * scale.zoom };
  }
  if (scale.zoom !== 1) return choice;
  return { keep: true };
}
