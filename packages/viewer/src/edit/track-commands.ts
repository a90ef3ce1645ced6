/**
 * Edits of who is who over time: cut a track, join two, swap two, say who came from whom. Labels follow.
 * Each is one step of the history; each throws `ShapeError` where it would contradict the labels, and changes nothing then.
 *
 * @module
 */
import { type Labels, ShapeError, type Track } from "@cellwright/core";
import type { Workspace } from "../workspace.js";
import { bookOf, commit, pagesOf } from "./apply.js";
import { changeBox, replaced } from "./change.js";
import type { Edit, PageChange } from "./label-store.js";
import { wholePlane } from "./pages.js";
import { renumbering } from "./settle.js";
import { reparented, type Tracks, trackOf, withTracks } from "./tracks.js";

/** Ends a track before frame `t`: from there on it is a track of its own, with a new number and without a mother. */
export function cutTrack(
  workspace: Workspace,
  layer: string,
  label: number,
  t: number,
): Edit | undefined {
  const { fresh, pages, tracks } = cut(workspace, layer, label, t);
  return commit(workspace, layer, {
    name: `cut ${label} before frame ${t}: ${fresh} goes on`,
    pages,
    tracks,
  });
}

interface Cut {
  readonly fresh: number;
  readonly pages: PageChange[];
  readonly tracks: (tracks: Tracks) => Tracks;
}

function cut(workspace: Workspace, layer: string, label: number, t: number): Cut {
  const { begin, end } = tracked(workspace, layer, label);
  if (!(Number.isInteger(t) && t > begin && t <= end))
    throw new ShapeError(
      `frame to cut track ${label} at`,
      begin < end ? `${begin + 1} to ${end}` : "none, as it has one frame",
      `${t}`,
    );
  const store = pagesOf(workspace, layer);
  const fresh = store.giveOut();
  return {
    fresh,
    pages: renumbering(store, new Map([[label, fresh]]), t, end),
    tracks: (tracks) =>
      withTracks(reparented(tracks, label, fresh), [
        { ...trackOf(tracks, label), end: t - 1 },
        { label: fresh, begin: t, end, parent: 0 },
      ]),
  };
}

/**
 * Says that track `later` is track `earlier`, seen again. Where no frame lies between them it takes its number, and its
 * daughters; former daughters of `earlier` have no mother then. Where frames lie between them, `later` keeps its number
 * and becomes the only one that came from `earlier`: so the Cell Tracking Challenge tells of cells lost from sight.
 */
export function linkTracks(
  workspace: Workspace,
  layer: string,
  earlier: number,
  later: number,
): Edit | undefined {
  const first = tracked(workspace, layer, earlier);
  const second = tracked(workspace, layer, later);
  if (second.begin <= first.end)
    throw new ShapeError(
      `begin of track ${later}`,
      `after the end of ${earlier} in frame ${first.end}; cut one of them first`,
      `${second.begin}`,
    );
  const isNext = second.begin === first.end + 1;
  const store = pagesOf(workspace, layer);
  const numbers = new Map([[later, earlier]]);
  return commit(workspace, layer, {
    name: `link ${later} to ${earlier}`,
    pages: isNext ? renumbering(store, numbers, second.begin, second.end) : [],
    tracks: (tracks) => {
      const alone = reparented(tracks, earlier, 0);
      if (!isNext) return withTracks(alone, [{ ...second, parent: earlier }]);
      const whole = { ...first, end: second.end };
      return withTracks(reparented(alone, later, earlier), [whole], [later]);
    },
  });
}

/** Exchanges the numbers of two tracks from frame `t` on: what to do where a tracker has mistaken one for the other. */
export function swapTracks(
  workspace: Workspace,
  layer: string,
  a: number,
  b: number,
  t: number,
): Edit | undefined {
  const [one, other] = [tracked(workspace, layer, a), tracked(workspace, layer, b)];
  const isBoth = one.begin < t && one.end >= t && other.begin < t && other.end >= t;
  if (a === b || !isBoth)
    throw new ShapeError(
      "tracks to swap",
      `two that are there in frames ${t - 1} and ${t}`,
      `${a}, ${b}`,
    );
  const numbers = new Map([
    [a, b],
    [b, a],
  ]);
  const { size } = pagesOf(workspace, layer);
  return commit(workspace, layer, {
    name: `swap ${a} and ${b} from frame ${t}`,
    pages: renumbering(pagesOf(workspace, layer), numbers, t, size.t - 1),
    tracks: (tracks) => {
      const daughters = tracks
        .filter(({ parent }) => parent === a || parent === b)
        .map((track) => ({ ...track, parent: track.parent === a ? b : a }));
      const ends = [
        { ...one, end: other.end },
        { ...other, end: one.end },
      ];
      return withTracks(tracks, [...daughters, ...ends]);
    },
  });
}

