/**
 * `measure`: the numbers of cells, and of how bright an image is in them.
 *
 * @module
 */
import { countRows } from "@cellwright/core";
import { writeColumns } from "./answers.js";
import type { Call } from "./call.js";
import { Fault } from "./fault.js";
import type { ServiceHost } from "./host.js";
import type { Fields } from "./read.js";
import { tableOf } from "./segment.js";
import { LABELS, readLabels, readSource, SOURCE_FIELDS } from "./source.js";

/** Names of the options of `measure`. */
export const MEASURE_FIELDS: readonly string[] = ["request_id", "on_progress", ...SOURCE_FIELDS];

/** What `measure` answers. */
export interface Measured {
  readonly request_id: string;
  /** A list for each column, all of one length; the names are scikit-image's. */
  readonly table: Readonly<Record<string, readonly (number | string)[]>>;
  readonly rows: number;
}

/** The verb. Without labels it measures those on the stage, with the image there. */
export async function measureVerb(
  labels: unknown,
  image: unknown,
  options: Fields,
  host: ServiceHost,
  call: Call,
): Promise<Measured> {
  options.only(MEASURE_FIELDS);
  call.tell(0, "measuring");
  const stage = host.stage(call.caller);
  const absent = labels === undefined || labels === null;
  const found = absent
    ? await stage.labels(call.signal)
    : await readLabels(await readSource(labels, options, host, call.signal, LABELS), call.signal);
  if (!found)
    throw new Fault("missing", "there are no labels to measure: give some, or segment first");
  const given =
    image === undefined || image === null
      ? absent
        ? stage.image()
        : undefined
      : await readSource(image, options, host, call.signal);
  const table = await tableOf(found, given, call.signal);
  return { request_id: call.id, table: writeColumns(table), rows: countRows(table) };
}
