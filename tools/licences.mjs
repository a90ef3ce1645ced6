#!/usr/bin/env node
// Writes docs/licences.md: every package that an installed Cellwright brings along, with its licence. --check fails where
// the file says something else, or where a licence is not one that may be passed on.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const lock = JSON.parse(readFileSync(here("../package-lock.json"), "utf8")).packages;

/** Licences under which a package may be shipped with ours; a choice must offer one of them. */
const fine =
  /^(MIT|MIT-0|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|CC0-1\.0|Unlicense|BlueOak-1\.0\.0|Zlib|Python-2\.0)$/;

/** What the licence files of packages say that name none in their package.json. */
const read = new Map([
  ["xmlhttprequest-ssl", "MIT"],
  ["jsfive", "BSD-3-Clause"],
]);

const published = Object.entries(lock)
  .filter(
    ([path, { link }]) => path.startsWith("packages/") && !link && !path.includes("node_modules"),
  )
  .filter(([path]) => !JSON.parse(readFileSync(here(`../${path}/package.json`), "utf8")).private);

/** What a place in the tree finds under a name, as Node looks for it. */
function found(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const path = `${at ? `${at}/` : ""}node_modules/${name}`;
    if (lock[path]) return lock[path].link ? lock[path].resolved : path;
    if (at === "") return undefined;
    if (!at.includes("/node_modules/")) at = "";
    if (at === "" && lock[`node_modules/${name}`])
      return lock[`node_modules/${name}`].link
        ? lock[`node_modules/${name}`].resolved
        : `node_modules/${name}`;
  }
}

const seen = new Map();
function visit(path, by) {
  if (seen.has(path)) {
    seen.get(path).add(by);
    return;
  }
  seen.set(path, new Set([by]));
  const { dependencies = {}, optionalDependencies = {} } = lock[path];
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const place = found(path, name);
    if (place) visit(place, path.startsWith("packages/") ? path : by);
  }
}
for (const [path] of published) visit(path, path);

const rows = [];
const problems = [];
for (const [path, users] of [...seen].sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (path.startsWith("packages/")) continue;
  const name = path.slice(path.lastIndexOf("node_modules/") + 13);
  const { version, license: said = "not said" } = lock[path];
  const license = read.get(name) ?? said;
  const choices = license.replace(/[()]/g, "").split(/ OR /);
  if (!choices.some((choice) => choice.split(" AND ").every((one) => fine.test(one.trim()))))
    problems.push(`${name} ${version}: ${license}`);
  const by = [...users].map((user) => user.replace("packages/", "")).sort();
  rows.push(`| ${name} | ${version} | ${license} | ${by.join(", ")} |`);
}
const text = `# Licences

What an installed Cellwright brings along, and under which licence; written by \`node tools/licences.mjs\`. Cellwright itself is under the
[MIT licence](../LICENSE). What only building and testing need is not listed: it is not passed on.

| package | version | licence | for |
| --- | --- | --- | --- |
${[...new Set(rows)].join("\n")}
`;
const file = here("../docs/licences.md");
if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== text)
    problems.push("docs/licences.md is not what is installed: run node tools/licences.mjs");
} else writeFileSync(file, text);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
