import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  bytesSource,
  floats,
  type Graph,
  type Image,
  type Model,
  readModelFiles,
  segment,
  synthNuclei,
  writeModelFiles,
  writeNpy,
  writeOnnx,
} from "@cellwright/core";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { onnxEngine } from "./node.js";

/** Debian's; another may be named by CHROMIUM. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const isThere = existsSync(executablePath);

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const sibling = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const runtime = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
const shipped = sibling("../../models/nuclei");

/** What a page may do: its own files, and WebAssembly. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
};

/** Two blurs of the image, the narrow one squashed to 0 … 1: what a trained network would give, roughly. */
function blurs(): Graph {
  const side = 11;
  const bell = (sigma: number) => {
    const values = Array.from({ length: side * side }, (_, i) => {
      const [y, x] = [Math.floor(i / side) - 5, (i % side) - 5];
      return Math.exp(-(x * x + y * y) / (2 * sigma * sigma));
    });
    const sum = values.reduce((a, b) => a + b, 0);
    return values.map((value) => value / sum);
  };
  return {
    inputs: [{ name: "image", shape: ["n", 1, "y", "x"] }],
    nodes: [
      {
        op: "Conv",
        inputs: ["image", "kernels", "bias"],
        outputs: ["blurred"],
        attributes: { kernel_shape: [side, side], pads: [5, 5, 5, 5] },
      },
      { op: "Sigmoid", inputs: ["blurred"], outputs: ["maps"], attributes: {} },
    ],
    outputs: [{ name: "maps", shape: ["n", 2, "y", "x"] }],
    weights: {
      kernels: floats(
        [...bell(1).map((v) => 20 * v), ...bell(3).map((v) => 8 * v)],
        [2, 1, side, side],
      ),
      bias: floats([-6, -3], [2]),
    },
  };
}

const blurring: Model = {
  name: "two blurs",
  description: "Bright blobs.",
  channels: ["nuclear"],
  maps: ["inside", "distance"],
  normalization: { kind: "percentile", low: 1, high: 99.8 },
  decoder: {
    kind: "watershed",
    threshold: 0.5,
    prominence: 0.05,
    minHeight: 0.2,
    smoothing: 1,
    minArea: 16,
  },
  graph: blurs(),
};

async function blurringFiles(): Promise<Record<string, Uint8Array>> {
  const testInput = floats(new Float32Array(400), [1, 1, 20, 20]);
  const testOutput = floats(new Float32Array(800), [1, 2, 20, 20]);
  const weights = writeOnnx(blurring.graph);
  return writeModelFiles(blurring, {
    weights,
    testInput,
    testOutput,
    readme: "# Two blurs\n",
    sha256,
  });
}

function folderFile(folder: string, path: string): Uint8Array | undefined {
  const file = join(folder, path);
  return existsSync(file) ? readFileSync(file) : undefined;
}

/** The page's program: core and the engine, bundled as an app would bundle them. */
async function bundle(outDir: string): Promise<void> {
  const entry = "virtual:app";
  await build({
    configFile: false,
    root: sibling(".."),
    logLevel: "error",
    resolve: {
      conditions: [
        "@cellwright/source",
        "onnxruntime-web-use-extern-wasm",
        "module",
        "browser",
        "production",
      ],
    },
    plugins: [
      {
        name: "app",
        resolveId: (id) => (id === entry ? `\0${entry}` : undefined),
        load: (id) =>
          id === `\0${entry}`
            ? 'import { bytesSource, readModelFiles, readNpy, segment } from "@cellwright/core";\n' +
              `import { onnxWebEngine } from ${JSON.stringify(sibling("web.ts"))};\n` +
              "globalThis.app = { bytesSource, readModelFiles, readNpy, segment, onnxWebEngine };\n"
            : undefined,
      },
    ],
    build: {
      outDir,
      emptyOutDir: true,
      minify: false,
      target: "esnext",
      rollupOptions: {
        input: entry,
        output: { entryFileNames: "app.js", format: "es" },
      },
    },
  });
}

