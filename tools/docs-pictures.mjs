#!/usr/bin/env node
// Makes the pictures of docs/tutorial.md by the tutorial's own commands, into docs/figures. Build first:
// `npx tsc -b packages/cli`.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readPage } from "./docs/blocks.mjs";
import { simpleCommands } from "./docs/commands.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const figures = {
  "first/nuclei_preview.png": "tutorial-nuclei.png",
  "plots/growth.svg": "tutorial-growth.svg",
  "plots/lineages.svg": "tutorial-lineages.svg",
};
const wanted = /segment nuclei\.tif|bacteria|measure tracks/;

const folder = mkdtempSync(join(tmpdir(), "cellwright-pictures-"));
try {
  copyFileSync(join(root, "examples/nuclei.tif"), join(folder, "nuclei.tif"));
  const { blocks } = readPage(readFileSync(join(root, "docs/tutorial.md"), "utf8"));
  for (const { code } of blocks.filter(({ language }) => language === "sh"))
    for (const [program, ...words] of simpleCommands(code))
      if (program === "cellwright" && wanted.test(words.join(" ")))
        execFileSync(process.execPath, [join(root, "packages/cli/dist/main.js"), ...words], {
          cwd: folder,
          stdio: "ignore",
        });
  for (const [made, name] of Object.entries(figures))
    copyFileSync(join(folder, made), join(root, "docs/figures", name));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
