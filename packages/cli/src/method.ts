/**
 * Methods without a network, under names as models have them: what was usual before, to compare with.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Image, Labels } from "@cellwright/core";
import { version } from "./version.js";

/** A method that finds cells by arithmetic alone. */
export interface Method {
  readonly name: string;
  readonly description: string;
  /** What the channels of the image must show. */
  readonly channels: readonly string[];
  /** All its numbers, by name. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The cells of a plane `"yx"` or `"cyx"` with these channels. */
  run(image: Image): Labels;
}

/** All there are, by name. */
export const methods: ReadonlyMap<string, Method> = new Map();

/** The fingerprint of a method, in place of that of weights: SHA-256 of its name, parameters and our version. */
export function methodHash({ name, parameters }: Method): string {
  const text = JSON.stringify({ name, parameters, cellwright: version() });
  return createHash("sha256").update(text).digest("hex");
}
