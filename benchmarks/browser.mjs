#!/usr/bin/env node
// Nuclei of 1024 x 1024 pixels in Chromium, by each way in which a page can compute: how long the first image takes from an
// empty page (engine, model and compiling with it), how long the next, and whether anything was asked of another host. And how
// many bytes the viewer's page is. Rows as in study.mjs. WebGL is drawn in software here, which says nothing of a card. Build
// first (`npx tsc -b packages/testing packages/cli`); needs Debian's chromium.
//
//   node benchmarks/browser.mjs [--only "onnx-web, 1 thread",sizes] [--rounds 3]
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { openSite } from "@cellwright/testing/page";
import { builtPage } from "./page-build.mjs";
import { openStudy, round } from "./study.mjs";

const study = openStudy("browser", { rounds: { type: "string", default: "3" } });
const rounds = Number(study.options.rounds);
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
/** @param {string} owner @param {string} name */
const folderOf = (owner, name) =>
  dirname(createRequire(here(`../packages/${owner}/package.json`)).resolve(name));
const folders = {
  ort: folderOf("engine-onnx", "onnxruntime-web/wasm"),
  tfjs: folderOf("engine-tfjs", "@tensorflow/tfjs-backend-wasm"),
  model: here("../packages/models/nuclei"),
};

const program = `
import * as core from "@cellwright/core";
import { onnxWebEngine } from ${JSON.stringify(here("../packages/engine-onnx/src/web.ts"))};
import { tfjsWebEngine } from ${JSON.stringify(here("../packages/engine-tfjs/src/web.ts"))};
globalThis.app = { ...core, onnxWebEngine, tfjsWebEngine };
`;

/** In the page: the first image and the next ones, in seconds. @param {{ engine: string, backend?: string, threads?: number, rounds: number }} how */
async function inPage(how) {
  const { app } = /** @type {any} */ (globalThis);
  const seconds = (/** @type {number} */ from) => (performance.now() - from) / 1000;
  const { image } = app.synthNuclei({ seed: 1, height: 1024, width: 1024, diameter: 20 });
  const channel = { ...image, axes: "cyx", shape: [1, 1024, 1024] };
  const start = performance.now();
  const open = async () =>
    how.engine === "onnx-web"
      ? app.onnxWebEngine({ wasmPaths: `${location.origin}/ort/`, threads: how.threads })
      : app.tfjsWebEngine({ backend: how.backend, wasmPaths: `${location.origin}/tfjs/` });
  let engine;
  try {
    engine = await open();
  } catch (error) {
    return { refused: /** @type {Error} */ (error).message };
  }
  const model = await app.readModelFiles(
    {
      name: "nuclei",
      async open(/** @type {string} */ path) {
        if (path === "rdf.yaml" || path === "model.yaml") return undefined;
        const answer = await fetch(`/model/${path}`);
        return answer.ok && app.bytesSource(path, new Uint8Array(await answer.arrayBuffer()));
      },
    },
    async (/** @type {Uint8Array<ArrayBuffer>} */ bytes) =>
      [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))]
        .map((byte) => byte.toString(16).padStart(2, "0"))
        .join(""),
  );
  const network = await engine.load(model.graph);
  const find = () => app.segment(channel, model, network, { rescale: false });
  const labels = await find();
  const first = seconds(start);
  const next = [];
  for (let n = 0; n < how.rounds; n++) {
    const again = performance.now();
    await find();
    next.push(seconds(again));
  }
  const cells = labels.data.reduce(
    (/** @type {number} */ a, /** @type {number} */ b) => Math.max(a, b),
    0,
  );
  return { name: engine.name, isolated: crossOriginIsolated, cells, first, next };
}

const ways = [
  { name: "onnx-web, 1 thread", engine: "onnx-web", threads: 1, isolated: false },
  { name: "onnx-web, 2 threads", engine: "onnx-web", threads: 2, isolated: true },
  { name: "tfjs, wasm", engine: "tfjs", backend: "wasm", isolated: true },
  { name: "tfjs, webgl in software", engine: "tfjs", backend: "webgl", isolated: true },
  { name: "tfjs, webgpu", engine: "tfjs", backend: "webgpu", isolated: true },
];

for (const { name, isolated, ...way } of ways)
  if (study.wants(name))
    await study.row({ case: name }, async () => {
      const site = await openSite({
        root: here("../packages/engine-tfjs"),
        program,
        isolated,
        policy: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:",
        find(path) {
          const [, place, ...rest] = path.split("/");
          if (!Object.hasOwn(folders, place)) return undefined;
          return readFileSync(join(folders[/** @type {keyof typeof folders} */ (place)], ...rest));
        },
      });
      try {
        const { page, strangers } = await site.visit();
        page.setDefaultTimeout(0);
        const found = await page.evaluate(inPage, { ...way, rounds });
        if (found.refused) return found;
        return {
          ...found,
          first: round(found.first),
          next: found.next.map((/** @type {number} */ value) => round(value)),
          strangers: strangers.length,
        };
      } finally {
        await site.close();
      }
    });

if (study.wants("sizes"))
  await study.row({ case: "sizes" }, async () => {
    const folder = await builtPage(here("../packages/viewer"));
    try {
      const html = readFileSync(join(folder, "index.html"), "utf8");
      const sizes = {};
      const add = (/** @type {string} */ group, /** @type {Uint8Array} */ bytes) => {
        sizes[group] ??= { files: 0, kilobytes: 0, brotli: 0 };
        sizes[group].files++;
        sizes[group].kilobytes += bytes.length / 1000;
        sizes[group].brotli += brotliCompressSync(bytes).length / 1000;
      };
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || entry.name.endsWith(".br")) continue;
        const bytes = readFileSync(join(entry.parentPath, entry.name));
        const kind = extname(entry.name).slice(1);
        if (["html", "css"].includes(kind) || (kind === "js" && html.includes(entry.name)))
          add("what the page starts with", bytes);
        else if (/ort-wasm/.test(entry.name)) add("ONNX Runtime", bytes);
        else if (kind === "js" || kind === "mjs") add("programs fetched when needed", bytes);
        else if (/itk|wasm/.test(join(entry.parentPath, entry.name)))
          add("other WebAssembly", bytes);
        else add("models and pictures", bytes);
      }
      const rounded = Object.entries(sizes).map(([group, { files, kilobytes, brotli }]) => [
        group,
        { files, kilobytes: Math.round(kilobytes), brotli: Math.round(brotli) },
      ]);
      return { sizes: Object.fromEntries(rounded) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
