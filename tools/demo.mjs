#!/usr/bin/env node
// Finds the nuclei of the bundled image with the bundled model and says where to look: what `npm run demo` does.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const output = join(root, "examples", "output");

/** Runs a Node script and gives what it wrote to stdout. Where it fails it has said why, and the demo ends. */
function node(script, ...argv) {
  const stdio = ["ignore", "pipe", "inherit"];
  const options = { cwd: root, encoding: "utf8", stdio };
  const { status, stdout } = spawnSync(process.execPath, [script, ...argv], options);
  if (status === 0) return stdout;
  console.error(stdout);
  process.exit(status ?? 1);
}

// The manifest tells where TypeScript's command lies, whatever its version.
const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
const { bin } = createRequire(import.meta.url)(manifest);
console.log("Building …");
node(resolve(dirname(manifest), bin.tsc), "-b", join(root, "packages", "cli"));

console.log("Segmenting examples/nuclei.tif with the model nuclei …");
const command = [
  ...["segment", join(root, "examples", "nuclei.tif"), "-o", output],
  ...["--model", "nuclei", "--preview", "--overwrite", "--json"],
];
const events = node(join(root, "packages", "cli", "dist", "main.js"), ...command)
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const { cells, outputs } = events.find((event) => event.type === "file");
const place = (ending) =>
  relative(
    process.cwd(),
    outputs.find((file) => file.endsWith(ending)),
  );

console.log(`
${cells} nuclei found.
  picture  ${place("_preview.png")}  every nucleus outlined: open this one
  labels   ${place("_masks.tif")}  each nucleus has its number; opens in Fiji, QuPath, napari
  table    ${place("_cells.csv")}  a row a nucleus: area, place, shape, brightness

The same on your own images:
  node packages/cli/dist/main.js segment FOLDER -o OUTPUT --preview
`);
