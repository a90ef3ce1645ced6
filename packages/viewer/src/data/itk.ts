/**
 * Formats that we leave to ITK: NRRD, MetaImage, NIfTI, DICOM, MRC, JPEG and others. Its readers are WebAssembly that is
 * loaded from the page's own host when such a file is opened, each time in a thread of its own: a damaged file may make
 * them take all memory or never end. Never given a TIFF or a PNG: those are ours.
 *
 * @module
 */
import { type Image, type ItkImage, itkLimits, readByItk, type Source } from "@cellwright/core";
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

/** Milliseconds that a reader may take to start: its own files come from the page's host. */
const start = 20_000;

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
    const { memory } = itkLimits(data.length);
    return () =>
      askThread({ pipelines, ending, data: Uint8Array.from(data), memory }, options.signal);
  });
}

function askThread(question: ItkQuestion, signal: OpenOptions["signal"]): Promise<ItkImage> {
  const worker = new Worker(new URL("./itk-worker.ts", import.meta.url), {
    type: "module",
    name: "cellwright-itk",
  });
  const limits = itkLimits(question.data.length);
  const late = AbortSignal.timeout(start + limits.patience);
  return new Promise<ItkImage>((resolve, reject) => {
    const stop = () => reject(new Error(limits.late));
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
