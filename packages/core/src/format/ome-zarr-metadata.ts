/**
 * What OME-Zarr's metadata say of an image: axes, sizes of pixels at each level, channels, labels.
 * Specification: OME-NGFF 0.4 and 0.5.
 *
 * @module
 */
import type { OmeZarrOptions, OmeZarrPlan } from "./ome-zarr-plan.js";
import { bytesOf, type SampleType } from "./sample-type.js";
import type { RegionSource } from "./tile-pyramid.js";

const axisTypes: Readonly<Record<string, string>> = { t: "time", c: "channel" };

/** Colours of channels, as hexadecimal numbers; one channel alone is white. */
const colours = ["00FF00", "FF00FF", "00FFFF", "FFFF00", "FF0000", "0000FF", "FFFFFF"];

/** The attributes of the group. `ranges` are the least and largest value of each channel. */
export function omeAttributes(
  source: RegionSource,
  plan: OmeZarrPlan,
  options: OmeZarrOptions,
  ranges: readonly (readonly [number, number])[],
): object {
  const { version } = plan;
  const said = version === "0.4" ? { version } : {};
  const multiscale = {
    ...said,
    ...(options.name !== undefined && { name: options.name }),
    axes: [...source.axes].map((axis) => axisOf(axis, source.spacing)),
    datasets: plan.shapes.map((_, level) => ({
      path: `${level}`,
      coordinateTransformations: placesOf(source, level, Boolean(options.labels)),
    })),
    ...{ type: options.labels ? "nearest" : "mean" },
  };
  const attributes = {
    multiscales: [multiscale],
    ...(options.labels ? { "image-label": labelOf(options.labels, version) } : {}),
    ...(options.labels ? {} : { omero: omeroOf(source, ranges, said) }),
  };
  return version === "0.4" ? attributes : { ome: { version, ...attributes } };
}

function axisOf(name: string, spacing: RegionSource["spacing"]): object {
  const unit = name === "t" ? "second" : "micrometer";
  return {
    name,
    type: axisTypes[name] ?? "space",
    ...(name !== "c" && isStep(spacing?.[name]) && { unit }),
  };
}

/**
 * Where the pixels of a level lie. A label stands for the upper left of the pixels it was made of, a mean for the middle of
 * them, half a pixel further.
 */
function placesOf({ axes, spacing }: RegionSource, level: number, labels: boolean): object[] {
  const step = (axis: string) => (isStep(spacing?.[axis]) && axis !== "c" ? spacing[axis] : 1);
  const across = (axis: string) => (axis === "y" || axis === "x" ? 2 ** level : 1);
  const scale = [...axes].map((axis) => step(axis) * across(axis));
  if (labels || level === 0) return [{ type: "scale", scale }];
  const translation = [...axes].map((axis) => (step(axis) * (across(axis) - 1)) / 2);
  return [
    { type: "scale", scale },
    { type: "translation", translation },
  ];
}

function isStep(value: number | undefined): value is number {
  return value !== undefined && value > 0 && Number.isFinite(value);
}

function labelOf(labels: true | { readonly source?: string }, version: string): object {
  const image = typeof labels === "object" ? labels.source : undefined;
  return {
    ...(version === "0.4" && { version }),
    ...(image !== undefined && { source: { image } }),
  };
}

function omeroOf(
  { channels, type }: RegionSource,
  ranges: readonly (readonly [number, number])[],
  said: object,
): object {
  return {
    ...said,
    channels: ranges.map(([low, high], c) => {
      const [start, end] = low < high ? [low, high] : [0, 1];
      const [min, max] = limitsOf(type, start, end);
      return {
        label: channels?.[c] ?? `${c}`,
        color: ranges.length === 1 ? "FFFFFF" : colours[c % colours.length],
        active: true,
        window: { min, max, start, end },
      };
    }),
  };
}

/** What the type of a pixel can say; of floats, what is there. */
function limitsOf(type: SampleType, low: number, high: number): [number, number] {
  if (type.startsWith("float")) return [low, high];
  const values = 2 ** (8 * bytesOf(type));
  return type.startsWith("u") ? [0, values - 1] : [-values / 2, values / 2 - 1];
}
