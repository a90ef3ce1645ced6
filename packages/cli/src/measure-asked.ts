/**
 * What the options of `cellwright measure` ask core for.
 *
 * @module
 */
import type { MeasureOptions as CoreOptions, Image } from "@cellwright/core";
import type { MeasureOptions } from "./commands/measure.js";

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
