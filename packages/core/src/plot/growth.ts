/**
 * Pictures of growth: the curve of every cell, and how the population is made up.
 * In: the lineages of a movie. Out: SVG.
 *
 * @module
 */
import type { Table } from "../table.js";
import type { Lineages } from "../track/lineage-table.js";
import type { GrowthSize } from "../track/lives.js";
import { histogram } from "./histogram.js";
import { type Line, type Panel, plotPanels } from "./panels.js";
import { colours } from "./svg.js";
import { pointsForPlots, timeAxis } from "./time-axis.js";

/** How growth is drawn. */
export interface GrowthPlotOptions {
  readonly title?: string;
  /** Seconds from frame to frame; without, time is told in frames. */
  readonly interval?: number;
  /** What the lineages' growth was measured by, for the axis; default `"area"`. */
  readonly size?: GrowthSize;
  /** Cells drawn at most, those seen longest first; default 500. */
  readonly most?: number;
}

const units = { area: "px²", length: "px", volume: "px³" };

/** The size of every cell over time on a logarithmic scale, where exponential growth is a line; coloured by generation. */
export function plotGrowth(lineages: Lineages, options: GrowthPlotOptions = {}): string {
  const {
    title = "Growth of each cell, coloured by generation",
    interval,
    size = "area",
    most = 500,
  } = options;
  const { across, at } = timeAxis(lineages.population.frame.length, interval);
  const generation = byTrack(lineages.tracks as Table, "generation");
  const longest = [...lineages.lives.values()]
    .filter(({ sizes }) => sizes.some((value) => value > 0))
    .sort((a, b) => b.frames.length - a.frames.length)
    .slice(0, most);
  const lines = longest
    .map(({ track, frames, sizes }): Line => {
      const own = generation.get(track) ?? 0;
      const points = frames.flatMap((frame, i) =>
        sizes[i] > 0 ? [{ x: at(frame), y: sizes[i] }] : [],
      );
      const hint = `track ${track}, generation ${own}`;
      // Colours begin again after eight generations, and so do the words of the legend.
      return { label: `${own % colours}`, colour: own, points, thin: true, hint };
    })
    .sort((a, b) => Number(a.label) - Number(b.label));
  const some =
    longest.length < lineages.lives.size
      ? `, ${longest.length} of ${lineages.lives.size} cells`
      : "";
  return plotPanels({
    title: `${title}${some}`,
    ...across,
    height: 360,
    panels: [{ label: `${size} (${units[size]}), log scale`, log: true, lines }],
  });
}

/** How many cells there are over time, and how birth sizes, growth rates and division times are distributed. */
export function plotPopulation(lineages: Lineages, options: GrowthPlotOptions = {}): string {
  const { title = "Population", interval } = options;
  const { population, tracks } = lineages;
  const { across, at } = timeAxis(population.frame.length, interval);
  const points = Array.from(population.cells, (y, frame) => ({ x: at(frame), y }));
  const born = tracks.birth as readonly string[];
  const fitted = tracks.growth_points as Float64Array;
  // Only of cells whose birth was seen is the first size a size at birth.
  const counts = (name: string, i: number) => {
    if (name.startsWith("birth_area")) return born[i] === "division";
    return !name.startsWith("growth_rate") || fitted[i] >= pointsForPlots;
  };
  const cells: Panel = {
    label: "cells",
    lines: [{ label: "", colour: 0, points, thin: points.length > 60 }],
  };
  const known = interval === undefined ? "frames" : "min";
  const distributions = [
    tracks.birth_area_um2
      ? { name: "birth_area_um2", label: "area at birth (µm²)" }
      : { name: "birth_area", label: "area at birth (px²)" },
    interval === undefined
      ? { name: "growth_rate_per_frame", label: "growth rate (1/frame), from 5 frames or more" }
      : { name: "growth_rate_per_h", label: "growth rate (1/h), from 5 frames or more" },
    { name: `division_time_${known}`, label: `time from birth to division (${known})` },
  ];
  const panels = distributions.flatMap(({ name, label }) => {
    const values = (tracks[name] as Float64Array | undefined) ?? new Float64Array(0);
    const panel = histogram(
      values.filter((_, i) => counts(name, i)),
      label,
    );
    return panel ? [panel] : [];
  });
  return plotPanels({ title, ...across, panels: [cells, ...panels] });
}

function byTrack(tracks: Table, name: string): Map<number, number> {
  return new Map(Array.from(tracks.track_id, (track, i) => [track, tracks[name][i]]));
}
