/**
 * Mends tracks whose text and frames do not agree: the frames are believed.
 * In: tracks as they were written, the labels of each frame. Out: sound tracks, and new numbers for some cells.
 *
 * @module
 */
import type { Labels } from "../image.js";
import type { Track } from "../track/lineage.js";

/** Tracks that agree with their frames. */
export interface MendedTracks {
  /** By first frame, then by number. */
  readonly tracks: Track[];
  /** What was changed, a line each; empty where all was well. */
  readonly changes: string[];
  /** A frame with the numbers that its cells now have; the same frame where they are as they were. */
  readonly renumber: (labels: Labels, frame: number) => Labels;
}

/** A track without a hole: some frames of a label. */
interface Piece {
  readonly old: number;
  readonly label: number;
  readonly begin: number;
  end: number;
}

/**
 * Brings tracks in line with frames, whose labels are given frame by frame, each once:
 *
 * - a track begins and ends where its label does; tracks whose label is nowhere go;
 * - a label without a track gets one, without parent; of two tracks of one label the first counts;
 * - after a frame without its label a track goes on under a new number, as a track whose parent is the first part. So
 *   the challenge's format tells of cells that were lost from sight;
 * - a parent is the last part of its track that ends before the daughter begins; where there is none, it is none.
 */
export function mendTracks(
  tracks: readonly Track[],
  frames: readonly Iterable<number>[],
): MendedTracks {
  const pieces = piecesOf(frames);
  const byOld = byLabel(pieces);
  const written = new Map<number, Track>();
  const changes: string[] = [];
  for (const track of tracks) {
    if (written.has(track.label))
      changes.push(`track ${track.label} is there twice: the first counts`);
    else written.set(track.label, track);
    if (!byOld.has(track.label)) changes.push(`track ${track.label} is in no frame: left out`);
  }
  const mended: Track[] = [];
  for (const [label, parts] of byOld) {
    const track = written.get(label);
    const first = parts[0];
    const last = parts[parts.length - 1];
    const parent = parentOf(track, first, byOld);
    mended.push({ label: first.label, begin: first.begin, end: first.end, parent });
    for (const [i, part] of parts.slice(1).entries()) {
      changes.push(
        `label ${label} is not in frame ${parts[i].end + 1}: it goes on as ${part.label} from frame ${part.begin}`,
      );
      mended.push({ label: part.label, begin: part.begin, end: part.end, parent: parts[i].label });
    }
    if (!track) changes.push(`label ${label} has no track: it gets one`);
    else if (track.begin !== first.begin || track.end !== last.end)
      changes.push(
        `track ${label} is in frames ${first.begin} to ${last.end}, not ${track.begin} to ${track.end}`,
      );
    if (track && track.parent !== 0 && parent === 0)
      changes.push(`the parent ${track.parent} of track ${label} is not there before it: left out`);
  }
  mended.sort((a, b) => a.begin - b.begin || a.label - b.label);
  const numbers = newNumbers(pieces);
  const renumber = (labels: Labels, frame: number): Labels => {
    const changed = numbers.get(frame);
    if (!changed) return labels;
    return { ...labels, data: labels.data.map((label) => changed.get(label) ?? label) };
  };
  return { tracks: mended, changes, renumber };
}

/** The unbroken parts of each label, in time. The first keeps the number, the others get those after the largest. */
function piecesOf(frames: readonly Iterable<number>[]): Piece[] {
  const pieces: (Omit<Piece, "label"> & { label: number })[] = [];
  const latest = new Map<number, Piece>();
  let largest = 0;
  for (const [frame, labels] of frames.entries())
    for (const old of labels) {
      largest = Math.max(largest, old);
      const piece = latest.get(old);
      if (piece && piece.end >= frame - 1) {
        piece.end = frame;
        continue;
      }
      const fresh = { old, label: piece ? 0 : old, begin: frame, end: frame };
      latest.set(old, fresh);
      pieces.push(fresh);
    }
  for (const piece of pieces) if (piece.label === 0) piece.label = ++largest;
  return pieces;
}

function byLabel(pieces: readonly Piece[]): Map<number, Piece[]> {
  const groups = new Map<number, Piece[]>();
  for (const piece of pieces) {
    const group = groups.get(piece.old);
    if (group) group.push(piece);
    else groups.set(piece.old, [piece]);
  }
  return groups;
}

function parentOf(
  track: Track | undefined,
  first: Piece,
  byOld: ReadonlyMap<number, readonly Piece[]>,
): number {
  if (!track || track.parent === track.label) return 0;
  const before = byOld.get(track.parent)?.filter(({ end }) => end < first.begin);
  return before?.at(-1)?.label ?? 0;
}

/** The new numbers of each frame in which there are any, by the old ones. */
function newNumbers(pieces: readonly Piece[]): Map<number, Map<number, number>> {
  const byFrame = new Map<number, Map<number, number>>();
  for (const { old, label, begin, end } of pieces)
    for (let frame = begin; old !== label && frame <= end; frame++) {
      const numbers = byFrame.get(frame);
      if (numbers) numbers.set(old, label);
      else byFrame.set(frame, new Map([[old, label]]));
    }
  return byFrame;
}
