/**
 * A movie in an OME-Zarr (0.4 or 0.5, an image or its labels) or in a plain Zarr array, of version 2 or 3.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { type Image, lengthOf, openZarr, stackPlanes, UnsupportedError } from "@cellwright/core";
import { about } from "./batch.js";
import type { Movie, MovieOptions } from "./movie.js";
import { filesBelow, folderStore } from "./zarr-store.js";

/** Decoded chunks that are kept for the frames that share them. */
const keptBytes = 1024 ** 3;

/** Opens the Zarr in a folder; of an image with labels, its labels where labels are wanted. */
export async function zarrMovie(folder: string, options: MovieOptions): Promise<Movie> {
  const path = resolve(options.cwd, folder);
  const { shows = "labels" } = options;
  const { reader, array } = await openZarr(folderStore(path), { shows, keptBytes });
  const slices = lengthOf(reader, "z");
  if (slices > 1)
    throw new UnsupportedError(
      `has ${slices} z slices: a movie is of single planes, make a projection first`,
    );
  const [frames, channels] = [lengthOf(reader, "t"), lengthOf(reader, "c")];
  const [height, width] = [lengthOf(reader, "y"), lengthOf(reader, "x")];
  const frameName = (t: number) => (frames > 1 ? `${folder} frame ${t}` : folder);
  const { spacing } = reader;
  return {
    name: folder,
    frames,
    height,
    width,
    channels,
    ...(spacing && { spacing }),
    files: await filesBelow(join(path, array)),
    frameFile: () => undefined,
    frameName,
    readFrame: (t) =>
      about(frameName(t), async () => {
        const planes: Image[] = [];
        for (let c = 0; c < channels; c++)
          planes.push(
            await reader.readRegion({ index: { t, c }, box: { y: 0, x: 0, height, width } }),
          );
        return channels === 1 ? planes[0] : stackPlanes(planes, reader.channels);
      }),
    close: async () => {},
  };
}
