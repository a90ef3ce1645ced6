/**
 * How a report notes where things are: as seen from its own folder, so that both may be moved together.
 *
 * @module
 */
import { dirname, isAbsolute, relative, resolve } from "node:path";

/** A model's name as it is; the folder or file of one, an absolute path, as seen from the report. */
export function notedModel(model: string, report: string): string {
  if (!isAbsolute(model)) return model;
  const place = relative(dirname(report), model);
  return place.startsWith(".") ? place : `./${place}`;
}

/** The model that was noted in a report: a name, or an absolute path. */
export function modelPlace(noted: string, report: string): string {
  return /^\.\.?\//.test(noted) ? resolve(dirname(report), noted) : noted;
}
