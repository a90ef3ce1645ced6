/**
 * How many cells there are, frame by frame, and how many come and go.
 *
 * @module
 */
import type { Table } from "../table.js";
import type { Story } from "./story.js";

/**
 * A row a frame: `frame`, `time_s` where the interval is known, `cells`, `area` (of all, pixels), `divisions` (mothers whose
 * daughters are there for the first time), `appeared` (new cells without a mother, but for the first frame), `lost` and
 * `left` (cells that were there for the last time in the frame before).
 */
export function populationOf(
  stories: readonly Story[],
  frames: number,
  interval: number | undefined,
): Table {
  const count = () => new Float64Array(frames);
  const [cells, area, divisions] = [count(), count(), count()];
  const [appeared, lost, left] = [count(), count(), count()];
  for (const { track, birth, fate, daughters, life } of stories) {
    for (let frame = track.begin; frame <= Math.min(track.end, frames - 1); frame++) cells[frame]++;
    if (life) for (const [i, frame] of life.frames.entries()) area[frame] += life.areas[i];
    if (birth === "appeared" || birth === "entered") appeared[track.begin]++;
    if (fate === "lost") lost[track.end + 1]++;
    if (fate === "left") left[track.end + 1]++;
    if (fate === "divided") divisions[Math.min(...daughters.map(({ begin }) => begin))]++;
  }
  const numbers = Float64Array.from(cells, (_, frame) => frame);
  return {
    frame: numbers,
    ...(interval !== undefined && { time_s: numbers.map((frame) => frame * interval) }),
    ...{ cells, area, divisions, appeared, lost, left },
  };
}
