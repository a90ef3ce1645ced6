/**
 * A nucleus that lives, and what it looks like at each stage of its life.
 *
 * @module
 */
import { directions } from "./nuclei.js";

/** A living nucleus. */
export interface LivingNucleus {
  readonly id: number;
  readonly mother: number;
  y: number;
  x: number;
  /** Pixels a frame. */
  vy: number;
  vx: number;
  /** Radians. */
  turn: number;
  /** True area in pixels, at which it starts to divide, and how fast its logarithm grows, a frame. */
  area: number;
  readonly limit: number;
  readonly rate: number;
  /** Frames since mitosis began, -1 before it. */
  mitosis: number;
  /** How dense the chromatin is, 0 (interphase) to 1 (metaphase, anaphase). */
  condensed: number;
  /** Distance of its outline from the middle in each direction, for an area of 1; in interphase. */
  readonly outline: Float64Array;
  readonly brightness: number;
  /** Where in the texture of all chromatin its own is. */
  readonly texture: number;
  readonly nucleoli: readonly { readonly y: number; readonly x: number; readonly radius: number }[];
}

/** Share of its area that a nucleus keeps when its chromatin is dense. */
export const dense = 0.5;

/** The area that is seen of a nucleus, in pixels. */
export function seenArea({ area, condensed }: LivingNucleus): number {
  return area * (1 - (1 - dense) * condensed);
}

/** The place of a direction, in radians, in an outline. */
export function towards(angle: number): number {
  const turn = angle / (2 * Math.PI);
  return Math.floor((turn - Math.floor(turn)) * directions) % directions;
}

/** An outline made larger or smaller until its area is 1. */
export function ofUnitArea(outline: Float64Array): Float64Array {
  const area = outline.reduce((sum, r) => sum + (Math.PI / directions) * r * r, 0);
  return outline.map((r) => r / Math.sqrt(area));
}

/** How many times longer than thick the plate of dense chromatin is. It stands across direction 0. */
export const plate = 2;

const plateOutline = ofUnitArea(
  Float64Array.from({ length: directions }, (_, i) => {
    const angle = (2 * Math.PI * i) / directions;
    return 1 / Math.hypot(Math.cos(angle) * Math.sqrt(plate), Math.sin(angle) / Math.sqrt(plate));
  }),
);

const roundOutline = ofUnitArea(new Float64Array(directions).fill(1));

/** The outline as it is now, for an area of 1: the nucleus's own, then round, then a plate. */
export function outlineOf({ outline, condensed }: LivingNucleus): Float64Array {
  if (condensed === 0) return outline;
  const [from, to] = condensed < 0.5 ? [outline, roundOutline] : [roundOutline, plateOutline];
  const part = condensed < 0.5 ? 2 * condensed : 2 * condensed - 1;
  return ofUnitArea(from.map((r, i) => (1 - part) * r + part * to[i]));
}
