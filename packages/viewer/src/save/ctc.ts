/**
 * A tracked movie as the Cell Tracking Challenge has it: a label TIFF a frame and the tracks, in a zip.
 *
 * @module
 */
import {
  type Image,
  planeOf,
  startZip,
  type Track,
  UnsupportedError,
  writeTiff,
  writeTracks,
} from "@cellwright/core";

/** The bytes of the zip: `mask000.tif`, … and `res_track.txt`, all in the folder `folder`. */
export function ctcZip(
  stack: Image<Uint16Array | Uint32Array>,
  tracks: readonly Track[],
  folder: string,
): Uint8Array {
  if (!stack.axes.startsWith("t"))
    throw new UnsupportedError(
      "the Cell Tracking Challenge's format is for movies, this is one frame",
    );
  if (tracks.length === 0 && stack.data.some((label) => label !== 0))
    throw new UnsupportedError("the cells have no tracks yet: track them first");
  const zip = startZip();
  const frames = stack.shape[0];
  const digits = Math.max(3, `${frames - 1}`.length);
  for (let t = 0; t < frames; t++)
    zip.add(`${folder}/mask${`${t}`.padStart(digits, "0")}.tif`, writeTiff(frameOf(stack, t)));
  zip.add(`${folder}/res_track.txt`, new TextEncoder().encode(writeTracks(tracks)));
  return zip.end();
}

/** A frame, `"yx"` or `"zyx"`. */
function frameOf(stack: Image<Uint16Array | Uint32Array>, t: number): Image {
  if (stack.axes === "tyx") return planeOf(stack, { t });
  const { t: _, ...spacing } = stack.spacing ?? {};
  const size = stack.data.length / stack.shape[0];
  return {
    data: stack.data.subarray(t * size, (t + 1) * size),
    shape: stack.shape.slice(1),
    axes: stack.axes.slice(1),
    ...(stack.spacing && { spacing }),
  };
}
