#!/usr/bin/env node
// Whether every public package can be published with provenance: licence, repository, entry points that are in
// its files, no install scripts, siblings of its own version. With --write the repository is put into every package.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the repository lies. npm refuses a provenance that comes from elsewhere. */
const home = "git+https://github.com/cellwright/cellwright.git";
const packages = fileURLToPath(new URL("../packages", import.meta.url));

const manifests = readdirSync(packages).map((folder) => {
  const path = join(packages, folder, "package.json");
  return { folder, path, manifest: JSON.parse(readFileSync(path, "utf8")) };
});
const siblings = new Map(manifests.map(({ manifest }) => [manifest.name, manifest]));
const open = manifests.filter(({ manifest }) => !manifest.private);

if (process.argv.includes("--write"))
  for (const { folder, path, manifest } of open) {
    const repository = { type: "git", url: home, directory: `packages/${folder}` };
    writeFileSync(path, `${JSON.stringify({ ...manifest, repository }, undefined, 2)}\n`);
  }
else {
  const faults = open.flatMap(({ folder, manifest }) =>
    faultsOf(folder, manifest).map((fault) => `${manifest.name} ${fault}`),
  );
  for (const fault of faults) console.error(fault);
  console.log(`${open.length} public packages, ${faults.length} faults`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

function faultsOf(folder, manifest) {
  const {
    name,
    version,
    license,
    repository,
    publishConfig,
    files,
    exports,
    scripts = {},
  } = manifest;
  const own = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const targets = [...namesIn(exports), ...Object.values(manifest.bin ?? {})];
  const rules = [
    [/^@cellwright\/[a-z-]+$/.test(name), "must be named @cellwright/NAME"],
    [/^\d+\.\d+\.\d+/.test(version), "must have a version"],
    [Boolean(manifest.description), "must have a description"],
    [license === "MIT", "must have the licence MIT"],
    [repository?.url === home, `must have the repository ${home}`],
    [repository?.directory === `packages/${folder}`, "must say in which folder it lies"],
    [publishConfig?.provenance === true, "must be published with provenance"],
    [publishConfig?.access === "public", "must be public"],
    [Array.isArray(files) && files.length > 0, "must list its files"],
    [Boolean(exports), "must have exports"],
    [manifest.engines?.node !== undefined || folder === "models", "must say which Node it needs"],
    [!/install/.test(Object.keys(scripts).join()), "must have no install script"],
    ...targets.map((target) => [
      target.includes("*") || target === "./package.json" || isIn(files, target),
      `must have ${target} among its files`,
    ]),
    ...own
      .filter((other) => siblings.has(other))
      .flatMap((other) => [
        [!siblings.get(other).private, `must not need ${other}, which is private`],
        [
          siblings.get(other).version === manifest.dependencies[other],
          `must need ${other} in its own version`,
        ],
      ]),
  ];
  return rules.filter(([holds]) => !holds).map(([, fault]) => fault);
}

/** Files that are entries: not the condition by which our own tests take the sources. */
function namesIn(exports) {
  if (typeof exports === "string") return [exports];
  return Object.values(exports ?? {}).flatMap(namesIn);
}

function isIn(files, target) {
  const path = target.replace(/^\.\//, "");
  return files.some((file) => path === file || path.startsWith(`${file}/`));
}
