/**
 * What tells one classical method from another in reports, as the hash of its weights does for a network.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { ClassicalModel } from "@cellwright/core";
import { version } from "./version.js";

/** SHA-256 of a method's name and parameters and of our version, as hexadecimal text. */
export function methodHash({ name, parameters }: ClassicalModel): string {
  const text = JSON.stringify({ name, parameters, cellwright: version() });
  return createHash("sha256").update(text).digest("hex");
}
