/**
 * Tracks as lines: where each cell came from in the last frames, where it will go, fading with time, and the ways from
 * mothers to daughters.
 *
 * @module
 */
import type { Track } from "@cellwright/core";
import type { Lineage, TrackPath } from "../edit/lineage.js";
import type { TracksLayer } from "../scene/scene.js";
import { coloursOf } from "./colormap.js";
import { labelColour } from "./label-colour.js";
import { type Lines, lineList } from "./lines.js";

/** Opacity of a line at the far end of its tail. */
const FAINT = 40;

/** What {@link trackLines} needs to know of the scene. */
export interface TrackLook {
  readonly t: number;
  /** Frames of the movie. */
  readonly frames: number;
  /** The colours of the labels that the tracks belong to. */
  readonly seed: number;
  readonly origin: { readonly y: number; readonly x: number };
}

/** The lines of a layer in frame `t`. Frames in which a cell was not seen are bridged. */
export function trackLines(
  lineage: Pick<Lineage, "tracks" | "path">,
  layer: Pick<TracksLayer, "tail" | "head" | "colourBy">,
  look: TrackLook,
): Lines {
  const lines = lineList(look.origin);
  const first = look.t - layer.tail;
  const last = look.t + layer.head;
  const byLabel = new Map(lineage.tracks.map((track) => [track.label, track]));
  const colours = layer.colourBy === "time" ? coloursOf("turbo") : undefined;

  const colourAt = (label: number, frame: number): readonly [number, number, number] => {
    if (!colours) return labelColour(label, look.seed);
    const at = Math.round((255 * frame) / Math.max(look.frames - 1, 1)) * 4;
    return [colours[at], colours[at + 1], colours[at + 2]];
  };
  const opacityAt = (frame: number): number => {
    const reach = frame < look.t ? layer.tail : layer.head;
    const far = reach > 0 ? Math.abs(look.t - frame) / reach : 0;
    return Math.round(255 - (255 - FAINT) * Math.min(far, 1));
  };

  for (const track of lineage.tracks) {
    // The way from the mother begins in her last frame, which may lie before the daughter's first.
    const mother = byLabel.get(track.parent);
    if ((mother?.end ?? track.begin) > last || track.end < first) continue;
    const label = layer.colourBy === "lineage" ? founderOf(track, byLabel) : track.label;
    const path = lineage.path(track.label);
    if (!path) continue;
    let before = mother && lastSeen(lineage.path(mother.label));
    for (let i = 0; i < path.y.length; i++) {
      const here = { frame: path.begin + i, y: path.y[i], x: path.x[i] };
      if (!Number.isFinite(here.y)) continue;
      if (before && before.frame >= first && here.frame <= last)
        lines.add(
          before.y,
          before.x,
          here.y,
          here.x,
          [...colourAt(label, before.frame), opacityAt(before.frame)],
          [...colourAt(label, here.frame), opacityAt(here.frame)],
        );
      before = here;
    }
  }
  return lines.take();
}

/** The first of the line that a track comes from. */
function founderOf(track: Track, byLabel: ReadonlyMap<number, Track>): number {
  let founder = track;
  // Mothers end before their daughters begin, so that this ends; a broken table must not hang the page.
  for (let n = 0; n <= byLabel.size; n++) {
    const mother = byLabel.get(founder.parent);
    if (!mother) break;
    founder = mother;
  }
  return founder.label;
}

function lastSeen(path: TrackPath | undefined) {
  if (!path) return undefined;
  for (let i = path.y.length - 1; i >= 0; i--)
    if (Number.isFinite(path.y[i])) return { frame: path.begin + i, y: path.y[i], x: path.x[i] };
  return undefined;
}
