#!/usr/bin/env node
// Looks over the built documentation (`npm run docs` builds it and then runs this): no link of the site or of the pages as
// they lie in the repository is dead, files and headings alike; nothing on the site comes from another host; and in Chromium,
// from the disk and from a server, its pages have no error in the console. Where there is no Chromium it says so, under CI it
// fails. --pictures FOLDER keeps what was seen.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { readPage } from "./docs/blocks.mjs";
import { pagesOf } from "./docs/pages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const site = join(root, "docs/html");
const { values: options } = parseArgs({ options: { pictures: { type: "string" } } });
/** Pages to look at, and why these: the entry, the tutorial, a card with pictures, wide tables, plots, the API. */
const looked = [
  "index.html",
  "pages/tutorial.html",
  "pages/nuclei.html",
  "pages/reading.html",
  "pages/accuracy.html",
  "pages/command-line.html",
  "modules/_cellwright_core.html",
  "functions/_cellwright_core.segment.html",
];

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

const dead = [...deadOnSite(), ...deadInRepository()];
for (const line of dead.slice(0, 100)) console.error(line);
const troubles = await look();
for (const line of troubles) console.error(line);
console.log(`${dead.length} dead links, ${troubles.length} troubles in the browser`);
process.exitCode = dead.length + troubles.length > 0 ? 1 : 0;

/** Links between the built pages, and what they load. */
function deadOnSite() {
  const pages = new Map();
  for (const name of readdirSync(site, { recursive: true }))
    if (name.endsWith(".html"))
      pages.set(join(site, name), elementsOf(readFileSync(join(site, name), "utf8")));
  const anchors = new Map(
    [...pages].map(([path, elements]) => [
      path,
      new Set(elements.flatMap(({ attributes: { id, name } }) => [id, name])),
    ]),
  );
  return [...pages].flatMap(([path, elements]) =>
    elements.flatMap(({ tag, attributes: { href, src } }) => {
      const target = src ?? href;
      // Symbols that icons.js puts into the page.
      if (tag === "use" && target?.startsWith("#icon-")) return [];
      if (target === undefined || /^(data|mailto|javascript):/.test(target)) return [];
      const where = `${relative(root, path)}: ${target}`;
      if (/^(https?:)?\/\//.test(target))
        return tag === "a" ? [] : [`${where} is fetched from another host`];
      const fault = faultOf(path, target, (file) => anchors.get(file));
      return fault ? [`${where} ${fault}`] : [];
    }),
  );
}

/** Links between the pages as they are: on a plain git host they lead to files of the repository. */
function deadInRepository() {
  const anchors = (file) =>
    file.endsWith(".md") ? headingsOf(readFileSync(file, "utf8")) : undefined;
  return pagesOf(root).flatMap((page) => {
    const path = join(root, page);
    const { links: targets } = readPage(readFileSync(path, "utf8"));
    return targets.flatMap((target) => {
      if (/^(https?|mailto):/.test(target)) return [];
      const fault = faultOf(path, target, anchors);
      return fault ? [`${page}: ${target} ${fault}`] : [];
    });
  });
}

/** Why a link from a file leads nowhere; undefined where it leads somewhere. */
function faultOf(from, target, anchorsOf) {
  const [address, anchor] = target.split("#");
  const file =
    address === "" ? from : resolve(dirname(from), decodeURIComponent(address.split("?")[0]));
  if (!existsSync(file)) return "is not there";
  if (statSync(file).isDirectory()) return "is a folder";
  if (!anchor) return undefined;
  const known = anchorsOf(file);
  return !known || known.has(decodeURIComponent(anchor)) ? undefined : "has no such heading";
}

/** Headings as git hosts name them: small letters and hyphens. */
function headingsOf(text) {
  const lines = text.replace(/^```[\s\S]*?^```/gm, "").match(/^#+ .+$/gm) ?? [];
  return new Set(
    lines.map((line) =>
      line
        .replace(/^#+ /, "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(" ", "-"),
    ),
  );
}

/** The tags of a page with their attributes: typedoc writes all of these with quotes. */
function elementsOf(html) {
  const plain = html.replace(/<script\b[^>]*>[^<]*<\/script>|<!--[\s\S]*?-->/g, (found) =>
    found.startsWith("<!--") ? "" : found.replace(/>[^<]*</, "><"),
  );
  return [...plain.matchAll(/<([a-z][\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/g)].map(
    ([, tag, text]) => ({
      tag,
      attributes: Object.fromEntries(
        [...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value]) => [
          name,
          value.replaceAll("&amp;", "&"),
        ]),
      ),
    }),
  );
}

/** The pages in a browser: from the disk, and the entry from a server too, with its search. */
async function look() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    const line = `there is no Chromium at ${executablePath}: the pages were not looked at`;
    if (process.env.CI === "true") return [line];
    console.log(line);
    return [];
  }
  const server = createServer(serve);
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const found = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on("pageerror", (error) => found.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") found.push(`${page.url()}: ${message.text()}`);
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!/^(file|data|blob):/.test(url) && !url.startsWith(origin))
        found.push(`${page.url()} asked for ${url}`);
    });
    const base = pathToFileURL(`${site}/`).href;
    for (const name of looked) {
      await page.goto(`${base}${name}`, { waitUntil: "load" });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > 1280) found.push(`${name} is ${width} pixels wide, wider than the window`);
      const blind = await page.evaluate(
        () =>
          [...document.images].filter((image) => image.complete && image.naturalWidth === 0).length,
      );
      if (blind > 0) found.push(`${name} has ${blind} pictures that do not show`);
      await keep(page, name);
    }
    await page.goto(`${origin}/index.html`, { waitUntil: "load" });
    await page.click("#tsd-search-trigger");
    await page.fill("#tsd-search-input", "watershed");
    await page.waitForSelector("#tsd-search-results li a", { timeout: 20_000 });
    await keep(page, "search.html");
  } catch (error) {
    found.push(`${error}`);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
  return found;
}

async function keep(page, name) {
  if (!options.pictures) return;
  mkdirSync(options.pictures, { recursive: true });
  await page.screenshot({ path: join(options.pictures, `${name.replaceAll("/", "-")}.png`) });
}

function serve(request, response) {
  const path = join(
    site,
    normalize(`/${decodeURIComponent(new URL(request.url, "http://a").pathname)}`),
  );
  if (!existsSync(path) || statSync(path).isDirectory()) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" });
  response.end(readFileSync(path));
}
