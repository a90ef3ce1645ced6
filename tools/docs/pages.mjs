// The pages that people read, as paths in the repository.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** @param {string} root of the repository */
export function pagesOf(root) {
  const under = (folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true })
          .filter((name) => name.endsWith(".md") && !/node_modules|^html\//.test(name))
          .map((name) => `${folder}/${name}`)
      : [];
  const packages = readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`);
  const all = [
    "README.md",
    "CONTRIBUTING.md",
    "benchmarks/README.md",
    ...under("docs"),
    ...packages.filter((name) => existsSync(join(root, name))),
    ...under("packages/models"),
    ...under("examples").filter((name) => !name.startsWith("examples/output")),
  ];
  return [...new Set(all)].sort();
}
