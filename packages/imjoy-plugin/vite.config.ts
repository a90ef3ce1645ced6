/**
 * The plugin as files for a web host of its own: two pages, and beside them what runs and feeds them, as beside the viewer's
 * page.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { compressing } from "../viewer/build/compressing.js";
import { copiedFiles } from "../viewer/build/copied-files.js";
import { copying } from "../viewer/build/copying.js";
import { deploying } from "./build/deploying.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  // Addresses inside are relative: the pages work in any folder of any host.
  base: "./",
  resolve: {
    conditions: [
      "@cellwright/source",
      "onnxruntime-web-use-extern-wasm",
      "module",
      "browser",
      "development|production",
    ],
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  plugins: [
    copying(copiedFiles()),
    deploying({ base: process.env.CELLWRIGHT_BASE, hosts: process.env.CELLWRIGHT_HOSTS }),
    compressing(),
  ],
  build: {
    outDir: here("dist/app"),
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { plugin: here("plugin.html"), worker: here("worker.html") } },
  },
});
