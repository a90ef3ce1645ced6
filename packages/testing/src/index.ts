/**
 * Where tests find the reference data that is too large or not ours to ship: a folder `shared/data` beside the
 * repository, or the one `CELLWRIGHT_DATA` names. On a user's machine tests that need it are skipped; under `CI` a
 * missing folder is a failure.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";

const folder =
  process.env.CELLWRIGHT_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));

/** The path of a reference file or folder, named from the data folder: `dataPath("dsb2018/train")`. */
export function dataPath(name: string): string {
  return `${folder}/${name}`;
}

/** `describe` for tests that read reference data: skipped where it is missing, but never under `CI`. */
export function describeData(name: string, tests: () => void): void {
  const missing = !existsSync(folder);
  if (missing && process.env.CI) throw new Error(`reference data must be at ${folder} under CI`);
  describe.skipIf(missing)(name, tests);
}

export { hugeBitmap } from "./bitmap.js";
export {
  type CommandFolder,
  commandFolder,
  type Ran,
  type TestedCommand,
} from "./command-folder.js";
export { testedOperators, testGradients } from "./gradients.js";
export { type ParityOptions, parityOperators, testOperators } from "./parity.js";
export {
  foundOn,
  foundOnReference,
  type Shipped,
  type ShippedOptions,
  shippedFile,
  shippedModel,
  shippedModels,
  testShippedModels,
  worstOf,
} from "./parity-models.js";
export { type SpotOptions, spotDecoder, spotFiles, squares } from "./spots.js";
