/**
 * A plan as text that is the same whoever writes it: fields in the order of their names, and one line a unit of work.
 *
 * @module
 */
import { FormatError } from "../errors.js";

/** What a job is to do: what holds for all of it, and its units. Plain data. */
export interface PlanData {
  readonly head: Readonly<Record<string, unknown>>;
  readonly units: readonly Readonly<Record<string, unknown>>[];
}

/** JSON with the fields of every object in the order of their names, and without those that are undefined. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** What the id of a plan is the hash of. */
export function planBody({ head, units }: PlanData): string {
  const lines = units.map((unit) => canonicalJson(unit)).join(",\n");
  return `"head": ${canonicalJson(head)},\n"units": [\n${lines}\n]`;
}

/** The file of a plan: JSON, one line a unit. */
export function planText(plan: PlanData, id: string): string {
  return `{\n"job": ${JSON.stringify(id)},\n${planBody(plan)}\n}\n`;
}

/** Reads {@link planText}. Throws {@link FormatError} where the text is no plan. */
export function readPlanText(text: string): PlanData & { readonly job: string } {
  let plan: { job?: unknown; head?: unknown; units?: unknown } | null;
  try {
    plan = JSON.parse(text);
  } catch (error) {
    throw new FormatError("is no plan: its JSON is cut off or damaged", {}, error);
  }
  const { job, head, units } = plan ?? {};
  if (typeof job !== "string" || typeof head !== "object" || head === null || !Array.isArray(units))
    throw new FormatError('is no plan: must have "job", "head" and "units"');
  return { job, head: head as PlanData["head"], units };
}