/** Serves files by address on this machine alone. */
async function serve(find: (path: string) => Uint8Array | string | undefined): Promise<Server> {
  const types: Readonly<Record<string, string>> = {
    mjs: "text/javascript",
    js: "text/javascript",
    wasm: "application/wasm",
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://a").pathname;
    const content = find(path);
    const type =
      types[path.split(".").at(-1) ?? ""] ??
      (path === "/" ? "text/html" : "application/octet-stream");
    response.writeHead(content === undefined ? 404 : 200, { ...headers, "Content-Type": type });
    response.end(content);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

// Under CI a missing browser is a failure, not a reason to look away.
describe.skipIf(!isThere && process.env.CI !== "true")(
  isThere ? "in a page" : `in a page (there is no Chromium at ${executablePath})`,
  () => {
    let browser: Browser;
    let server: Server;
    let address: string;
    let temporary: string;
    let image: Image;
    const models: Record<string, (path: string) => Uint8Array | undefined> = {};

    beforeAll(async () => {
      temporary = mkdtempSync(join(tmpdir(), "cellwright-page-"));
      await bundle(temporary);
      image = synthNuclei({ height: 160, width: 192, seed: 7 }).image;
      const small = await blurringFiles();
      models.blurs = (path) => small[path];
      if (existsSync(join(shipped, "bioimageio.yaml")))
        models.nuclei = (path) => folderFile(shipped, path);
      server = await serve((path) => {
        const [, place, ...rest] = path.split("/");
        const file = rest.join("/");
        if (path === "/")
          return '<!doctype html><meta charset="utf-8"><title>Cellwright</title><script type="module" src="/app.js"></script>';
        if (path === "/image.npy") return writeNpy(image);
        if (place === "ort") return folderFile(runtime, file);
        if (place === "model") return models[rest[0]]?.(rest.slice(1).join("/"));
        return rest.length === 0 ? folderFile(temporary, place) : undefined;
      });
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      browser = await chromium.launch({
        executablePath,
        args: [
          "--no-sandbox",
          "--disable-quic",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--no-first-run",
        ],
      });
    });

    afterAll(async () => {
      await browser?.close();
      await new Promise((done) => (server ? server.close(done) : done(undefined)));
      if (temporary) rmSync(temporary, { recursive: true, force: true });
    });

    async function labelsOfNode(
      files: (path: string) => Uint8Array | undefined,
    ): Promise<number[]> {
      const open = async (path: string) => {
        const bytes = files(path);
        return bytes && bytesSource(path, bytes);
      };
      const model = await readModelFiles({ name: "model", open }, sha256);
      const program = await onnxEngine({ threads: 1 }).load(model.graph);
      const labels = await segment(image, model, program);
      await program.dispose();
      return Array.from(labels.data);
    }

    test.each([1, 2])(
      "the page finds exactly the cells that Node finds, with %i threads, and asks nobody else",
      async (threads) => {
        const page = await browser.newPage();
        const strangers: string[] = [];
        const problems: string[] = [];
        page.on("pageerror", (error) => problems.push(error.message));
        page.on(
          "console",
          (message) => message.type() === "error" && problems.push(message.text()),
        );
        await page.context().route(
          (url) => url.origin !== address && url.protocol !== "data:" && url.protocol !== "blob:",
          (route) => {
            strangers.push(route.request().url());
            return route.abort();
          },
        );
        await page.goto(`${address}/`);
        for (const [name, files] of Object.entries(models)) {
          const found = await page.evaluate(inPage, { name, threads });
          expect(found.isolated).toBe(true);
          const expected = await labelsOfNode(files);
          expect(Math.max(...expected)).toBeGreaterThan(5);
          expect(found.labels).toEqual(expected);
        }
        expect(problems).toEqual([]);
        expect(strangers).toEqual([]);
        await page.close();
      },
    );
  },
);

/** What the page does: fetches the model and the image, checks the weights, segments. Runs in Chromium. */
async function inPage(options: {
  name: string;
  threads: number;
}): Promise<{ labels: number[]; isolated: boolean }> {
  type App = typeof import("@cellwright/core") & typeof import("./web.js");
  const { app } = globalThis as unknown as { app: App };
  const fetched = async (path: string) => {
    const response = await fetch(path);
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  };
  const hex = (bytes: ArrayBuffer) =>
    Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const model = await app.readModelFiles(
    {
      name: options.name,
      open: async (path) => {
        const bytes = await fetched(`/model/${options.name}/${path}`);
        return bytes && app.bytesSource(path, bytes);
      },
    },
    async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)),
  );
  const array = app.readNpy((await fetched("/image.npy")) as Uint8Array);
  const engine = app.onnxWebEngine({
    wasmPaths: `${location.origin}/ort/`,
    threads: options.threads,
  });
  const ready = await engine.load(model.graph);
  const labels = await app.segment({ ...array, axes: "yx" }, model, ready);
  await ready.dispose();
  return { labels: Array.from(labels.data), isolated: crossOriginIsolated };
}
