#!/usr/bin/env node
// How quick the page is with 20 000 cells in 4096 x 4096 pixels: from the event of the mouse or of a key to the pixels on the
// screen, which are read back; and whether memory grows over 500 strokes and their undoing. Builds the page from the
// sources, runs it in Chromium, draws in software: a graphics card is quicker. One JSON line a case; --check fails where
// a limit is passed, --record appends to results/viewer.jsonl.
import { appendFileSync, createReadStream, existsSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { cpus, loadavg } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { builtPage } from "./page-build.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const flags = new Set(process.argv.slice(2));
const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

const root = here("../packages/viewer");
const folder = await builtPage(root);
const server = createServer((request, response) => {
  const path = new URL(request.url, "http://a").pathname.replace(/\/$/, "/index.html");
  const file = join(folder, path);
  if (!existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(response);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
  ],
});
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    serviceWorkers: "block",
  });
  page.on("pageerror", (error) => console.error(error));
  await page.goto(`http://127.0.0.1:${server.address().port}/?test`);
  await page.evaluate(openCells);
  const limits = { dab: 16, relabel: 50, delete: 50, undo: 50 };
  for (const zoom of [1, 4, "whole"])
    for (const [name, limit] of Object.entries(limits))
      record({ case: name, zoom, limit, ...(await page.evaluate(measure, { name, zoom })) });
  record({ case: "memory", ...(await memory(page)) });
} finally {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
}

function record(row) {
  const line = JSON.stringify({
    bench: "viewer",
    ...row,
    load: Math.round(10 * loadavg()[0]) / 10,
    node: process.version,
    cpu: cpus()[0]?.model.split(" ").slice(0, 2).join(" "),
  });
  console.log(line);
  if (flags.has("--record")) appendFileSync(here("results/viewer.jsonl"), `${line}\n`);
  const passed = row.case === "memory" ? row.grownMegabytes > 16 : row.medianMs > row.limit;
  if (passed && flags.has("--check")) process.exitCode = 1;
}

/** In the page: an image, and over it 20 164 round cells of their own label each. */
async function openCells() {
  const side = 4096;
  const pitch = side / 142;
  const cells = new Uint32Array(side * side);
  const light = new Uint8Array(side * side);
  for (let i = 0; i < 142 * 142; i++) {
    const [cy, cx] = [(Math.floor(i / 142) + 0.5) * pitch, ((i % 142) + 0.5) * pitch];
    for (let y = Math.ceil(cy - 11); y <= cy + 11; y++)
      for (let x = Math.ceil(cx - 11); x <= cx + 11; x++)
        if ((y - cy) ** 2 + (x - cx) ** 2 <= 121) {
          cells[y * side + x] = i + 1;
          light[y * side + x] = 100 + (i % 100);
        }
  }
  const readerOf = (data, type) => ({
    axes: "yx",
    shape: [side, side],
    type,
    levels: [
      { height: side, width: side, scale: { y: 1, x: 1 }, tile: { height: 512, width: 512 } },
    ],
    readRegion: async ({ box }) => {
      const part = new data.constructor(box.height * box.width);
      for (let y = 0; y < box.height; y++) {
        const start = (box.y + y) * side + box.x;
        part.set(data.subarray(start, start + box.width), y * box.width);
      }
      return { data: part, shape: [box.height, box.width], axes: "yx" };
    },
  });
  const app = globalThis.cellwright;
  app.open([{ name: "cells", kind: "image", reader: readerOf(light, "uint8") }]);
  app.open([{ name: "labels", kind: "labels", reader: readerOf(cells, "uint32") }]);
  globalThis.pitch = pitch;
  await new Promise((done) => setTimeout(done, 500));
  await app.renderer.settled();
}

