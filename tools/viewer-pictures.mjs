#!/usr/bin/env node
// Draws the pictures of the page for the docs: made-up nuclei and a made-up colony in `cellwright view`, in each of its
// main states. Wants `npm run build` and a Chromium (CHROMIUM, else Debian's). Writes docs/figures/viewer-*.png.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { dropFromDisk } from "../packages/testing/dist/from-disk.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const cli = here("../packages/cli/dist/main.js");
const folder = mkdtempSync(join(tmpdir(), "cellwright-pictures-"));
const synth = (kind, words, place) =>
  spawnSync(
    process.execPath,
    [cli, "synth", kind, ...words.split(" "), "-o", join(folder, place)],
    {
      stdio: "inherit",
    },
  );
synth("nuclei", "-n 1 --size 512 --seed 7", "nuclei");
synth("bacteria", "-n 1 --size 256 --seed 4 --frames 36 --doubling 9", "colony");
const server = spawn(process.execPath, [cli, "view", join(folder, "nuclei/images"), "--no-open"]);
try {
  await drawAll(await addressOf(server));
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** The address that the server prints. */
function addressOf({ stdout, stderr }) {
  stderr.pipe(process.stderr);
  return new Promise((found) => {
    let text = "";
    stdout.on("data", (bytes) => {
      text += bytes;
      const address = /http:\S+/.exec(text)?.[0];
      if (address) found(address);
    });
  });
}

async function drawAll(address) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"],
  });
  await drawNuclei(await pageAt(browser, `${address}?test`, "dark"));
  await drawColony(await pageAt(browser, `${address}?test`, "light"));
  await browser.close();
}

async function pageAt(browser, address, colorScheme) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 760 }, colorScheme });
  await page.goto(address);
  return page;
}

/** An image with its look, cells found in it, a cell painted, and what was learnt from it. */
async function drawNuclei(page) {
  await layers(page, 1);
  await shot(page, "open");
  await page.getByRole("tab", { name: "Segment" }).click();
  await page.getByRole("button", { name: "Find cells" }).click();
  await layers(page, 2);
  await shot(page, "segment");

  await page.getByRole("tab", { name: "Edit" }).click();
  await page.locator("canvas").first().focus();
  for (const key of ["m", "p", "]", "]", "]"]) await page.keyboard.press(key);
  await page.mouse.move(545, 560);
  await page.mouse.down();
  await page.mouse.move(570, 590, { steps: 8 });
  await page.mouse.up();
  await shot(page, "edit");

  await page.getByRole("tab", { name: "Learn" }).click();
  await page.getByLabel("Learn from").selectOption({ label: "all of this frame" });
  await page.getByLabel("Minutes to learn for").fill("1");
  await page.getByLabel("Minutes to learn for").press("Tab");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByText(/^Learnt from/).waitFor({ timeout: 600_000 });
  await shot(page, "learn");
}

/** A colony with its tracks and the tree of its families. */
async function drawColony(page) {
  await layers(page, 1);
  await page
    .getByRole("button", { name: /^Remove layer/ })
    .first()
    .click();
  await dropFromDisk(page, [join(folder, "colony")]);
  await layers(page, 4);
  await page.getByRole("tab", { name: "Tracks" }).click();
  await page.getByRole("slider", { name: "Frame", exact: true }).first().fill("30");
  await shot(page, "tracks");
}

/** Waits until nothing runs and there are so many layers. */
function layers(page, count) {
  return page.waitForFunction(
    (count) => {
      const { jobs, scene } = globalThis.cellwright.workspace;
      return jobs.get().length === 0 && scene.get().layers.length === count;
    },
    count,
    { timeout: 300_000 },
  );
}

/** A picture of the page at rest: all drawn, nothing fading, no button under the pointer. */
async function shot(page, name) {
  await page.mouse.move(600, 756);
  await page.evaluate(async () => {
    await new Promise((done) => setTimeout(done, 300));
    await globalThis.cellwright.renderer.settled();
    await Promise.all(document.getAnimations().map(({ finished }) => finished));
  });
  await page.screenshot({ path: here(`../docs/figures/viewer-${name}.png`) });
}
