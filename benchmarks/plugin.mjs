#!/usr/bin/env node
// What a large image costs on its way to the ImJoy plugin and back, beside a bare echo of the same array over the same
// library: 64 MiB of labels that are set and got again, in a frame of another origin. The two take turns; medians of the
// rounds (7, or ROUNDS). Builds the plugin from the sources, runs it in Chromium in a host of ImJoy. One JSON line a case; --check
// fails above the limit, --record appends to results/plugin.jsonl.
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { cpus, loadavg } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { builtPage } from "./page-build.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const flags = new Set(process.argv.slice(2));
const rounds = Number(process.env.ROUNDS ?? 7);
const side = 4096;
const limit = 1.3;
const root = here("../packages/imjoy-plugin");
const from = createRequire(join(root, "package.json"));
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

process.env.CELLWRIGHT_HOSTS = "http://localhost:*";
process.env.CELLWRIGHT_BASE = "http://plugin.invalid";
const folder = await builtPage(root);
const library = readFileSync(from.resolve("imjoy-rpc/dist/imjoy-rpc.min.js"));
const core = readFileSync(from.resolve("imjoy-core/dist/imjoy-core.min.js"));
const headers = Object.fromEntries(
  readFileSync(join(folder, "_headers"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("  "))
    .map((line) => line.trim().split(/:\s+(.*)/)),
);

/** The least that a plugin can do. */
const echo = {
  "/echo.html": '<!doctype html><script src="/rpc.js"></script><script src="/echo.js"></script>',
  "/echo.js": `imjoyRPC
    .setupRPC({ name: "Echo", type: "rpc-window", version: "0.1.0", description: "", api_version: "0.2.3" })
    .then((api) => api.export({ setup() {}, run() {}, echo: (value) => value }));`,
  "/rpc.js": library,
};
const host = {
  "/": `<!doctype html><body><script src="/core.js"></script><script>
    window.host = (async () => {
      const base = { default_base_frame: location.origin + "/", default_rpc_base_url: location.origin + "/" };
      const imjoy = new imjoyCore.ImJoy(base);
      imjoy.pm.internal_plugins = {};
      imjoy.event_bus.on("add_window", ({ window_id }) => {
        document.body.append(Object.assign(document.createElement("div"), { id: window_id }));
      });
      await imjoy.start({ workspace: null });
      return imjoy.api;
    })();
  </script>`,
  "/core.js": core,
  "/imjoy-rpc.min.js": library,
};

async function serve(find, extra) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://a");
    const content = find(pathname);
    const type = types[extname(pathname) || ".html"] ?? "application/octet-stream";
    response.writeHead(content ? 200 : 404, { "Content-Type": type, ...extra });
    response.end(content);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { server, port: server.address().port };
}

const own = await serve((path) => {
  const file = join(folder, path);
  if (echo[path]) return echo[path];
  if (!existsSync(file)) return undefined;
  const content = readFileSync(file);
  if (!path.endsWith(".imjoy.html")) return content;
  return `${content}`.replaceAll("http://plugin.invalid", `http://127.0.0.1:${own.port}`);
}, headers);
const around = await serve((path) => host[path], {});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking"],
});
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(error.message));
  await page.goto(`http://localhost:${around.port}/`);
  const times = await page.evaluate(measure, {
    plugin: `http://127.0.0.1:${own.port}`,
    side,
    rounds,
  });
  const echoMs = median(times.map((one) => one.echo));
  const pluginMs = median(times.map((one) => one.plugin));
  // Of each round by itself: what else the machine does falls on both.
  const ratio = median(times.map((one) => one.plugin / one.echo));
  record({ case: "round-trip", megabytes: 64, rounds, echoMs, pluginMs, ratio, limit });
} finally {
  await browser.close();
  own.server.close();
  around.server.close();
  rmSync(folder, { recursive: true, force: true });
}

/** In the host's page. */
async function measure({ plugin, side, rounds }) {
  const api = await window.host;
  const echo = await api.createWindow({ src: `${plugin}/echo.html` });
  const worker = await api.getPlugin(`${plugin}/CellwrightWorker.imjoy.html`);
  const data = new Uint32Array(side * side);
  for (let i = 0; i < data.length; i++) data[i] = (i >> 6) % 70_000;
  const array = {
    _rtype: "ndarray",
    _rvalue: data.buffer,
    _rshape: [side, side],
    _rdtype: "uint32",
  };
  const check = (back) => {
    const found = new Uint32Array(back._rvalue);
    if (found.length !== data.length || found[data.length - 1] !== data[data.length - 1])
      throw new Error("what came back is something else");
  };
  const times = [];
  for (let round = -1; round < rounds; round++) {
    const start = performance.now();
    check(await echo.echo({ ...array }));
    const middle = performance.now();
    const said = await worker.set_labels({ ...array });
    if (said.error) throw new Error(said.error.message);
    check((await worker.get_labels({ labels: "uint32" })).labels);
    const end = performance.now();
    // The first is to warm up.
    if (round >= 0) times.push({ echo: middle - start, plugin: end - middle });
  }
  return times;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function record(line) {
  const rounded = Object.fromEntries(
    Object.entries(line).map(([name, value]) => [
      name,
      typeof value === "number" ? Math.round(value * 100) / 100 : value,
    ]),
  );
  const load = Math.round(loadavg()[0] * 10) / 10;
  const [cpu] = cpus()[0].model.split(" ").slice(0, 2).join(" ").split(",");
  const text = JSON.stringify({ bench: "plugin", ...rounded, load, node: process.version, cpu });
  console.log(text);
  if (flags.has("--record")) appendFileSync(here("results/plugin.jsonl"), `${text}\n`);
  if (flags.has("--check") && line.ratio > line.limit) process.exitCode = 1;
}
