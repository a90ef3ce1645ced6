/**
 * Which files are annotations, and of which image: by their names alone.
 *
 * @module
 */
import { basename } from "node:path";
import { UsageError } from "./context.js";
import { imageName, stemOf } from "./inputs.js";
import type { Annotation } from "./train-pair.js";

const labelSuffix = /_(cp_masks|masks|labels)$/;
const segSuffix = /_seg\.npy$/i;
const regionName = /\.(zip|roi)$/i;

/** An annotation and the stem of the image it belongs to. */
interface Claim {
  readonly stem: string;
  readonly kind: "labels" | "rois" | "cellpose";
  readonly path: string;
}

/** Where an image has annotations of several kinds, the first of these counts. */
const precedence = ["labels", "cellpose", "rois"] as const;

/** What a file annotates, by its name; `undefined` where it is an image or something else. */
function claimOf(path: string): Claim | undefined {
  const name = basename(path);
  if (segSuffix.test(name)) return { stem: name.replace(segSuffix, ""), kind: "cellpose", path };
  if (regionName.test(name)) {
    const stem = name.replace(regionName, "").replace(/^RoiSet_|_RoiSet$/i, "");
    return { stem, kind: "rois", path };
  }
  const stem = stemOf(path);
  if (!imageName.test(name) || !labelSuffix.test(stem)) return undefined;
  return { stem: stem.replace(labelSuffix, ""), kind: "labels", path };
}

/** Whether a file is an annotation by its name. */
export function isAnnotation(path: string): boolean {
  return claimOf(path) !== undefined;
}

/**
 * The annotations among files by the stem of their image. In a folder of labels (`inLabels`) every image is labels.
 * Throws {@link UsageError} where two of one kind say the same stem.
 */
export function annotationsOf(files: readonly string[], inLabels = false): Map<string, Annotation> {
  const claims = files.flatMap((path): Claim[] => {
    const claim = claimOf(path);
    if (claim) return [claim];
    return inLabels && imageName.test(path) ? [{ stem: stemOf(path), kind: "labels", path }] : [];
  });
  const found = new Map<string, Annotation>();
  for (const kind of precedence) {
    const ofKind = new Map<string, string>();
    for (const { stem, path } of claims.filter((claim) => claim.kind === kind)) {
      const other = ofKind.get(stem);
      if (other)
        throw new UsageError(
          `${other} and ${path} both say where the cells of ${stem} are: keep one`,
        );
      ofKind.set(stem, path);
      if (!found.has(stem)) found.set(stem, { kind, files: [path] });
    }
  }
  return found;
}

/** The annotation of a set folder, whose files have fixed names; `undefined` where there is none. */
export function annotationOfSet(files: readonly string[]): Annotation | undefined {
  const byStem = (pattern: RegExp) =>
    files.filter((path) => imageName.test(path) && pattern.test(stemOf(path)));
  const labels = one(byStem(/^labels$/i));
  if (labels) return { kind: "labels", files: [labels] };
  const interiors = byStem(/^(interior(_.+)?|feature_[1-9])$/i);
  if (interiors.length > 0) {
    const names = interiors.map((path) => stemOf(path).replace(/^interior_(?=.)/i, ""));
    if (new Set(names).size < names.length || new Set(names.map(isFeature)).size > 1)
      throw new UsageError(
        `${interiors.join(" and ")}: interiors must be interior.tif, interior_TYPE.tif or feature_1.tif, feature_2.tif, …, each once`,
      );
    const edge = one(byStem(/^(edge|feature_0)$/i));
    return {
      kind: "edge-interior",
      files: interiors,
      ...(edge && { edge }),
      ...(interiors.length > 1 && { types: names }),
    };
  }
  const rois = one(files.filter((path) => /^RoiSet\.zip$/i.test(basename(path))));
  return rois === undefined ? undefined : { kind: "rois", files: [rois] };
}

function isFeature(name: string): boolean {
  return /^feature_/i.test(name);
}

function one(paths: readonly string[]): string | undefined {
  if (paths.length > 1)
    throw new UsageError(`${paths.join(" and ")} are one thing twice: keep one`);
  return paths[0];
}
