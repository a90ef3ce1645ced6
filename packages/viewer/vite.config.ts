/**
 * The page as files for any web host: code in pieces that are loaded when they are needed, and beside it what runs
 * and feeds it, ONNX Runtime, readers of file formats, and the networks, all from the page's own host.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { compressing } from "./build/compressing.js";
import { copiedFiles } from "./build/copied-files.js";
import { copying } from "./build/copying.js";
import { offline } from "./build/offline.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(({ mode }) => ({
  root: here("."),
  // Addresses inside are relative: the page works in any folder of any host.
  base: "./",
  resolve: {
    conditions: [
      // Our packages from their sources: neither the app nor its tests wait for another build.
      "@cellwright/source",
      "onnxruntime-web-use-extern-wasm",
      "module",
      "browser",
      "development|production",
    ],
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  plugins: mode === "lib" ? [] : [copying(copiedFiles()), offline(), compressing()],
  build: mode === "lib" ? library() : application(),
}));

/** What `dist/app` is made from: the page, and the worker that keeps it for when there is no network. */
function application() {
  return {
    outDir: here("dist/app"),
    emptyOutDir: true,
    target: "es2023",
    // Files stay files: a strict policy forbids most data addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: here("index.html"), offline: here("src/offline/worker.ts") },
      output: {
        entryFileNames: (chunk: { name: string }) =>
          chunk.name === "offline" ? "offline.js" : "assets/[name]-[hash].js",
      },
    },
  };
}

/** What `import "@cellwright/viewer"` gives to other pages: their bundler brings the dependencies. */
function library() {
  return {
    outDir: here("dist/lib"),
    emptyOutDir: true,
    target: "es2023",
    minify: false,
    lib: { entry: here("src/index.ts"), formats: ["es" as const], fileName: () => "index.js" },
    rollupOptions: {
      external: (id: string) => /^(@cellwright|preact|zarrita|@itk-wasm)(\/|$)/.test(id),
    },
  };
}