/** In the page: the times of one kind of edit, the first few left out. */
async function measure({ name, zoom }) {
  const app = globalThis.cellwright;
  const { workspace, renderer, canvas } = app;
  // Long enough for what was drawn before to be on the screen, the page's own controls with it: software is busy with that too.
  const rest = name === "dab" ? 60 : 200;
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, rest)));
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const scale = zoom === "whole" ? height / 4096 : zoom;
  workspace.scene.update((scene) => ({
    ...scene,
    camera: { y: 2048, x: 2048, zoom: scale },
    tool: { ...scene.tool, name: name === "dab" ? "paint" : "pick", label: 30_000, brush: 10 },
  }));
  await frame();
  await renderer.settled();
  const place = (y, x) => [width / 2 + (x - 2048) * scale, height / 2 + (y - 2048) * scale];
  const point = (type, [x, y]) =>
    canvas.dispatchEvent(
      new PointerEvent(type, {
        ...{ clientX: left + x, clientY: top + y, pointerId: 1, pointerType: "mouse" },
        ...{ button: type === "pointermove" ? -1 : 0, buttons: 1, isPrimary: true, bubbles: true },
      }),
    );
  const key = (init) =>
    canvas.dispatchEvent(new KeyboardEvent("keydown", { ...init, bubbles: true }));
  // A synthetic pointer cannot be captured.
  canvas.setPointerCapture = () => {};
  const times = [];
  let unseen = 0;
  /** From an act to the pixel at a place. */
  const time = ([x, y], act) => {
    const before = renderer.readPixel(x, y).join();
    const start = performance.now();
    act();
    renderer.draw();
    const after = renderer.readPixel(x, y).join();
    times.push(performance.now() - start);
    // From far off the white line of a selected cell covers it, whatever its number.
    if (after === before) unseen++;
  };
  const rounds = name === "dab" ? 120 : 40;
  for (let i = 0; i < rounds; i++) {
    // Cells around the middle, which are in view at all zooms.
    const [row, column] = [69 + (i % 4), 69 + (Math.floor(i / 4) % 4)];
    const [y, x] = [(row + 0.5) * globalThis.pitch, (column + 0.5) * globalThis.pitch];
    const spot = place(y, x);
    const select = (label) =>
      workspace.scene.update((scene) => ({ ...scene, tool: { ...scene.tool, label } }));
    if (name === "dab") {
      // The stroke comes from beside the cell; each round has a colour of its own, so that each is seen.
      select(30_000 + i);
      const from = place(y - 40, x);
      point("pointerdown", from);
      await frame();
      time(spot, () => point("pointermove", spot));
      point("pointerup", spot);
    } else if (name === "undo") {
      select(row * 142 + column + 1);
      key({ key: "Delete" });
      renderer.draw();
      await frame();
      time(spot, () => key({ key: "z", code: "KeyZ", ctrlKey: true }));
    } else if (name === "delete") {
      select(row * 142 + column + 1);
      await frame();
      time(spot, () => key({ key: "Delete" }));
      key({ key: "z", code: "KeyZ", ctrlKey: true });
    } else {
      select(row * 142 + column + 1);
      await frame();
      const other = document.querySelector('input[aria-label="The other label"]');
      other.value = `${40_000 + i}`;
      for (const type of ["input", "change"])
        other.dispatchEvent(new Event(type, { bubbles: true }));
      await frame();
      const button = [...document.querySelectorAll("button")].find(
        ({ textContent }) => textContent.trim() === "Renumber",
      );
      time(spot, () => button.click());
      key({ key: "z", code: "KeyZ", ctrlKey: true });
    }
    await frame();
  }
  // Back to the cells as they were.
  if (name === "dab")
    for (let i = 0; i < rounds; i++) key({ key: "z", code: "KeyZ", ctrlKey: true });
  await renderer.settled();
  const sorted = times.slice(5).sort((a, b) => a - b);
  const at = (part) => Math.round(10 * sorted[Math.floor(part * (sorted.length - 1))]) / 10;
  return { rounds: sorted.length, medianMs: at(0.5), p90Ms: at(0.9), worstMs: at(1), unseen };
}

/** Memory of the page, array buffers among it: after warming up, after 500 strokes more, and after undoing. */
async function memory(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  const used = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize = 0 } = await session.send("Runtime.getHeapUsage");
    return (usedSize + backingStorageSize) / 1e6;
  };
  const rounded = (value) => Math.round(10 * value) / 10;
  await page.evaluate(strokes, 500);
  const warm = await used();
  await page.evaluate(strokes, 500);
  const again = await used();
  return {
    strokes: 500,
    warmMegabytes: rounded(warm),
    againMegabytes: rounded(again),
    grownMegabytes: rounded(again - warm),
  };
}

/** In the page: strokes all over the view, and all of them undone. */
async function strokes(count) {
  const { workspace, renderer, canvas } = globalThis.cellwright;
  const { left, top, width, height } = canvas.getBoundingClientRect();
  workspace.scene.update((scene) => ({
    ...scene,
    camera: { y: 2048, x: 2048, zoom: 1 },
    tool: { ...scene.tool, name: "paint", label: 50_000, brush: 15 },
  }));
  const point = (type, x, y) =>
    canvas.dispatchEvent(
      new PointerEvent(type, {
        ...{ clientX: left + x, clientY: top + y, pointerId: 1, pointerType: "mouse" },
        ...{ button: 0, buttons: 1, isPrimary: true, bubbles: true },
      }),
    );
  canvas.setPointerCapture = () => {};
  for (let i = 0; i < count; i++) {
    const [x, y] = [20 + ((i * 97) % (width - 140)), 20 + ((i * 61) % (height - 60))];
    point("pointerdown", x, y);
    for (let step = 1; step <= 10; step++) point("pointermove", x + 10 * step, y + step);
    point("pointerup", x + 100, y + 10);
    await new Promise((done) => setTimeout(done, 0));
  }
  for (let i = 0; i < count; i++)
    canvas.dispatchEvent(
      new KeyboardEvent("keydown", { key: "z", code: "KeyZ", ctrlKey: true, bubbles: true }),
    );
  await renderer.settled();
}
