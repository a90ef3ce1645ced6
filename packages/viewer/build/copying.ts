/**
 * Puts files beside the built page, and shows them at the same addresses while the page is worked on.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import type { CopiedFiles } from "./copied-files.js";

const types: Readonly<Record<string, string>> = {
  js: "text/javascript",
  mjs: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
};

/** A plugin that copies. */
export function copying(files: CopiedFiles): Plugin {
  const read = (path: string) => {
    const file = files.get(path);
    return typeof file === "string" ? readFileSync(file) : file;
  };
  return {
    name: "cellwright:copying",
    generateBundle() {
      for (const fileName of files.keys())
        this.emitFile({ type: "asset", fileName, source: read(fileName) as Uint8Array });
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = decodeURIComponent(new URL(request.url ?? "/", "http://a").pathname).slice(1);
        const bytes = read(path);
        if (bytes === undefined) return next();
        const type = types[path.split(".").at(-1) ?? ""] ?? "application/octet-stream";
        response.writeHead(200, { "Content-Type": type, "Content-Length": bytes.length });
        response.end(bytes);
      });
    },
  };
}
