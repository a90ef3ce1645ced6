/**
 * A movie in one file: a TIFF, OME-TIFF or ImageJ stack whose pages are frames, or a NumPy array `[t, y, x]`.
 *
 * @module
 */
import { resolve } from "node:path";
import {
  type Image,
  lengthOf,
  openImage,
  type PlaneReader,
  stackPlanes,
  UnsupportedError,
} from "@cellwright/core";
import { about } from "./batch.js";
import { openFile } from "./file-source.js";
import type { Movie, MovieOptions } from "./movie.js";

/** Opens a stack; a file of one plane is a movie of one frame. */
export async function stackMovie(file: string, options: MovieOptions): Promise<Movie> {
  const path = resolve(options.cwd, file);
  return about(file, async () => {
    const { source, close } = await openFile(path);
    try {
      const reader = await openImage(source);
      // An array of NumPy has no names for its axes; the first of a movie is time.
      const time = (await source.read(0, 1))[0] === 0x93 ? "c" : "t";
      return movieOf(file, path, { reader, time }, close);
    } catch (error) {
      await close();
      throw error;
    }
  });
}

function movieOf(
  file: string,
  path: string,
  opened: { readonly reader: PlaneReader; readonly time: "t" | "c" },
  close: () => Promise<void>,
): Movie {
  const { reader, time } = opened;
  if (lengthOf(reader, "z") > 1) throw sliceError(reader);
  const channels = time === "c" ? 1 : lengthOf(reader, "c");
  const frames = lengthOf(reader, time);
  return {
    name: file,
    frames,
    height: lengthOf(reader, "y"),
    width: lengthOf(reader, "x"),
    channels,
    ...(reader.spacing && { spacing: reader.spacing }),
    files: [path],
    frameFile: () => file,
    frameName: (t) => (frames > 1 ? `${file} frame ${t}` : file),
    readFrame: (t) =>
      about(file, async () => {
        if (channels === 1) return reader.readPlane({ [time]: t });
        const planes: Image[] = [];
        for (let c = 0; c < channels; c++) planes.push(await reader.readPlane({ t, c }));
        return stackPlanes(planes, reader.channels);
      }),
    close,
  };
}

/** ImageJ calls the pages of a stack slices where nobody told it that they are frames. */
function sliceError(reader: PlaneReader): UnsupportedError {
  const slices = lengthOf(reader, "z");
  const frames = lengthOf(reader, "t");
  return new UnsupportedError(
    frames > 1
      ? `has ${slices} z slices a frame: a movie is of single planes, make a projection first`
      : `has ${slices} z slices and no frames: if they are frames, save it with time as their axis (ImageJ: Image, Properties)`,
  );
}
