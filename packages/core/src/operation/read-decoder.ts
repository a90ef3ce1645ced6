/**
 * The two operations that make cells of maps → decoders.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import type { CellposeDecoder } from "../instance/cellpose.js";
import { checkDecoder } from "../instance/decode.js";
import type { StardistDecoder } from "../instance/stardist.js";
import { type Field, fieldAt, isAbsent, itemsOf, numberOf, wrongField } from "../model-field.js";
import { within } from "../model-within.js";

/** `stardist_postprocessing`. Throws `UnsupportedError` for 3-D, and for grids and borders that differ between axes. */
export function readStardist(options: Field): StardistDecoder {
  const grid = numbersOf(fieldAt(options, "grid"), [1, 1]);
  if (grid.length === 3 || !isAbsent(fieldAt(options, "anisotropy")))
    throw new UnsupportedError(
      `${options.file}: ${options.path} finds cells in volumes (3-D star polyhedra): Cellwright finds them in planes`,
    );
  if (grid.length !== 2) throw wrongField(fieldAt(options, "grid"), "two numbers");
  const border = numbersOf(fieldAt(options, "b"), [2]);
  for (const [what, numbers] of [["grid", grid] as const, ["b", border] as const])
    if (numbers.some((number) => number !== numbers[0]))
      throw new UnsupportedError(
        `${options.file}: ${options.path}.${what} must be the same along y and x for Cellwright, is ${numbers.join(", ")}`,
      );
  const rays = fieldAt(options, "n_rays");
  return within(`${options.file}: ${options.path}`, () =>
    checkDecoder({
      kind: "stardist",
      threshold: fieldAt(options, "prob_threshold").value,
      overlap: fieldAt(options, "nms_threshold").value,
      rays: numberOf(rays, 3, 1024),
      grid: grid[0],
      border: border[0],
    }),
  ) as StardistDecoder;
}

/** `cellpose_flow_dynamics`. Throws `UnsupportedError` for 3-D. */
export function readCellpose(options: Field): CellposeDecoder {
  if (fieldAt(options, "do_3D").value === true)
    throw new UnsupportedError(
      `${options.file}: ${options.path}.do_3D finds cells in volumes: Cellwright finds them in planes`,
    );
  return within(`${options.file}: ${options.path}`, () =>
    checkDecoder({
      kind: "cellpose",
      threshold: fieldAt(options, "cellprob_threshold").value,
      flowError: fieldAt(options, "flow_threshold").value,
      minArea: fieldAt(options, "min_size").value,
    }),
  ) as CellposeDecoder;
}

/** All numbers of nested lists, one after the other. */
function numbersOf(field: Field, absent: readonly number[]): readonly number[] {
  if (isAbsent(field)) return absent;
  if (!Array.isArray(field.value)) return [numberOf(field, 0, 1e6)];
  return itemsOf(field).flatMap((item) => numbersOf(item, []));
}
