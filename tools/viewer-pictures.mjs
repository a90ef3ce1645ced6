#!/usr/bin/env node
// Draws the pictures of the page for the docs: opens made-up nuclei in `cellwright view`, finds them, shows each panel.
// Wants `npm run build` and a Chromium (CHROMIUM, else Debian's). Writes docs/figures/viewer-*.png.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const cli = here("../packages/cli/dist/main.js");
const folder = mkdtempSync(join(tmpdir(), "cellwright-pictures-"));
const asked = ["synth", "nuclei", "-n", "1", "--size", "512", "--seed", "7", "-o", folder];
spawnSync(process.execPath, [cli, ...asked], { stdio: "inherit" });
const server = spawn(process.execPath, [cli, "view", join(folder, "images"), "--no-open"]);
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
  const page = await browser.newPage({
    viewport: { width: 1200, height: 760 },
    colorScheme: "dark",
  });
  const shot = async (name) => {
    await page.evaluate(() => globalThis.cellwright.renderer.settled());
    await page.screenshot({ path: here(`../docs/figures/viewer-${name}.png`) });
  };
  await page.goto(`${address}?test`);
  await page.getByRole("tab", { name: "Segment" }).click();
  await page.getByRole("button", { name: "Find cells" }).click();
  await page.waitForFunction(
    () => {
      const { jobs, labels } = globalThis.cellwright.workspace;
      return jobs.get().length === 0 && labels.size > 0;
    },
    undefined,
    { timeout: 300_000 },
  );
  await shot("segment");
  await page.getByRole("tab", { name: "Edit" }).click();
  await page.keyboard.press("p");
  await shot("edit");
  await page.getByRole("tab", { name: "Learn" }).click();
  await shot("learn");
  await browser.close();
}
