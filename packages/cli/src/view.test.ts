import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import { browserCommand } from "./open-browser.js";
import { view } from "./view.js";

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "cellwright-view-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

test("view prints the address alone to stdout, opens the browser, and ends when it is stopped", async () => {
  const app = folderOf({ "index.html": "the page" });
  const data = folderOf({ "a.tif": "", "b.txt": "" });
  const browser = join(data, "browser");
  writeFileSync(browser, `#!/bin/sh\nprintf %s "$1" > '${data}/opened'\n`);
  chmodSync(browser, 0o755);
  const stop = new AbortController();
  const context = memoryContext({
    cwd: data,
    signal: stop.signal,
    env: { BROWSER: browser },
  });
  const serving = view(["a.tif", "none.tif"], { port: 0, open: true }, context, app);
  await expect.poll(() => context.out()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/\n$/);
  const address = context.out().trim();
  expect(await (await fetch(address)).text()).toBe("the page");
  expect(await (await fetch(`${address}api/inputs`)).json()).toMatchObject([{ name: "a" }]);
  await expect
    .poll(() => {
      try {
        return readFileSync(join(data, "opened"), "utf8");
      } catch {
        return "";
      }
    })
    .toBe(address);
  expect(context.err()).toContain("warning: none.tif: no such file or folder\n");
  stop.abort();
  await serving;
  await expect(fetch(address)).rejects.toThrow();
});

test("where nothing that was named can be viewed, no server is left", async () => {
  const context = memoryContext({ cwd: folderOf({}) });
  const app = folderOf({ "index.html": "" });
  await expect(view(["none.tif"], { port: 0, open: false }, context, app)).rejects.toThrow(
    "there is nothing to view",
  );
});

test("ports and options are checked", async () => {
  const context = memoryContext();
  expect(await run(["view", "--port", "x"], context)).toBe(2);
  expect(context.err()).toContain("whole number");
});

test("a browser is started where there is a screen", () => {
  expect(browserCommand({}, "linux")).toBeUndefined();
  expect(browserCommand({ DISPLAY: ":0" }, "linux")).toEqual(["xdg-open"]);
  expect(browserCommand({ WAYLAND_DISPLAY: "w" }, "linux")).toEqual(["xdg-open"]);
  expect(browserCommand({}, "darwin")).toEqual(["open"]);
  expect(browserCommand({}, "win32")?.[0]).toBe("rundll32");
  expect(browserCommand({ BROWSER: "my" }, "darwin")).toEqual(["my"]);
});
