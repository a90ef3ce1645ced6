/**
 * The version of this package, as its manifest says.
 *
 * @module
 */
import { readFileSync } from "node:fs";

/** The version of Cellwright that is running. */
export function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
