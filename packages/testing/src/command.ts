/**
 * The command as users start it: compiled from the sources as they are. For tests that need processes of their own.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { takeLock } from "./app.js";

const workspace = fileURLToPath(new URL("../../../", import.meta.url));

/** Compiles what has changed, one process at a time, and answers where the program is. */
export async function builtCommand(): Promise<string> {
  const name = createHash("sha256").update(workspace).digest("hex").slice(0, 16);
  const lock = join(tmpdir(), `cellwright-command-${name}.lock`);
  while (!takeLock(lock)) await wait(250);
  try {
    const compiler = join(workspace, "node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [compiler, "-b", "packages/cli"], { cwd: workspace });
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
  return join(workspace, "packages/cli/dist/main.js");
}