/**
 * Says that `mother` divided into `daughters`. Where one of them has the mother's number, or the mother is still there when
 * the first of the others begins, she is cut there and what goes on is a daughter with a new number. Daughters that she
 * had before, and that are not among these, have no mother then.
 */
export function markDivision(
  workspace: Workspace,
  layer: string,
  mother: number,
  daughters: readonly number[],
): Edit | undefined {
  const track = tracked(workspace, layer, mother);
  const others = [...new Set(daughters)].filter((label) => label !== mother);
  if (others.length === 0)
    throw new ShapeError(`daughters of ${mother}`, "at least one with another number", "none");
  const begins = others.map((label) => tracked(workspace, layer, label).begin);
  const first = Math.min(...begins);
  if (first <= track.begin)
    throw new ShapeError(
      `daughters of ${mother}`,
      `in frames after ${track.begin}, when she begins`,
      `in frame ${first}`,
    );
  const goesOn = track.end >= first ? cut(workspace, layer, mother, first) : undefined;
  const own = goesOn ? [goesOn.fresh, ...others] : others;
  return commit(workspace, layer, {
    name: `division of ${mother} into ${own.join(" and ")}`,
    pages: goesOn?.pages ?? [],
    tracks: (tracks) => {
      const alone = reparented(goesOn ? goesOn.tracks(tracks) : tracks, mother, 0);
      return withTracks(
        // What went on keeps the daughters that the mother had later.
        alone,
        own.map((label) => ({ ...trackOf(alone, label), parent: mother })),
      );
    },
  });
}

/** Says that a track came from no other. */
export function removeParent(workspace: Workspace, layer: string, label: number): Edit | undefined {
  const track = tracked(workspace, layer, label);
  return commit(workspace, layer, {
    name: `${label} has no mother`,
    pages: [],
    tracks: (tracks) => withTracks(tracks, [{ ...track, parent: 0 }]),
  });
}

/**
 * Puts tracked frames in the place of a layer's: what a tracker gives. Planes frame by frame, within a frame from z to z.
 * From then on numbers mean the same cell in all frames. All frames must be loaded.
 */
export function replaceMovie(
  workspace: Workspace,
  layer: string,
  planes: readonly Labels[],
  tracks: readonly Track[],
  name = "track",
): Edit | undefined {
  const store = pagesOf(workspace, layer);
  const { size } = store;
  if (planes.length !== size.t * size.z)
    throw new ShapeError("planes of labels", `${size.t * size.z}`, `${planes.length}`);
  const box = wholePlane(size);
  const pages = planes.flatMap(({ data, shape }, n) => {
    if (shape[0] !== size.y || shape[1] !== size.x)
      throw new ShapeError(`labels of plane ${n}`, `${size.y} x ${size.x}`, shape.join(" x "));
    const at = { t: Math.floor(n / size.z), z: n % size.z };
    return changeBox(store, at, box, replaced(data, box));
  });
  const sorted = [...tracks].sort((a, b) => a.label - b.label);
  return commit(workspace, layer, { name, pages, tracks: () => sorted });
}

/** Takes the labels of a movie as tracks: from now on a number means the same cell in all frames. */
export function takeAsTracks(workspace: Workspace, layer: string): Edit | undefined {
  const { size, cells } = pagesOf(workspace, layer);
  const spans = new Map<number, [number, number]>();
  for (let t = 0; t < size.t; t++)
    for (const label of cells.labelsIn(t)) {
      const span = spans.get(label);
      if (span) span[1] = t;
      else spans.set(label, [t, t]);
    }
  const known = new Set(bookOf(workspace, layer).tracks.map(({ label }) => label));
  const found = [...spans]
    .filter(([label]) => !known.has(label))
    .map(([label, [begin, end]]) => ({ label, begin, end, parent: 0 }));
  return commit(workspace, layer, {
    name: "take labels as tracks",
    pages: [],
    tracks: (tracks) => withTracks(tracks, found),
    touched: spans.keys(),
  });
}

/** A track of a layer whose labels are tracked. */
function tracked(workspace: Workspace, layer: string, label: number): Track {
  const book = bookOf(workspace, layer);
  if (!book.tracked)
    throw new ShapeError("labels", "tracked, so that a number is one cell in all frames", "not");
  return trackOf(book.tracks, label);
}
