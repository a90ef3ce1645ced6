/**
 * Images to try the page with at once, made by core's microscope simulator: no file and no network is needed.
 *
 * @module
 */
import { type Image, pyramidOf, synthMovieFrames, synthNuclei, type Track } from "@cellwright/core";
import type { Opened } from "../data/opened.js";

/** A field of nuclei, or a movie of a few cells with their labels and tracks. */
export async function makeSample(kind: "nuclei" | "movie"): Promise<Opened[]> {
  return kind === "nuclei" ? nuclei() : movie();
}

function nuclei(): Opened[] {
  const { image } = synthNuclei({ height: 512, width: 512, seed: 11, density: 0.22 });
  return [{ name: "Sample nuclei", kind: "image", reader: pyramidOf(image) }];
}

/** Bacteria from two cells on, a frame every two minutes. */
async function movie(): Promise<Opened[]> {
  const [height, width] = [256, 256];
  const film = synthMovieFrames({
    kind: "bacteria",
    frames: 48,
    height,
    width,
    count: 2,
    diameter: 11,
    doubling: 14,
    seed: 5,
  });
  const images: Uint16Array[] = [];
  const labels: Uint32Array[] = [];
  let spacing: Image["spacing"];
  let next = film.next();
  for (; !next.done; next = film.next()) {
    images.push(next.value.image.data);
    labels.push(next.value.labels.data);
    spacing = next.value.image.spacing;
    // A breath for the page between frames.
    await new Promise((done) => setTimeout(done));
  }
  const stack = {
    shape: [images.length, height, width],
    axes: "tyx",
    spacing: { ...spacing, t: 120 },
  };
  return [
    {
      name: "Sample movie",
      kind: "image",
      reader: pyramidOf({ ...stack, data: joined(images, Uint16Array) }),
    },
    {
      name: "Cells",
      kind: "labels",
      reader: pyramidOf({ ...stack, data: joined(labels, Uint32Array) }),
      tracks: next.value.tracks.map(plainTrack),
    },
  ];
}

function plainTrack({ label, begin, end, parent }: Track): Track {
  return { label, begin, end, parent };
}

function joined<A extends Uint16Array | Uint32Array>(
  frames: readonly A[],
  type: new (length: number) => A,
): A {
  const all = new type(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    all.set(frame, at);
    at += frame.length;
  }
  return all;
}
