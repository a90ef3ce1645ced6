#!/usr/bin/env node
// Installs what would be published, and nothing else, into an empty folder, and goes the README's first road there: made-up
// nuclei, segmented by the shipped network. Wants `npm run build`.
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../packages", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "cellwright-packed-"));
try {
  const tarballs = {};
  for (const name of readdirSync(packages)) {
    const manifest = JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8"));
    if (manifest.private) continue;
    if (/install/.test(Object.keys(manifest.scripts ?? {}).join()))
      throw new Error(`${manifest.name} must have no install script`);
    const [packed] = JSON.parse(
      run(
        "npm",
        ["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
        join(packages, name),
      ),
    );
    const odd = packed.files.filter(({ path }) => /\.test\.|\.tsbuildinfo$|fixture/.test(path));
    if (odd.length > 0) throw new Error(`${manifest.name} must not ship ${odd[0].path}`);
    tarballs[manifest.name] = `file:${join(folder, packed.filename)}`;
  }
  const place = join(folder, "empty");
  mkdirSync(place);
  writeFileSync(
    join(place, "package.json"),
    JSON.stringify({ private: true, dependencies: tarballs }),
  );
  run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], place);
  const cellwright = join(place, "node_modules/.bin/cellwright");
  const go = (...words) => run(cellwright, words, place);
  go("synth", "nuclei", "-n", "1", "--size", "256", "-o", "made");
  go("segment", "made/images", "-o", "cells", "--preview", "--format", "tif,geojson");
  const scores = go("score", "made/labels", "cells", "--json").trim().split("\n").map(JSON.parse);
  const found = readdirSync(join(place, "cells")).filter((name) => name.endsWith("_masks.tif"));
  const shipped = readdirSync(join(packages, "models")).filter((name) => !name.includes("."));
  const listed = go("models", "list");
  for (const name of shipped)
    if (!listed.includes(name)) throw new Error(`the model ${name} must be in its package`);
  if (found.length !== 1) throw new Error(`one file of labels must be there, are ${found.length}`);
  if (!existsSync(join(place, "node_modules/@cellwright/viewer/dist/app/index.html")))
    throw new Error("the page must be in its package");
  console.log(
    `packed, installed, used: ${go("--version").trim()}, ${scores.length} lines of scores`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(command, words, cwd) {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${command} ${words.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}
