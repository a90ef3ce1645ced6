/**
 * What differs from one web host to the next: which pages may use the plugin, and where it lies. Writes them into the pages, the
 * headers and the files that ImJoy's hosts load.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

/** Where and for whom. */
export interface Deployment {
  /** Address of the folder that the plugin lies in; default `.`: the folder of the page that loads it. */
  readonly base?: string | undefined;
  /** Origins of pages that may use it, with blanks between; default {@link HOSTS}. */
  readonly hosts?: string | undefined;
}

/** Pages of the same origin, and those that ImJoy's users know. */
export const HOSTS =
  "'self' https://imjoy.io https://ij.imjoy.io https://kaibu.org https://bioimage.io";

/**
 * Content security policy of the plugin's pages. ImJoy's client calls `eval` when it is loaded, so these pages are apart
 * from the viewer's own, which need not allow that.
 */
export function pluginPolicy(hosts: string): string {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "worker-src 'self' blob:",
    "connect-src 'self' blob: data: https: http://localhost:* http://127.0.0.1:*",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${hosts}`,
  ].join("; ");
}

/** Headers of the plugin's files: pages of other origins load them, so they say that these may. */
export function pluginHeaders(hosts: string): Readonly<Record<string, string>> {
  return {
    "Content-Security-Policy": pluginPolicy(hosts),
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cross-Origin-Embedder-Policy": "credentialless",
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
  };
}

/** The files that ImJoy's hosts load, by name; `BASE` in them is where the plugin lies. */
const DESCRIPTIONS = ["Cellwright.imjoy.html", "CellwrightWorker.imjoy.html"];

/** The text of such a file for a plugin at `base`. */
export function describePlugin(name: string, base: string): string {
  const text = readFileSync(fileURLToPath(new URL(`../imjoy/${name}`, import.meta.url)), "utf8");
  return text.replaceAll("BASE/", `${base.replace(/\/+$/, "")}/`);
}

/** A plugin that writes them. */
export function deploying({ base = ".", hosts = HOSTS }: Deployment): Plugin {
  return {
    name: "cellwright:deploying",
    apply: "build",
    transformIndexHtml: (page) =>
      page.replace(
        /<meta name="cellwright-hosts"[^>]*>/,
        `<meta name="cellwright-hosts" content="${hosts}">`,
      ),
    generateBundle() {
      for (const fileName of DESCRIPTIONS)
        this.emitFile({ type: "asset", fileName, source: describePlugin(fileName, base) });
      const lines = Object.entries(pluginHeaders(hosts)).map(
        ([name, value]) => `  ${name}: ${value}`,
      );
      this.emitFile({ type: "asset", fileName: "_headers", source: `/*\n${lines.join("\n")}\n` });
    },
  };
}
