/**
 * Tells the worker that keeps the page which files there are: those of the page itself, fetched when it is installed, and
 * all others, kept once they were needed. Also writes the headers that hosts such as Netlify and Cloudflare read.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Plugin } from "vite";
import { HEADERS, POLICY } from "../src/offline/policy.js";

/** Where the worker's source has a place for the list, with the quotes around it. */
const place = /(["'`])CELLWRIGHT_FILES\1/;

/** SHA-256 by path from the page's folder. */
type Hashes = Record<string, string>;

/** A plugin that writes the list into `offline.js`. */
export function offline(): Plugin {
  return {
    name: "cellwright:offline",
    enforce: "post",
    apply: "build",
    transformIndexHtml: (page) =>
      page.replace(
        /<meta name="cellwright-host"[^>]*>/,
        `<meta http-equiv="Content-Security-Policy" content="${POLICY}">\n    <meta name="cellwright-host" content="static">`,
      ),
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const kept: Hashes = {};
        const shell: Hashes = {};
        for (const [path, file] of Object.entries(bundle)) {
          if (path === "offline.js" || path.endsWith(".map")) continue;
          const content = file.type === "chunk" ? file.code : file.source;
          const isShell = file.type === "chunk" || /^(index\.html|assets\/)/.test(path);
          (isShell ? shell : kept)[path] = createHash("sha256").update(content).digest("hex");
        }
        const worker = bundle["offline.js"];
        if (worker?.type !== "chunk" || !place.test(worker.code))
          throw new Error("offline.js must have a place for the list of files, has none");
        const list = JSON.stringify(JSON.stringify({ shell, kept }));
        worker.code = worker.code.replace(place, () => list);
        this.emitFile({ type: "asset", fileName: "_headers", source: headersFile() });
      },
    },
  };
}

function headersFile(): string {
  const lines = Object.entries(HEADERS).map(([name, value]) => `  ${name}: ${value}\n`);
  return `/*\n${lines.join("")}`;
}
