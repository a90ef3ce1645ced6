/**
 * What the options of `cellwright measure` ask core for.
 *
 * @module
 */
import type { MeasureOptions as CoreOptions, Image } from "@cellwright/core";
import type { MeasureOptions } from "./commands/measure.js";
import type { Recording } from "./file-report.js";
import type { AskedInput } from "./input-content.js";

/** What core is asked to measure. */
export function measuresOf({ ring, gap, background }: MeasureOptions): Omit<CoreOptions, "nuclei"> {
  return {
    ...{ rods: true, gap },
    ...(ring !== undefined && { ring }),
    ...(background !== undefined && { background }),
  };
}

/** The size of a pixel and the time of a frame: those named, else those of the labels, else those of the image. */
export function spacingOf(
  { pixelSize, interval }: MeasureOptions,
  labels: Pick<Image, "spacing">,
  image?: Pick<Image, "spacing">,
): Pick<Image, "spacing"> {
  const spacing = {
    ...image?.spacing,
    ...labels.spacing,
    ...(pixelSize !== undefined && { y: pixelSize, x: pixelSize }),
    ...(interval !== undefined && { t: interval }),
  };
  return Object.keys(spacing).length === 0 ? {} : { spacing };
}

/** What the report of a table says it was made of. */
export function measureRecording(
  labels: string,
  image: string | undefined,
  options: MeasureOptions,
  cwd: string,
): Recording {
  const { ring, gap, background, pixelSize, interval, growth, cell, nuclei, tracks } = options;
  const inputs: AskedInput[] = [
    { as: "labels", path: labels },
    ...(image === undefined ? [] : [{ as: "image", path: image, shows: "images" as const }]),
    ...(nuclei === undefined ? [] : [{ as: "nuclei", path: nuclei }]),
    ...(tracks === undefined ? [] : [{ as: "tracks", path: tracks }]),
  ];
  const given = { ring, gap, background, "pixel-size": pixelSize, interval, growth, cell };
  return { verb: "measure", inputs, options: given, cwd };
}
