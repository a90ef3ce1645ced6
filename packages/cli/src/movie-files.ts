/**
 * A movie of one file a frame.
 *
 * @module
 */
import { resolve } from "node:path";
import { type Image, lengthOf, openImage, planSeries, ShapeError } from "@cellwright/core";
import { about } from "./batch.js";
import { withFile } from "./file-source.js";
import { readImageFile } from "./image-file.js";
import type { Movie, MovieOptions } from "./movie.js";

/** Opens a movie of files, named from `cwd`; with `numbered` their names must be numbered. */
export async function filesMovie(
  name: string,
  files: readonly string[],
  options: MovieOptions & { readonly numbered?: boolean },
): Promise<Movie> {
  const { frames, first } = planSeries(files, {
    ...options,
    gapAdvice: "--allow-gaps takes missing frames as empty",
  });
  const path = (file: string) => resolve(options.cwd, file);
  const start = frames[0] as string;
  const head = await about(start, async () => {
    const opened = await withFile(path(start), (source) => openImage(source));
    checkOneFrame(opened);
    return opened;
  });
  const [height, width] = [lengthOf(head, "y"), lengthOf(head, "x")];
  const channels = lengthOf(head, "c");
  const frameName = (t: number) => frames[t] ?? `frame ${first + t}`;
  const expected = `${sizeWords(head)} like ${start}`;
  return {
    name,
    frames: frames.length,
    height,
    width,
    channels,
    ...(head.spacing && { spacing: head.spacing }),
    files: files.map(path),
    frameFile: (t) => frames[t],
    frameName,
    async readFrame(t) {
      const file = frames[t];
      if (file === undefined)
        return { data: new Uint8Array(height * width), shape: [height, width], axes: "yx" };
      return about(file, async () => {
        const image = await readImageFile(path(file));
        checkOneFrame(image);
        const same = "cyx"
          .split("")
          .every((axis) => lengthOf(image, axis) === lengthOf(head, axis));
        if (!same) throw new ShapeError("a frame", expected, sizeWords(image));
        return image;
      });
    },
    close: async () => {},
  };
}

function sizeWords(image: Pick<Image, "axes" | "shape">): string {
  const channels = lengthOf(image, "c");
  const size = `${lengthOf(image, "y")} x ${lengthOf(image, "x")}`;
  return channels > 1 ? `${channels} channels of ${size}` : size;
}

function checkOneFrame(image: Pick<Image, "axes" | "shape">): void {
  for (const [axis, words] of [
    ["t", "frames"],
    ["z", "z slices"],
  ]) {
    const at = image.axes.indexOf(axis);
    if (at >= 0)
      throw new ShapeError("a file of several", "one frame", `${image.shape[at]} ${words}`);
  }
}
