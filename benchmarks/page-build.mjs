// A page of ours as its own build makes it, for the benchmarks that open or weigh it.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";

/** Builds the page of a package into a new folder, and names that. @param {string} root the package's folder */
export async function builtPage(root) {
  const folder = mkdtempSync(join(tmpdir(), "cellwright-bench-"));
  await build({
    root,
    configFile: join(root, "vite.config.ts"),
    logLevel: "error",
    build: { outDir: folder, emptyOutDir: true },
  });
  return folder;
}
