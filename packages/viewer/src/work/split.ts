/**
 * Which corrected cells teach and which judge. In: places whose cells are right. Out: the same, some of them held back.
 *
 * @module
 */
import { type Labels, ShapeError, seeded, shuffled } from "@cellwright/core";
import type { Area } from "../workspace.js";
import { crop } from "./crop.js";
import { type Middle, middlesOf } from "./place.js";

/** A place whose cells are right. */
export interface Place extends Area {
  readonly labels: Labels;
}

/** A place that teaches or judges. */
export interface Allotted extends Place {
  readonly name: string;
  readonly heldBack: boolean;
}

/** The share of cells that judge. */
const SHARE = 0.2;
/** Fewer cells on one side teach or tell nothing. */
const FEWEST = 3;
/** From so many places on whole ones are held back. */
const PLACES = 5;

/**
 * Holds back about a fifth of the cells, at least three: whole places chosen by `seed` where there are five or more, else a
 * strip at one end of the place with the most cells, cut off between cells where that can be. Throws {@link ShapeError} where there are too
 * few cells for both.
 */
export function allot(places: readonly Place[], seed: number): Allotted[] {
  const counted = places.map((place) => ({ place, cells: middlesOf(place.labels).size }));
  const total = counted.reduce((sum, { cells }) => sum + cells, 0);
  if (total < 2 * FEWEST)
    throw new ShapeError(
      "corrected cells",
      `at least ${2 * FEWEST}, half to learn from and half to judge by`,
      `${total}`,
    );
  const wanted = Math.max(FEWEST, Math.round(SHARE * total));
  const showing = counted.filter(({ cells }) => cells > 0);
  if (showing.length >= PLACES) {
    const held = new Set<Place>();
    let cells = 0;
    for (const { place, cells: more } of shuffled(showing, seeded(seed, 0x5e1d))) {
      if (cells >= wanted || held.size === showing.length - 1) break;
      if (total - cells - more < FEWEST) continue;
      held.add(place);
      cells += more;
    }
    if (cells >= FEWEST) return counted.map(({ place }) => named(place, held.has(place)));
  }
  const { place: largest } = showing.reduce((a, b) => (b.cells > a.cells ? b : a));
  return counted.flatMap(({ place }) =>
    place === largest ? parted(place, wanted, total) : [named(place, false)],
  );
}

/** A place in two, about `wanted` cells beyond a straight cut that goes through as few cells as it can. */
function parted(place: Place, wanted: number, total: number): Allotted[] {
  const { box, labels, at } = place;
  const cells = [...middlesOf(labels).values()];
  // What teaches may lie elsewhere.
  const most = Math.min(cells.length, total - FEWEST);
  const cut = [true, false]
    .flatMap((down) => cutsAlong(cells, down ? box.height : box.width, down))
    .filter(({ beyond }) => beyond >= FEWEST && beyond <= most)
    .reduce<Cut | undefined>((best, one) => {
      const cost = ({ through, beyond }: Cut) => 2 * through + Math.abs(beyond - wanted);
      return best && cost(best) <= cost(one) ? best : one;
    }, undefined);
  if (!cut)
    throw new ShapeError(
      "corrected cells",
      `at least ${2 * FEWEST} in one place, or ${FEWEST} more elsewhere, so that some can be held back`,
      `${cells.length} in the place with the most`,
    );
  const part = (start: number, end: number): Place => {
    const inside = cut.down
      ? { y: start, x: 0, height: end - start, width: box.width }
      : { y: 0, x: start, height: box.height, width: end - start };
    const inImage = { ...inside, y: box.y + inside.y, x: box.x + inside.x };
    return { at, box: inImage, labels: crop(labels, inside) };
  };
  const side = cut.down ? box.height : box.width;
  return [named(part(0, cut.at), false), named(part(cut.at, side), true)];
}

/** A straight cut before row or column `at`: how many cells lie beyond it by their middle, and how many it goes through. */
interface Cut {
  readonly down: boolean;
  readonly at: number;
  readonly beyond: number;
  readonly through: number;
}

function cutsAlong(cells: readonly Middle[], side: number, down: boolean): Cut[] {
  const middles = new Int32Array(side + 1);
  const changes = new Int32Array(side + 1);
  for (const { y, x, area, edges } of cells) {
    middles[Math.min(side, Math.ceil((down ? y : x) / area))]++;
    changes[(down ? edges.top : edges.left) + 1]++;
    changes[(down ? edges.bottom : edges.right) + 1]--;
  }
  const cuts: Cut[] = [];
  let [before, through] = [middles[0], 0];
  for (let at = 1; at < side; at++) {
    before += middles[at];
    through += changes[at];
    cuts.push({ down, at, beyond: cells.length - before, through });
  }
  return cuts;
}

function named(place: Place, heldBack: boolean): Allotted {
  return { ...place, name: placeName(place), heldBack };
}

/** A place in words. */
export function placeName({ at, box: { y, x, height, width } }: Area): string {
  return `t ${at.t}, z ${at.z}, y ${y} to ${y + height}, x ${x} to ${x + width}`;
}
