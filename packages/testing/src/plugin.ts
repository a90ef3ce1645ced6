/**
 * The ImJoy plugin as its users get it, built and served with its own headers, and hosts around it on another origin: ImJoy's
 * core, and Hypha's in the browser. Nothing is fetched from elsewhere.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { builtOf, made } from "./app.js";
import { type Find, fileIn, openBrowser, type Served, type Site, serveSite } from "./page.js";

const plugin = fileURLToPath(new URL("../../imjoy-plugin/", import.meta.url));

/** Hosts of the tests are on this machine, under its name; the plugin is under its number. */
const hosts = "'self' http://localhost:*";

/** The folder of the built plugin; builds it where the sources have changed since. */
export async function builtPlugin(): Promise<string> {
  return builtOf({
    root: "imjoy-plugin",
    made: [
      ...made,
      "imjoy-plugin/src",
      "imjoy-plugin/build",
      "imjoy-plugin/imjoy",
      "imjoy-plugin/plugin.html",
      "imjoy-plugin/worker.html",
      "imjoy-plugin/vite.config.ts",
      "imjoy-plugin/package.json",
    ],
    // A folder's address is known when it is served: what names it is written anew then.
    env: { CELLWRIGHT_HOSTS: hosts, CELLWRIGHT_BASE: "http://plugin.invalid" },
  });
}

/** The headers that a web host reads out of the built folder. */
export function headersIn(folder: string): Record<string, string> {
  const lines = readFileSync(join(folder, "_headers"), "utf8").split("\n").slice(1);
  return Object.fromEntries(
    lines
      .filter((line) => line.includes(":"))
      .map((line) => {
        const at = line.indexOf(":");
        return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      }),
  );
}

/** The plugin and its hosts, and a browser to see them with. */
export interface PluginSite extends Site {
  /** `http://127.0.0.1:PORT` of the plugin; the site's own origin is that of the hosts: `/imjoy/` and `/hypha/`. */
  readonly plugin: string;
  /** Another origin of the hosts, which is not on the plugin's list. */
  readonly stranger: string;
}

/** What {@link openPlugin} serves beside the hosts. */
export interface PluginSiteOptions {
  /** Other addresses of the plugin's server, such as images. */
  readonly find?: Find;
  /** Other pages of the hosts' server. */
  readonly pages?: Readonly<Record<string, string>>;
}

/** Serves plugin and hosts, and starts a browser. */
export async function openPlugin(options: PluginSiteOptions = {}): Promise<PluginSite> {
  const folder = await builtPlugin();
  const own: Served = await serveSite({
    isolated: false,
    headers: headersIn(folder),
    find: (path) => {
      const file = fileIn(folder, path);
      if (!file) return options.find?.(path);
      if (!path.endsWith(".imjoy.html")) return file;
      return Buffer.from(`${Buffer.from(file)}`.replaceAll("http://plugin.invalid", own.origin));
    },
  });
  const around = await serveSite({
    isolated: false,
    policy: "default-src * data: blob: 'unsafe-inline' 'unsafe-eval'",
    find: (path) => hostFile(path, options.pages),
  });
  const origin = around.origin.replace("127.0.0.1", "localhost");
  const browsing = await openBrowser(origin, [own.origin, around.origin]);
  return {
    ...browsing,
    plugin: own.origin,
    stranger: around.origin,
    close: async () => {
      await browsing.close();
      await own.close();
      await around.close();
    },
  };
}

/** Programs of others, by the addresses that the hosts' pages ask for. */
const programs: Readonly<Record<string, string>> = {
  "/imjoy-core.js": "imjoy-core/dist/imjoy-core.min.js",
  "/imjoy-rpc.min.js": "imjoy-rpc/dist/imjoy-rpc.min.js",
};

function hostFile(path: string, more: Readonly<Record<string, string>> = {}): Buffer | undefined {
  const text = { ...pages, ...more }[path];
  if (text !== undefined) return Buffer.from(text);
  const program = programs[path] ?? (/^\/hypha-core\/[\w.-]+\.mjs$/.test(path) ? path : "");
  const [, name, file] = /^\/?([\w-]+)\/(?:dist\/)?(.+)$/.exec(program) ?? [];
  return name === undefined ? undefined : readFileSync(join(foundModule(name), "dist", file));
}

/** The folder of a package that the plugin's tests bring: some do not let their files be asked for. */
function foundModule(name: string): string {
  const places = createRequire(join(plugin, "package.json")).resolve.paths(name) ?? [];
  const folder = places.map((place) => join(place, name)).find((place) => existsSync(place));
  if (folder === undefined) throw new Error(`${name} must be installed`);
  return folder;
}

const page = (script: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>host</title><body>${script}`;

const place = `(id) => {
  const box = document.createElement("div");
  box.id = id;
  box.style = "width: 900px; height: 600px";
  document.body.append(box);
}`;

/** The hosts: `window.host` is a promise of what a plugin's author has as \`api\`. */
const pages: Readonly<Record<string, string>> = {
  "/imjoy/": page(`<script src="/imjoy-core.js"></script><script>
    window.host = (async () => {
      const { ImJoy } = window.imjoyCore;
      const imjoy = new ImJoy({
        default_base_frame: location.origin + "/frame/",
        default_rpc_base_url: location.origin + "/",
      });
      imjoy.pm.internal_plugins = {};
      const place = ${place};
      imjoy.event_bus.on("add_window", (w) => place(w.window_id));
      await imjoy.start({ workspace: null });
      return Object.assign(imjoy.api, { load: (code) => imjoy.pm.reloadPlugin({ code }) });
    })();
  </script>`),
  "/frame/": page(`<script src="/imjoy-rpc.min.js"></script><script>
    imjoyRPC.waitForInitialization({ target_origin: location.origin });
  </script>`),
  "/hypha/": page(`<script type="module">
    import * as hypha from "/hypha-core/hypha-core.mjs";
    const place = ${place};
    window.host = (async () => {
      const core = new hypha.HyphaCore();
      core.on("add_window", (w) => place(w.window_id));
      const api = await core.start();
      return api;
    })();
  </script>`),
};
