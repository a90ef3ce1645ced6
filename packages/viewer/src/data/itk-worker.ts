/**
 * The program of the thread in which ITK reads one file: it may be ended at any moment.
 *
 * @module
 */
import { readImage, setPipelinesBaseUrl } from "@itk-wasm/image-io";
import type { ItkAnswer, ItkQuestion } from "./itk.js";

// The page's types say that this is a window; it is a worker, which posts without an origin.
const self = globalThis as unknown as Pick<Worker, "postMessage" | "onmessage">;

// ITK tells of its failures on the console, in words for its own developers.
Object.assign(console, { log: () => {}, warn: () => {}, error: () => {} });

self.onmessage = async ({ data: question }: MessageEvent<ItkQuestion>) => {
  const { pipelines, ending, data, memory } = question;
  limitMemory(memory);
  setPipelinesBaseUrl(pipelines);
  // The name inside is ours: the user's may have letters that ITK's file system does not.
  const file = { path: `image.${ending}`, data };
  const answer = (message: ItkAnswer) => self.postMessage(message, []);
  try {
    const { imageType, size, data: pixels } = (await readImage(file, { webWorker: false })).image;
    const { dimension, components } = imageType;
    answer({ image: { imageType: { dimension, components }, size: [...size], data: pixels } });
  } catch (error) {
    answer({ failed: error instanceof Error ? error.message : String(error) });
  }
};

/** Refuses ITK's memory more than `most` bytes: headers of damaged files ask for all there is. */
function limitMemory(most: number): void {
  const { prototype } = WebAssembly.Memory;
  const { grow } = prototype;
  prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * 65_536 > most)
      throw new RangeError("more memory than such a file may take");
    return grow.call(this, pages);
  };
}
