/**
 * Of which types cells are: what a model said of them when it found them, kept beside their labels.
 *
 * @module
 */
import type { Labels } from "@cellwright/core";
import type { PlaneAt } from "../edit/label-store.js";
import type { CellType, LayerTypes, Workspace } from "../workspace.js";
import type { FoundTypes } from "./protocol.js";

/** What was found on a part of a plane. */
export interface TypedCells {
  readonly at: PlaneAt;
  /** As they were found, and as they stand in the layer now; new cells have numbers from `first` on. */
  readonly found: Labels;
  readonly placed: Labels;
  readonly first: number;
  readonly types: FoundTypes;
}

/** Remembers the types of cells that came into a layer. Those that a model with other types told are forgotten. */
export function keepTypes(
  workspace: Pick<Workspace, "types">,
  layer: string,
  { at, found, placed, first, types }: TypedCells,
): void {
  const { names } = types;
  const before = workspace.types.get(layer);
  const alike = before?.names.join("\n") === names.join("\n");
  const planes = new Map(alike ? before?.planes : []);
  const cells = new Map<number, CellType>(planes.get(keyOf(at)));
  const told = new Map<number, CellType>();
  for (const [i, label] of types.labels.entries())
    told.set(label, { type: types.type[i], probability: types.probability[i] });
  for (let i = 0; i < placed.data.length; i++) {
    if (placed.data[i] < first || found.data[i] === 0) continue;
    const type = told.get(found.data[i]);
    if (type && type.type >= 0) cells.set(placed.data[i], type);
  }
  planes.set(keyOf(at), cells);
  workspace.types.set(layer, { names, planes });
}

/** The type of a cell and how probable it is; undefined where no model told. */
export function typeOf(
  types: LayerTypes | undefined,
  at: PlaneAt,
  label: number,
): { readonly name: string; readonly probability: number } | undefined {
  const cell = types?.planes.get(keyOf(at))?.get(label);
  return cell && types && { name: types.names[cell.type], probability: cell.probability };
}

/** How many of some cells of a plane are of each type, by the types' names in their order. */
export function countTypesOf(
  types: LayerTypes,
  at: PlaneAt,
  labels: Iterable<number>,
): readonly { readonly name: string; readonly count: number }[] {
  const counts = types.names.map((name) => ({ name, count: 0 }));
  const cells = types.planes.get(keyOf(at));
  for (const label of labels) {
    const cell = cells?.get(label);
    if (cell) counts[cell.type].count++;
  }
  return counts;
}

function keyOf({ t, z }: PlaneAt): string {
  return `${t} ${z}`;
}
