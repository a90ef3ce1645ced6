/**
 * Formats that we leave to ITK: NRRD, MetaImage, NIfTI, DICOM, MRC, JPEG and others. Its readers are WebAssembly that is
 * loaded from the page's own host when such a file is opened, each time in a thread of its own: a damaged file may make
 * them take all memory or never end. Never given a TIFF or a PNG: those are ours.
 *
 * @module
 */
import { type Image, type ItkImage, readByItk, type Source } from "@cellwright/core";
import type { OpenOptions } from "./opened.js";

/** A file for ITK's thread, and how much memory its reader may take. */
export interface ItkQuestion {
  readonly pipelines: string;
  readonly ending: string;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly memory: number;
}

/** What ITK's thread says: an image, or why there is none. */
export interface ItkAnswer {
  readonly image?: ItkImage;
  readonly failed?: string;
}

/** Memory that a reader may take: room for itself, and several times the file, whose pixels may be packed. */
const memoryFor = (bytes: number) => 2 ** 28 + 16 * bytes;

/** Milliseconds that a reader may take, its own files included, which come from the page's host. */
const patienceFor = (bytes: number) => 20_000 + bytes / 2000;

/** Reads a file by ITK in the page; `ending` is that of its format. Throws as core's `readByItk`. */
export async function readItkFile(
  source: Source,
  ending: string,
  options: OpenOptions,
): Promise<Image> {
  return readByItk(source, ending, async () => {
    const data = await source.read(0, source.byteLength, options.signal);
    options.signal?.throwIfAborted();
    const pipelines = pipelinesOf(options).replace(/\/$/, "");
    const memory = memoryFor(data.length);
    return () =>
      askThread({ pipelines, ending, data: Uint8Array.from(data), memory }, options.signal);
  });
}

function askThread(question: ItkQuestion, signal: OpenOptions["signal"]): Promise<ItkImage> {
  const worker = new Worker(new URL("./itk-worker.ts", import.meta.url), {
    type: "module",
    name: "cellwright-itk",
  });
  const late = AbortSignal.timeout(patienceFor(question.data.length));
  return new Promise<ItkImage>((resolve, reject) => {
    const stop = () => reject(new Error("takes longer than a sound file of its size would"));
    for (const one of [late, signal])
      if (one instanceof AbortSignal) one.addEventListener("abort", stop, { once: true });
    worker.onmessage = ({ data: { image, failed } }: MessageEvent<ItkAnswer>) =>
      image ? resolve(image) : reject(new Error(failed));
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(question, [question.data.buffer]);
  }).finally(() => worker.terminate());
}

/** Where ITK's readers lie. */
export function pipelinesOf({ pipelines = "itk/", base }: OpenOptions): string {
  return new URL(pipelines, base ?? globalThis.location?.href).href;
}
