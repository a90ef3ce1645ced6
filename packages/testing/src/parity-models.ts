/**
 * A check every engine must pass: the networks we ship give the maps and the cells that they give on the reference
 * engine, on the image each brings along.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  bytesSource,
  type Engine,
  type Found,
  findCells,
  type Image,
  type Model,
  type ModelFiles,
  readModelFiles,
  readModelTest,
  referenceEngine,
} from "@cellwright/core";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../models", import.meta.url));

/** The names of the networks we ship. */
export const shippedModels: readonly string[] = readdirSync(folder)
  .filter((name) => existsSync(join(folder, name, "bioimageio.yaml")))
  .sort();

/** A file of a shipped network, by its path in the network's folder; undefined where there is none. */
export function shippedFile(name: string, path: string): Uint8Array | undefined {
  const file = join(folder, name, path);
  return existsSync(file) ? readFileSync(file) : undefined;
}

/** A shipped network and the image it brings along: `cyx`, as it came from the microscope. */
export interface Shipped {
  readonly model: Model;
  readonly image: Image;
}

/** Reads a shipped network. */
export async function shippedModel(name: string): Promise<Shipped> {
  const files: ModelFiles = {
    name,
    open: async (path) => {
      const bytes = shippedFile(name, path);
      return bytes && bytesSource(path, bytes);
    },
  };
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  const { data, shape } = (await readModelTest(files, sha256)).input;
  const model = await readModelFiles(files, sha256);
  return { model, image: { data, shape: shape.slice(1), axes: "cyx" } };
}

/** What a shipped network finds on an engine: the maps of every pixel, and the cells. */
export async function foundOn(engine: Engine, { model, image }: Shipped): Promise<Found> {
  const program = await engine.load(model.graph);
  const found = await findCells(image, model, program, { rescale: false, keepMaps: true });
  await program.dispose();
  return found;
}

const kept = new Map<string, Promise<Found>>();

/** What a shipped network finds on the reference engine; computed once a process, as it takes seconds. */
export function foundOnReference(name: string): Promise<Found> {
  const found =
    kept.get(name) ?? shippedModel(name).then((shipped) => foundOn(referenceEngine, shipped));
  kept.set(name, found);
  return found;
}

/** The largest difference between two maps; infinite where they are not of one size or hold what is no number. */
export function worstOf(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length === 0 || found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < found.length; i++) {
    const difference = Math.abs(found[i] - expected[i]);
    if (!(difference <= worst))
      worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return worst;
}

/** How strictly {@link testShippedModels} looks. */
export interface ShippedOptions {
  /** The largest difference of a map from the reference engine's; default 1e-4. */
  readonly tolerance?: number;
  /** Which networks; default: all. */
  readonly names?: readonly string[];
}

/** Declares a test a shipped network: maps within the tolerance of the reference engine's, and every label the same. */
export function testShippedModels(
  open: () => Promise<Engine> | Engine,
  options: ShippedOptions = {},
): void {
  const { tolerance = 1e-4, names = shippedModels } = options;
  test.each(names)("the shipped %s finds what it finds on the reference engine", async (name) => {
    const expected = await foundOnReference(name);
    const found = await foundOn(await open(), await shippedModel(name));
    expect(worstOf(found.maps?.data ?? [], expected.maps?.data ?? [])).toBeLessThanOrEqual(
      tolerance,
    );
    expect(Math.max(...found.labels.data)).toBeGreaterThan(0);
    expect(found.labels).toEqual(expected.labels);
  });
}
