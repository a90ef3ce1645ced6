/**
 * One end of a talk with a worker, as far as it is used: tests put a channel in its place.
 *
 * @module
 */

/** Either side of a talk. */
export interface Talk<Out, In> {
  postMessage(message: Out, transfer?: Transferable[]): void;
  onMessage(listener: (message: In) => void): void;
}

/** The page's side: it hears when the worker breaks down, and can end it. */
export interface WorkerTalk<Out, In> extends Talk<Out, In> {
  /** The worker broke down, or could not be started. */
  onError(listener: (reason: string) => void): void;
  terminate(): void;
}

/** The page's side of the talk with a worker. */
export function talkOf<Out, In>(worker: Worker): WorkerTalk<Out, In> {
  return {
    postMessage: (message, transfer) => worker.postMessage(message, transfer ?? []),
    onMessage: (listener) => {
      worker.onmessage = ({ data }) => listener(data);
    },
    onError: (listener) => {
      worker.onerror = (event) => {
        event.preventDefault();
        listener(event.message || "it could not be loaded");
      };
      worker.onmessageerror = () => listener("it sent what cannot be read");
    },
    terminate: () => worker.terminate(),
  };
}
