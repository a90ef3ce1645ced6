/**
 * The program of the thread that decodes.
 *
 * @module
 */
import { serveThread } from "./thread-serve.js";

// The page's types say that this is a window; it is a worker, which posts without an origin.
const self = globalThis as unknown as Pick<Worker, "postMessage" | "onmessage">;

serveThread({
  postMessage: (message, transfer) => self.postMessage(message, transfer ?? []),
  onMessage: (listener) => {
    self.onmessage = ({ data }) => listener(data);
  },
});
