/**
 * The thread's side: opens and decodes what the page asks for.
 *
 * @module
 */
import type { PyramidReader } from "@cellwright/core";
import type { Talk } from "../worker-talk.js";
import { openEntries } from "./open-entries.js";
import { openWeb } from "./open-web.js";
import type { Opened } from "./opened.js";
import { type CrossedOpened, crossing, type FromThread, type ToThread } from "./thread-talk.js";

/** Answers what comes through a port, for as long as it does. */
export function serveThread(port: Talk<FromThread, ToThread>): void {
  const readers = new Map<number, PyramidReader>();
  const stops = new Map<number, AbortController>();
  let count = 0;

  const cross = ({ reader, ...rest }: Opened): CrossedOpened => {
    const number = count++;
    readers.set(number, reader);
    const { readRegion: _, ...described } = reader;
    return { ...rest, reader: { ...described, number } };
  };
  const open = async (message: ToThread & { type: "open" }, signal: AbortSignal) => {
    const { id, wanted, pipelines, base } = message;
    const onProgress = (done: number, total: number) =>
      port.postMessage({ type: "progress", id, done, total });
    const options = { signal, pipelines, base, onProgress };
    const opened =
      "entries" in wanted
        ? await openEntries(wanted.entries, options)
        : await openWeb(wanted.address, options);
    return { answer: opened.map(cross), transfer: [] };
  };
  const read = async ({ reader, region }: ToThread & { type: "read" }, signal: AbortSignal) => {
    const found = readers.get(reader);
    if (!found) throw new Error("the image is closed");
    const answer = await found.readRegion({ ...region, signal });
    return { answer, transfer: [answer.data.buffer as ArrayBuffer] };
  };
  const answer = async (message: ToThread & { id: number; type: "open" | "read" }) => {
    const { id } = message;
    const stop = new AbortController();
    stops.set(id, stop);
    try {
      const { answer: found, transfer } =
        message.type === "open"
          ? await open(message, stop.signal)
          : await read(message, stop.signal);
      port.postMessage({ type: "answer", id, answer: found }, transfer);
    } catch (error) {
      port.postMessage({ type: "error", id, error: crossing(error) });
    } finally {
      stops.delete(id);
    }
  };
  port.onMessage((message) => {
    if (message.type === "cancel") stops.get(message.id)?.abort();
    else if (message.type === "forget") readers.delete(message.reader);
    else void answer(message);
  });
}
