/**
 * At which size a model looked at an image, as reports and messages have it. What decides it: core's `planScale`.
 *
 * @module
 */
import {
  disbelievedPixelSize,
  type Image,
  type ModelCard,
  type Scale,
  type ScaleChoice,
} from "@cellwright/core";

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
  image: Pick<Image, "spacing">,
): string | undefined {
  const size = disbelievedPixelSize(model, choice, image);
  if (size === undefined) return undefined;
  return `the file says that its pixels are ${Number(size.toPrecision(3))} µm, which is not believed, as the model knows ${model.pixelSize} µm: give --pixel-size or --diameter`;
}
