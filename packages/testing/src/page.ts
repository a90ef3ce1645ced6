/**
 * A page in a real Chromium for tests: a program bundled as an app would bundle it, served on this machine alone under
 * the strict rules that a careful site sets. Where there is no Chromium, tests that need one are skipped, saying so;
 * under `CI` that is a failure.
 *
 * @module
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { describe } from "vitest";
import { type Find, fileIn, serveSite } from "./site.js";

export { type Find, fileIn, type Served, serveSite, viewerPolicy } from "./site.js";

/** Debian's; another may be named by CHROMIUM. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

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
  /** The source of the page's program, an ES module. Workers that it starts are bundled too. */
  readonly program: string;
  /** The content of any other address, such as `/image.npy`; undefined where there is none. */
  readonly find?: Find;
  /** What stands in the page before the program runs. */
  readonly body?: string;
  /** The content security policy; default: the viewer's. */
  readonly policy?: string;
  /** Whether threads may share memory (COOP and COEP); default true. */
  readonly isolated?: boolean;
}

/** A site and a browser to see it with. */
export interface Site {
  /** `http://127.0.0.1:PORT`, without a slash. */
  readonly origin: string;
  /**
   * A new page with the program in it, in a fresh context: nothing is stored from earlier visits. `visit.problems` and
   * `visit.strangers` grow with what goes wrong there. `path` starts with a slash.
   */
  readonly visit: (path?: string, options?: VisitOptions) => Promise<Visit>;
  readonly close: () => Promise<void>;
}

/** How a page is looked at. */
export interface VisitOptions {
  /** Whether a service worker may run; what it fetches is not among the strangers. Default false. */
  readonly serviceWorker?: boolean;
  /** Pixels of the window. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly theme?: "dark" | "light";
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
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Cellwright</title><body>${options.body ?? ""}<script type="module" src="/app.js"></script></body></html>`;
  const served = await serveSite({
    find: (path) =>
      path === "/" ? Buffer.from(page) : (fileIn(folder, path) ?? options.find?.(path)),
    policy: options.policy,
    isolated: options.isolated,
  });
  const browsing = await openBrowser(served.origin);
  return {
    ...browsing,
    close: async () => {
      await browsing.close();
      await served.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A browser for a site that somebody else serves; its requests and those of `others`, origins too, are let through. */
export async function openBrowser(origin: string, others: readonly string[] = []): Promise<Site> {
  const browser = await launch();
  return {
    origin,
    visit: (path = "/", options = {}) => visit(browser, [origin, ...others], path, options),
    close: () => browser.close(),
  };
}

/** Core and the engines come from their sources, so that tests never wait for a build. */
async function bundle(root: string, program: string, outDir: string): Promise<void> {
  const entry = "virtual:app";
  const source = {
    name: "app",
    resolveId: (id: string) => (id === entry ? `\0${entry}` : undefined),
    load: (id: string) => (id === `\0${entry}` ? program : undefined),
  };
  await build({
    configFile: false,
    root,
    logLevel: "error",
    resolve: { conditions: sourceConditions },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    plugins: [source],
    worker: { format: "es" },
    build: {
      outDir,
      emptyOutDir: true,
      minify: false,
      target: "esnext",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { input: entry, output: { entryFileNames: "app.js", format: "es" } },
    },
  });
}

/** How a bundler finds our packages' sources and ONNX Runtime without its WebAssembly inside. */
export const sourceConditions: string[] = [
  "@cellwright/source",
  "onnxruntime-web-use-extern-wasm",
  "module",
  "browser",
  "production",
];

/** WebGL2 is drawn in software, which every machine has and which gives the same pixels on all of them. */
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
      "--use-gl=angle",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
    ],
  });
}

async function visit(
  browser: Browser,
  origins: readonly string[],
  path: string,
  { serviceWorker = false, size, theme }: VisitOptions,
): Promise<Visit> {
  const page = await browser.newPage({
    serviceWorkers: serviceWorker ? "allow" : "block",
    // In software every frame of an animation is work.
    reducedMotion: "reduce",
    ...(size && { viewport: size }),
    ...(theme && { colorScheme: theme }),
  });
  const strangers: string[] = [];
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await page.context().route(
    (url) => !origins.includes(url.origin) && url.protocol !== "data:" && url.protocol !== "blob:",
    (route) => {
      strangers.push(route.request().url());
      return route.abort();
    },
  );
  // These pass by what routes requests: sockets, and connections from one browser to another.
  page.on("websocket", (socket) => {
    if (!origins.includes(new URL(socket.url()).origin.replace(/^ws/, "http")))
      strangers.push(socket.url());
  });
  await page.exposeFunction("cellwrightStranger", (how: string) => strangers.push(how));
  await page.addInitScript(watchPeers);
  await page.goto(`${origins[0]}${path}`, { timeout: 300_000 });
  return { page, problems, strangers };
}

/** In the page: tells of each connection to another browser. */
function watchPeers(): void {
  const page = globalThis as unknown as {
    RTCPeerConnection: new (...given: unknown[]) => object;
    cellwrightStranger: (how: string) => void;
  };
  page.RTCPeerConnection = class extends page.RTCPeerConnection {
    constructor(...given: unknown[]) {
      page.cellwrightStranger("webrtc");
      super(...given);
    }
  };
}
