/**
 * An annotation's files → labels as large as their image and, where they say so, the type of each cell.
 *
 * @module
 */
import {
  FormatError,
  type Labels,
  labelsFromInteriors,
  labelsFromRois,
  type Roi,
  readCellposeSeg,
  readRois,
  ShapeError,
} from "@cellwright/core";
import { about } from "./batch.js";
import { withFile } from "./file-source.js";
import { readImageFile } from "./image-file.js";
import { readLabels } from "./labels-file.js";
import type { Annotation } from "./train-pair.js";

/** Labels and, where several interiors were drawn, which of them each comes from. */
export interface Annotated {
  readonly labels: Labels;
  readonly types?: ReadonlyMap<number, number>;
}

/** Reads an annotation of an image of `height` x `width`. Errors name the file. */
export async function readAnnotation(
  annotation: Annotation,
  height: number,
  width: number,
): Promise<Annotated> {
  const { kind, files, edge } = annotation;
  const [file] = files;
  if (kind === "edge-interior")
    return about(file, async () => {
      const interiors = await Promise.all(files.map(readWhole));
      checkSize(interiors[0].shape.slice(-2), height, width);
      return labelsFromInteriors(interiors, edge ? { edge: await readWhole(edge) } : {});
    });
  return about(file, async () => {
    if (kind === "rois") {
      const rois = await withFile(file, readRois);
      checkOnePlane(rois);
      return { labels: labelsFromRois(rois, height, width) };
    }
    const labels =
      kind === "cellpose" ? await withFile(file, readCellposeSeg) : await readLabels(file);
    checkSize(labels.shape, height, width);
    return { labels };
  });
}

async function readWhole(path: string) {
  return about(path, () => readImageFile(path, "labels"));
}

function checkSize(shape: readonly number[], height: number, width: number): void {
  if (shape.join() !== `${height},${width}`)
    throw new ShapeError("labels", `${height} x ${width} like the image`, shape.join(" x "));
}

/** Regions drawn on several planes of a stack are not those of one image. */
function checkOnePlane(rois: readonly Roi[]): void {
  const places = new Set(
    rois
      .map(({ position: { slice, frame } }) => `${slice},${frame}`)
      .filter((place) => place !== "0,0"),
  );
  if (places.size > 1)
    throw new FormatError(
      `must hold the regions of one plane, holds those of ${places.size} planes of a stack: save them plane by plane`,
    );
}
