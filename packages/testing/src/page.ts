/**
 * A page in a real Chromium for tests: a program bundled as an app would bundle it, served on this machine alone under
 * the strict rules that a careful site sets. Where there is no Chromium, tests that need one are skipped, saying so;
 * under `CI` that is a failure.
 *
 * @module
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { describe } from "vitest";

/** Debian's; another may be named by CHROMIUM. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** What a page may do: its own files, WebAssembly, and share memory between its threads. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
};

/** `describe` for tests in a page. */
export function describePage(name: string, tests: () => void): void {
  const isThere = existsSync(executablePath);
  // Under CI a missing browser is a failure, not a reason to look away.
  const skipped = !isThere && process.env.CI !== "true";
  const title = isThere ? name : `${name} (there is no Chromium at ${executablePath})`;
  describe.skipIf(skipped)(title, tests);
}

/** What {@link openSite} serves. */
export interface SiteOptions {
  /** The package whose dependencies the program may import: its folder. */
  readonly root: string;
  /** The source of the page's program, an ES module. */
  readonly program: string;
  /** The content of any other address, such as `/image.npy`; undefined where there is none. */
  readonly find: (path: string) => Uint8Array | undefined;
}

/** A site and a browser to see it with. */
export interface Site {
  /** A new page with the program in it; `visit.problems` and `visit.strangers` grow with what goes wrong there. */
  readonly visit: () => Promise<Visit>;
  readonly close: () => Promise<void>;
}

/** A page somebody looks at. */
export interface Visit {
  readonly page: Page;
  /** Errors of the page and of its console. */
  readonly problems: readonly string[];
  /** Addresses outside this machine that the page asked for; none is let through. */
  readonly strangers: readonly string[];
}

/** Bundles the program, serves it and starts the browser. */
export async function openSite(options: SiteOptions): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "cellwright-page-"));
  await bundle(options.root, options.program, folder);
  const server = await serve((path) => {
    if (path === "/")
      return '<!doctype html><meta charset="utf-8"><title>Cellwright</title><script type="module" src="/app.js"></script>';
    return path === "/app.js" ? readFileSync(join(folder, "app.js")) : options.find(path);
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launch();
  return {
    visit: () => visit(browser, address),
    close: async () => {
      await browser.close();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Core and the engines come from their sources, so that tests never wait for a build. */
async function bundle(root: string, program: string, outDir: string): Promise<void> {
  const entry = "virtual:app";
  await build({
    configFile: false,
    root,
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
        load: (id) => (id === `\0${entry}` ? program : undefined),
      },
    ],
    build: {
      outDir,
      emptyOutDir: true,
      minify: false,
      target: "esnext",
      rollupOptions: { input: entry, output: { entryFileNames: "app.js", format: "es" } },
    },
  });
}

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

function launch(): Promise<Browser> {
  return chromium.launch({
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
}

async function visit(browser: Browser, address: string): Promise<Visit> {
  const page = await browser.newPage();
  const strangers: string[] = [];
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await page.context().route(
    (url) => url.origin !== address && url.protocol !== "data:" && url.protocol !== "blob:",
    (route) => {
      strangers.push(route.request().url());
      return route.abort();
    },
  );
  await page.goto(`${address}/`);
  return { page, problems, strangers };
}
