/**
 * The command, as a worker starts it: it ends when the worker does, however that came about.
 *
 * @module
 */
import { exit } from "../context.js";
import { removeTemporaries } from "../file-sink.js";

process.on("disconnect", () => {
  removeTemporaries();
  process.exit(exit.interrupted);
});
// The channel to the worker alone is no reason to stay.
process.channel?.unref();
await import("../main.js");
