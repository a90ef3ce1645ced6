/**
 * What OME-Zarr says of the axes of an array: their names, how large a pixel is, how channels are called and coloured.
 * OME-NGFF 0.4 and 0.5.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import { type Fields, fieldsOf } from "./json-fields.js";

/** The axes that an image may have. */
export type ZarrAxis = "t" | "c" | "z" | "y" | "x";

/** The names of the axes that a plain array gives itself, or by their number. */
export function axesOfPlain(count: number, names?: readonly string[]): ZarrAxis[] {
  if (names?.length === count && names.every((name) => /^[tczyx]$/.test(name)))
    return checked(names);
  return byNumber(count);
}

/** The names of the axes of `count` that an entry of multiscales gives. */
export function axesOf(axes: unknown, count: number): ZarrAxis[] {
  // Version 0.4 has them always; before that there were five in this order.
  if (!Array.isArray(axes)) return byNumber(count);
  const names = axes.map((axis) => (typeof axis === "string" ? axis : `${fieldsOf(axis).name}`));
  if (names.length !== count)
    throw new FormatError(`must name ${count} axes, names ${names.length}: ${names.join(", ")}`);
  return checked(names);
}

function byNumber(count: number): ZarrAxis[] {
  const names = { 2: "yx", 3: "tyx", 4: "tcyx", 5: "tczyx" }[count];
  if (names) return [...names] as ZarrAxis[];
  throw new UnsupportedError(`has ${count} axes: an image has y and x, and at most t, c and z`);
}

function checked(names: readonly string[]): ZarrAxis[] {
  const order = names.join("");
  if (!/^t?c?z?yx$/.test(order))
    throw new UnsupportedError(
      `has the axes ${names.join(", ")}: must be some of t, c, z, y, x in this order`,
    );
  return [...names] as ZarrAxis[];
}

/** What lengths and times in OME-Zarr's units are in micrometres and seconds. */
const units: Readonly<Record<string, number>> = {
  angstrom: 1e-4,
  nanometer: 1e-3,
  micrometer: 1,
  millimeter: 1e3,
  centimeter: 1e4,
  meter: 1e6,
  millisecond: 1e-3,
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86400,
};

/** Micrometres for z, y and x, seconds for t, of the array `dataset` of an `image`; only what is known. */
export function spacingOf(
  axes: readonly ZarrAxis[],
  image: Fields,
  dataset: Fields,
): Record<string, number> {
  const scales = [dataset, image].map((fields) => scaleOf(fields.coordinateTransformations));
  const spacing: Record<string, number> = {};
  for (const [i, axis] of axes.entries()) {
    const name = Array.isArray(image.axes) ? `${fieldsOf(image.axes[i]).unit}` : "";
    const unit = Object.hasOwn(units, name) ? units[name] : Number.NaN;
    const step = scales.reduce((product, scale) => product * (scale?.[i] ?? 1), unit);
    if (axis !== "c" && step > 0 && Number.isFinite(step)) spacing[axis] = step;
  }
  return spacing;
}

function scaleOf(transformations: unknown): number[] | undefined {
  if (!Array.isArray(transformations)) return undefined;
  const found = transformations.map(fieldsOf).find(({ type }) => type === "scale")?.scale;
  return Array.isArray(found) ? found.map(Number) : undefined;
}

/** How channels are shown. */
export interface ChannelLooks {
  readonly channels?: readonly string[];
  /** `#rrggbb` for each. */
  readonly colours?: readonly string[];
  /** First and last value to draw, for each. */
  readonly limits?: readonly (readonly [number, number])[];
}

/** What the entry `omero` says of `count` channels; each only where it says it of all. */
export function looksOf(omero: unknown, count: number): ChannelLooks {
  const { channels } = fieldsOf(omero);
  if (!Array.isArray(channels) || channels.length !== count) return {};
  const all = channels.map(fieldsOf);
  const names = all.map(({ label }) => (typeof label === "string" ? label : ""));
  const colours = all.map(({ color }) => `#${color}`.toLowerCase());
  const limits = all.map(({ window }): [number, number] => {
    const { start, end } = fieldsOf(window);
    return [Number(start ?? Number.NaN), Number(end ?? Number.NaN)];
  });
  return {
    ...(names.every((name) => name !== "") && { channels: names }),
    ...(colours.every((colour) => /^#[0-9a-f]{6}$/.test(colour)) && { colours }),
    ...(limits.every(([start, end]) => end > start && end - start < Infinity) && { limits }),
  };
}
