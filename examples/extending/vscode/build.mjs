// Bundles the webview into dist/, with ONNX Runtime's files and a model beside it: all that the page asks for.
import { cpSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = process.argv[2] ?? join(here, "dist");
const { resolve } = createRequire(import.meta.url);

await build({
  configFile: false,
  root: here,
  logLevel: "warn",
  resolve: { conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "production"] },
  build: {
    outDir: out,
    emptyOutDir: true,
    target: "es2023",
    modulePreload: { polyfill: false },
    rollupOptions: { input: "src/page.mjs", output: { entryFileNames: "page.js", format: "es" } },
  },
});
mkdirSync(join(out, "ort"));
const runtime = dirname(resolve("onnxruntime-web/wasm"));
for (const name of ["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"])
  cpSync(join(runtime, name), join(out, "ort", name));
const models = dirname(resolve("@cellwright/models/package.json"));
cpSync(join(models, "nuclei"), join(out, "models/nuclei"), { recursive: true });
