/**
 * The hostile suite: some hundreds of cases of damaged, lying and evil files, made from numbers and a seed in every run.
 *
 * @module
 */
import { annotationCases } from "./annotation.js";
import type { HostileCase } from "./case.js";
import { damagedCases } from "./damaged.js";
import { itkCases } from "./itk.js";
import { modelCases } from "./model.js";
import { npyCases } from "./npy.js";
import { onnxCases } from "./onnx.js";
import { pngCases } from "./png.js";
import { tiffCases } from "./tiff.js";
import { tiffBombCases } from "./tiff-bombs.js";
import { trackCases } from "./tracks.js";
import { zarrCases } from "./zarr.js";

export type { Expected, HostileCase, HostileKind } from "./case.js";
export { control, crash } from "./signs.js";

/** Cases that are read, of which some are damaged further. */
const toDamage = [
  ...["tiff/strips-overlap", "tiff/imagej-proto", "png/bomb-in-a-text", "npy/all-nan"],
  ...["npz/name-with-dots", "zarr/2-metadata-proto", "model/attachment-up", "onnx/made-twice"],
  ...["geojson/properties-proto", "table/column-proto"],
];

/** All cases, in the order of their families; each id is there once. */
export async function hostileCases(): Promise<HostileCase[]> {
  const cases = [
    ...tiffCases(),
    ...tiffBombCases(),
    ...pngCases(),
    ...npyCases(),
    ...(await zarrCases()),
    ...(await modelCases()),
    ...onnxCases(),
    ...annotationCases(),
    ...trackCases(),
    ...itkCases(),
  ];
  const sound = cases.filter(({ id }) => toDamage.includes(id));
  return [...cases, ...damagedCases(sound)];
}
