/**
 * What became of each track: how it began and how it ended.
 *
 * @module
 */
import { generationsOf, rootsOf } from "./generation.js";
import { daughtersOf, type Track } from "./lineage.js";
import type { Life } from "./lives.js";

/** How a track began. */
export type Birth = "division" | "start" | "entered" | "appeared";

/** How a track ended. */
export type Fate = "divided" | "end of movie" | "left" | "lost";

/** One track and what became of it. */
export interface Story {
  readonly track: Track;
  readonly root: number;
  readonly generation: number;
  readonly birth: Birth;
  readonly fate: Fate;
  readonly daughters: readonly Track[];
  /** Undefined where the track is in none of the tables. */
  readonly life: Life | undefined;
}

/** The story of every track of a movie of so many frames, in the order of the tracks. */
export function storiesOf(
  tracks: readonly Track[],
  frames: number,
  lives: ReadonlyMap<number, Life>,
): Story[] {
  const [roots, generations] = [rootsOf(tracks), generationsOf(tracks)];
  const families = daughtersOf(tracks);
  return tracks.map((track) => {
    const daughters = families.get(track.label) ?? [];
    const life = lives.get(track.label);
    let birth: Birth = life?.onBorder[0] ? "entered" : "appeared";
    if (track.begin === 0) birth = "start";
    if (track.parent !== 0) birth = "division";
    let fate: Fate = life?.onBorder.at(-1) ? "left" : "lost";
    if (track.end === frames - 1) fate = "end of movie";
    if (daughters.length > 0) fate = "divided";
    const root = roots.get(track.label) as number;
    const generation = generations.get(track.label) as number;
    return { track, root, generation, birth, fate, daughters, life };
  });
}
